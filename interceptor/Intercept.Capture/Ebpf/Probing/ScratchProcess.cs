using System.Text;
using System.Threading.Channels;
using CliWrap;
using Intercept.Capture.Execution;
using Intercept.Capture.Verification;

namespace Intercept.Capture.Ebpf.Probing;

/// <summary>A child of the probe, spoken to line by line; see <see cref="ScratchChild"/> for what it does. It ends with its standard input.</summary>
internal sealed class ScratchProcess : IAsyncDisposable
{
    private static readonly TimeSpan _ending = TimeSpan.FromMilliseconds(500);

    private readonly Channel<string> _input = Channel.CreateUnbounded<string>();
    private readonly Channel<string> _output = Channel.CreateUnbounded<string>();
    private readonly StringBuilder _error = new();
    private readonly CancellationTokenSource _kill = new();
    private readonly CommandTask<CommandResult> _running;

    private ScratchProcess(string path, IEnumerable<string> arguments)
    {
        _running = Cli.Wrap(path).WithArguments(arguments).WithValidation(CommandResultValidation.None)
            .WithStandardInputPipe(PipeSource.Create(FeedAsync))
            .WithStandardOutputPipe(PipeTarget.ToDelegate(line => _output.Writer.TryWrite(line)))
            .WithStandardErrorPipe(PipeTarget.ToStringBuilder(_error))
            .ExecuteAsync(_kill.Token);
        _ = CompleteAsync();
    }

    public int Id => _running.ProcessId;

    /// <param name="unshare">The tool that gives it a network namespace of its own; null for this process's.</param>
    /// <param name="token">What its listeners send back.</param>
    public static ScratchProcess Start(SelfCommand self, string? unshare, string token)
    {
        var arguments = self.Arguments(ProbeCommand.Name, ProbeCommand.ScratchRole, token);
        return unshare is null ? new ScratchProcess(self.Path, arguments) : new ScratchProcess(unshare, ["--net", "--", self.Path, .. arguments]);
    }

    public void Write(string line) => _input.Writer.TryWrite(line);

    /// <exception cref="CaptureException">It ended instead.</exception>
    public async Task<string> ReadAsync(CancellationToken cancellation)
    {
        try
        {
            return await _output.Reader.ReadAsync(cancellation);
        }
        catch (ChannelClosedException)
        {
            throw new CaptureException($"a child of the probe ended early: {_error.ToString().Trim()}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        _input.Writer.TryComplete();
        await Task.WhenAny(_running.Task, Task.Delay(_ending));
        await _kill.CancelAsync();
        await Task.WhenAny(_running.Task);
        _running.Dispose();
        _kill.Dispose();
    }

    private async Task FeedAsync(Stream stream, CancellationToken cancellation)
    {
        await foreach (var line in _input.Reader.ReadAllAsync(cancellation))
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(line + "\n"), cancellation);
            await stream.FlushAsync(cancellation);
        }
    }

    private async Task CompleteAsync()
    {
        await Task.WhenAny(_running.Task);
        _output.Writer.TryComplete();
    }
}
