using Intercept.Node.Agent;
using Intercept.Runtime.Http;

namespace Intercept.Node.Serving;

internal sealed class ServerReports(AgentLog log) : IHttpReports
{
    public void AcceptPaused(string where, string why) => log.Warning($"{where} accepts no connections for a moment: {why}");

    public void PageFailed(Exception exception) => log.Error($"a page met a defect: {exception}");
}
