namespace Intercept.Control.Model.Security;

/// <summary>Any of From, any of To, and all of When; an empty list matches everything.</summary>
internal sealed record AuthorizationRule(ValueList<RuleSource> From, ValueList<RuleOperation> To, ValueList<RuleCondition> When);
