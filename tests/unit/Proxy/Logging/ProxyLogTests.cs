using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using CliWrap;
using Intercept.Proxy.Logging;
using Microsoft.Extensions.Logging;

namespace Intercept.Tests.Unit.Proxy.Logging;

public sealed class ProxyLogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FixedTime _time = new(new DateTimeOffset(2026, 11, 24, 6, 44, 12, 123, TimeSpan.Zero));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Writes_time_level_room_and_message_on_one_line()
    {
        using (var log = Open(LogLevel.Trace))
        {
            var listeners = log.CreateLogger("listeners");
            listeners.LogInformation("bound to {Address}", "127.0.0.1:15001");
            listeners.LogWarning(new IOException("gone"), "reload");
        }

        Assert.Equal(
            [
                "2026-11-24T06:44:12.123Z info  listeners  bound to 127.0.0.1:15001",
                "2026-11-24T06:44:12.123Z warning  listeners  reload: System.IO.IOException: gone",
            ],
            Lines());
    }

    [Fact]
    public void Writes_each_level_by_the_name_that_Envoy_gives_it()
    {
        LogLevel[] levels = [LogLevel.Trace, LogLevel.Debug, LogLevel.Information, LogLevel.Warning, LogLevel.Error, LogLevel.Critical];
        using (var log = Open(LogLevel.Trace))
        {
            foreach (var level in levels)
            {
                log.CreateLogger("test").Log(level, "x");
            }
        }

        Assert.Equal(["trace", "debug", "info", "warning", "error", "critical"], Lines().Select(line => line.Split(' ')[1]));
        Assert.All(levels, level => Assert.True(LogLevels.TryParse(level.Label(), out var same) && same == level));
    }

    [Fact]
    public void Changes_its_level_while_it_runs()
    {
        using (var log = Open(LogLevel.Warning))
        {
            var logger = log.CreateLogger("test");
            logger.LogInformation("too early");
            log.Level = LogLevel.Debug;
            logger.LogDebug("now");
            log.Level = LogLevel.None;
            logger.LogCritical("never");
            Assert.False(logger.IsEnabled(LogLevel.Critical));
        }

        Assert.EndsWith("  now", Assert.Single(Lines()), StringComparison.Ordinal);
    }

    [Fact]
    public void Keeps_a_peers_bytes_on_their_line()
    {
        using (var log = Open(LogLevel.Trace))
        {
            log.CreateLogger("test").LogInformation("{Name}", "a\r\nb\t\e[31m\0é\ud800");
        }

        Assert.EndsWith("  a\\r\\nb\\t\\x1b[31m\\x00é\ufffd", Assert.Single(Lines()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Counts_and_says_what_a_stalled_reader_has_cost()
    {
        const int Sent = 20_000;
        await Cli.Wrap("mkfifo").WithArguments(_folder["log"]).ExecuteAsync();
        var read = new StringBuilder();
        Task reader;

        // Open for both, so that neither end waits for the other to open. Nobody reads yet.
        using (var pipe = File.OpenHandle(_folder["log"], FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            using var log = Open(LogLevel.Trace);
            var logger = log.CreateLogger("test");
            for (var i = 0; i < Sent; i++)
            {
                logger.LogInformation("burst");
            }

            reader = Cli.Wrap("cat").WithArguments(_folder["log"]).WithStandardOutputPipe(PipeTarget.ToStringBuilder(read)).ExecuteAsync().Task;
        }

        await reader;
        var lines = read.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var lost = lines.Select(line => Regex.Match(line, @"warning  log  (\d+) lines of this log are lost: more lines at once"))
            .Where(match => match.Success).Sum(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));
        Assert.InRange(lost, Sent / 2, Sent);
        Assert.Equal(Sent - lost, lines.Count(line => line.EndsWith("  burst", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Opens_its_file_again_on_SIGUSR1()
    {
        using var log = Open(LogLevel.Trace);
        using var signal = ReopenSignal.Register(log.Reopen);
        File.Move(_folder["log"], _folder["log.1"]);
        await Cli.Wrap("kill").WithArguments(["-USR1", $"{Environment.ProcessId}"]).ExecuteAsync();
        var until = Environment.TickCount64 + (long)Patience.WithATask.TotalMilliseconds;
        while (!File.Exists(_folder["log"]))
        {
            Assert.True(Environment.TickCount64 < until, "the file was not opened again");
            await Task.Delay(5);
        }
    }

    [Fact]
    public void Says_why_a_file_cannot_be_opened()
    {
        Assert.Null(ProxyLog.TryOpen(_folder["none/log"], LogLevel.Trace, _time, out var why));
        Assert.Contains(_folder["none/log"], why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("warn", LogLevel.Warning)]
    [InlineData("off", LogLevel.None)]
    public void Takes_the_other_names_of_Envoy(string name, LogLevel expected) =>
        Assert.True(LogLevels.TryParse(name, out var level) && level == expected);

    [Theory]
    [InlineData("")]
    [InlineData("Info")]
    [InlineData("3")]
    public void Refuses_other_names(string name) => Assert.False(LogLevels.TryParse(name, out _));

    private ProxyLog Open(LogLevel level)
    {
        var log = ProxyLog.TryOpen(_folder["log"], level, _time, out var why);
        Assert.True(log is not null, why);
        return log;
    }

    private string[] Lines() => File.ReadAllLines(_folder["log"]);
}
