using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Ebpf;

/// <summary>
/// The world of the capture cases, its pod in a scratch cgroup with the programs attached. A listener is registered when it begins
/// to listen, so there is one world for each inbound port.
/// </summary>
public sealed class EbpfMatrixWorld : IAsyncLifetime
{
    private readonly Dictionary<ushort, Entry> _entries = [];

    public Task InitializeAsync() => Task.CompletedTask;

    internal async Task<Entry> OpenAsync(ushort inboundPort)
    {
        if (!_entries.TryGetValue(inboundPort, out var entry))
        {
            entry = new Entry();
            _entries[inboundPort] = entry;
            await entry.StartAsync(inboundPort);
        }

        return entry;
    }

    public async Task DisposeAsync()
    {
        foreach (var entry in _entries.Values)
        {
            await entry.DisposeAsync();
        }
    }

    internal sealed class Entry : IAsyncDisposable
    {
        private ControlGroups? _groups;

        public CaptureWorld World { get; private set; } = null!;

        public AttachedPrograms Programs { get; private set; } = null!;

        public async Task StartAsync(ushort inboundPort) => World = await CaptureWorld.CreateAsync(beforeListening: async world =>
        {
            var netns = Path.GetFileName(world.PodNamespace);
            _groups = ControlGroups.Create(netns.Replace("icept-capture", "icept-ebpf", StringComparison.Ordinal));
            Programs = await AttachedPrograms.AttachAsync(netns, _groups.Root);
            await File.WriteAllTextAsync(
                Path.Combine(_groups.App, "cgroup.procs"), world.Pod.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture));
            Programs.Maps.Counters.Set(Programs.Cookie, default);
            Programs.Maps.Pods.Set(Programs.Cookie, new() { InboundPort = inboundPort });
        });

        public async ValueTask DisposeAsync()
        {
            if (World is not null)
            {
                await World.DisposeAsync();
            }

            Programs?.Dispose();
            _groups?.Dispose();
        }
    }
}
