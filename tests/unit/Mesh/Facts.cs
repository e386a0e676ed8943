using Intercept.Core.Identity;
using Intercept.Mesh;
using Intercept.Mesh.Policy;

namespace Intercept.Tests.Unit.Mesh;

/// <summary>Connections as policy sees them.</summary>
internal static class Facts
{
    public const string Client = "spiffe://cluster.local/ns/shop/sa/client";

    public static ConnectionFacts Of(
        string? peer = Client, string source = "10.88.0.10:41234", string destination = "10.88.0.11:5432", string? serverName = null) =>
        new(Chains.Endpoint(source), Chains.Endpoint(destination), peer is null ? null : Id(peer), serverName);

    public static SpiffeId Id(string text) => SpiffeId.TryParse(text, out var id) ? id : throw new FormatException(text);

    public static StringMatch Match(StringMatchKind kind, string text, bool ignoresCase = false) => new(kind, text, ignoresCase);
}
