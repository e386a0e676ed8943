namespace Intercept.Mesh.Tls;

/// <summary>
/// Trust bundles by the name of their secret (SDS), taken anew when it changes: one for each trust domain, and a peer is
/// verified against that of its own only.
/// </summary>
public sealed record SecretTrust(string Name) : TrustSource;
