using Intercept.Control.Model;

namespace Intercept.Control.Generation.Security;

/// <summary>One attribute of a rule: any of the values, and none of the others. Without values it asks nothing.</summary>
internal readonly record struct RuleValues(string Attribute, ValueList<string> Values, ValueList<string> NotValues);
