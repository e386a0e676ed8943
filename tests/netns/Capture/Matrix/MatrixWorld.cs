using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Capture.Matrix;

/// <summary>One world for all rows of a backend, made anew when a row spoilt it.</summary>
public sealed class MatrixWorld : IAsyncLifetime
{
    private CaptureWorld? _world;
    private string _before = "";
    private string? _why;

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => DiscardAsync();

    /// <returns>The world, and how it looks without rules.</returns>
    internal async Task<(CaptureWorld World, string Before)> OpenAsync(CaptureBackend backend)
    {
        Skip.IfNot(_why is null, _why);
        if (_world is null)
        {
            _world = await CaptureWorld.CreateAsync();
            if (backend == CaptureBackend.IptablesLegacy)
            {
                _why = await LegacyKernel.PrepareAsync(_world);
                Skip.IfNot(_why is null, _why);
            }

            _before = await _world.SnapshotAsync();
        }

        return (_world, _before);
    }

    internal async Task DiscardAsync()
    {
        if (_world is { } world)
        {
            _world = null;
            await world.DisposeAsync();
        }
    }
}
