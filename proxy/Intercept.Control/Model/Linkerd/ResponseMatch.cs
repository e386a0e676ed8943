namespace Intercept.Control.Model.Linkerd;

/// <summary>All of its fields that are given; at least one is.</summary>
internal sealed record ResponseMatch(
    StatusRange? Status, ValueList<ResponseMatch>? All, ValueList<ResponseMatch>? Any, ResponseMatch? Not);
