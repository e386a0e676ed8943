using System.Globalization;
using System.Net.NetworkInformation;
using System.Text;
using System.Text.Json;
using Intercept.Capture.Ebpf;
using Intercept.Capture.Ebpf.Places;
using Intercept.Capture.Ebpf.Probing;
using Intercept.Core;
using Intercept.Linux.Processes;

namespace Intercept.Capture.Verification;

/// <summary>
/// The hidden `probe` command: children that stand in another namespace or under another user. Each does one job and has a deadline, so that none outlives a
/// parent that was killed.
/// </summary>
public static class ProbeCommand
{
    /// <summary>The name of the command, before its role.</summary>
    public const string Name = "probe";

    internal const string ConnectRole = "connect";
    internal const string ListenRole = "listen";
    internal const string PeerRole = "peer";
    internal const string NamespaceRole = "namespace";
    internal const string ScratchRole = "scratch";
    internal const string EbpfRole = "ebpf";
    internal const string Ready = "ready";

    private const string Unchanged = "-";

    // A kernel under load brings a link up late.
    private static readonly TimeSpan _linkLimit = TimeSpan.FromSeconds(5);

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, SelfCommand self, TextReader input, TextWriter output, TextWriter error)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        switch (arguments)
        {
            case [ConnectRole, var uid, var gid, var token, var ports]:
                return Become(uid, gid, error) ? await ConnectAsync(token, ports, "/proc/net", input, output) : ExitCode.Failed;
            case [ListenRole, var uid, var gid, var milliseconds, var transparent, var ports, var datagramPort]:
                return await ListenAsync(uid, gid, Duration(milliseconds), transparent == "transparent", ports, datagramPort, output, error);
            case [PeerRole, var device, var verifier, var token, var ports]:
                await WaitForAsync(device);
                return await ConnectAsync(token, ports, $"/proc/{verifier}/net", input, output);
            case [NamespaceRole]:
                await output.WriteLineAsync(NetworkNamespace.ReadOwn().ToString());
                return ExitCode.Success;
            case [ScratchRole, var token]:
                return await ScratchChild.RunAsync(token, input, output);
            case [EbpfRole, var cgroup, var bpffs, var image]:
                return await FindAsync(self, cgroup, bpffs, image, output);
            default:
                await error.WriteLineAsync("probe: is started by verify, not by hand");
                return ExitCode.Usage;
        }
    }

    internal static string Id(uint? id) => id is { } number ? number.ToString(CultureInfo.InvariantCulture) : Unchanged;

    internal static string Ports(IEnumerable<ushort> ports) =>
        string.Join(',', ports.Select(port => port.ToString(CultureInfo.InvariantCulture)));

    private static async Task<int> ConnectAsync(string token, string ports, string socketTables, TextReader input, TextWriter output)
    {
        var targets = new List<ProbeTarget>();
        while (await input.ReadLineAsync() is { Length: > 0 } line)
        {
            targets.Add(ProbeTarget.Parse(line));
        }

        var answers = await new ConnectProbe(token, Ports(ports), socketTables).RunAsync(targets, CancellationToken.None);
        foreach (var answer in answers)
        {
            await output.WriteLineAsync(answer.ToString());
        }

        return ExitCode.Success;
    }

    private static async Task<int> ListenAsync(string uid, string gid, TimeSpan lifetime, bool transparent, string ports,
        string datagramPort, TextWriter output, TextWriter error)
    {
        using var probe = new ListenProbe();
        var taken = probe.Listen(Ports(ports), transparent);
        if (!Become(uid, gid, error))
        {
            return ExitCode.Failed;
        }

        var datagrams = datagramPort != Unchanged && probe.Bind(ushort.Parse(datagramPort, CultureInfo.InvariantCulture));
        await output.WriteLineAsync($"{Ready} {Ports(taken)} {(datagrams ? datagramPort : Unchanged)}");
        await output.FlushAsync();
        using var deadline = new CancellationTokenSource(lifetime);
        await probe.ServeAsync(deadline.Token);
        return ExitCode.Success;
    }

    private static async Task<int> FindAsync(SelfCommand self, string cgroup, string bpffs, string image, TextWriter output)
    {
        var findings = await EbpfProbe.RunAsync(
            new EbpfProbeSettings
            {
                Self = self,
                Cgroup = cgroup,
                Bpffs = bpffs,
                Image = CaptureImage.Read(image == Unchanged ? null : image),
            },
            CancellationToken.None);
        using var stream = new MemoryStream();
        await using (var json = new Utf8JsonWriter(stream))
        {
            findings.Write(json);
        }

        await output.WriteLineAsync(Encoding.UTF8.GetString(stream.ToArray()));
        return ExitCode.Success;
    }

    private static async Task WaitForAsync(string device)
    {
        // The parent moves the device in and gives it its addresses; up means that both are done.
        using var deadline = new CancellationTokenSource(_linkLimit);
        while (!deadline.IsCancellationRequested
            && !NetworkInterface.GetAllNetworkInterfaces().Any(nic => nic.Name == device && nic.OperationalStatus == OperationalStatus.Up))
        {
            await Task.Delay(10, CancellationToken.None);
        }
    }

    private static bool Become(string uid, string gid, TextWriter error)
    {
        if (uid == Unchanged)
        {
            return true;
        }

        var failed = ProcessCredentials.Become(uint.Parse(uid, CultureInfo.InvariantCulture), uint.Parse(gid, CultureInfo.InvariantCulture));
        if (failed != 0)
        {
            error.WriteLine($"cannot become uid {uid} gid {gid}: errno {failed}; CAP_SETUID and CAP_SETGID allow it");
        }

        return failed == 0;
    }

    private static TimeSpan Duration(string milliseconds) =>
        TimeSpan.FromMilliseconds(int.Parse(milliseconds, CultureInfo.InvariantCulture));

    internal static ushort[] Ports(string list) => list.Split(',', StringSplitOptions.RemoveEmptyEntries)
        .Select(port => ushort.Parse(port, CultureInfo.InvariantCulture)).ToArray();
}
