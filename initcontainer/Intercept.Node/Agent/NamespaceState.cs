namespace Intercept.Node.Agent;

internal enum NamespaceState
{
    Alive,

    /// <summary>Gone, and its rules with it.</summary>
    Gone,

    /// <summary>From here it cannot be told: a mount, or the host's process numbers, are missing.</summary>
    Hidden,
}
