namespace Intercept.Mesh.Policy;

/// <summary>requested_server_name. A connection without SNI has the empty name, as in Envoy.</summary>
public sealed record ServerNameRule(StringMatch Match) : RbacRule
{
    public override bool Matches(in ConnectionFacts facts) => Match.Matches(facts.ServerName);
}
