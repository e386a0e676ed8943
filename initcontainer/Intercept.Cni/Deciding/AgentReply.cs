namespace Intercept.Cni.Deciding;

internal readonly record struct AgentReply(int Status, byte[] Body);
