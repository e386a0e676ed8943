using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;

namespace Intercept.Control.Authority;

/// <summary>
/// All that an authority of our own must not forget, in one file: one rename is one step of its life, and a crash leaves the step
/// before or the step after.
/// </summary>
internal sealed record AuthorityState
{
    private const int CurrentFormat = 1;

    public required int Format { get; init; }

    /// <summary>Signs.</summary>
    public required RootRecord Active { get; init; }

    /// <summary>Known to everybody from now on, and signs from <see cref="NextSignsFrom"/>.</summary>
    public RootRecord? Next { get; init; }

    public DateTimeOffset? NextSignsFrom { get; init; }

    /// <summary>Sign nothing; stay in the bundle while something that they signed is valid.</summary>
    public ImmutableArray<RootRecord> Retired { get; init; } = [];

    public static AuthorityState Of(RootRecord active) => new() { Format = CurrentFormat, Active = active };

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, AuthorityStateJson.Default.AuthorityState);

    /// <param name="json">What <see cref="ToJson"/> made.</param>
    /// <param name="source">For people: the file.</param>
    public static AuthorityState Read(byte[] json, string source)
    {
        const string Advice = "put back a good copy; without one, remove it for a new authority, whose roots every proxy must then be given";
        try
        {
            var state = JsonSerializer.Deserialize(json, AuthorityStateJson.Default.AuthorityState)
                ?? throw new AuthorityException($"{source} is empty; {Advice}");
            if (state.Format != CurrentFormat)
            {
                throw new AuthorityException($"{source} has the format {state.Format}, this version of intercept-control reads {CurrentFormat}; "
                    + "use the version that wrote it");
            }

            if (state.Active.Key is null || (state.Next is not null && (state.Next.Key is null || state.NextSignsFrom is null)))
            {
                throw new AuthorityException($"{source} lacks a key that signs; {Advice}");
            }

            state.ReadAll();
            return state;
        }
        catch (JsonException failure)
        {
            throw new AuthorityException($"{source}:{failure.LineNumber + 1}: is no state of an authority ({failure.Path}); {Advice}");
        }
        catch (Exception failure) when (failure is CryptographicException or ArgumentException)
        {
            throw new AuthorityException($"{source} holds a certificate that cannot be read; {Advice}");
        }
    }

    // The record's own would print keys.
    public override string ToString() => $"active {Active}, next {Next}, {Retired.Length} retired";

    // What is damaged is found at the start, not when it is needed.
    private void ReadAll()
    {
        foreach (var root in Next is { } next ? Retired.Add(Active).Add(next) : Retired.Add(Active))
        {
            _ = root.ReadValidity();
            _ = root.ReadIntermediateValidity();
            foreach (var past in root.PastIntermediates)
            {
                _ = RootRecord.ValidityOf(past);
            }
        }
    }
}
