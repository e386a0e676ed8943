namespace Intercept.Control.Authority;

/// <summary>Why no certificate was issued; the label of the counter.</summary>
internal enum RefusalReason
{
    /// <summary>Nobody knows who calls.</summary>
    Unauthenticated,

    /// <summary>The caller is known, and may not call itself what it asks for.</summary>
    IdentityNotHeld,

    /// <summary>The caller asks for somebody else and may not.</summary>
    Impersonation,

    /// <summary>The request itself is malformed or too weak.</summary>
    BadRequest,

    /// <summary>Our own fault: the authority ended, or its state cannot be written.</summary>
    Failed,
}
