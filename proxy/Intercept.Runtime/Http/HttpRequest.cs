using System.Collections.Immutable;

namespace Intercept.Runtime.Http;

/// <summary>One request.</summary>
public sealed record HttpRequest
{
    /// <summary>As sent: methods are case-sensitive (RFC 9110 9.1).</summary>
    public required string Method { get; init; }

    /// <summary>Decoded, without the query.</summary>
    public required string Path { get; init; }

    /// <summary>Decoded, in order. A name without a value has the empty one.</summary>
    public required ImmutableArray<KeyValuePair<string, string>> Query { get; init; }

    /// <summary>The Host header with its port; empty only from HTTP/1.0.</summary>
    public required string Host { get; init; }

    /// <summary>A browser sends Origin with what a page makes it send.</summary>
    public required bool IsFromPage { get; init; }

    public required bool KeepsConnection { get; init; }

    public ReadOnlyMemory<byte> Body { get; init; }

    public bool IsHead => Method == "HEAD";

    public bool Has(string name) => Query.Any(parameter => parameter.Key == name);

    /// <summary>Null when the parameter is not given.</summary>
    public string? Parameter(string name) => Query.FirstOrDefault(parameter => parameter.Key == name).Value;
}
