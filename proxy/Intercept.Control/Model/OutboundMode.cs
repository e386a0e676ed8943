namespace Intercept.Control.Model;

internal enum OutboundMode
{
    AllowAny,
    RegistryOnly,
}
