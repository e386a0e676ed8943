namespace Intercept.Control.Model.Linkerd;

/// <summary>All of its fields that are given; at least one is.</summary>
/// <param name="PathRegex">Matches the whole path, without the query.</param>
/// <param name="Method">Case-sensitive.</param>
internal sealed record RequestMatch(
    string? PathRegex, string? Method, ValueList<RequestMatch>? All, ValueList<RequestMatch>? Any, RequestMatch? Not);
