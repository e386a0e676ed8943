using Microsoft.Extensions.Logging;

namespace Intercept.Control.Authority;

/// <summary>`intercept-control ca rotate`: asks the control plane that holds the state folder, or does it itself where none runs.</summary>
internal static class RotationRequest
{
    private static readonly TimeSpan _pollInterval = TimeSpan.FromMilliseconds(100);

    /// <returns>A sentence about what was done.</returns>
    /// <exception cref="AuthorityException">It was not.</exception>
    public static async Task<string> SendAsync(AuthorityOptions options, TimeSpan patience, TimeProvider time, ILogger log, CancellationToken cancellation)
    {
        if (options.SuppliedFolder is not null)
        {
            throw new AuthorityException($"the authority is supplied in {options.SuppliedFolder}: rotate it there, the control plane reads it again");
        }

        if (!File.Exists(Path.Combine(options.StateFolder, OwnAuthority.StateName)))
        {
            throw new AuthorityException($"{options.StateFolder} holds no authority: the first start of `intercept-control serve` makes one");
        }

        var request = Path.Combine(options.StateFolder, OwnAuthority.RotationRequestName);
        _ = StateFolder.TryCreate(request, []);
        using var folder = StateFolder.TryOpen(options.StateFolder);
        if (folder is not null)
        {
            OwnAuthority.Open(folder, options, time, log).Check();
        }
        else
        {
            var started = time.GetTimestamp();
            while (File.Exists(request))
            {
                if (time.GetElapsedTime(started) > patience)
                {
                    throw new AuthorityException($"the control plane that uses {options.StateFolder} has not answered in {patience.TotalSeconds:0} s; "
                        + $"{request} stays, and is done when it looks");
                }

                await Task.Delay(_pollInterval, time, cancellation);
            }
        }

        return $"{options.StateFolder}: a new root is on its way to every proxy, and signs when all have it";
    }
}
