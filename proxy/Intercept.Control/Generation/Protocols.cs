using Intercept.Control.Model.Services;

namespace Intercept.Control.Generation;

internal static class Protocols
{
    public static bool IsHttp(PortProtocol protocol) =>
        protocol is PortProtocol.Http or PortProtocol.Http2 or PortProtocol.Grpc or PortProtocol.GrpcWeb;
}
