namespace Intercept.Cni.Protocol;

/// <summary>A verb cannot be done; what the runtime is told.</summary>
/// <param name="details">One line each, beyond the message.</param>
internal sealed class CniException(CniErrorCode code, string message, params IEnumerable<string> details) : Exception(message)
{
    public CniErrorCode Code { get; } = code;

    public IReadOnlyList<string> Details { get; } = [.. details];
}
