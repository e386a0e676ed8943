namespace Intercept.Proxy.Serving;

/// <summary>What has to be there before the proxy says that it is ready. Control loop only.</summary>
internal sealed class Readiness
{
    private readonly Dictionary<string, Func<string?>> _waiting = new(StringComparer.Ordinal);

    public bool IsReached => _waiting.Count == 0;

    /// <summary>In words; null when nothing is waited for.</summary>
    public string? Text => IsReached ? null : string.Join(", and for ", _waiting.Select(one => one.Value() is { } why ? $"{one.Key} ({why})" : one.Key));

    /// <param name="what">A noun: "the control plane".</param>
    /// <param name="why">Asked whenever somebody wants to know what keeps it away.</param>
    public void Await(string what, Func<string?> why) => _waiting.TryAdd(what, why);

    public void Reach(string what) => _waiting.Remove(what);
}
