using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Intercept.Tests.Netns.Capture.World;

/// <summary>
/// tests/netns/probe/probe.py in one namespace. It lives as long as its standard input, so that none outlives a test run that
/// was killed.
/// </summary>
internal sealed class ProbeAgent : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonNode>> _waiting = [];
    private readonly SemaphoreSlim _writing = new(1);
    private readonly Task _reading;
    private readonly Task<string> _complaints;
    private int _last;

    private ProbeAgent(Process process)
    {
        _process = process;
        _complaints = process.StandardError.ReadToEndAsync();
        _reading = ReadAsync();
    }

    /// <summary>Its mount namespace is the pod's: other files stand at /etc/resolv.conf and /etc/group.</summary>
    public int ProcessId => _process.Id;

    /// <param name="files">What is seen in place of a file: pairs of the path that is seen and the file that stands there.</param>
    public static ProbeAgent Start(string networkNamespace, string side, params IEnumerable<(string Seen, string File)> files)
    {
        var mounts = string.Concat(files.Select(file => $"mount --bind '{file.File}' '{file.Seen}' && "));
        var start = new ProcessStartInfo("nsenter")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in new[]
        {
            $"--net=/run/netns/{networkNamespace}", "--", "unshare", "--mount", "--propagation", "private", "--", "sh", "-c",
            $"{mounts}exec python3 -B '{Checkout.Probe}/probe.py' {side}",
        })
        {
            start.ArgumentList.Add(argument);
        }

        return new ProbeAgent(Process.Start(start)!);
    }

    public async Task<JsonNode> AskAsync(string command, JsonObject? details = null)
    {
        var line = details ?? [];
        var id = Interlocked.Increment(ref _last);
        line["id"] = id;
        line["do"] = command;
        var answer = new TaskCompletionSource<JsonNode>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[id] = answer;
        await _writing.WaitAsync();
        try
        {
            await _process.StandardInput.WriteLineAsync(line.ToJsonString());
            await _process.StandardInput.FlushAsync();
        }
        finally
        {
            _writing.Release();
        }

        var result = await answer.Task.WaitAsync(TimeSpan.FromSeconds(60));
        return result["failure"] is { } failure ? throw new InvalidOperationException($"probe: {command}: {failure}") : result;
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        await _reading;
        _process.Dispose();
        _writing.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            var answer = JsonNode.Parse(line)!;
            if (_waiting.TryRemove((int)answer["id"]!, out var waiting))
            {
                waiting.SetResult(answer);
            }
        }

        var complaint = (await _complaints).Trim();
        foreach (var waiting in _waiting.Values)
        {
            waiting.TrySetException(new InvalidOperationException(
                string.Create(CultureInfo.InvariantCulture, $"the probe {_process.Id} is gone: {complaint}")));
        }
    }
}
