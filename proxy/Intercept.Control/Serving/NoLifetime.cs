using Microsoft.Extensions.Hosting;

namespace Intercept.Control.Serving;

/// <summary>Signals are the program's: the host neither listens for them nor waits.</summary>
internal sealed class NoLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
