namespace Intercept.Control.Model.Traffic;

internal sealed record HeaderRules(HeaderOperations Request, HeaderOperations Response);
