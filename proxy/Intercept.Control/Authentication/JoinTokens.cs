using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Intercept.Core.Identity;

namespace Intercept.Control.Authentication;

/// <summary>
/// Makes and checks join tokens: compact JWS by ES256, of one type and one audience (RFC 8725 3.11), so that no other token passes
/// for one, nor one for another. Everything that is not exactly as made here is refused.
/// </summary>
internal sealed class JoinTokens(TokenKey key, TrustDomain trustDomain, TimeProvider time)
{
    private const string Type = "intercept-join+jwt";
    private const string Algorithm = "ES256";
    private const string Audience = "intercept-control";
    private const int SignatureLength = 64;

    // A SPIFFE ID of 2048 bytes, and all the rest.
    private const int LongestToken = 4096;

    // Between the machine that made a token and this one.
    private static readonly TimeSpan _skew = TimeSpan.FromMinutes(1);

    private static readonly JsonDocumentOptions _strict = new() { AllowDuplicateProperties = false, MaxDepth = 2 };

    public string Create(SpiffeId identity, TimeSpan life)
    {
        var now = time.GetUtcNow();
        var header = Encode(json =>
        {
            json.WriteString("alg", Algorithm);
            json.WriteString("kid", key.Id);
            json.WriteString("typ", Type);
        });
        var claims = Encode(json =>
        {
            json.WriteString("aud", Audience);
            json.WriteNumber("exp", (now + life).ToUnixTimeSeconds());
            json.WriteNumber("iat", now.ToUnixTimeSeconds());
            json.WriteString("jti", Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)));
            json.WriteString("sub", identity.Text);
        });
        var signed = $"{header}.{claims}";
        return $"{signed}.{Base64Url.EncodeToString(key.Sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    /// <summary>Whether it says to be one: others are for others to check.</summary>
    public static bool IsOne(string token)
    {
        var dot = token.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && token.Length <= LongestToken && TryDecode(token.AsSpan(0, dot)) is { } header && TypeOf(header) == Type;
    }

    /// <param name="why">A clause for the log, which quotes nothing that is not verified.</param>
    public bool TryRead(string token, [NotNullWhen(true)] out SpiffeId? identity, [NotNullWhen(false)] out string? why)
    {
        identity = null;
        var parts = token.Length <= LongestToken ? token.Split('.') : [];
        if (parts.Length != 3 || TryDecode(parts[0]) is not { } header || TryDecode(parts[1]) is not { } claims
            || TryDecode(parts[2]) is not { Length: SignatureLength } signature)
        {
            why = "is not in the form of a join token";
            return false;
        }

        try
        {
            if (!HasOurHeader(header, out why))
            {
                return false;
            }

            if (!key.Verifies(Encoding.ASCII.GetBytes(token[..token.LastIndexOf('.')]), signature))
            {
                why = "is not signed by our key";
                return false;
            }

            return TryReadClaims(claims, out identity, out why);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            why = "holds something that is not written here";
            return false;
        }
    }

    private static string Encode(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return Base64Url.EncodeToString(buffer.WrittenSpan);
    }

    // Only the one encoding that there is of given bytes: no padding, no spaces, no bits to spare.
    private static byte[]? TryDecode(ReadOnlySpan<char> text)
    {
        if (!Base64Url.IsValid(text, out var length))
        {
            return null;
        }

        var decoded = new byte[length];
        return Base64Url.TryDecodeFromChars(text, decoded, out _) && text.SequenceEqual(Base64Url.EncodeToString(decoded)) ? decoded : null;
    }

    private static string? TypeOf(byte[] header)
    {
        try
        {
            using var json = JsonDocument.Parse(header, _strict);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("typ", out var type)
                && type.ValueKind == JsonValueKind.String ? type.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private bool HasOurHeader(byte[] header, [NotNullWhen(false)] out string? why)
    {
        using var json = JsonDocument.Parse(header, _strict);
        var root = json.RootElement;
        why = root.GetPropertyCount() != 3 || root.GetProperty("alg"u8).GetString() != Algorithm || root.GetProperty("typ"u8).GetString() != Type
            ? "has another header than we write"
            : root.GetProperty("kid"u8).GetString() != key.Id ? "is signed by another key than ours"
            : null;
        return why is null;
    }

    private bool TryReadClaims(byte[] claims, [NotNullWhen(true)] out SpiffeId? identity, [NotNullWhen(false)] out string? why)
    {
        using var json = JsonDocument.Parse(claims, _strict);
        var root = json.RootElement;
        var now = time.GetUtcNow();
        var ends = DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(root.GetProperty("exp"u8).GetInt64(), 0, DateTimeOffset.MaxValue.ToUnixTimeSeconds()));
        var begins = DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(root.GetProperty("iat"u8).GetInt64(), 0, DateTimeOffset.MaxValue.ToUnixTimeSeconds()));
        identity = null;
        why = root.GetPropertyCount() != 5 || root.GetProperty("aud"u8).GetString() != Audience ? "is for another purpose"
            : now >= ends ? $"ended at {ends:u}"
            : begins > now + _skew ? $"begins at {begins:u} only: the clock of this machine or of its maker is wrong"
            : !SpiffeId.TryParse(root.GetProperty("sub"u8).GetString(), out identity) || identity.Path.IsEmpty ? "names no workload's SPIFFE ID"
            : identity.TrustDomain != trustDomain.Name ? $"is for the trust domain {identity.TrustDomain}"
            : null;
        identity = why is null ? identity : null;
        return identity is not null;
    }
}
