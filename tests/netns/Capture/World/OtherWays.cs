using System.Globalization;

namespace Intercept.Tests.Netns.Capture.World;

/// <summary>tests/netns/probe/ways.py: sockets other than those of the case table, from the pod to its peer.</summary>
internal static class OtherWays
{
    private const string Service = "10.96.0.10";

    // Nobody listens there: who accepts is the proxy, and who refuses the peer.
    private const string ClosedPort = "81";
    private const string DatagramPort = "443";

    public static readonly string[] Tcp = ["connect", "io_uring", "mptcp", "fast_open", "bound_device", "raw", "packet"];
    public static readonly string[] Udp = ["udp", "bound_device_udp", "raw_udp"];

    /// <summary>What the peer hears or does not, by IP protocol: nobody answers.</summary>
    public static readonly (string Way, int Protocol)[] Heard = [("udp_lite", 136), ("sctp", 132), ("icmp", 1), ("packet_udp", 17)];

    /// <summary>Tries each way, one after the other, in the pod's namespace and the cgroup of an application.</summary>
    public static async Task<IReadOnlyList<string>> TryAsync(string pod, string peer, string? cgroup, IEnumerable<string> ways)
    {
        var answers = new List<string>();
        foreach (var way in ways)
        {
            var listens = Heard.FirstOrDefault(heard => heard.Way == way).Protocol;
            var port = Tcp.Contains(way) ? ClosedPort : DatagramPort;
            answers.Add($"{way}: {await TryAsync(pod, peer, cgroup, listens, [way, Service, port])}");
        }

        return answers;
    }

    private static async Task<string> TryAsync(string pod, string peer, string? cgroup, int listens, string[] way)
    {
        const string Script = """
            cgroup=$1 pod=$2 peer=$3 protocol=$4 ways=$5; shift 5
            if [ "$protocol" != 0 ]; then
                said=$(mktemp)
                nsenter --net="$peer" python3 -B "$ways" hear "$protocol" >"$said" &
                until grep -q ready "$said"; do sleep 0.05; done
            fi
            ( [ -z "$cgroup" ] || sh -c 'echo $PPID' >"$cgroup/cgroup.procs"; exec nsenter --net="$pod" python3 -B "$ways" "$@" )
            if [ "$protocol" != 0 ]; then
                wait
                tail -n 1 "$said"
                rm "$said"
            fi
            """;
        var output = await Programs.MustAsync(
            "sh", ["-euc", Script, "sh", cgroup ?? "", $"/run/netns/{pod}", $"/run/netns/{peer}", listens.ToString(CultureInfo.InvariantCulture),
            Path.Combine(Checkout.Probe, "ways.py"), .. way]);
        return output.Trim().Replace("\n", ", ", StringComparison.Ordinal);
    }
}
