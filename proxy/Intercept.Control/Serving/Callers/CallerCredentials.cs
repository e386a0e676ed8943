using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Intercept.Control.Serving.Callers;

/// <summary>What the transport knows of who calls. None of it is believed before an <see cref="ICallerAuthenticator"/> says so.</summary>
/// <param name="IsTls">False on the plaintext port and on a Unix socket.</param>
/// <param name="Remote">Null on a Unix socket.</param>
/// <param name="Certificate">Of the TLS client. The handshake has verified its chain against our own roots, and nothing else.</param>
/// <param name="BearerToken">Of the authorization header, without "Bearer ".</param>
/// <param name="Peer">On a Unix socket, from the kernel.</param>
internal sealed record CallerCredentials(bool IsTls, IPAddress? Remote, X509Certificate2? Certificate, string? BearerToken, UnixPeer? Peer);
