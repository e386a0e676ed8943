using Intercept.Mesh.Tls;

namespace Intercept.Proxy.TlsContexts;

/// <summary>What one pass over the configuration makes its TLS contexts from: files, each read once, and secrets as they are now.</summary>
internal sealed class TlsMaterial(SecretStore secrets) : IDisposable
{
    public PemFiles Files { get; } = new();

    public Secret? Find(string secret) => secrets.Find(secret);

    public void Dispose() => Files.Dispose();
}
