using Intercept.Control.Serving.Callers;

namespace Intercept.Tests.Unit.Control.Serving;

/// <summary>Everybody is the same caller.</summary>
internal sealed class FixedCallers(Caller caller) : ICallerAuthenticator
{
    public ValueTask<Caller> AuthenticateAsync(CallerCredentials credentials, CancellationToken cancellation) => ValueTask.FromResult(caller);
}
