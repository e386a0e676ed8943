using System.Security.Cryptography.X509Certificates;
using Intercept.Linux.Processes;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Intercept.Control.Authentication;

/// <summary>What a caller brought along to show who it is. Nothing here has been checked.</summary>
internal sealed record CallerCredentials
{
    private const string BearerScheme = "Bearer ";

    /// <summary>The token of `authorization: Bearer`; never logged.</summary>
    public string? BearerToken { get; init; }

    /// <summary>The leaf that the caller proved to hold the key of in the TLS handshake.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>The process at the other end of a Unix socket.</summary>
    public PeerCredentials? Peer { get; init; }

    /// <summary>For the log: where the call comes from.</summary>
    public string Origin { get; init; } = "unknown";

    public static CallerCredentials Of(HttpContext context)
    {
        var authorization = context.Request.Headers[HeaderNames.Authorization];
        var peer = context.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket
            ? PeerCredentials.Of(socket)
            : null;
        return new CallerCredentials
        {
            BearerToken = authorization is [{ } value] && value.StartsWith(BearerScheme, StringComparison.OrdinalIgnoreCase)
                ? value[BearerScheme.Length..].Trim()
                : null,
            Certificate = context.Connection.ClientCertificate,
            Peer = peer,
            Origin = peer is { } process
                ? $"process {process.ProcessId} of user {process.UserId}"
                : $"{context.Connection.RemoteIpAddress}:{context.Connection.RemotePort}",
        };
    }

    // The record's own would print the token.
    public override string ToString() => Origin;
}
