using Intercept.Control.Serving.Pushing;
using Microsoft.Extensions.Logging;

namespace Intercept.Control.Serving.Streams;

/// <summary>What every stream is given.</summary>
internal sealed record StreamServices(
    ServingOptions Options, Generations Generations, PushAdmission Admission, ConnectedProxies Proxies, ServingMetrics Metrics, TimeProvider Time, ILogger Logger);
