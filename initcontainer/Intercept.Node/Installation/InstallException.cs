namespace Intercept.Node.Installation;

/// <summary>The host did not take it; the message says what, where, and what to do.</summary>
internal sealed class InstallException(string message, Exception? inner = null) : Exception(message, inner);
