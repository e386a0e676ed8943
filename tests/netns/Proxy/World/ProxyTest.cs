namespace Intercept.Tests.Netns.Proxy.World;

/// <summary>A test of the running program with a backend that echoes.</summary>
public abstract class ProxyTest : IAsyncLifetime
{
    internal RunningProxy Proxy { get; } = new();

    internal Backend Echo { get; } = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public virtual async Task DisposeAsync()
    {
        await Proxy.DisposeAsync();
        Echo.Dispose();
    }
}
