namespace Intercept.Proxy.Admin.State;

/// <summary>envoy.admin.v3.ServerInfo.State.</summary>
internal enum ServerState : byte
{
    Live = 0,
    Draining = 1,

    /// <summary>Before the first configuration.</summary>
    PreInitializing = 2,

    /// <summary>Configured; listeners are not all bound yet.</summary>
    Initializing = 3,
}
