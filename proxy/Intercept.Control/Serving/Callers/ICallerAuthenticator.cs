namespace Intercept.Control.Serving.Callers;

/// <summary>Asked once for each stream and each certificate request.</summary>
internal interface ICallerAuthenticator
{
    ValueTask<Caller> AuthenticateAsync(CallerCredentials credentials, CancellationToken cancellation);
}
