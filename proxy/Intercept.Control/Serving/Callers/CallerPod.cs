namespace Intercept.Control.Serving.Callers;

/// <summary>The pod that a service-account token is bound to, by the word of the API server.</summary>
internal sealed record CallerPod(string Namespace, string Name, string Uid);
