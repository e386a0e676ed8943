namespace Intercept.Runtime.Relays;

/// <summary>How to relay.</summary>
public sealed record RelayOptions
{
    /// <summary>Ends the relay when no byte has moved either way for this long. Null never does.</summary>
    public TimeSpan? IdleTimeout { get; init; }

    /// <summary>Moves sustained plaintext bulk with splice(2).</summary>
    public bool Splice { get; init; } = true;
}
