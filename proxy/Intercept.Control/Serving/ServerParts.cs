using Intercept.Control.Metrics;
using Intercept.Control.Serving.Callers;
using Intercept.Control.Serving.Endpoints;
using Intercept.Control.Serving.Streams;
using Intercept.Control.Status;

namespace Intercept.Control.Serving;

/// <summary>What the server is put together from.</summary>
/// <param name="Tls">Null where there is no TLS port.</param>
/// <param name="Identity">Told to proxies: which control plane this is.</param>
/// <param name="DrainTime">How long the end waits for what is under way.</param>
internal sealed record ServerParts(
    ListeningOn Addresses, IServerTls? Tls, ICallerAuthenticator Authenticator, StreamServices Streams, StatusReading Status, MetricRegistry Metrics,
    string Identity, TimeSpan DrainTime);
