namespace Intercept.Mesh.Tls;

/// <summary>What <see cref="PeerRules"/> say about a verified peer.</summary>
public enum PeerVerdict : byte
{
    Accepted = 0,
    OtherTrustDomain = 1,
    IdentityNotAllowed = 2,
}
