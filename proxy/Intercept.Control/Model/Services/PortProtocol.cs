namespace Intercept.Control.Model.Services;

/// <summary>Istio's protocols of a service port, from appProtocol, the name's prefix, or the ServiceEntry.</summary>
internal enum PortProtocol
{
    /// <summary>Not said: to be found out from the first bytes.</summary>
    Auto,
    Tcp,
    Tls,
    Http,
    Http2,
    Grpc,
    GrpcWeb,
    Https,
    Mongo,
    MySql,
    Redis,
    Udp,
}
