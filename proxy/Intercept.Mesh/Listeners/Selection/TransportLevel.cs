namespace Intercept.Mesh.Listeners.Selection;

internal sealed class TransportLevel
{
    private ApplicationProtocolLevel? _raw;
    private ApplicationProtocolLevel? _tls;
    private ApplicationProtocolLevel? _any;

    public bool DependsOnFirstBytes => _raw is not null || _tls is not null || _any is { DependsOnFirstBytes: true };

    public IEnumerable<ApplicationProtocolLevel> Open(DetectedTransport? transport)
    {
        yield return transport switch
        {
            DetectedTransport.RawBuffer => _raw ??= new ApplicationProtocolLevel(),
            DetectedTransport.Tls => _tls ??= new ApplicationProtocolLevel(),
            _ => _any ??= new ApplicationProtocolLevel(),
        };
    }

    public ApplicationProtocolLevel? Find(DetectedTransport transport) =>
        (transport == DetectedTransport.Tls ? _tls : _raw) ?? _any;
}
