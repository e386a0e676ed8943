using System.Diagnostics;
using System.Text;
using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Node;

/// <summary>An intercept-node that goes on running.</summary>
internal sealed class RunningAgent : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _said = new();

    private RunningAgent(Process process)
    {
        _process = process;
        process.ErrorDataReceived += (_, data) => Take(data.Data);
        process.BeginErrorReadLine();
    }

    public string Said
    {
        get
        {
            lock (_said)
            {
                return _said.ToString();
            }
        }
    }

    public bool HasExited => _process.HasExited;

    public static RunningAgent Start(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardError = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return new RunningAgent(Process.Start(start)!);
    }

    /// <summary>SIGKILL: nothing of it gets to say or do anything more.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(Patience.WithAProgram);
    }

    public async Task<int> StopAsync()
    {
        await Programs.MustAsync("kill", "-TERM", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
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
        }
    }
}
