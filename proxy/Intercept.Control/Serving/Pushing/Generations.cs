using Intercept.Control.Generation;
using Intercept.Control.Model;

namespace Intercept.Control.Serving.Pushing;

/// <summary>The generation in force, and word to whoever waits for another. Any thread.</summary>
internal sealed class Generations(IResourceGenerator generator, TimeProvider time)
{
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile MeshGeneration? _current;

    /// <summary>Raised after each change of <see cref="Current"/>; handlers only take note.</summary>
    public event Action<MeshGeneration>? Changed;

    /// <summary>Null until there is a first model.</summary>
    public MeshGeneration? Current => _current;

    /// <summary>Ends when there is a first model.</summary>
    public Task First => _first.Task;

    /// <summary>Called by one at a time. A model equal to the one in force changes nothing.</summary>
    public void Publish(MeshModel model)
    {
        var previous = _current;
        if (previous is not null && previous.Model.Equals(model))
        {
            return;
        }

        var next = new MeshGeneration((previous?.Number ?? 0) + 1, model, time.GetUtcNow(), generator, previous);
        _current = next;
        previous?.Retire();
        _first.TrySetResult();
        Changed?.Invoke(next);
    }
}
