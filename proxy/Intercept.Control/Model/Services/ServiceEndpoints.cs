namespace Intercept.Control.Model.Services;

/// <summary>The endpoints of one service, by its ports.</summary>
internal sealed record ServiceEndpoints(ValueList<PortEndpoints> Ports)
{
    public static ServiceEndpoints None { get; } = new([]);

    public ValueList<ServiceEndpoint> Of(int port)
    {
        foreach (var entry in Ports)
        {
            if (entry.Port == port)
            {
                return entry.Endpoints;
            }
        }

        return [];
    }
}
