using Intercept.Proxy.CommandLine;
using Intercept.Xds.Certificates;
using Microsoft.Extensions.Logging;

namespace Intercept.Proxy.Feeding;

/// <summary>The source of the proxy's own certificate that the command line asks for.</summary>
internal static class CertificateSources
{
    /// <returns>Null where certificates come in files, from the control plane, or not at all.</returns>
    public static ICertificateProvider? Of(FeedOptions options, TimeProvider time, ILogger logger)
    {
        _ = (options, time, logger);
        return null;
    }
}
