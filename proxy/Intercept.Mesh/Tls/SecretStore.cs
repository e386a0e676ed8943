using System.Collections.Immutable;

namespace Intercept.Mesh.Tls;

/// <summary>
/// The secrets of this process by name. Providers put them in from their own tasks; event loops read without a lock. A
/// secret is replaced whole: who has found one keeps what it was.
/// </summary>
public sealed class SecretStore
{
    private readonly Lock _writing = new();
    private State _state = new(ImmutableDictionary<string, Secret>.Empty.WithComparers(StringComparer.Ordinal), 0);

    /// <summary>Names a secret that was put in, replaced or removed. Called on the thread of whoever did it, after the store has it.</summary>
    public event Action<string>? Changed;

    /// <summary>Grows with every change: as long as it stands still, so does everything that was found.</summary>
    public long Generation => Volatile.Read(ref _state).Generation;

    public IEnumerable<Secret> All => Volatile.Read(ref _state).Secrets.Values;

    public Secret? Find(string name) => Volatile.Read(ref _state).Secrets.GetValueOrDefault(name);

    /// <summary>Puts a secret in the place of the one of its name. The same secret again is no change.</summary>
    public void Put(Secret secret)
    {
        lock (_writing)
        {
            if (secret.Equals(Find(secret.Name)))
            {
                return;
            }

            Publish(_state.Secrets.SetItem(secret.Name, secret));
        }

        Changed?.Invoke(secret.Name);
    }

    public void Remove(string name)
    {
        lock (_writing)
        {
            if (Find(name) is null)
            {
                return;
            }

            Publish(_state.Secrets.Remove(name));
        }

        Changed?.Invoke(name);
    }

    // In one reference, so that nobody sees the new generation with the old secrets.
    private void Publish(ImmutableDictionary<string, Secret> secrets) => Volatile.Write(ref _state, new State(secrets, _state.Generation + 1));

    private sealed record State(ImmutableDictionary<string, Secret> Secrets, long Generation);
}
