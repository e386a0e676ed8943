using Intercept.Core.Outcomes;
using Intercept.Proxy.Plans;
using Intercept.Runtime.Loops;

namespace Intercept.Proxy.Serving;

/// <summary>The loops of the data path, as the control loop sees them: it posts, and is posted to.</summary>
internal sealed class Workers : IDisposable
{
    private readonly EventLoop _control;

    public Workers(int count, EventLoop control, ServingServices services)
    {
        _control = control;
        All = [.. Enumerable.Range(0, count).Select(index => new Worker(index, services))];
    }

    public IReadOnlyList<Worker> All { get; }

    public void Start()
    {
        foreach (var worker in All)
        {
            worker.Loop.Start();
        }
    }

    public void Apply(ServingPlan plan, IReadOnlyCollection<BoundListener> listeners) => Post(worker => worker.Apply(plan, listeners));

    public void StopAccepting(bool inboundOnly) => Post(worker => worker.StopAccepting(inboundOnly));

    public void CloseConnections(CloseReason reason) => Post(worker => worker.CloseConnections(reason));

    /// <summary>Calls back on the control loop when every worker has done what was posted before, and all its connections follow the plan.</summary>
    public void AfterAllSeen(Action callback) => WhenAll(static (worker, done) => worker.WhenSettled(done), callback);

    /// <summary>Calls back on the control loop when no connection lives any more.</summary>
    public void WhenAllEmpty(Action callback) => WhenAll(static (worker, done) => worker.WhenEmpty(done), callback);

    public void Dispose()
    {
        foreach (var worker in All)
        {
            worker.Dispose();
        }
    }

    private void Post(Action<Worker> work)
    {
        foreach (var worker in All)
        {
            worker.Loop.Post(() => work(worker));
        }
    }

    private void WhenAll(Action<Worker, Action> ask, Action callback)
    {
        var left = All.Count;
        Post(worker => ask(worker, () =>
        {
            if (Interlocked.Decrement(ref left) == 0)
            {
                _control.Post(callback);
            }
        }));
    }
}
