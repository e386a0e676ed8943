using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Intercept.Mesh.Tls;

/// <summary>
/// Memory for a private key: never moved, so that the collector leaves no copies, and wiped when its last reader lets go
/// of it. Readers are event loops that load it whenever they come to it; nobody else can tell when the last one has.
/// </summary>
public static class WipedKey
{
    // Beside the bytes and not around them: a span keeps its array alive, but not an owner of the array.
    private static readonly ConditionalWeakTable<byte[], Wiper> _wipers = [];

    /// <summary>Takes the key over: <paramref name="key"/> is wiped at once.</summary>
    public static ReadOnlyMemory<byte> Move(Span<byte> key)
    {
        var held = GC.AllocateUninitializedArray<byte>(key.Length, pinned: true);
        key.CopyTo(held);
        CryptographicOperations.ZeroMemory(key);
        _wipers.Add(held, new Wiper(held));
        return held;
    }

    private sealed class Wiper(byte[] held)
    {
        ~Wiper() => CryptographicOperations.ZeroMemory(held);
    }
}
