using Intercept.Core.Problems;
using Intercept.Linux;
using Intercept.Mesh;
using Intercept.Proxy.CommandLine;
using Intercept.Xds;

namespace Intercept.Proxy.Reloading;

/// <summary>Where the bootstrap comes from, and whether it has changed since it was last read.</summary>
internal sealed class ConfigurationSource(ProxyOptions options)
{
    private FileStamp _stamp;

    public bool HasChanged => options.ConfigPath is { } path && FileStamp.Of(path) != _stamp;

    /// <param name="previous">The snapshot in effect, whose parts are kept where nothing changed.</param>
    public BootstrapResult Read(MeshSnapshot? previous)
    {
        string? text = null;
        if (options.ConfigPath is { } path)
        {
            // Before the content: what is written meanwhile shows as a change afterwards.
            _stamp = FileStamp.Of(path);
            text = TryRead(path, out var why);
            if (text is null)
            {
                return new BootstrapResult(null, [new Problem(path, 0, "--config-path", null, $"cannot be read: {why}", "an Envoy v3 bootstrap in YAML or JSON")]);
            }
        }

        return BootstrapReader.Read(
            new BootstrapInput(options.ConfigPath, text, options.ConfigYaml, options.ServiceNode, options.ServiceCluster), previous);
    }

    private static string? TryRead(string path, out string why)
    {
        try
        {
            why = "";
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            why = exception.Message;
            return null;
        }
    }
}
