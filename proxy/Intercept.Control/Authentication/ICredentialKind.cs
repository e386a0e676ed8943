using Intercept.Control.Serving.Callers;

namespace Intercept.Control.Authentication;

/// <summary>One way to show who one is.</summary>
internal interface ICredentialKind
{
    /// <returns>Null where the credentials hold nothing of this kind; else a caller, refused or not.</returns>
    ValueTask<Caller?> TryAuthenticateAsync(CallerCredentials credentials, CancellationToken cancellation);
}
