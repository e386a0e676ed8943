using System.Text.Json;

namespace Intercept.Cni.Protocol;

/// <summary>Standard input: the network configuration, bounded in size and in time.</summary>
internal static class CniInput
{
    /// <summary>A configuration is a few kilobytes, also with the results of many plugins before this one.</summary>
    public const int Limit = 1 << 20;

    /// <param name="mayBeEmpty">Where nothing is known, nothing is to be removed: that is no reason to fail.</param>
    public static async Task<JsonElement> ReadAsync(Stream input, bool mayBeEmpty, CancellationToken cancellation)
    {
        var bytes = await ReadAllAsync(input, cancellation);
        if (mayBeEmpty && bytes.AsSpan().Trim(" \t\r\n"u8).IsEmpty)
        {
            bytes = "{}"u8.ToArray();
        }

        try
        {
            using var document = JsonDocument.Parse(bytes);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw new CniException(CniErrorCode.Undecodable, $"standard input: is {Kind(document.RootElement)}; allowed: a network configuration, a JSON object");
        }
        catch (JsonException failure)
        {
            throw new CniException(CniErrorCode.Undecodable, "standard input: is not JSON; allowed: a network configuration, a JSON object", failure.Message);
        }
    }

    private static async Task<byte[]> ReadAllAsync(Stream input, CancellationToken cancellation)
    {
        var bytes = new byte[Limit + 1];
        var length = 0;
        try
        {
            for (int read; (read = await input.ReadAsync(bytes.AsMemory(length), cancellation)) > 0; length += read)
            {
                if (length + read > Limit)
                {
                    throw new CniException(CniErrorCode.Undecodable, $"standard input: is longer than {Limit} bytes, which no network configuration is");
                }
            }
        }
        catch (OperationCanceledException)
        {
            throw new CniException(CniErrorCode.Undecodable, "standard input: did not end in time; a runtime writes the network configuration and closes it");
        }
        catch (IOException failure)
        {
            throw new CniException(CniErrorCode.InputOutput, $"standard input: {failure.Message}");
        }

        return bytes[..length];
    }

    private static string Kind(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        _ => element.GetRawText(),
    };
}
