using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Threading.Channels;

namespace Intercept.Tests.Netns.Capture.World;

/// <summary>An intercept-init that goes on running, and what it says meanwhile.</summary>
internal sealed class RunningInit : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly StringBuilder _said = new();

    private RunningInit(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, data) => Take(data.Data);
        process.ErrorDataReceived += (_, data) => Take(data.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public static RunningInit Start(CaptureWorld world, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("nsenter") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (IEnumerable<string>)[.. world.Enter, .. CaptureWorld.Clean([]), Checkout.Init, .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        return new RunningInit(Process.Start(start)!);
    }

    /// <summary>Reads on until a line holds this text.</summary>
    public async Task<string> WaitForAsync(string text)
    {
        using var limit = new CancellationTokenSource(Patience.WithAProgram);
        try
        {
            await foreach (var line in _lines.Reader.ReadAllAsync(limit.Token))
            {
                if (line.Contains(text, StringComparison.Ordinal))
                {
                    return line;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Told below, with all that was said instead.
        }

        lock (_said)
        {
            throw new TimeoutException($"never said '{text}', but:\n{_said}");
        }
    }

    /// <summary>Asks it to end, as a container runtime does.</summary>
    public async Task<int> StopAsync()
    {
        await Programs.MustAsync("kill", "-TERM", _process.Id.ToString(CultureInfo.InvariantCulture));
        await _process.WaitForExitAsync().WaitAsync(Patience.WithAProgram);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void Take(string? line)
    {
        if (line is not null)
        {
            lock (_said)
            {
                _said.Append(line).Append('\n');
            }

            _lines.Writer.TryWrite(line);
        }
    }
}
