namespace Intercept.Capture.Agent;

/// <summary>Of the node agent's socket.</summary>
public static class AgentPaths
{
    public const string Decide = "/v1/decide";

    /// <summary>POST of an Attachment that is in force.</summary>
    public const string Attached = "/v1/attached";

    /// <summary>POST of the plugin's log lines, JSON, one each.</summary>
    public const string Log = "/v1/log";

    /// <summary>GET: 200 when <see cref="Decide"/> can be answered, else 503 with what is missing as text.</summary>
    public const string Ready = "/v1/ready";
}
