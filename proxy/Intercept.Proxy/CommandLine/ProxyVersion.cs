namespace Intercept.Proxy.CommandLine;

internal static class ProxyVersion
{
    /// <summary>Of Directory.Build.props.</summary>
    public static string Text { get; } = typeof(ProxyVersion).Assembly.GetName().Version?.ToString(3) ?? "unknown";
}
