namespace Intercept.Proxy.Admin.State;

internal static class ServerStates
{
    /// <summary>The name in envoy.admin.v3.ServerInfo, which /ready prints too.</summary>
    public static string Label(this ServerState state) => state switch
    {
        ServerState.Live => "LIVE",
        ServerState.Draining => "DRAINING",
        ServerState.PreInitializing => "PRE_INITIALIZING",
        _ => "INITIALIZING",
    };
}
