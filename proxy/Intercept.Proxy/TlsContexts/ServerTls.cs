using System.Diagnostics.CodeAnalysis;
using Intercept.Core.Identity;
using Intercept.Core.Problems;
using Intercept.Mesh.Tls;
using Intercept.Runtime.Tls;
using PeerVerdict = Intercept.Runtime.Tls.PeerVerdict;

namespace Intercept.Proxy.TlsContexts;

/// <summary>The accepting side of a filter chain.</summary>
internal sealed class ServerTls(DownstreamTls configuration) : TlsSource(configuration, configuration.Certificate, configuration.Peer?.Trust)
{
    private readonly PeerRule _rule = configuration.Peer?.ToPeerRule() ?? (static (_, _) => PeerVerdict.Accepted);
    private TlsServerContext? _current;

    /// <summary>Null while there is none to be used: see <see cref="TlsSource.Absence"/>.</summary>
    public TlsServerContext? Current => Volatile.Read(ref _current);

    public override bool IsUsable => Current is not null;

    public override SpiffeId? LocalIdentity => Current?.LocalIdentity;

    public override DateTimeOffset? CertificateExpiry => Current?.CertificateExpiry;

    [SuppressMessage("Reliability", "CA2000", Justification = "Exchanged in: the source owns it.")]
    protected override IDisposable? Build(TlsInput input, TimeProvider time, ICollection<Problem> problems)
    {
        var options = ToOptions(input, configuration.Parameters, configuration.ResumesSessions) with
        {
            Peer = configuration switch
            {
                { Peer: null } => PeerCertificateMode.None,
                { RequiresClientCertificate: true } => PeerCertificateMode.Required,
                _ => PeerCertificateMode.Requested,
            },
            PeerRule = _rule,
        };
        if (TlsServerContext.TryBuild(options, time, out var built, out var found))
        {
            return Exchange(built);
        }

        Report(found, problems);
        return null;
    }

    protected override TlsContext? Exchange(TlsContext? next) => Interlocked.Exchange(ref _current, (TlsServerContext?)next);
}
