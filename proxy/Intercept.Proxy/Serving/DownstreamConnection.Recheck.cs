using Intercept.Core.Outcomes;
using Intercept.Proxy.Plans;
using Microsoft.Extensions.Logging;

namespace Intercept.Proxy.Serving;

/// <summary>What a new plan means for a connection that lives.</summary>
internal sealed partial class DownstreamConnection
{
    public void Recheck(ServingPlan plan)
    {
        if (plan.Find(_listener.Listener.Name) is not { } listener)
        {
            Close(CloseReason.ConfigurationRemoved);
            return;
        }

        if (ReferenceEquals(listener, _listener) && (_cluster is null || ReferenceEquals(_cluster, plan.FindCluster(_cluster.Cluster.Name))))
        {
            // Most changes concern somebody else.
            return;
        }

        // Its listener may have been bound anew under the same name: it belongs to that one's plan all the same.
        _listener = listener;
        if (_chain is not { } before)
        {
            // Not chosen yet: it will choose from the new plan.
            return;
        }

        var now = listener.Select(_query);
        if (now is null || !MeetsDemandsOf(now, before))
        {
            Close(CloseReason.ConfigurationRemoved);
            return;
        }

        if (!ReferenceEquals(now.Chain, before.Chain))
        {
            FlushBytes();
        }

        _chain = now;
        if (_cluster is null)
        {
            // Not authorized yet: the new chain will be asked.
            return;
        }

        if (!KeepsCluster(plan, now))
        {
            Close(CloseReason.ConfigurationRemoved);
            return;
        }

        if (!now.Chain.Rbac.SequenceEqual(before.Chain.Rbac))
        {
            AuthorizeAgain(now);
        }
    }

    private void AuthorizeAgain(ChainPlan chain)
    {
        var decision = chain.Evaluate(_facts);
        if (!decision.Allowed)
        {
            _policy = decision.PolicyName;
            LogNoLongerAllowed(_worker.Services.Logger, decision.PolicyName, _facts.Peer?.Text ?? "no identity", _facts.Source, _facts.Destination);
            Close(CloseReason.PolicyChanged);
        }
    }

    /// <summary>Whether what this connection proved when it began is still what is asked for. A new certificate of ours asks nothing.</summary>
    private static bool MeetsDemandsOf(ChainPlan now, ChainPlan before)
    {
        if (now.Chain.Tls is not { } wanted)
        {
            return before.Chain.Tls is null;
        }

        return before.Chain.Tls is { } had && had.Peer == wanted.Peer && had.RequiresClientCertificate == wanted.RequiresClientCertificate;
    }

    private bool KeepsCluster(ServingPlan plan, ChainPlan chain)
    {
        var name = _cluster!.Cluster.Name;
        if (!chain.Targets(name) || plan.FindCluster(name) is not { } now || now.Cluster.Type != _cluster.Cluster.Type)
        {
            return false;
        }

        // What it was secured with must still be a way to speak to this cluster.
        foreach (var transport in now.Transports)
        {
            if (transport?.Configuration.Peer == _tls?.Configuration.Peer)
            {
                _cluster = now;
                _tls = transport;
                return true;
            }
        }

        return false;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "policy {Policy} no longer allows {Peer} from {Source} to {Destination}: closed")]
    private static partial void LogNoLongerAllowed(ILogger logger, string? policy, string peer, Core.Addressing.NetEndpoint source, Core.Addressing.NetEndpoint destination);
}
