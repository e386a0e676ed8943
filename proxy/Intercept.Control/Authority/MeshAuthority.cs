using System.Collections.Immutable;
using System.Text;
using Intercept.Control.Authentication;
using Intercept.Control.Serving;
using Intercept.Control.Serving.Callers;
using Microsoft.Extensions.Logging;

namespace Intercept.Control.Authority;

/// <summary>The room as the program sees it: opened once, asked from any thread, and looked after by one task.</summary>
internal sealed class MeshAuthority : IDisposable
{
    private readonly AuthorityOptions _options;
    private readonly StateFolder _folder;
    private readonly TokenKey _tokenKey;
    private readonly IAuthoritySource _source;
    private readonly ServerCertificate _server;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private TrustAnchors? _published;

    private MeshAuthority(
        AuthorityOptions options, AuthenticationOptions authentication, StateFolder folder, IAuthoritySource source, TokenKey tokenKey,
        TimeProvider time, ILogger log)
    {
        _options = options;
        _folder = folder;
        _source = source;
        _tokenKey = tokenKey;
        _time = time;
        _log = log;
        Authority = new CertificateAuthority(options, source, time);
        Statistics = new AuthorityStatistics();
        var unix = new UnixPeerKind(authentication.UnixPeers);
        var kubernetes = authentication.Kubernetes;
        ImmutableArray<ICredentialKind> kinds =
        [
            new JoinTokenKind(new JoinTokens(tokenKey, options.TrustDomain, time)),
            .. kubernetes is null ? Array.Empty<ICredentialKind>() : [new ServiceAccountTokenKind(kubernetes, options.TrustDomain, authentication.Audiences)],
            new CertificateKind(Authority, time),
            unix,
        ];
        Callers = new CallerAuthenticator(kinds);
        WorkloadCallers = new CallerAuthenticator([unix]);
        Issuance = new Issuance(
            Authority, Callers, new Impersonation(authentication.NodeAccounts, kubernetes is null ? null : new PodPlacement(kubernetes)), Statistics, log);
        _server = new ServerCertificate(Authority, time, log);
        Publish();
    }

    public CertificateAuthority Authority { get; }

    public AuthorityStatistics Statistics { get; }

    /// <summary>Of xDS and the certificate service.</summary>
    public ICallerAuthenticator Callers { get; }

    /// <summary>Of the Workload API: by the Unix socket alone.</summary>
    public ICallerAuthenticator WorkloadCallers { get; }

    public IServerTls ServerTls => _server;

    public Issuance Issuance { get; }

    /// <exception cref="AuthorityException">What lies on disk cannot be used.</exception>
    public static MeshAuthority Open(AuthorityOptions options, AuthenticationOptions authentication, TimeProvider time, ILogger log)
    {
        if (options.Complaints().ToArray() is { Length: > 0 } complaints)
        {
            throw new AuthorityException(string.Join("; ", complaints));
        }

        var folder = StateFolder.Open(options.StateFolder);
        TokenKey? tokenKey = null;
        try
        {
            tokenKey = TokenKey.OpenOrCreate(options.StateFolder);
            IAuthoritySource source = options.SuppliedFolder is { } supplied
                ? SuppliedAuthority.Open(supplied, time, log)
                : OwnAuthority.Open(folder, options, time, log);
            return new MeshAuthority(options, authentication, folder, source, tokenKey, time, log);
        }
        catch
        {
            tokenKey?.Dispose();
            folder.Dispose();
            throw;
        }
    }

    public IstioCertificateService CertificateService() => new(Issuance);

    /// <param name="stopping">Ends the streams when the program does.</param>
    public WorkloadApiService WorkloadApi(CancellationToken stopping) => new(Authority, WorkloadCallers, Statistics, _time, _log, stopping);

    /// <summary>Rotates, renews and publishes until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(_options.CheckInterval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation))
            {
                Check();
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Asked to end.
        }
    }

    public void Check()
    {
        try
        {
            _source.Check();
            _server.Check();
            Publish();
        }
        catch (Exception failure) when (failure is AuthorityException or IOException or UnauthorizedAccessException)
        {
            AuthorityLog.CheckFailed(_log, failure.Message);
        }
    }

    public void Dispose()
    {
        _tokenKey.Dispose();
        _folder.Dispose();
    }

    // Only after the state is on disk that the file tells of.
    private void Publish()
    {
        var anchors = _source.Current.Anchors;
        if (_options.RootsFile is { } path && !ReferenceEquals(anchors, _published))
        {
            StateFolder.Publish(path, Encoding.ASCII.GetBytes(anchors.Pem));
            _published = anchors;
        }
    }
}
