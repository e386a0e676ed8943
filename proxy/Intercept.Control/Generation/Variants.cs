namespace Intercept.Control.Generation;

/// <summary>
/// What was made of one object of the model, by what else went into it. Nearly always there is one variant; there are more
/// where namespaces see the same service differently. It lives as long as the object, so that nothing needs to be swept.
/// </summary>
internal sealed class Variants<TInput, TResult>
    where TInput : notnull
{
    // Beyond this many ways to see one service, results are made again; they are still right.
    private const int Limit = 32;

    private KeyValuePair<TInput, TResult>[] _entries = [];
    private int _next;

    public TResult Get<TState>(TInput input, TState state, Func<TInput, TState, TResult> make)
    {
        foreach (var (known, result) in _entries)
        {
            if (EqualityComparer<TInput>.Default.Equals(known, input))
            {
                return result;
            }
        }

        var made = make(input, state);
        if (_entries.Length < Limit)
        {
            Array.Resize(ref _entries, _entries.Length + 1);
            _entries[^1] = KeyValuePair.Create(input, made);
        }
        else
        {
            _entries[_next++ % Limit] = KeyValuePair.Create(input, made);
        }

        return made;
    }
}
