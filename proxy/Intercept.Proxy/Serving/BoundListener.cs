using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Intercept.Core.Addressing;
using Intercept.Core.Problems;
using Intercept.Linux;
using Intercept.Mesh.Listeners;
using Intercept.Runtime.Sockets;

namespace Intercept.Proxy.Serving;

/// <summary>The sockets of one listener: one for each address on each loop, so that the kernel spreads connections.</summary>
internal sealed class BoundListener
{
    private static readonly KeepAlive _keepAlive = new(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(15), 4);

    private readonly ImmutableArray<ImmutableArray<TcpListenerSocket>> _byWorker;

    private BoundListener(Listener configuration, ImmutableArray<NetEndpoint> addresses, ImmutableArray<ImmutableArray<TcpListenerSocket>> byWorker)
    {
        Configuration = configuration;
        Addresses = addresses;
        _byWorker = byWorker;
    }

    public Listener Configuration { get; private set; }

    /// <summary>As bound: with the port that the kernel chose, where the configuration says 0.</summary>
    public ImmutableArray<NetEndpoint> Addresses { get; }

    /// <summary>Its sockets are closed, and its connections live on.</summary>
    public bool IsDraining { get; set; }

    public ImmutableArray<TcpListenerSocket> SocketsOf(int worker) => _byWorker[worker];

    /// <summary>Whether the sockets can stay as they are under another configuration.</summary>
    public bool CanServe(Listener configuration) =>
        Configuration.Transparent == configuration.Transparent && Configuration.Addresses.SequenceEqual(configuration.Addresses);

    public void Adopt(Listener configuration) => Configuration = configuration;

    /// <returns>Null, with the reason among the problems; nothing is left open then.</returns>
    public static BoundListener? TryBind(Listener configuration, IReadOnlyList<Worker> workers, ICollection<Problem> problems)
    {
        var addresses = ImmutableArray.CreateBuilder<NetEndpoint>();
        var byWorker = workers.Select(_ => ImmutableArray.CreateBuilder<TcpListenerSocket>()).ToArray();
        foreach (var wanted in configuration.Addresses)
        {
            if (!TryBind(configuration, wanted, workers, byWorker, out var bound, out var failure))
            {
                problems.Add(ToProblem(configuration, wanted, failure));
                foreach (var socket in byWorker.SelectMany(sockets => sockets))
                {
                    socket.Dispose();
                }

                return null;
            }

            addresses.Add(bound);
        }

        return new BoundListener(configuration, addresses.ToImmutable(), [.. byWorker.Select(sockets => sockets.ToImmutable())]);
    }

    /// <summary>Closes sockets that no worker has been given.</summary>
    public void Abandon()
    {
        foreach (var socket in _byWorker.SelectMany(sockets => sockets))
        {
            socket.Dispose();
        }
    }

    [SuppressMessage("Reliability", "CA2000", Justification = "The array owns the sockets.")]
    private static bool TryBind(
        Listener configuration,
        NetEndpoint wanted,
        IReadOnlyList<Worker> workers,
        ImmutableArray<TcpListenerSocket>.Builder[] byWorker,
        out NetEndpoint bound,
        out ListenResult failure)
    {
        var options = new ListenOptions { Transparent = configuration.Transparent, KeepAlive = _keepAlive };
        bound = wanted;
        failure = default;
        for (var worker = 0; worker < workers.Count; worker++)
        {
            // The port that the first loop got for 0 is the port of all of them.
            var result = TcpListenerSocket.Listen(workers[worker].Loop, bound, options);
            if (!result.IsListening)
            {
                failure = result;
                return false;
            }

            bound = result.Listener.LocalEndpoint;
            byWorker[worker].Add(result.Listener);
        }

        return true;
    }

    private static Problem ToProblem(Listener configuration, NetEndpoint address, ListenResult failure)
    {
        var allowed = failure switch
        {
            { ErrorNumber: Errno.AddressInUse } => "an address that nothing listens on: `ss -ltnp` names who does",
            { Operation: "IP_TRANSPARENT" } => "the capability CAP_NET_ADMIN, which TPROXY capture needs (add NET_ADMIN to the proxy's securityContext)",
            { ErrorNumber: Errno.AccessDenied } => "a port above 1023, or the capability CAP_NET_BIND_SERVICE",
            _ => "an address of this host",
        };
        return new Problem($"listener '{configuration.Name}'", 0, "address", $"{address}", $"cannot be bound ({failure})", allowed);
    }
}
