using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Intercept.Linux.Bpf;

/// <summary>A map in the kernel. The sizes of key and value are compared when it is opened: the kernel would read and write past them.</summary>
public sealed unsafe class BpfMap<TKey, TValue> : IDisposable
    where TKey : unmanaged
    where TValue : unmanaged
{
    private readonly SafeFileHandle _handle;
    private readonly int _copies;

    internal BpfMap(int descriptor, string name)
    {
        _handle = new SafeFileHandle(descriptor, ownsHandle: true);
        MapInformation information = default;
        if (BpfCall.Inform(descriptor, &information, (uint)sizeof(MapInformation)) is var error && error != 0)
        {
            _handle.Dispose();
            throw BpfException.From($"map {name}", error);
        }

        if (information.KeySize != sizeof(TKey) || information.ValueSize != sizeof(TValue))
        {
            _handle.Dispose();
            throw new BpfException(string.Create(
                CultureInfo.InvariantCulture,
                $"map {name} has keys of {information.KeySize} and values of {information.ValueSize} bytes, not of {sizeof(TKey)} and {sizeof(TValue)}: another version of Intercept made it"));
        }

        _copies = information.IsPerCpu ? PossibleCpus.Count : 1;
    }

    internal int Descriptor => (int)_handle.DangerousGetHandle();

    /// <summary>A map that no program knows: entries 0 to <paramref name="entries"/>, there from the beginning and zero.</summary>
    /// <param name="name">For those who list maps; 15 letters of it.</param>
    public static BpfMap<TKey, TValue> CreateArray(string name, uint entries) =>
        BpfCall.Create(MapInformation.Array, (uint)sizeof(TKey), (uint)sizeof(TValue), entries, name, out var descriptor) is var error && error == 0
            ? new BpfMap<TKey, TValue>(descriptor, name)
            : throw BpfException.From($"cannot create the map {name}", error);

    public static BpfMap<TKey, TValue> OpenPinned(string path) =>
        BpfCall.OpenPinned(path, out var descriptor) is var error && error == 0
            ? new BpfMap<TKey, TValue>(descriptor, path)
            : throw BpfException.From(path, error);

    public void Pin(string path)
    {
        if (BpfCall.PinAt(Descriptor, path) is var error && error != 0)
        {
            throw BpfException.From($"cannot pin a map at {path}", error);
        }
    }

    /// <returns>False where the map has no such key.</returns>
    public bool TryGet(TKey key, out TValue value)
    {
        Span<TValue> copies = stackalloc TValue[1];
        var found = TryRead(key, copies);
        value = copies[0];
        return found;
    }

    /// <returns>What every processor counted on its own; empty where the map has no such key.</returns>
    public TValue[] GetPerCpu(TKey key)
    {
        var copies = new TValue[_copies];
        return TryRead(key, copies) ? copies : [];
    }

    /// <summary>Adds the entry, or replaces its value.</summary>
    public void Set(TKey key, TValue value)
    {
        Span<TValue> copies = new TValue[_copies];
        copies.Fill(value);
        fixed (TValue* values = copies)
        {
            if (BpfCall.Element(BpfCall.Update, Descriptor, &key, values) is var error && error != 0)
            {
                throw BpfException.From("cannot write to a map", error);
            }
        }
    }

    /// <returns>False where there was no such key.</returns>
    public bool Remove(TKey key) => BpfCall.Element(BpfCall.Delete, Descriptor, &key, null) switch
    {
        0 => true,
        Errno.NoEntry => false,
        var error => throw BpfException.From("cannot delete from a map", error),
    };

    /// <summary>A snapshot only where nobody writes meanwhile: the kernel begins anew when the key it stood at is gone.</summary>
    public IReadOnlyList<TKey> Keys()
    {
        var keys = new List<TKey>();
        TKey key, next;
        for (TKey* previous = null; ; previous = &key)
        {
            var error = BpfCall.Element(BpfCall.NextKey, Descriptor, previous, &next);
            if (error == Errno.NoEntry)
            {
                return keys;
            }

            if (error != 0)
            {
                throw BpfException.From("cannot list a map", error);
            }

            key = next;
            keys.Add(key);
        }
    }

    public void Dispose() => _handle.Dispose();

    private bool TryRead(TKey key, Span<TValue> copies)
    {
        // The kernel writes a value for every processor, whatever the caller wanted.
        ArgumentOutOfRangeException.ThrowIfNotEqual(copies.Length, _copies);
        copies.Clear();
        fixed (TValue* values = copies)
        {
            return BpfCall.Element(BpfCall.LookUp, Descriptor, &key, values) switch
            {
                0 => true,
                Errno.NoEntry => false,
                var error => throw BpfException.From("cannot read from a map", error),
            };
        }
    }
}
