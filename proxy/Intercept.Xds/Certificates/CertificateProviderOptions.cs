using Microsoft.Extensions.Logging;

namespace Intercept.Xds.Certificates;

/// <summary>Where this workload's certificate comes from: one record for each kind of source.</summary>
public abstract record CertificateProviderOptions
{
    public abstract ICertificateProvider Create(TimeProvider time, ILogger logger);
}
