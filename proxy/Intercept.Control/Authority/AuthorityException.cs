namespace Intercept.Control.Authority;

/// <summary>The authority cannot be used as it lies on disk. The message says what, where, and what to do.</summary>
internal sealed class AuthorityException(string message) : Exception(message);
