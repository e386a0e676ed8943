using System.Net;
using System.Security.Cryptography.X509Certificates;
using Intercept.Linux.Processes;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Intercept.Control.Serving.Callers;

/// <summary>What the transport knows of who calls. None of it is believed before an <see cref="ICallerAuthenticator"/> says so.</summary>
/// <param name="IsTls">False on the plaintext port and on a Unix socket.</param>
/// <param name="Remote">Null on a Unix socket.</param>
/// <param name="Certificate">Of the TLS client, which has proved to hold its key, and nothing else: who issued it is looked at by the authenticator.</param>
/// <param name="BearerToken">Of the authorization header, without "Bearer ".</param>
/// <param name="Peer">On a Unix socket, from the kernel.</param>
internal sealed record CallerCredentials(bool IsTls, IPAddress? Remote, X509Certificate2? Certificate, string? BearerToken, PeerCredentials? Peer)
{
    private const string BearerScheme = "Bearer ";

    public static CallerCredentials Of(HttpContext context)
    {
        var authorization = context.Request.Headers[HeaderNames.Authorization];
        var socket = context.Features.Get<IConnectionSocketFeature>()?.Socket;
        return new CallerCredentials(
            context.Features.Get<ITlsConnectionFeature>() is not null,
            context.Connection.RemoteIpAddress,
            context.Connection.ClientCertificate,
            authorization is [{ } value] && value.StartsWith(BearerScheme, StringComparison.OrdinalIgnoreCase) ? value[BearerScheme.Length..].Trim() : null,
            socket is null ? null : PeerCredentials.Of(socket));
    }

    /// <summary>For logs: where the call comes from. Never the token.</summary>
    public override string ToString() => Peer is { } peer ? $"process {peer.ProcessId} of user {peer.UserId}" : $"{Remote?.ToString() ?? "nowhere"}";
}
