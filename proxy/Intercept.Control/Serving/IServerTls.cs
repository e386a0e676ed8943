using System.Net.Security;

namespace Intercept.Control.Serving;

/// <summary>How the TLS port presents itself; asked for each handshake, so that a new certificate needs no new port.</summary>
internal interface IServerTls
{
    /// <summary>A client certificate is asked for, not demanded: a proxy has none before its first.</summary>
    SslServerAuthenticationOptions OptionsFor(string? serverName);
}
