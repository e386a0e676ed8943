using System.Text.Json;
using Intercept.Mesh;
using Intercept.Proxy.Admin.State;
using Intercept.Proxy.CommandLine;
using Intercept.Proxy.Logging;
using Intercept.Runtime.Http;

namespace Intercept.Proxy.Admin.Pages;

/// <summary>The process itself: state, version, memory, level of logging, end.</summary>
internal static class ServerPages
{
    public static IEnumerable<AdminPage> All(IProxyState state) =>
    [
        new("/ready", false, "200 LIVE; 503 before that and while draining", _ =>
            HttpResponse.OfText($"{state.State.Label()}{(state.WaitsFor is { } what ? $" (waiting for {what})" : "")}\n", state.State == ServerState.Live ? 200 : 503)),
        new("/server_info", false, "version, state, uptime, command line, node", _ => HttpResponse.OfJson(json => WriteInfo(json, state))),
        new("/memory", false, "bytes: the managed heap, and what is resident", _ => HttpResponse.OfJson(WriteMemory)),
        new("/logging", true, "the level of the application log; ?level=debug sets it", request => Logging(request, state)),
        new("/quitquitquit", true, "end the process now", _ => HttpResponse.OfText("OK\n", afterSending: state.Quit)),
    ];

    private static HttpResponse Logging(HttpRequest request, IProxyState state)
    {
        if (request.Query.FirstOrDefault(parameter => parameter.Key != "level").Key is { } unknown)
        {
            return HttpResponse.OfText($"'{unknown}' is not a parameter: one level holds for all; allowed: ?level=LEVEL\n", 400);
        }

        if (request.Parameter("level") is { } text)
        {
            if (!LogLevels.TryParse(text, out var level))
            {
                return HttpResponse.OfText($"'{text}' is not a level; allowed: {LogLevels.Allowed}\n", 400);
            }

            state.LogLevel = level;
        }

        return HttpResponse.OfText($"level: {state.LogLevel.Label()}\n");
    }

    private static void WriteInfo(Utf8JsonWriter json, IProxyState state)
    {
        var options = state.Options;
        json.WriteString("version", $"{ProxyCommandLine.Program}/{ProxyVersion.Text}");
        json.WriteString("state", state.State.Label());
        json.WriteDuration("uptime_current_epoch", TimeSpan.FromSeconds((long)state.Uptime.TotalSeconds));
        json.WriteDuration("uptime_all_epochs", TimeSpan.FromSeconds((long)state.Uptime.TotalSeconds));
        json.WriteString("hot_restart_version", "disabled");
        json.WriteStartObject("command_line_options");
        json.WriteNumber("concurrency", options.Concurrency);
        WriteGiven(json, "config_path", options.ConfigPath);
        WriteGiven(json, "config_yaml", options.ConfigYaml);
        json.WriteString("mode", options.Mode == ProxyMode.Validate ? "Validate" : "Serve");
        json.WriteString("log_level", options.LogLevel.Label());
        WriteGiven(json, "log_path", options.LogPath);
        WriteGiven(json, "service_node", options.ServiceNode);
        WriteGiven(json, "service_cluster", options.ServiceCluster);
        json.WriteDuration("drain_time", options.DrainTime);
        json.WriteEndObject();
        if (state.Configuration?.Snapshot.Node is { } node)
        {
            WriteNode(json, node);
        }
    }

    public static void WriteNode(Utf8JsonWriter json, NodeIdentity node)
    {
        json.WriteStartObject("node");
        json.WriteString("id", node.Id);
        json.WriteString("cluster", node.Cluster);
        json.WriteString("user_agent_name", ProxyCommandLine.Program);
        json.WriteEndObject();
    }

    private static void WriteGiven(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static void WriteMemory(Utf8JsonWriter json)
    {
        json.WriteLong("allocated", GC.GetTotalMemory(forceFullCollection: false));
        json.WriteLong("heap_size", GC.GetGCMemoryInfo().HeapSizeBytes);
        json.WriteLong("total_physical_bytes", Environment.WorkingSet);
    }
}
