using System.Collections.Immutable;

namespace Intercept.Control.Authentication;

/// <summary>
/// Asks each kind in turn until one knows the caller. A stale token beside a good certificate is an ordinary renewal, so what one
/// kind refuses another may accept; nothing accepted is a refusal with all reasons.
/// </summary>
internal sealed class CallerAuthenticator(ImmutableArray<ICallerAuthenticator> kinds) : ICallerAuthenticator
{
    public async ValueTask<AuthenticationResult> AuthenticateAsync(CallerCredentials credentials, CancellationToken cancellation)
    {
        List<string>? reasons = null;
        foreach (var kind in kinds)
        {
            var result = await kind.AuthenticateAsync(credentials, cancellation);
            if (result.IsAuthenticated)
            {
                return result;
            }

            if (result.Refusal is { } reason)
            {
                (reasons ??= []).Add(reason);
            }
        }

        return AuthenticationResult.Refused(reasons is null ? "it brought no credentials that are read here" : string.Join("; ", reasons));
    }
}
