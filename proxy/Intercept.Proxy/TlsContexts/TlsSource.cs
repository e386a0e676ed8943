using System.Collections.Immutable;
using Intercept.Core.Identity;
using Intercept.Core.Outcomes;
using Intercept.Core.Problems;
using Intercept.Linux;
using Intercept.Mesh.Tls;
using Intercept.Proxy.Admin.State;
using Intercept.Runtime.Tls;

namespace Intercept.Proxy.TlsContexts;

/// <summary>
/// One TLS context of the configuration and the files or secrets that it is made from. It is made anew when they change;
/// loops read the current context for each new connection, and connections keep the generation that they began with.
/// While a secret is missing, or when the certificate has expired, there is none: what needs it is closed.
/// </summary>
/// <param name="key">Equal for configurations that may share a context.</param>
internal abstract class TlsSource(object key, CertificateSource? certificate, TrustSource? trust)
{
    private readonly bool _isOfFiles = certificate is null or CertificateFiles && trust is null or TrustFile;
    private ImmutableArray<(string Path, FileStamp Stamp)> _files = [];
    private ImmutableArray<(string Name, Secret? Secret)> _secrets = [];
    private volatile TlsAbsence _absence = new(CloseReason.ConfigurationRemoved, "its TLS context is no longer in use");

    public object Key => key;

    /// <summary>Its certificates, as loaded.</summary>
    public CertificateStatus Status { get; private set; } = new([], []);

    /// <summary>Why there is no context, when there is none.</summary>
    public TlsAbsence Absence => _absence;

    public abstract bool IsUsable { get; }

    /// <summary>Our own identity in it; null when none is presented.</summary>
    public abstract SpiffeId? LocalIdentity { get; }

    public abstract DateTimeOffset? CertificateExpiry { get; }

    /// <summary>Whether a file or a secret is no longer the one that the context was made from.</summary>
    public bool HasChanged(SecretStore secrets)
    {
        foreach (var (name, secret) in _secrets)
        {
            if (!ReferenceEquals(secrets.Find(name), secret))
            {
                return true;
            }
        }

        return _files.Any(file => FileStamp.Of(file.Path) != file.Stamp);
    }

    /// <summary>Makes the next generation, or says everything that is wrong and keeps the present one.</summary>
    /// <param name="material">Of this pass.</param>
    /// <param name="time">The clock.</param>
    /// <param name="problems">Receives what is wrong; a secret that is missing is not, it may come.</param>
    /// <returns>The generation that was replaced: dispose it when no loop can be about to use it.</returns>
    public IDisposable? Load(TlsMaterial material, TimeProvider time, ICollection<Problem> problems)
    {
        var found = new List<Problem>();
        var input = TlsInput.Read(certificate, trust, material, found);

        // Failed or not: the same contents are not tried again.
        (_files, _secrets) = (input.Files, input.Secrets);
        if (input.Missing is { } missing)
        {
            Status = new CertificateStatus([], []);
            return Abandon(new TlsAbsence(CloseReason.SecretMissing, missing));
        }

        var replaced = found.Count == 0 ? Build(input, time, found) : null;
        if (found.Count == 0)
        {
            Status = input.Describe(time);
            return replaced;
        }

        _absence = new TlsAbsence(CloseReason.SecretMissing, found[0].ToString());
        found.ForEach(problems.Add);
        return null;
    }

    /// <summary>Ends the use of a certificate that has expired, and that nothing has replaced.</summary>
    /// <returns>The generation to dispose when no loop can be about to use it.</returns>
    public IDisposable? Expire(DateTimeOffset now) =>
        CertificateExpiry is { } expiry && expiry <= now
            ? Abandon(new TlsAbsence(CloseReason.CertificateExpiring, $"our certificate has expired at {expiry:u}"))
            : null;

    /// <summary>Gives up a generation that no loop has seen, or that none will use again.</summary>
    public void Retire() => Exchange(null)?.Dispose();

    /// <summary>Whether everything it needs is in files, which are there from the start or not at all.</summary>
    public bool IsOfFiles => _isOfFiles;

    protected abstract IDisposable? Build(TlsInput input, TimeProvider time, ICollection<Problem> problems);

    protected abstract TlsContext? Exchange(TlsContext? next);

    protected static TlsContextOptions ToOptions(TlsInput input, TlsParameters parameters, bool resumesSessions) => new()
    {
        CertificateChain = input.Chain,
        PrivateKey = input.Key,
        TrustBundle = input.Bundle,
        TrustBundles = input.Bundles,
        Minimum = parameters.Minimum.ToProtocol(),
        Maximum = parameters.Maximum.ToProtocol(),
        CipherSuites = parameters.CipherSuites,
        AlpnProtocols = parameters.AlpnProtocols,
        SessionResumption = resumesSessions,
    };

    protected static void Report(ImmutableArray<TlsContextProblem> found, ICollection<Problem> problems)
    {
        foreach (var problem in found)
        {
            problems.Add(TlsProblems.ToProblem(problem));
        }
    }

    private TlsContext? Abandon(TlsAbsence absence)
    {
        _absence = absence;
        return Exchange(null);
    }
}
