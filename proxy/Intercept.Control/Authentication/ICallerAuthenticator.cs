namespace Intercept.Control.Authentication;

/// <summary>Tells who calls, by one kind of credentials or several. Shared by xDS and the certificate service; any thread.</summary>
internal interface ICallerAuthenticator
{
    ValueTask<AuthenticationResult> AuthenticateAsync(CallerCredentials credentials, CancellationToken cancellation);
}
