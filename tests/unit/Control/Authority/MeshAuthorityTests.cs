using Intercept.Control.Authentication;
using Intercept.Control.Authority;
using Microsoft.Extensions.Logging.Abstractions;

namespace Intercept.Tests.Unit.Control.Authority;

public sealed class MeshAuthorityTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();
    private readonly TestClock _clock = new();
    private readonly AuthorityOptions _options;

    public MeshAuthorityTests() => _options = new AuthorityOptions
    {
        TrustDomain = AuthorityUnderTest.Domain("cluster.local"),
        StateFolder = _scratch.State,
        RootsFile = _scratch.At("roots.pem"),
    };

    [Fact]
    public void Publishes_the_roots_at_the_start_and_whenever_they_change()
    {
        using var mesh = Open();
        var first = File.ReadAllText(_options.RootsFile!);
        Assert.Equal(mesh.Authority.Current.Anchors.Pem, first);

        AskForRotation();
        mesh.Check();
        var both = File.ReadAllText(_options.RootsFile!);
        Assert.StartsWith(first, both, StringComparison.Ordinal);
        Assert.Equal(2, both.Split("BEGIN").Length - 1);
    }

    [Fact]
    public void Refuses_to_start_where_the_roots_cannot_be_published()
    {
        var failure = Assert.Throws<AuthorityException>(() => Open(_options with { RootsFile = _scratch.At("missing/roots.pem") }));

        Assert.Contains("missing/roots.pem cannot be written", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Gives_its_folder_up_when_it_cannot_start()
    {
        _ = Assert.Throws<AuthorityException>(() => Open(_options with { SuppliedFolder = _scratch.At("missing") }));

        Open().Dispose();
    }

    [Fact]
    public void Says_everything_that_is_wrong_with_its_options()
    {
        var failure = Assert.Throws<AuthorityException>(
            () => Open(_options with { DefaultLife = TimeSpan.FromSeconds(1), IntermediateLife = TimeSpan.FromDays(1) }));

        Assert.Contains("10 seconds or more; certificates may live", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Goes_on_after_a_check_that_failed()
    {
        using var mesh = Open();
        File.Delete(_options.RootsFile!);
        _ = Directory.CreateDirectory(_options.RootsFile!);
        AskForRotation();
        mesh.Check();
        Assert.Equal(2, mesh.Authority.Current.Anchors.Roots.Length);

        Directory.Delete(_options.RootsFile!);
        mesh.Check();
        Assert.Equal(mesh.Authority.Current.Anchors.Pem, File.ReadAllText(_options.RootsFile!));
    }

    [Fact]
    public async Task Looks_after_itself_until_it_is_told_to_end()
    {
        using var mesh = Open();
        using var ending = new CancellationTokenSource();
        var running = mesh.RunAsync(ending.Token);
        AskForRotation();
        _clock.Advance(_options.CheckInterval);

        Assert.Equal(2, await Eventually(() => mesh.Authority.Current.Anchors.Roots.Length, 2));
        await ending.CancelAsync();
        await running.WaitAsync(Patience.WithATask);
    }

    [Fact]
    public async Task A_request_for_rotation_is_done_at_once_where_no_control_plane_runs()
    {
        Open().Dispose();
        var said = await RotateAsync();

        Assert.Contains("a new root is on its way", said, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_options.StateFolder, OwnAuthority.RotationRequestName)));
        using var mesh = Open();
        Assert.Equal(2, mesh.Authority.Current.Anchors.Roots.Length);
    }

    [Fact]
    public async Task A_request_for_rotation_is_done_by_the_control_plane_that_runs()
    {
        using var mesh = Open();
        var asking = RotateAsync(TimeProvider.System);
        while (!asking.IsCompleted)
        {
            await Task.Delay(20);
            mesh.Check();
        }

        Assert.Contains("a new root is on its way", await asking, StringComparison.Ordinal);
        Assert.Equal(2, mesh.Authority.Current.Anchors.Roots.Length);
    }

    [Fact]
    public async Task A_request_for_rotation_that_nobody_does_says_so()
    {
        using var mesh = Open();
        var failure = await Assert.ThrowsAsync<AuthorityException>(() => RotateAsync(TimeProvider.System, TimeSpan.FromMilliseconds(150)));

        Assert.Contains("has not answered", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_for_rotation_of_nothing_is_refused()
    {
        var failure = await Assert.ThrowsAsync<AuthorityException>(() => RotateAsync());

        Assert.Contains("holds no authority", failure.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_options.StateFolder));
    }

    public void Dispose() => _scratch.Dispose();

    private static async Task<T> Eventually<T>(Func<T> read, T expected)
    {
        var until = Environment.TickCount64 + (long)Patience.WithATask.TotalMilliseconds;
        while (!Equals(read(), expected) && Environment.TickCount64 < until)
        {
            await Task.Delay(10);
        }

        return read();
    }

    private void AskForRotation() => File.WriteAllText(Path.Combine(_options.StateFolder, OwnAuthority.RotationRequestName), "");

    private Task<string> RotateAsync(TimeProvider? time = null, TimeSpan? patience = null) => RotationRequest.SendAsync(
        _options, patience ?? Patience.WithATask, time ?? _clock, NullLogger.Instance, CancellationToken.None);

    private MeshAuthority Open(AuthorityOptions? options = null) =>
        MeshAuthority.Open(options ?? _options, new AuthenticationOptions(), _clock, NullLogger.Instance);
}
