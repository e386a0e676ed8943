using System.Globalization;

namespace Intercept.Control.Generation.Routes;

/// <summary>The names of route configurations: by port where hosts tell services apart, else by service.</summary>
internal static class RouteNames
{
    public static string OfPort(int port) => port.ToString(CultureInfo.InvariantCulture);

    public static string OfService(string host, int port) => string.Create(CultureInfo.InvariantCulture, $"{host}:{port}");
}
