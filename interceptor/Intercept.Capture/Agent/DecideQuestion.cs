namespace Intercept.Capture.Agent;

/// <summary>The body of POST /v1/decide on the node agent's socket: what a runtime tells a CNI plugin of a pod.</summary>
public sealed record DecideQuestion(string Namespace, string Name, string Uid, string ContainerId);
