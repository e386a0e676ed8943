namespace Intercept.Control.Model.Linkerd;

internal sealed record ResponseClass(ResponseMatch Condition, bool IsFailure);
