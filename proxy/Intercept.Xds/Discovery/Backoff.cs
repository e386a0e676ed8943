using System.Diagnostics.CodeAnalysis;

namespace Intercept.Xds.Discovery;

/// <summary>
/// The pauses between tries: each up to twice as long as the one before, and half of it by chance, so that proxies that
/// lost a server together do not come back together.
/// </summary>
internal sealed class Backoff(TimeSpan first, TimeSpan longest)
{
    private TimeSpan _before = TimeSpan.Zero;

    [SuppressMessage("Security", "CA5394", Justification = "A pause is no secret.")]
    public TimeSpan Next()
    {
        var pause = _before == TimeSpan.Zero ? first : _before * 2;
        _before = pause < longest ? pause : longest;
        return _before * (0.5 + (Random.Shared.NextDouble() / 2));
    }

    public void Reset() => _before = TimeSpan.Zero;
}
