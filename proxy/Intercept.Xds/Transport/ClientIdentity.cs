namespace Intercept.Xds.Transport;

/// <summary>The certificate that we show to a server. Both PEM.</summary>
/// <param name="CertificateChain">Leaf first.</param>
/// <param name="PrivateKey">PKCS#8.</param>
internal sealed record ClientIdentity(ReadOnlyMemory<byte> CertificateChain, ReadOnlyMemory<byte> PrivateKey);
