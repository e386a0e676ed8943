using System.Globalization;
using Intercept.Capture.Attachments;
using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Cni;

/// <summary>A state directory, and bare namespaces for pods.</summary>
internal sealed class CniPlace : IAsyncDisposable
{
    private readonly HashSet<string> _names = [];
    private readonly string _prefix;

    public CniPlace(string name) => _prefix = string.Create(CultureInfo.InvariantCulture, $"icept-cni-{Environment.ProcessId}-{name}");

    public string State { get; } = Directory.CreateTempSubdirectory("icept-cni-").FullName;

    public AttachmentStore Store => new(State);

    public PluginCall Call(string pod) => CniScene.Of($"/run/netns/{pod}", State, CaptureBackend.IptablesNft);

    /// <returns>The name of the namespace.</returns>
    public async Task<string> AddAsync(string name)
    {
        var full = $"{_prefix}-{name}";
        lock (_names)
        {
            _names.Add(full);
        }

        await Programs.MustAsync("ip", "netns", "add", full);
        await Programs.MustAsync("ip", "-n", full, "link", "set", "lo", "up");
        return full;
    }

    public async Task RemoveAsync(string full)
    {
        await Programs.MustAsync("ip", "netns", "delete", full);
        lock (_names)
        {
            _names.Remove(full);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var name in _names.ToList())
        {
            await RemoveAsync(name);
        }

        Directory.Delete(State, recursive: true);
    }
}
