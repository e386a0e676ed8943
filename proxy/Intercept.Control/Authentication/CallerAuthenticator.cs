using System.Collections.Immutable;
using Intercept.Control.Serving.Callers;

namespace Intercept.Control.Authentication;

/// <summary>
/// Asks each kind in turn until one knows the caller. A stale token beside a good certificate is an ordinary renewal, so what one
/// kind refuses another may accept; nothing accepted is a refusal with all reasons.
/// </summary>
internal sealed class CallerAuthenticator(ImmutableArray<ICredentialKind> kinds) : ICallerAuthenticator
{
    public async ValueTask<Caller> AuthenticateAsync(CallerCredentials credentials, CancellationToken cancellation)
    {
        List<string>? reasons = null;
        foreach (var kind in kinds)
        {
            if (await kind.TryAuthenticateAsync(credentials, cancellation) is not { } caller)
            {
                continue;
            }

            if (!caller.IsRefused)
            {
                return caller;
            }

            (reasons ??= []).Add(caller.Refusal);
        }

        return Caller.Refused(reasons is null ? "it brought no credentials that are read here" : string.Join("; ", reasons));
    }
}
