namespace Intercept.Runtime.Loops;

/// <summary>
/// Slot numbers for registered descriptors, which epoll hands back with each event. A slot is free again only after the
/// turn in which it was given up: an event of the same batch may still name it.
/// </summary>
internal sealed class Descriptors
{
    private const int InitialCapacity = 256;

    private readonly Stack<int> _free = new();
    private readonly List<int> _retired = [];
    private Pollable?[] _slots = new Pollable?[InitialCapacity];
    private int _used;

    internal int Count { get; private set; }

    internal Pollable? this[ulong token] => _slots[token];

    internal ulong Add(Pollable pollable)
    {
        if (!_free.TryPop(out var slot))
        {
            slot = _used++;
            if (slot == _slots.Length)
            {
                Array.Resize(ref _slots, _slots.Length * 2);
            }
        }

        _slots[slot] = pollable;
        pollable.Slot = slot;
        Count++;
        return (ulong)slot;
    }

    internal void Remove(Pollable pollable)
    {
        if (pollable.Slot < 0)
        {
            return;
        }

        _slots[pollable.Slot] = null;
        _retired.Add(pollable.Slot);
        pollable.Slot = -1;
        Count--;
    }

    internal void Recycle()
    {
        foreach (var slot in _retired)
        {
            _free.Push(slot);
        }

        _retired.Clear();
    }
}
