using Intercept.Capture.Planning;
using Intercept.Core.Addressing;

namespace Intercept.Tests.Cases;

/// <summary>One flow that an agent in a namespace can send. <see cref="Name"/> is sender>target:port/protocol/family.</summary>
public sealed record FlowCase(string Name, CaseSender Sender, RuleProtocol Protocol, NetEndpoint Destination)
{
    public bool IsIPv6 => Destination.Address.IsIPv6;

    /// <summary>The address to bind; null leaves it to the kernel.</summary>
    public NetAddress? Bind => Sender == CaseSender.Passthrough ? CaseWorld.Passthrough.Of(IsIPv6) : null;

    public uint Mark => Sender == CaseSender.Marked ? CaseWorld.TproxyMark : 0;

    /// <summary>Not a connection: a single packet that conntrack calls invalid.</summary>
    public bool IsInvalid => Sender == CaseSender.Stray;

    /// <summary>What the model is asked. The source port is one that no rule names.</summary>
    public Flow ToFlow()
    {
        const ushort SourcePort = 40000;
        var source = Sender == CaseSender.Guest ? CaseWorld.Guest.Of(IsIPv6)
            : !Sender.IsLocal ? CaseWorld.Peer.Of(IsIPv6)
            : Bind ?? CaseWorld.SourceTo(Destination.Address);
        var device = Sender == CaseSender.Guest ? CaseWorld.GuestInterface
            : !Sender.IsLocal ? CaseWorld.PeerInterface
            : CaseWorld.InterfaceTo(Destination.Address);
        return new Flow(Sender.IsLocal, Protocol, new NetEndpoint(source, SourcePort), Destination, device)
        {
            Uid = Sender.IsLocal ? Sender.Uid : null,
            Gid = Sender.IsLocal ? Sender.Gid : null,
            Mark = Mark,
            State = IsInvalid ? ConnectionState.Invalid : ConnectionState.New,
        };
    }

    public override string ToString() => Name;
}
