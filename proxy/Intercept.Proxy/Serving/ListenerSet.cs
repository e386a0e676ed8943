using Intercept.Core.Problems;
using Intercept.Mesh.Listeners;
using Intercept.Proxy.Plans;

namespace Intercept.Proxy.Serving;

/// <summary>The bound listeners. Control loop only.</summary>
internal sealed class ListenerSet(Workers workers)
{
    private Dictionary<string, BoundListener> _bound = new(StringComparer.Ordinal);
    private bool _drainsInbound;
    private bool _drainsAll;

    public IReadOnlyCollection<BoundListener> Bound => _bound.Values;

    /// <summary>Binds what the plan adds, all or nothing; what is gone is closed by the workers that apply the plan.</summary>
    public bool TryBind(ServingPlan plan, ICollection<Problem> problems)
    {
        var before = problems.Count;
        var next = Bind(plan, problems, out var added);
        if (problems.Count > before)
        {
            added.ForEach(bound => bound.Abandon());
            return false;
        }

        Adopt(plan, next);
        return true;
    }

    /// <summary>Binds what it can: a listener whose address is taken is tried again with the next plan.</summary>
    public void Bind(ServingPlan plan, ICollection<Problem> problems) => Adopt(plan, Bind(plan, problems, out _));

    /// <summary>From now on nothing is bound, or nothing inbound; what was stays for the connections that it has.</summary>
    public void Drain(bool inboundOnly)
    {
        _drainsInbound = true;
        _drainsAll |= !inboundOnly;
        foreach (var bound in Bound.Where(bound => Drains(bound.Configuration)))
        {
            bound.IsDraining = true;
        }
    }

    private Dictionary<string, BoundListener> Bind(ServingPlan plan, ICollection<Problem> problems, out List<BoundListener> added)
    {
        var next = new Dictionary<string, BoundListener>(StringComparer.Ordinal);
        added = [];
        foreach (var listener in plan.ListenerSet.Bound.Select(wanted => wanted.Listener))
        {
            if (_bound.TryGetValue(listener.Name, out var known) && (known.IsDraining || known.CanServe(listener)))
            {
                next.Add(listener.Name, known);
            }
            else if (!Drains(listener) && BoundListener.TryBind(listener, workers.All, problems) is { } bound)
            {
                next.Add(listener.Name, bound);
                added.Add(bound);
            }
        }

        return next;
    }

    private bool Drains(Listener listener) => _drainsAll || (_drainsInbound && listener.Direction == TrafficDirection.Inbound);

    private void Adopt(ServingPlan plan, Dictionary<string, BoundListener> next)
    {
        foreach (var (name, bound) in next)
        {
            bound.Adopt(plan.Find(name)!.Listener);
        }

        _bound = next;
    }
}
