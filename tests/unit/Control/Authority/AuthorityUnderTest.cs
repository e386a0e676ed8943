using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Intercept.Control.Authority;
using Intercept.Core.Identity;
using Microsoft.Extensions.Logging.Abstractions;

namespace Intercept.Tests.Unit.Control.Authority;

/// <summary>An authority of our own in a scratch folder, under a clock that the test sets.</summary>
internal sealed class AuthorityUnderTest : IDisposable
{
    private readonly ScratchFolder _scratch = new();
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private StateFolder _folder;

    internal AuthorityUnderTest(Func<AuthorityOptions, AuthorityOptions>? change = null)
    {
        var options = new AuthorityOptions { TrustDomain = Domain("cluster.local"), StateFolder = _scratch.State };
        Options = change is null ? options : change(options);
        _folder = StateFolder.Open(Options.StateFolder);
        (Source, Authority) = Open();
    }

    internal AuthorityOptions Options { get; set; }

    internal TestClock Clock { get; } = new();

    internal OwnAuthority Source { get; private set; }

    internal CertificateAuthority Authority { get; private set; }

    internal StateFolder Folder => _folder;

    internal static SpiffeId Web { get; } = Id("spiffe://cluster.local/ns/shop/sa/web");

    internal static TrustDomain Domain(string name) => TrustDomain.TryParse(name, out var domain) ? domain : throw new ArgumentException(name);

    internal static SpiffeId Id(string text) => SpiffeId.TryParse(text, out var id) ? id : throw new ArgumentException(text);

    internal IssuedCertificate Issue(TimeSpan life = default) => Authority.Issue(new PublicKey(_key), Web, life);

    /// <summary>As a new process would, after this one was killed.</summary>
    internal void Restart(Action<string>? afterStep = null)
    {
        _folder.Dispose();
        _folder = StateFolder.Open(Options.StateFolder, afterStep);
        (Source, Authority) = Open();
    }

    internal void AskForRotation() => _folder.Write(OwnAuthority.RotationRequestName, []);

    public void Dispose()
    {
        _folder.Dispose();
        _key.Dispose();
        _scratch.Dispose();
    }

    private (OwnAuthority Source, CertificateAuthority Authority) Open()
    {
        var source = OwnAuthority.Open(_folder, Options, Clock, NullLogger.Instance);
        return (source, new CertificateAuthority(Options, source, Clock));
    }
}
