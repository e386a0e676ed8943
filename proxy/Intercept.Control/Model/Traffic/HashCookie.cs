namespace Intercept.Control.Model.Traffic;

/// <param name="Ttl">Null for a session cookie that the application makes; zero for one that the proxy makes.</param>
internal sealed record HashCookie(string Name, string? Path, TimeSpan? Ttl);
