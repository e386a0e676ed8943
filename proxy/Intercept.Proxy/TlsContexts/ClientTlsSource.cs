using System.Diagnostics.CodeAnalysis;
using Intercept.Core.Identity;
using Intercept.Core.Problems;
using Intercept.Runtime.Tls;

namespace Intercept.Proxy.TlsContexts;

/// <summary>
/// The connecting side, shared by every cluster that presents the same certificate in the same way: whom each of them
/// accepts is a rule that its connections bring along. Ten thousand clusters are not ten thousand SSL_CTX.
/// </summary>
internal sealed class ClientTlsSource(ClientTlsKey key) : TlsSource(key, key.Certificate, key.Trust)
{
    private TlsClientContext? _current;

    /// <summary>Null while there is none to be used: see <see cref="TlsSource.Absence"/>.</summary>
    public TlsClientContext? Current => Volatile.Read(ref _current);

    public override bool IsUsable => Current is not null;

    public override SpiffeId? LocalIdentity => Current?.LocalIdentity;

    public override DateTimeOffset? CertificateExpiry => Current?.CertificateExpiry;

    [SuppressMessage("Reliability", "CA2000", Justification = "Exchanged in: the source owns it.")]
    protected override IDisposable? Build(TlsInput input, TimeProvider time, ICollection<Problem> problems)
    {
        var options = ToOptions(input, key.Parameters, key.ResumesSessions) with { Peer = PeerCertificateMode.Required };
        if (TlsClientContext.TryBuild(options, time, out var built, out var found))
        {
            return Exchange(built);
        }

        Report(found, problems);
        return null;
    }

    protected override TlsContext? Exchange(TlsContext? next) => Interlocked.Exchange(ref _current, (TlsClientContext?)next);
}
