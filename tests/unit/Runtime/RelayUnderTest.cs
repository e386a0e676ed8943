using System.Threading.Channels;
using Intercept.Core.Addressing;
using Intercept.Runtime.Relays;
using Intercept.Runtime.Sockets;

namespace Intercept.Tests.Unit.Runtime;

/// <summary>A plaintext relay on a loop: what the proxy does for one connection, without the proxy.</summary>
internal sealed class RelayUnderTest(LoopFixture fixture, int upstreamPort, RelayOptions options)
{
    private readonly Channel<RelayOutcome> _outcomes = Channel.CreateUnbounded<RelayOutcome>();
    private TcpListenerSocket? _listener;

    internal int Port => _listener!.LocalEndpoint.Port;

    /// <summary>The latest relay, to be looked at on the loop.</summary>
    internal Relay? Current { get; private set; }

    internal async Task StartAsync() => _listener = await fixture.ListenAsync(HandleAsync);

    internal Task<RelayOutcome> NextOutcomeAsync() =>
        _outcomes.Reader.ReadAsync().AsTask().WaitAsync(Patience.WithATask);

    private async Task HandleAsync(TcpSocket downstream)
    {
        using (downstream)
        {
            var connected = await TcpSocket.ConnectAsync(
                fixture.Loop, new NetEndpoint(NetAddress.LoopbackIPv4, (ushort)upstreamPort), new ConnectOptions { Timeout = Patience.WithATask });
            Assert.True(connected.IsConnected, connected.ToString());
            using var upstream = connected.Socket;
            Current = new Relay(downstream, upstream, options);
            _outcomes.Writer.TryWrite(await Current.RunAsync());
        }
    }
}
