using Intercept.Core.Problems;
using Intercept.Mesh.Listeners;
using Intercept.Proxy.Plans;

namespace Intercept.Proxy.Serving;

/// <summary>The bound listeners. Control loop only.</summary>
internal sealed class ListenerSet(Workers workers)
{
    private List<BoundListener> _bound = [];

    public IReadOnlyList<BoundListener> Bound => _bound;

    /// <summary>Binds what the plan adds, all or nothing; what is gone is closed by the workers that apply the plan.</summary>
    public bool TryBind(ServingPlan plan, ICollection<Problem> problems)
    {
        var next = new List<BoundListener>();
        var added = new List<BoundListener>();
        foreach (var listener in plan.Snapshot.Listeners)
        {
            if (_bound.Find(bound => bound.Configuration.Name == listener.Name) is { } known && known.CanServe(listener))
            {
                next.Add(known);
            }
            else if (BoundListener.TryBind(listener, workers.All, problems) is { } bound)
            {
                next.Add(bound);
                added.Add(bound);
            }
        }

        if (problems.Count > 0)
        {
            added.ForEach(bound => bound.Abandon());
            return false;
        }

        foreach (var bound in next)
        {
            bound.Adopt(plan.Find(bound.Configuration.Name)!.Listener);
        }

        _bound = next;
        return true;
    }

    public void MarkDraining(bool inboundOnly)
    {
        foreach (var bound in _bound.Where(bound => !inboundOnly || bound.Configuration.Direction == TrafficDirection.Inbound))
        {
            bound.IsDraining = true;
        }
    }
}
