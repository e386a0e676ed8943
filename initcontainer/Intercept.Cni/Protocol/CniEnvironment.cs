using System.Text.RegularExpressions;
using Intercept.Capture.Pods;
using Intercept.Core.Problems;
using Intercept.Linux;

namespace Intercept.Cni.Protocol;

/// <summary>What a runtime says of the container, in the CNI_ variables.</summary>
/// <param name="NetworkNamespace">Empty where there is none, or none any more.</param>
/// <param name="Pod">Without a name where the runtime names no pod.</param>
internal sealed partial record CniEnvironment(string Verb, string ContainerId, string Interface, string NetworkNamespace, PodIdentity Pod)
{
    private const string Source = "environment";

    // With an interface, a dash and an extension it is a file's name, of which the kernel takes 255 bytes.
    private const int LongestContainerId = 200;
    private const int LongestInterface = 15;

    private const string OwnNamespace = "/proc/self/ns/net";

    public static CniEnvironment Read(string verb, IReadOnlyDictionary<string, string> variables, List<Problem> problems)
    {
        string Variable(string name) => variables.GetValueOrDefault(name) ?? "";
        var environment = new CniEnvironment(
            verb, Variable("CNI_CONTAINERID"), Variable("CNI_IFNAME"), Variable("CNI_NETNS"), CniArguments.Pod(Variable("CNI_ARGS")));
        if (CniVerb.IsOfAContainer(verb))
        {
            environment.CheckNames(problems);
        }

        if (verb is CniVerb.Add or CniVerb.Check)
        {
            environment.CheckNamespace(problems);
        }

        return environment;
    }

    /// <summary>Whether a file is a namespace now: one that is gone may have left a plain file, or none.</summary>
    public static bool IsNamespace(string path) => path.Length > 0 && FileSystem.IsNamespace(path);

    /// <summary>A container that shares the host's network has no capture: its rules would be the host's.</summary>
    public static bool IsHost(string path) => FileStamp.Of(path).Inode == FileStamp.Of(OwnNamespace).Inode;

    private void CheckNames(List<Problem> problems)
    {
        if (ContainerId.Length > LongestContainerId || !ContainerName().IsMatch(ContainerId))
        {
            Add(problems, "CNI_CONTAINERID", ContainerId, $"a letter or digit, then letters, digits, '_', '.' or '-', {LongestContainerId} at most");
        }

        if (Interface.Length > LongestInterface || Interface is "." or ".." || !InterfaceName().IsMatch(Interface))
        {
            Add(problems, "CNI_IFNAME", Interface, $"an interface's name, 1 to {LongestInterface} characters without '/', ':' or white space");
        }
    }

    private void CheckNamespace(List<Problem> problems)
    {
        const string Form = "the path of a network namespace, such as /run/netns/NAME or /proc/PID/ns/net";
        if (NetworkNamespace.Length == 0)
        {
            Add(problems, "CNI_NETNS", "", Form);
        }
        else if (!IsNamespace(NetworkNamespace))
        {
            problems.Add(new Problem(Source, 0, "CNI_NETNS", NetworkNamespace, "is not a network namespace, or not any more", Form));
        }
        else if (IsHost(NetworkNamespace))
        {
            problems.Add(new Problem(Source, 0, "CNI_NETNS", NetworkNamespace, "is the network namespace of this host, whose traffic is not captured", "a pod's own"));
        }
    }

    private static void Add(List<Problem> problems, string name, string value, string allowed) => problems.Add(value.Length == 0
        ? new Problem(Source, 0, name, null, "is missing", allowed)
        : new Problem(Source, 0, name, value, "is not of the specification's form", allowed));

    [GeneratedRegex("^[a-zA-Z0-9][a-zA-Z0-9_.-]*$", RegexOptions.CultureInvariant)]
    private static partial Regex ContainerName();

    [GeneratedRegex(@"^[^/:\s]+$", RegexOptions.CultureInvariant)]
    private static partial Regex InterfaceName();
}
