namespace Intercept.Control.Generation;

/// <summary>Results by what they were made for. What nobody has asked for during a whole turn is forgotten.</summary>
internal sealed class Remembered<TKey, TValue>
    where TKey : notnull
    where TValue : class
{
    private Dictionary<TKey, TValue> _current = [];
    private Dictionary<TKey, TValue> _earlier = [];

    public TValue? Find(TKey key)
    {
        if (_current.TryGetValue(key, out var value))
        {
            return value;
        }

        if (_earlier.Remove(key, out value))
        {
            _current.Add(key, value);
        }

        return value;
    }

    public TValue Put(TKey key, TValue value) => _current[key] = value;

    public void Turn() => (_earlier, _current) = (_current, []);
}
