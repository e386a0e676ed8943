using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Intercept.Control.Serving.Endpoints;

/// <summary>By which doors something is served; metadata of its route. What has none is served nowhere.</summary>
/// <param name="IsLocalOnly">Not to other machines, by whatever door.</param>
internal sealed record AllowedDoors(ImmutableArray<ServedOn> On, bool IsLocalOnly = false)
{
    public static AllowedDoors Discovery { get; } = new([ServedOn.Plaintext, ServedOn.Tls, ServedOn.UnixSocket]);

    /// <summary>Certificates: never where callers are not asked who they are.</summary>
    public static AllowedDoors Certificates { get; } = new([ServedOn.Tls, ServedOn.UnixSocket]);

    /// <summary>Keys are handed out: to whom the kernel names.</summary>
    public static AllowedDoors WorkloadApi { get; } = new([ServedOn.UnixSocket]);

    public static AllowedDoors Metrics { get; } = new([ServedOn.Status, ServedOn.UnixSocket]);

    public static AllowedDoors Status { get; } = new([ServedOn.Status, ServedOn.UnixSocket], IsLocalOnly: true);

    /// <summary>Behind routing: what is not served by this door does not exist.</summary>
    public static void Use(IApplicationBuilder application) => application.Use(static (context, next) =>
    {
        if (context.GetEndpoint() is not { } endpoint)
        {
            return next(context);
        }

        var allowed = endpoint.Metadata.GetMetadata<AllowedDoors>();
        var door = context.Features.Get<Door>();
        if (allowed is null || door is null || !allowed.On.Contains(door.On) || (allowed.IsLocalOnly && !door.IsLocal))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        return next(context);
    });
}
