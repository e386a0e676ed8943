using Intercept.Mesh.Tls;

namespace Intercept.Xds.Transport;

/// <summary>
/// Our own certificate beside our token: each tells who we are when the other has run out. A server may end the handshake
/// over a certificate that it does not know, so whoever has a token comes without the certificate after a connection that
/// gave no answer, and with it again after that.
/// </summary>
internal sealed class OwnCertificate(ServerOptions server, TimeProvider time)
{
    private bool _isShown;
    private bool _isWithheld;

    /// <summary>What the next connection shows; null is nothing.</summary>
    public Secret? Next()
    {
        var secret = _isWithheld ? null : server.Identity?.Invoke();
        _isShown = secret is { HasCertificate: true } && !(secret.NotAfter <= time.GetUtcNow());
        return _isShown ? secret : null;
    }

    /// <param name="isUnanswered">There was a connection, and it broke before the server said anything on it.</param>
    public void Ended(bool isUnanswered) => _isWithheld = isUnanswered && _isShown && server.TokenFile is not null;
}
