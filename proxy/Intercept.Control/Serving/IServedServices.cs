using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Intercept.Control.Serving;

/// <summary>gRPC services of another room.</summary>
internal interface IServedServices
{
    /// <summary>Adds each service as a singleton.</summary>
    void Register(IServiceCollection services);

    /// <summary>Maps each, with the doors that it is served by as metadata.</summary>
    void Map(IEndpointRouteBuilder routes);
}
