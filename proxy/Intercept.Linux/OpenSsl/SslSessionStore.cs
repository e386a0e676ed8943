using Intercept.Core.Addressing;

namespace Intercept.Linux.OpenSsl;

/// <summary>
/// A client context's resumable sessions by upstream. Shared by the loops, so locked: a session may be offered by one
/// while another replaces it, and only the reference that SSL_set_session takes keeps it alive then.
/// </summary>
internal sealed class SslSessionStore
{
    // More upstreams than a workload calls; beyond it the store starts over rather than growing.
    private const int MaximumSessions = 4096;

    private readonly Lock _gate = new();
    private readonly Dictionary<(NetEndpoint Upstream, string? ServerName), nint> _sessions = [];

    internal void Offer(nint ssl, NetEndpoint upstream, string? serverName)
    {
        lock (_gate)
        {
            if (!_sessions.TryGetValue((upstream, serverName), out var session))
            {
                return;
            }

            if (LibSsl.SSL_SESSION_is_resumable(session) != 1)
            {
                Forget(upstream, serverName);
                return;
            }

            // OpenSSL marks what it has resumed as used up, and the server sends no new ticket then: a copy is used up.
            var copy = LibSsl.SSL_SESSION_dup(session);
            if (copy != 0)
            {
                _ = LibSsl.SSL_set_session(ssl, copy);
                LibSsl.SSL_SESSION_free(copy);
            }
        }
    }

    /// <summary>After a failure: the next connection begins anew.</summary>
    internal void Forget(NetEndpoint upstream, string? serverName)
    {
        lock (_gate)
        {
            if (_sessions.Remove((upstream, serverName), out var session))
            {
                LibSsl.SSL_SESSION_free(session);
            }
        }
    }

    /// <summary>Takes over a reference to the session.</summary>
    internal void Keep(NetEndpoint upstream, string? serverName, nint session)
    {
        lock (_gate)
        {
            if (_sessions.Count >= MaximumSessions)
            {
                Clear();
            }

            Forget(upstream, serverName);
            _sessions.Add((upstream, serverName), session);
        }
    }

    internal void Clear()
    {
        lock (_gate)
        {
            foreach (var session in _sessions.Values)
            {
                LibSsl.SSL_SESSION_free(session);
            }

            _sessions.Clear();
        }
    }
}
