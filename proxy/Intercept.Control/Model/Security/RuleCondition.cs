namespace Intercept.Control.Model.Security;

/// <param name="Key">source.ip, destination.port, connection.sni, request.headers[NAME], ...</param>
/// <param name="Values">Any of these, unless empty.</param>
/// <param name="NotValues">And none of these.</param>
internal sealed record RuleCondition(string Key, ValueList<string> Values, ValueList<string> NotValues);
