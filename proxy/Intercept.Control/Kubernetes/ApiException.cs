using System.Net;

namespace Intercept.Control.Kubernetes;

/// <summary>The API server said no. Does not leave this room.</summary>
public sealed class ApiException(HttpStatusCode status, string message) : Exception($"{(int)status} {status}: {message}")
{
    public HttpStatusCode Status { get; } = status;
}
