namespace Intercept.Mesh.Listeners;

/// <summary>What the first bytes of a connection are: Envoy's transport_protocol "raw_buffer" or "tls".</summary>
public enum DetectedTransport : byte
{
    RawBuffer = 0,
    Tls = 1,
}
