namespace Intercept.Proxy.Serving;

/// <summary>
/// Visits all connections of a worker, some in each turn of its loop, so that those that do not concern it wait for no
/// more than a few of those that do. From the end to the beginning: what is removed on the way is replaced by one that
/// was visited, and what comes anew has nothing to be visited for.
/// </summary>
internal sealed class ConnectionSweep(Worker worker, List<DownstreamConnection> connections, Action<DownstreamConnection> visit)
{
    private const int VisitsOfATurn = 256;

    private readonly List<Action> _whenDone = [];
    private int _left;
    private bool _isRunning;

    /// <summary>Starts, or starts over.</summary>
    public void Start()
    {
        _left = connections.Count;
        if (!_isRunning)
        {
            _isRunning = true;
            worker.Loop.Observe(RunAsync());
        }
    }

    /// <summary>Calls back when none is left to visit.</summary>
    public void WhenDone(Action callback)
    {
        if (!_isRunning)
        {
            callback();
            return;
        }

        _whenDone.Add(callback);
    }

    private async Task RunAsync()
    {
        while (_left > 0)
        {
            for (var visits = VisitsOfATurn; visits > 0 && _left > 0; visits--)
            {
                // Fewer than when it started, where several ended at once.
                _left = Math.Min(_left, connections.Count);
                if (_left > 0)
                {
                    visit(connections[--_left]);
                }
            }

            if (_left > 0)
            {
                await worker.Loop.Yield();
            }
        }

        _isRunning = false;
        _whenDone.ForEach(callback => callback());
        _whenDone.Clear();
    }
}
