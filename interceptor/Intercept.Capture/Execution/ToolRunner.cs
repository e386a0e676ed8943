using System.Text;
using CliWrap;

namespace Intercept.Capture.Execution;

/// <summary>
/// Runs the kernel's own tools. Another network namespace is entered by nsenter in the child, never by this process:
/// pool threads would be born in the wrong one.
/// </summary>
internal sealed class ToolRunner(string? searchPath, string? networkNamespace)
{
    private static readonly Dictionary<string, string> _packages = new()
    {
        ["nft"] = "nftables",
        ["ip"] = "iproute2",
        ["nsenter"] = "util-linux",
        ["unshare"] = "util-linux",
    };

    private readonly string[] _directories = (searchPath ?? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
        .Split(':', StringSplitOptions.RemoveEmptyEntries);

    private readonly Dictionary<string, string?> _found = [];

    public string? NetworkNamespace { get; } = networkNamespace;

    public bool Exists(string tool) => Find(tool) is not null;

    public async Task<ToolResult> RunAsync(string tool, IReadOnlyList<string> arguments, string? input = null,
        CancellationToken cancellation = default)
    {
        var path = Find(tool) ?? throw new CaptureException(Missing(tool));
        var output = new StringBuilder();
        var error = new StringBuilder();
        IEnumerable<string> line = arguments;
        if (NetworkNamespace is not null)
        {
            var nsenter = Find("nsenter") ?? throw new CaptureException(Missing("nsenter"));
            line = [$"--net={NetworkNamespace}", "--", path, .. arguments];
            path = nsenter;
        }

        var command = Cli.Wrap(path)
            .WithArguments(line)
            .WithValidation(CommandResultValidation.None)

            // Messages are read for the reason of a failure, so they are asked for in one language.
            .WithEnvironmentVariables(variables => variables.Set("LC_ALL", "C"))
            .WithStandardInputPipe(input is null ? PipeSource.Null : PipeSource.FromString(input))
            .WithStandardOutputPipe(PipeTarget.ToStringBuilder(output))
            .WithStandardErrorPipe(PipeTarget.ToStringBuilder(error));
        CommandResult result;
        try
        {
            result = await command.ExecuteAsync(cancellation);
        }
        catch (OperationCanceledException stopped)
        {
            throw new ToolStoppedException($"{tool} {string.Join(' ', arguments)}", stopped);
        }

        var said = error.ToString();
        if (NetworkNamespace is not null && result.ExitCode != 0 && said.StartsWith("nsenter: ", StringComparison.Ordinal))
        {
            var grant = said.Contains("not permitted", StringComparison.Ordinal) || said.Contains("ermission denied", StringComparison.Ordinal)
                ? $"\n{Privileges.HowToGrant("SYS_ADMIN", "to enter another network namespace")}"
                : "";
            throw new CaptureException($"the network namespace {NetworkNamespace} cannot be entered: {said.Trim()}{grant}");
        }

        return new ToolResult(result.ExitCode, output.ToString(), said);
    }

    /// <summary>Runs a tool whose failure ends the work, and says why it failed in terms of what to do about it.</summary>
    public async Task<string> MustAsync(string tool, IReadOnlyList<string> arguments, string? input = null,
        CancellationToken cancellation = default)
    {
        var result = await RunAsync(tool, arguments, input, cancellation);
        return result.Succeeded ? result.Output : throw new CaptureException(Explain(tool, arguments, result));
    }

    public static string Explain(string tool, IReadOnlyList<string> arguments, ToolResult result)
    {
        var said = result.Error.Trim();
        if (said.Length == 0)
        {
            said = result.Output.Trim();
        }

        var failure = $"{tool} {string.Join(' ', arguments)}: exit {result.ExitCode}: {said}";
        if (said.Contains("ermission denied", StringComparison.Ordinal) || said.Contains("not permitted", StringComparison.Ordinal))
        {
            return $"{failure}\n{Privileges.HowToGrant("NET_ADMIN", "to change rules, and NET_RAW for iptables-legacy")}";
        }

        return failure;
    }

    public static string Missing(string tool)
    {
        var package = _packages.TryGetValue(tool, out var named) ? named : "iptables";
        return $"{tool} is not on PATH: install the package {package} (apt-get install {package}, apk add {package}, "
            + $"dnf install {package}) or use an image that carries it";
    }

    private string? Find(string tool)
    {
        if (!_found.TryGetValue(tool, out var path))
        {
            path = tool.Contains('/', StringComparison.Ordinal)
                ? File.Exists(tool) ? tool : null
                : _directories.Select(directory => Path.Combine(directory, tool)).FirstOrDefault(File.Exists);
            _found[tool] = path;
        }

        return path;
    }
}
