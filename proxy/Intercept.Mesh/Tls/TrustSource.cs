namespace Intercept.Mesh.Tls;

/// <summary>Where the trust that peers are verified against comes from.</summary>
public abstract record TrustSource;
