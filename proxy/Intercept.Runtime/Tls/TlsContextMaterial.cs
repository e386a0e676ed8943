using System.Collections.Immutable;
using System.Text;
using Intercept.Core.Identity;
using Intercept.Linux.OpenSsl;

namespace Intercept.Runtime.Tls;

/// <summary>Turns options into a checked native context, or into every reason why not.</summary>
internal sealed class TlsContextMaterial
{
    // AES-128-GCM first: the cheapest with AES instructions, and as strong as a P-256 certificate.
    private const string DefaultSuites = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";

    // TLS 1.2 only with forward secrecy and an AEAD (RFC 9325 4.2).
    private const string DefaultCiphers = "ECDHE+AESGCM:ECDHE+CHACHA20";
    private const string SuitePrefix = "TLS_";
    private const int LongestAlpnName = 255;

    // Short beside the hours that a mesh certificate lives, long beside the seconds between two calls.
    private static readonly TimeSpan _sessionLifetime = TimeSpan.FromMinutes(30);

    private readonly ImmutableArray<TlsContextProblem>.Builder _problems = ImmutableArray.CreateBuilder<TlsContextProblem>();

    private TlsContextMaterial(SslContext native) => Native = native;

    internal SslContext Native { get; }

    internal PeerVerifier? Verifier { get; private set; }

    internal PeerCertificateMode Peer { get; private set; }

    internal SpiffeId? LocalIdentity { get; private set; }

    internal DateTimeOffset? CertificateExpiry { get; private set; }

    internal static TlsContextMaterial? TryLoad(
        TlsContextOptions options, bool isServer, TimeProvider time, out ImmutableArray<TlsContextProblem> problems)
    {
        var material = new TlsContextMaterial(SslContext.Create(isServer, (int)options.Minimum, (int)options.Maximum));
        material.LoadCredential(options, isServer, time);
        material.LoadTrust(options, time);
        material.SetCiphers(options.CipherSuites);
        material.SetAlpn(options.AlpnProtocols);
        if (options.SessionResumption)
        {
            material.Native.EnableResumption(material.SessionLifetime(time));
        }

        problems = material._problems.ToImmutable();
        if (problems.IsEmpty)
        {
            return material;
        }

        material.Native.Release();
        return null;
    }

    // What is resumed was proven with this certificate: it does not outlive it.
    private TimeSpan SessionLifetime(TimeProvider time) =>
        CertificateExpiry - time.GetUtcNow() is { } left && left < _sessionLifetime ? left : _sessionLifetime;

    private void LoadCredential(TlsContextOptions options, bool isServer, TimeProvider time)
    {
        if (options.CertificateChain is null && options.PrivateKey is null && !isServer)
        {
            return;
        }

        using var chain = LoadChain(options.CertificateChain, time);
        using var key = LoadKey(options.PrivateKey);
        if (chain is null || key is null)
        {
            return;
        }

        if (!key.Matches(chain[0]))
        {
            Add(TlsContextProblemKind.KeyDoesNotMatch, options.PrivateKey!.Path, $"not the key of {options.CertificateChain!.Path}");
            return;
        }

        if (chain[0].HasStrongKey && Native.UseCredential(chain, key) is { Reason: not 0 } refused)
        {
            Add(TlsContextProblemKind.Refused, options.CertificateChain!.Path, refused.Text);
        }
    }

    private CertificateList? LoadChain(PemFile? file, TimeProvider time)
    {
        if (file is null)
        {
            Add(TlsContextProblemKind.CertificateMissing, "", "");
            return null;
        }

        var chain = CertificateList.TryParse(file.Content.Span, out var failure);
        if (chain is null)
        {
            Add(TlsContextProblemKind.CertificateUnreadable, file.Path, failure.Text);
            return null;
        }

        var leaf = chain[0];
        if (!leaf.HasStrongKey)
        {
            Add(TlsContextProblemKind.KeyTooSmall, file.Path, "RSA needs 2048 bits, a curve 256");
        }

        if (leaf.UntilValid > TimeSpan.Zero)
        {
            Add(TlsContextProblemKind.CertificateNotYetValid, file.Path, $"valid from {time.GetUtcNow() + leaf.UntilValid:u}");
        }

        CertificateExpiry = time.GetUtcNow() + leaf.UntilExpiry;
        if (leaf.UntilExpiry <= TimeSpan.Zero)
        {
            Add(TlsContextProblemKind.CertificateExpired, file.Path, $"expired at {CertificateExpiry:u}");
        }

        if (leaf.UriNames() is [var name] && SpiffeId.TryParse(name, out var identity))
        {
            LocalIdentity = identity;
        }

        return chain;
    }

    private PrivateKey? LoadKey(PemFile? file)
    {
        if (file is null)
        {
            Add(TlsContextProblemKind.KeyMissing, "", "");
            return null;
        }

        var key = PrivateKey.TryParse(file.Content.Span, out var failure);
        if (key is null)
        {
            Add(TlsContextProblemKind.KeyUnreadable, file.Path, failure.Text);
        }

        return key;
    }

    private void LoadTrust(TlsContextOptions options, TimeProvider time)
    {
        Peer = options.Peer;
        if (options.Peer == PeerCertificateMode.None)
        {
            return;
        }

        if (new TrustLoader(Native, Add).TryLoad(options, LocalIdentity) is not { } trust)
        {
            return;
        }

        Verifier = new PeerVerifier(trust, LocalIdentity, options.PeerRule, time);
        Native.VerifyPeers(Verifier, options.Peer == PeerCertificateMode.Required);
    }

    private void SetCiphers(ImmutableArray<string> names)
    {
        var suites = string.Join(':', names.Where(name => name.StartsWith(SuitePrefix, StringComparison.Ordinal)));
        var ciphers = string.Join(':', names.Where(name => !name.StartsWith(SuitePrefix, StringComparison.Ordinal)));
        if (!Native.SetCipherSuites(suites.Length > 0 ? suites : DefaultSuites))
        {
            Add(TlsContextProblemKind.CipherSuiteUnknown, "", suites);
        }

        if (!Native.SetCipherList(ciphers.Length > 0 ? ciphers : DefaultCiphers))
        {
            Add(TlsContextProblemKind.CipherSuiteUnknown, "", ciphers);
        }
    }

    private void SetAlpn(ImmutableArray<string> protocols)
    {
        if (protocols.IsEmpty)
        {
            return;
        }

        var wire = new List<byte>();
        foreach (var protocol in protocols)
        {
            if (protocol.Length is 0 or > LongestAlpnName || !Ascii.IsValid(protocol))
            {
                Add(TlsContextProblemKind.AlpnInvalid, "", protocol);
                return;
            }

            wire.Add((byte)protocol.Length);
            wire.AddRange(Encoding.ASCII.GetBytes(protocol));
        }

        Native.SetAlpn([.. wire]);
    }

    private void Add(TlsContextProblemKind kind, string file, string detail) =>
        _problems.Add(new TlsContextProblem(kind, file, detail));
}
