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
    public void Says_how_many_lines_a_burst_has_lost()
    {
        const int Threads = 4;
        const int Each = 50_000;
        long lost;
        using (var log = Open(LogLevel.Trace))
        {
            var logger = log.CreateLogger("test");
            var threads = Enumerable.Range(0, Threads).Select(_ => new Thread(() =>
            {
                for (var i = 0; i < Each; i++)
                {
                    logger.LogInformation("burst");
                }
            })).ToList();
            threads.ForEach(thread => thread.Start());
            threads.ForEach(thread => thread.Join());
            log.Dispose();
            lost = log.Lost;
        }

        // Whether a machine is slow enough to lose any is its own affair: what is not in the file must be counted.
        var lines = Lines();
        Assert.Equal((Threads * Each) - lost, lines.Count(line => line.EndsWith("  burst", StringComparison.Ordinal)));
        Assert.Equal(lost > 0, lines.Any(line => line.Contains("lines of this log are lost: more lines at once", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Opens_its_file_again_on_SIGUSR1()
    {
        using var log = Open(LogLevel.Trace);
        using var signal = ReopenSignal.Register(log.Reopen);
        File.Move(_folder["log"], _folder["log.1"]);
        await Cli.Wrap("kill").WithArguments(["-USR1", $"{Environment.ProcessId}"]).ExecuteAsync();
        for (var tries = 0; !File.Exists(_folder["log"]); tries++)
        {
            Assert.True(tries < 2000, "the file was not opened again");
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
