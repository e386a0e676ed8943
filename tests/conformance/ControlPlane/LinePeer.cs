using System.Diagnostics;

namespace Intercept.Tests.Conformance.ControlPlane;

/// <summary>A program that is told and tells in lines. It lives as long as its standard input.</summary>
internal sealed class LinePeer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;

    private LinePeer(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    public static LinePeer Start(string program, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new LinePeer(Process.Start(start)!);
    }

    public async Task<string> AskAsync()
    {
        await _process.StandardInput.WriteLineAsync();
        await _process.StandardInput.FlushAsync();
        return await ReadAsync();
    }

    public async Task<string> ReadAsync()
    {
        using var late = new CancellationTokenSource(Patience.WithATask);
        try
        {
            return await _process.StandardOutput.ReadLineAsync(late.Token) ?? $"ended: {await _errors}";
        }
        catch (OperationCanceledException)
        {
            return $"says nothing within {Patience.WithATask.TotalSeconds} s";
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            await _process.WaitForExitAsync(late.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }
}
