using System.Globalization;
using Intercept.Capture.Verification;
using Intercept.Node;
using Intercept.Tests.Unit.Proxy;

namespace Intercept.Tests.Unit.Node;

/// <summary>A host's root directory with a runtime's network configuration, and intercept-node at work on it.</summary>
internal sealed class HostScene : IDisposable
{
    public const string ConfigurationDirectory = "/etc/cni/net.d";
    public const string PluginDirectory = "/opt/cni/bin";

    private readonly TemporaryFolder _folder = new();

    public HostScene()
    {
        Directory.CreateDirectory(Path(ConfigurationDirectory));
        File.WriteAllText(_folder["intercept-cni"], "the plugin\n");
    }

    public string PluginFile => _folder["intercept-cni"];

    public string Root => _folder["host"];

    public string Path(string hostPath) => Root + hostPath;

    public string Configuration(string name) => Path($"{ConfigurationDirectory}/{name}");

    public void Write(string name, string text) => File.WriteAllText(Configuration(name), text);

    public string Read(string name) => File.ReadAllText(Configuration(name));

    /// <summary>Every file of the directory, with mode and contents.</summary>
    public IReadOnlyList<string> Snapshot() =>
        [.. Directory.EnumerateFiles(Path(ConfigurationDirectory)).Order(StringComparer.Ordinal)
            .Select(path => $"{System.IO.Path.GetFileName(path)} {File.GetUnixFileMode(path)}\n{File.ReadAllText(path)}")];

    public Task<NodeRun> InstallAsync(params string[] more) => RunAsync(["install", "--root", Root, "--plugin", PluginFile, .. more]);

    public Task<NodeRun> UninstallAsync(params string[] more) => RunAsync(["uninstall", "--root", Root, .. more]);

    public static async Task<NodeRun> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        using var error = new StringWriter(CultureInfo.InvariantCulture);
        var program = new NodeProgram(
            Capture.Options.Environment(), new SelfCommand("/nowhere/intercept-node", []), TextReader.Null, output, error, TimeProvider.System);
        var exit = await program.RunAsync(arguments);
        return new NodeRun(exit, output.ToString(), error.ToString());
    }

    public void Dispose() => _folder.Dispose();
}
