using Intercept.Control.Serving.Callers;

namespace Intercept.Control.Authentication;

/// <summary>Join tokens: for machines outside a cluster.</summary>
internal sealed class JoinTokenKind(JoinTokens tokens) : ICredentialKind
{
    public ValueTask<Caller?> TryAuthenticateAsync(CallerCredentials credentials, CancellationToken cancellation)
    {
        Caller? caller = null;
        if (credentials.BearerToken is { } token && JoinTokens.IsOne(token))
        {
            caller = tokens.TryRead(token, out var identity, out var why)
                ? new Caller { Description = $"join token {identity}", Identities = [identity] }
                : Caller.Refused($"its join token {why}");
        }

        return ValueTask.FromResult(caller);
    }
}
