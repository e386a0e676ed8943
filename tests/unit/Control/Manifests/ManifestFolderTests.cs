using CliWrap;
using Intercept.Control.Manifests;
using Intercept.Control.Manifests.Folder;
using Intercept.Control.Model;
using Intercept.Control.Model.Security;
using Microsoft.Extensions.Logging.Abstractions;
using static Intercept.Tests.Unit.Control.Manifests.ManifestTexts;

namespace Intercept.Tests.Unit.Control.Manifests;

/// <summary>A folder that is watched while it changes, on a real file system.</summary>
public sealed class ManifestFolderTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("intercept-manifests-").FullName;
    private readonly CancellationTokenSource _end = new();
    private ManifestFolder _source = null!;
    private Task _running = Task.CompletedTask;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _end.CancelAsync();
        await _running;
        _end.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_change_of_a_file_is_a_new_state()
    {
        Write("a.yaml", Policy("STRICT"));
        Start();
        Assert.Equal(MtlsMode.Strict, await NextMode());
        Write("a.yaml", Policy("PERMISSIVE"));
        Assert.Equal(MtlsMode.Permissive, await NextMode());
        Assert.Equal(2, _source.Status.Generation);
        Assert.True(_source.Status.IsGood);
    }

    [Fact]
    public async Task A_bad_file_leaves_the_last_good_state_in_force_and_is_seen()
    {
        Write("a.yaml", Policy("STRICT"));
        Start();
        await NextMode();
        var since = _source.Status.Since;
        Write("a.yaml", Policy("OFF"));
        await Until(status => !status.Problems.IsEmpty);
        Assert.Equal((1, since), (_source.Status.Generation, _source.Status.Since));
        Assert.NotNull(_source.Status.ProblemsSince);
        Assert.False(_source.Models.TryRead(out _));
        Write("a.yaml", Policy("DISABLE"));
        Assert.Equal(MtlsMode.Disable, await NextMode());
        Assert.Null(_source.Status.ProblemsSince);
    }

    [Fact]
    public async Task A_folder_that_becomes_empty_takes_no_policy_away()
    {
        Write("a.yaml", Policy("STRICT"));
        Start();
        await NextMode();
        File.Delete(Path.Combine(_folder, "a.yaml"));
        await Until(status => !status.Problems.IsEmpty);
        Assert.False(_source.Models.TryRead(out _));
    }

    [Fact]
    public async Task A_file_that_takes_the_place_of_another_is_seen()
    {
        Write("a.yaml", Policy("STRICT"));
        Start();
        await NextMode();
        Write("a.yaml~", Policy("DISABLE"));
        File.Move(Path.Combine(_folder, "a.yaml~"), Path.Combine(_folder, "a.yaml"), overwrite: true);
        Assert.Equal(MtlsMode.Disable, await NextMode());
    }

    [Fact]
    public async Task A_ConfigMap_that_is_swapped_is_seen_and_read_once()
    {
        Write("..2026_1/a.yaml", Policy("STRICT"));
        Link("..data", "..2026_1");
        Link("a.yaml", "..data/a.yaml");
        Start();
        Assert.Equal(MtlsMode.Strict, await NextMode());
        Assert.Equal(1, _source.Status.Files);
        Write("..2026_2/a.yaml", Policy("DISABLE"));
        Link("..data_tmp", "..2026_2");

        // rename(2), as kubelet does it: .NET does not move a link to a directory over another.
        await Cli.Wrap("mv").WithArguments(["-T", Path.Combine(_folder, "..data_tmp"), Path.Combine(_folder, "..data")]).ExecuteAsync();
        Assert.Equal(MtlsMode.Disable, await NextMode());
    }

    [Fact]
    public async Task Several_files_that_are_written_together_are_one_state()
    {
        Write("a.yaml", Policy("STRICT"));
        Start();
        await NextMode();
        for (var i = 0; i < 50; i++)
        {
            Write($"b{i}.yaml", Of("Service", "ports: [{port: 80}]", $"s{i}"));
        }

        var model = await Next();
        Assert.Equal(50, model.Services.Count);
        Assert.Equal(2, _source.Status.Generation);
    }

    [Fact]
    public async Task A_half_written_file_changes_nothing()
    {
        Write("a.yaml", Policy("STRICT"));
        Start();
        await NextMode();
        var text = Policy("DISABLE");
        Write("a.yaml", text[..text.IndexOf("mode", StringComparison.Ordinal)]);
        await Until(status => !status.Problems.IsEmpty);
        Write("a.yaml", "");
        await Until(status => status.Problems.Any(problem => problem.Why == "is empty"));
        Write("a.yaml", text);
        Assert.Equal(MtlsMode.Disable, await NextMode());
        Assert.Equal(2, _source.Status.Generation);
    }

    [Fact]
    public async Task What_changes_nothing_is_no_new_state()
    {
        Write("a.yaml", Policy("STRICT"));
        Start();
        await NextMode();
        var read = _source.Status.LastRead;
        Write("a.yaml", $"# a word about it\n\n{Policy("STRICT")}");
        await Until(status => status.LastRead != read);
        Assert.Equal(1, _source.Status.Generation);
        Assert.False(_source.Models.TryRead(out _));
    }

    [Fact]
    public async Task A_new_folder_below_is_watched_too()
    {
        Write("a.yaml", Policy("STRICT"));
        Start();
        await NextMode();
        Write("teams/shop/web.yaml", Of("Service", "ports: [{port: 80}]", "web"));
        Assert.Single((await Next()).Services);
        Write("teams/shop/web.yaml", Of("Service", "ports: [{port: 81}]", "web"));
        Assert.Equal(81, (await Next()).Services[0].Ports[0].Port);
    }

    private static string Policy(string mode) => Of("PeerAuthentication", $"mtls: {{mode: {mode}}}");

    private void Start()
    {
        _source = new ManifestFolder(_folder, MeshOptions.Default, TimeProvider.System, NullLogger.Instance);
        _running = _source.RunAsync(_end.Token);
    }

    private async Task<MtlsMode> NextMode() => (await Next()).PeerAuthentications[0].Mode;

    private async Task<MeshModel> Next()
    {
        using var limit = new CancellationTokenSource(Patience.WithATask);
        return await _source.Models.ReadAsync(limit.Token);
    }

    private async Task Until(Func<ManifestStatus, bool> holds)
    {
        using var limit = new CancellationTokenSource(Patience.WithATask);
        while (!holds(_source.Status))
        {
            await Task.Delay(20, limit.Token);
        }
    }

    private void Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private void Link(string name, string target) => File.CreateSymbolicLink(Path.Combine(_folder, name), target);
}
