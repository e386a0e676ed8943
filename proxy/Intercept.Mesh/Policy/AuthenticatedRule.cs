namespace Intercept.Mesh.Policy;

/// <summary>
/// authenticated: a verified peer identity, whose text the matcher takes. Without a matcher any verified identity will
/// do. A peer without one never matches, not even a matcher that takes the empty string.
/// </summary>
public sealed record AuthenticatedRule(StringMatch? Principal) : RbacRule
{
    public override bool Matches(in ConnectionFacts facts) =>
        facts.Peer is not null && (Principal is null || Principal.Matches(facts.Peer.Text));
}
