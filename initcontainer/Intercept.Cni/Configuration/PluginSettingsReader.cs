using System.Collections.Immutable;
using System.Text.Json;
using Intercept.Capture.Configuration;
using Intercept.Capture.Pods;
using Intercept.Core.Problems;

namespace Intercept.Cni.Configuration;

internal static class PluginSettingsReader
{
    private const string AgentSocket = "agent_socket";
    private const string Selectors = "selectors";
    private const string Arguments = "arguments";
    private const string StateDirectory = "state_directory";
    private const string LogFile = "log_file";
    private const string ExcludedNamespaces = "exclude_namespaces";
    private const string Timeout = "timeout_seconds";
    private const double ShortestTimeout = 0.1;
    private const double LongestTimeout = 300;

    private static readonly ImmutableArray<string> _own = [AgentSocket, ExcludedNamespaces, Selectors, Arguments, Timeout, StateDirectory, LogFile];

    // Where and whether is the plugin's to say: it is called for one namespace, and must answer what it did.
    private static readonly ImmutableArray<string> _withheld =
    [
        "network-namespace", "netns", "state-dir", "dry-run", "dry-run-file", "simulate", "skip-rule-apply", "run-validation", "cleanup-only",
    ];

    public static PluginSettings Read(JsonElement document, List<Problem> problems)
    {
        var values = new JsonValues(document, "", problems);
        var standard = new PluginSettings();
        CheckNames(document, values);
        return new PluginSettings
        {
            AgentSocket = Path(values, AgentSocket),
            ExcludedNamespaces = values.Texts(ExcludedNamespaces) ?? standard.ExcludedNamespaces,
            Selectors = ReadSelectors(values, problems),
            Arguments = ReadArguments(values, problems) ?? standard.Arguments,
            Timeout = values.Number(Timeout, ShortestTimeout, LongestTimeout) is { } seconds ? TimeSpan.FromSeconds(seconds) : standard.Timeout,
            StateDirectory = Path(values, StateDirectory) ?? standard.StateDirectory,
            LogFile = Path(values, LogFile),
        };
    }

    /// <summary>Of arguments that somebody wrote: the conflist or the agent.</summary>
    /// <returns>Those that are not for them to give.</returns>
    public static IEnumerable<string> Withheld(ParsedOptions parsed) => _withheld.Where(parsed.Given.ContainsKey);

    private static PodSelectors ReadSelectors(JsonValues values, List<Problem> problems)
    {
        if (values.Find(Selectors) is not { } element)
        {
            return new PluginSettings().Selectors;
        }

        if (element.ValueKind != JsonValueKind.Object)
        {
            values.Add(Selectors, null, "is not of this kind", "{\"pods\":[..],\"namespaces\":[..],\"all\":true}");
        }

        var selectors = new JsonValues(element, Selectors, problems);
        return new PodSelectors(selectors.Switch("all"), selectors.Texts("pods") ?? [], selectors.Texts("namespaces") ?? []);
    }

    private static ImmutableArray<string>? ReadArguments(JsonValues values, List<Problem> problems)
    {
        if (values.Texts(Arguments) is not { IsEmpty: false } arguments)
        {
            return null;
        }

        var parsed = NodeView.Complete(CaptureCommandLine.Parse(arguments, ImmutableDictionary<string, string>.Empty));
        foreach (var name in Withheld(parsed))
        {
            values.Add(Arguments, $"--{name}", "is for the plugin to say", null);
        }

        problems.AddRange(CaptureOptionsReader.Read(parsed, NodeView.Facts).Problems
            .Select(problem => problem with { Source = NetworkConfiguration.Source, Field = $"{Arguments}: {problem.Field}" }));
        return arguments;
    }

    private static string? Path(JsonValues values, string name)
    {
        var path = values.Text(name);
        if (path is null || path.StartsWith('/'))
        {
            return path;
        }

        values.Add(name, path, "is not an absolute path", "a path that begins with /");
        return null;
    }

    // Keys of the runtime and of the specification stand beside ours, and more come; one that is nearly ours was meant to be.
    private static void CheckNames(JsonElement document, JsonValues values)
    {
        foreach (var name in document.EnumerateObject().Select(member => member.Name).Except(_own))
        {
            if (name.Length > 4 && NearestName.Find(name, _own) is { } near)
            {
                values.Add(name, null, $"is not a key of this plugin; {near} is", string.Join(", ", _own));
            }
        }
    }
}
