using System.Globalization;
using Intercept.Runtime.Http;

namespace Intercept.Proxy.Admin.Pages;

/// <summary>/listeners and /drain_listeners.</summary>
internal static class ListenerPages
{
    public static IEnumerable<AdminPage> All(IProxyState state) =>
    [
        new("/listeners", false, "the listeners and their addresses; ?format=json", request =>
            request.Parameter("format") == "json" ? Json(state) : Text(state)),
        new("/drain_listeners", true, "stop accepting; ?graceful closes connections after --drain-time-s, ?inboundonly leaves outbound listeners", request =>
        {
            state.DrainListeners(request.Has("graceful"), request.Has("inboundonly"));
            return HttpResponse.OfText("OK\n");
        }),
    ];

    private static HttpResponse Text(IProxyState state)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        foreach (var listener in state.Listeners())
        {
            foreach (var address in listener.Addresses)
            {
                text.WriteLine($"{listener.Name}::{address}{(listener.IsDraining ? " draining" : "")}");
            }
        }

        return HttpResponse.OfText(text.ToString());
    }

    private static HttpResponse Json(IProxyState state) => HttpResponse.OfJson(json =>
        json.WriteObjects("listener_statuses", state.Listeners(), static (json, listener) =>
        {
            json.WriteString("name", listener.Name);
            if (!listener.Addresses.IsEmpty)
            {
                json.WriteAddress("local_address", listener.Addresses[0]);
            }

            json.WriteObjects("additional_local_addresses", listener.Addresses.Skip(1), static (json, address) =>
                json.WriteSocketAddress("socket_address", address.Address.ToString(), address.Port));
        }));
}
