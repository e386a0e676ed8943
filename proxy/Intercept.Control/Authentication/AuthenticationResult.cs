using System.Diagnostics.CodeAnalysis;

namespace Intercept.Control.Authentication;

/// <summary>
/// A caller, or why there is none: the reason is for our log alone, a caller learns no more than that it was refused. Neither one
/// means that the credentials are of another kind.
/// </summary>
internal sealed record AuthenticationResult
{
    private AuthenticationResult(Caller? caller, string? refusal)
    {
        Caller = caller;
        Refusal = refusal;
    }

    /// <summary>The credentials hold nothing that this authenticator reads.</summary>
    public static AuthenticationResult NotPresent { get; } = new(null, null);

    public Caller? Caller { get; }

    public string? Refusal { get; }

    [MemberNotNullWhen(true, nameof(Caller))]
    public bool IsAuthenticated => Caller is not null;

    public static AuthenticationResult Accepted(Caller caller) => new(caller, null);

    public static AuthenticationResult Refused(string reason) => new(null, reason);
}
