using System.Text.Json;
using CliWrap;
using CliWrap.Buffered;
using Intercept.Core.Addressing;
using Intercept.Core.Identity;
using Intercept.Core.Outcomes;
using Intercept.Linux;
using Intercept.Mesh.Listeners;
using Intercept.Proxy.AccessLogs;

namespace Intercept.Tests.Unit.Proxy.AccessLogs;

public sealed class AccessLogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly RecordedLog _log = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Writes_every_field_of_a_connection_under_its_published_name()
    {
        var record = Plain() with
        {
            FilterChain = "strict",
            DownstreamLocal = Endpoint("10.77.0.20:15006"),
            OriginalDestination = Endpoint("10.77.0.20:8080"),
            RequestedServerName = "outbound_.8080_._.server",
            SourcePrincipal = Id("spiffe://cluster.local/ns/demo/sa/client"),
            DestinationPrincipal = Id("spiffe://cluster.local/ns/demo/sa/server"),
            DownstreamTlsVersion = "TLSv1.3",
            DownstreamTlsCipher = "TLS_AES_128_GCM_SHA256",
            UpstreamCluster = "application",
            UpstreamHost = Endpoint("10.77.0.20:8080"),
            UpstreamLocal = Endpoint("127.0.0.6:40123"),
            UpstreamTlsVersion = "TLSv1.2",
            UpstreamTlsCipher = "ECDHE-ECDSA-AES128-GCM-SHA256",
            BytesReceived = 78,
            BytesSent = 5_000_000_000,
            RbacPolicy = "client-may-call",
        };

        Assert.Equal(
            """
            {"start_time":"2026-11-24T06:44:12.123Z","direction":"inbound","listener":"inbound","filter_chain":"strict","downstream_remote_address":"10.77.0.10:41234","downstream_local_address":"10.77.0.20:15006","original_destination":"10.77.0.20:8080","requested_server_name":"outbound_.8080_._.server","source.principal":"spiffe://cluster.local/ns/demo/sa/client","destination.principal":"spiffe://cluster.local/ns/demo/sa/server","downstream_tls_version":"TLSv1.3","downstream_tls_cipher":"TLS_AES_128_GCM_SHA256","upstream_tls_version":"TLSv1.2","upstream_tls_cipher":"ECDHE-ECDSA-AES128-GCM-SHA256","upstream_cluster":"application","upstream_host":"10.77.0.20:8080","upstream_local_address":"127.0.0.6:40123","bytes_received":78,"bytes_sent":5000000000,"duration_ms":1234,"close_reason":"downstream_closed","blame":"downstream","detail":null,"rbac_policy":"client-may-call"}
            """,
            Assert.Single(Written(record)));
    }

    [Fact]
    public void Writes_null_for_what_a_connection_does_not_have()
    {
        using var line = JsonDocument.Parse(Assert.Single(Written(Plain() with { DownstreamRemote = Endpoint("[2001:db8::1]:5") })));

        string[] absent =
        [
            "filter_chain", "downstream_local_address", "original_destination", "requested_server_name", "source.principal",
            "destination.principal", "downstream_tls_version", "downstream_tls_cipher", "upstream_tls_version", "upstream_tls_cipher",
            "upstream_cluster", "upstream_host", "upstream_local_address", "detail", "rbac_policy",
        ];
        Assert.Equal(absent, line.RootElement.EnumerateObject().Where(field => field.Value.ValueKind == JsonValueKind.Null).Select(field => field.Name));
        Assert.Equal("[2001:db8::1]:5", line.RootElement.GetProperty("downstream_remote_address").GetString());
    }

    [Theory]
    [InlineData(null, 0, null)]
    [InlineData("certificate has expired", 0, "certificate has expired")]
    [InlineData(null, Errno.ConnectionRefused, "Connection refused")]
    [InlineData("connect", Errno.ConnectionRefused, "connect: Connection refused")]
    public void Joins_the_detail_and_the_system_error(string? detail, int errno, string? expected)
    {
        using var line = JsonDocument.Parse(Assert.Single(Written(Plain() with { Detail = detail, ErrorNumber = errno })));

        Assert.Equal(expected, line.RootElement.GetProperty("detail").GetString());
    }

    [Fact]
    public void Keeps_a_peers_bytes_inside_their_field()
    {
        using var line = JsonDocument.Parse(Assert.Single(Written(Plain() with { RequestedServerName = "a\n{\"blame\":\"x\"}\ud800\u0007" })));

        Assert.Equal("a\n{\"blame\":\"x\"}\ufffd\u0007", line.RootElement.GetProperty("requested_server_name").GetString());
        Assert.Equal("downstream", line.RootElement.GetProperty("blame").GetString());
    }

    [Fact]
    public async Task Can_be_read_by_the_account_of_the_quickstart()
    {
        const string Guest = "spiffe://cluster.local/ns/front/sa/guest";
        var sent = Plain() with
        {
            Direction = TrafficDirection.Outbound,
            OriginalDestination = Endpoint("10.77.0.101:8080"),
            UpstreamHost = Endpoint("10.77.0.20:8080"),
            UpstreamLocal = Endpoint("10.77.0.30:40001"),
        };
        var denied = Plain() with
        {
            DownstreamRemote = Endpoint("10.77.0.30:40001"),
            OriginalDestination = Endpoint("10.77.0.20:8080"),
            SourcePrincipal = Id(Guest),
            CloseReason = CloseReason.PolicyDenied,
            Blame = Blame.Policy,
            RbacPolicy = "guests-stay-out",
        };
        Written(sent, denied);

        var account = await Cli.Wrap("python3")
            .WithArguments([Path.Combine(Repository.Root, "deploy/lib/account.py"), "denied", _folder["log"], _folder["log"], "10.77.0.10", "10.77.0.101:8080", Guest])
            .ExecuteBufferedAsync();
        Assert.Equal("guests-stay-out\n", account.StandardOutput);
    }

    [Fact]
    public void Writes_all_that_is_waiting_before_the_process_ends()
    {
        var lines = Written([.. Enumerable.Range(0, 2000).Select(i => Plain() with { BytesSent = i })]);

        Assert.Equal(Enumerable.Range(0, 2000), lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("bytes_sent").GetInt32()));
    }

    [Fact]
    public async Task Follows_a_rotated_file_when_told_to_open_it_again()
    {
        using var log = Open("log");
        log.Write(Plain() with { Listener = "before" });
        await EventuallyAsync(() => Lines("log").Length == 1);
        File.Move(_folder["log"], _folder["log.1"]);
        log.Write(Plain() with { Listener = "moved" });
        await EventuallyAsync(() => Lines("log.1").Length == 2);

        log.Reopen();
        log.Write(Plain() with { Listener = "after" });
        await EventuallyAsync(() => File.Exists(_folder["log"]) && Lines("log").Length == 1);

        Assert.Contains("after", Lines("log")[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Appends_at_the_end_of_a_file_that_was_truncated()
    {
        using var log = Open("log");
        log.Write(Plain());
        await EventuallyAsync(() => Lines("log").Length == 1);
        await File.WriteAllTextAsync(_folder["log"], "");
        log.Write(Plain());
        await EventuallyAsync(() => Lines("log").Length == 1);

        Assert.StartsWith("{\"start_time\"", Lines("log")[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Stays_in_the_file_it_has_when_there_is_no_other()
    {
        var inner = _folder["inner"];
        Directory.CreateDirectory(inner);
        using (var log = Open("inner/log"))
        {
            File.Move(Path.Combine(inner, "log"), _folder["kept"]);
            Directory.Delete(inner);
            log.Reopen();
            log.Write(Plain());
        }

        Assert.Single(Lines("kept"));
        Assert.Contains("stays in the file in use", Assert.Single(_log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drops_and_counts_what_a_stalled_reader_does_not_take()
    {
        await Cli.Wrap("mkfifo").WithArguments(_folder["pipe"]).ExecuteAsync();

        // Open for both: neither open waits for the other end. Nobody reads.
        using var reader = File.OpenHandle(_folder["pipe"], FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        const int Sent = 20_000;
        using var log = Open("pipe");
        for (var i = 0; i < Sent; i++)
        {
            log.Write(Plain());
        }

        // The pipe takes 64 KiB, the batch in hand and the channel some more; the rest is dropped where it was written.
        Assert.InRange(log.Lost, Sent / 2, Sent);
    }

    [Fact]
    public async Task Says_that_lines_are_lost_when_the_disk_is_full()
    {
        using (var log = AccessLog.TryOpen("/dev/full", _log, TimeProvider.System, out _)!)
        {
            log.Write(Plain());
            await EventuallyAsync(() => log.Lost == 1 && _log.Lines.Count == 1);
            log.Write(Plain());
            await EventuallyAsync(() => log.Lost == 2);
            Assert.Single(_log.Lines);
        }

        // The second loss is within the ten seconds that one report stands for, and is said at the end.
        Assert.Equal(2, _log.Lines.Count);
        Assert.All(_log.Lines, line => Assert.StartsWith(
            "Warning: 1 lines of the access log are lost: No space left on device", line, StringComparison.Ordinal));
    }

    [Fact]
    public void Says_why_a_file_cannot_be_opened()
    {
        Assert.Null(AccessLog.TryOpen(_folder["none/log"], _log, TimeProvider.System, out var why));
        Assert.Contains(_folder["none/log"], why, StringComparison.Ordinal);
    }

    private static ConnectionRecord Plain() => new()
    {
        StartTime = new DateTimeOffset(2026, 11, 24, 7, 44, 12, 123, TimeSpan.FromHours(1)),
        Direction = TrafficDirection.Inbound,
        Listener = "inbound",
        DownstreamRemote = Endpoint("10.77.0.10:41234"),
        Duration = TimeSpan.FromMilliseconds(1234.9),
        CloseReason = CloseReason.DownstreamClosed,
        Blame = Blame.Downstream,
    };

    private static NetEndpoint Endpoint(string text) => NetEndpoint.TryParse(text, out var endpoint) ? endpoint : throw new FormatException(text);

    private static SpiffeId Id(string text) => SpiffeId.TryParse(text, out var id) ? id : throw new FormatException(text);

    private static async Task EventuallyAsync(Func<bool> condition)
    {
        var until = Environment.TickCount64 + (long)Patience.WithATask.TotalMilliseconds;
        while (!condition())
        {
            Assert.True(Environment.TickCount64 < until, "it did not become true in time");
            await Task.Delay(5);
        }
    }

    private AccessLog Open(string name)
    {
        var log = AccessLog.TryOpen(_folder[name], _log, TimeProvider.System, out var why);
        Assert.True(log is not null, why);
        return log;
    }

    private string[] Lines(string name) => File.ReadAllLines(_folder[name]);

    private string[] Written(params ConnectionRecord[] records)
    {
        using (var log = Open("log"))
        {
            foreach (var record in records)
            {
                log.Write(record);
            }
        }

        return Lines("log");
    }
}
