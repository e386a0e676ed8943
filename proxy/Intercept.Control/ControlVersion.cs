namespace Intercept.Control;

internal static class ControlVersion
{
    /// <summary>Of Directory.Build.props.</summary>
    public static string Text { get; } = typeof(ControlVersion).Assembly.GetName().Version?.ToString(3) ?? "unknown";
}
