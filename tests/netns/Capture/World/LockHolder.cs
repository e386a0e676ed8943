using System.Diagnostics;
using System.Globalization;

namespace Intercept.Tests.Netns.Capture.World;

/// <summary>Another program that holds a lock.</summary>
internal sealed class LockHolder : IAsyncDisposable
{
    private readonly Process _process;
    private bool _isStopped;

    private LockHolder(Process process)
    {
        _process = process;
        Name = string.Create(CultureInfo.InvariantCulture, $"pid {process.Id} (");
    }

    /// <summary>As a report must call it.</summary>
    public string Name { get; }

    public static async Task<LockHolder> StartAsync(string file)
    {
        var start = new ProcessStartInfo("flock") { RedirectStandardOutput = true, RedirectStandardInput = true };

        // Ends with its standard input, so that nothing outlives a test run that was killed.
        foreach (var argument in new[] { "--no-fork", file, "sh", "-c", "echo held; cat" })
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start)!;
        await process.StandardOutput.ReadLineAsync();
        return new LockHolder(process);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_isStopped)
        {
            _isStopped = true;
            _process.StandardInput.Close();
            await _process.WaitForExitAsync();
            _process.Dispose();
        }
    }
}
