namespace Intercept.Control.Model.Linkerd;

/// <summary>The first route whose condition matches holds.</summary>
/// <param name="Timeout">Until the response's headers, all attempts together; null for none.</param>
internal sealed record ProfileRoute(
    string Name, RequestMatch Condition, ValueList<ResponseClass> ResponseClasses, bool IsRetryable, TimeSpan? Timeout);
