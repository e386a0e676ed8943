namespace Intercept.Control.Generation.Inbound;

/// <summary>One way in which connections to a port may arrive, and what is done with them.</summary>
/// <param name="Name">Ends the name of the chain.</param>
/// <param name="Transport">tls, raw_buffer, or null for both.</param>
/// <param name="ApplicationProtocols">Of TLS or as the HTTP inspector says; empty for any.</param>
/// <param name="IsMutualTls">The proxy ends TLS itself; else TLS, if it is, is the application's.</param>
/// <param name="IsHttp">Requests are looked into.</param>
internal sealed record ChainVariant(string Name, string? Transport, IReadOnlyList<string> ApplicationProtocols, bool IsMutualTls, bool IsHttp);
