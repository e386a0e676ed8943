using Intercept.Control.Authority;
using Intercept.Control.Serving;
using Intercept.Control.Serving.Endpoints;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Intercept.Control.Commands;

/// <summary>The authority's services: certificates where callers show who they are, the Workload API on the socket alone.</summary>
/// <param name="stopping">Ends the streams of the Workload API.</param>
internal sealed class AuthorityServices(MeshAuthority authority, CancellationToken stopping) : IServedServices
{
    public void Register(IServiceCollection services) => services.AddSingleton(authority.CertificateService()).AddSingleton(authority.WorkloadApi(stopping));

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGrpcService<IstioCertificateService>().WithMetadata(AllowedDoors.Certificates);
        routes.MapGrpcService<WorkloadApiService>().WithMetadata(AllowedDoors.WorkloadApi);
    }
}
