using System.Diagnostics.CodeAnalysis;

namespace Intercept.Runtime.Loops;

/// <summary>
/// Timers by deadline. A heap, not a wheel: most connections hold one lazy idle timer that fires rarely, so the cost is
/// one insertion and one removal per connection, and precision costs nothing.
/// </summary>
internal sealed class TimerHeap
{
    private readonly List<LoopTimer> _heap = [];

    internal int Count => _heap.Count;

    internal void Add(LoopTimer timer)
    {
        _heap.Add(timer);
        timer.HeapIndex = _heap.Count - 1;
        MoveUp(timer);
    }

    internal void Remove(LoopTimer timer)
    {
        var index = timer.HeapIndex;
        timer.HeapIndex = LoopTimer.Idle;
        var last = _heap[^1];
        _heap.RemoveAt(_heap.Count - 1);
        if (ReferenceEquals(last, timer))
        {
            return;
        }

        Place(last, index);
        MoveUp(last);
        MoveDown(last);
    }

    internal bool TryPeek(out long deadline)
    {
        deadline = _heap.Count > 0 ? _heap[0].Deadline : 0;
        return _heap.Count > 0;
    }

    internal bool TryTakeDue(long now, [NotNullWhen(true)] out LoopTimer? timer)
    {
        timer = _heap.Count > 0 && _heap[0].Deadline <= now ? _heap[0] : null;
        if (timer is not null)
        {
            Remove(timer);
        }

        return timer is not null;
    }

    private void MoveUp(LoopTimer timer)
    {
        var index = timer.HeapIndex;
        while (index > 0)
        {
            var parent = (index - 1) / 2;
            if (_heap[parent].Deadline <= timer.Deadline)
            {
                break;
            }

            Place(_heap[parent], index);
            index = parent;
        }

        Place(timer, index);
    }

    private void MoveDown(LoopTimer timer)
    {
        var index = timer.HeapIndex;
        while (true)
        {
            var child = (2 * index) + 1;
            if (child >= _heap.Count)
            {
                break;
            }

            if (child + 1 < _heap.Count && _heap[child + 1].Deadline < _heap[child].Deadline)
            {
                child++;
            }

            if (_heap[child].Deadline >= timer.Deadline)
            {
                break;
            }

            Place(_heap[child], index);
            index = child;
        }

        Place(timer, index);
    }

    private void Place(LoopTimer timer, int index)
    {
        _heap[index] = timer;
        timer.HeapIndex = index;
    }
}
