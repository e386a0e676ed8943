using System.Text.Json.Nodes;

namespace Intercept.Tests.Unit.Node;

public sealed class InstallationTests : IDisposable
{
    private const string Bridge = """{"name":"net","cniVersion":"0.4.0","plugins":[{"type":"bridge"}]}""";

    private readonly HostScene _host = new();

    [Theory]
    [MemberData(nameof(HostShapes.Names), MemberType = typeof(HostShapes))]
    public async Task Our_plugin_stands_last_and_everything_else_as_it_was(string name)
    {
        var shape = Prepare(name);

        Assert.Equal(0, (await _host.InstallAsync()).ExitCode);

        var list = JsonNode.Parse(_host.Read(shape.Target))!;
        var plugins = list["plugins"]!.AsArray();
        Assert.Equal("intercept-cni", plugins[^1]!["type"]!.GetValue<string>());
        Assert.Equal("/run/intercept/node.sock", plugins[^1]!["agent_socket"]!.GetValue<string>());
        plugins.RemoveAt(plugins.Count - 1);
        var before = JsonNode.Parse(shape.Files[shape.Wrapped ?? shape.Target]);
        Assert.True(JsonNode.DeepEquals(before, shape.Wrapped is null ? list : Assert.Single(plugins)), $"{list} is not\n{before}");
        Assert.Equal(shape.Wrapped is null, File.Exists(_host.Configuration(shape.Wrapped ?? shape.Target)));
        Assert.All(
            shape.Files.Where(file => file.Key != shape.Target && file.Key != shape.Wrapped),
            file => Assert.Equal(file.Value, _host.Read(file.Key)));
    }

    [Theory]
    [MemberData(nameof(HostShapes.Names), MemberType = typeof(HostShapes))]
    public async Task Uninstall_gives_back_every_byte_and_mode(string name)
    {
        Prepare(name);
        var before = _host.Snapshot();
        await _host.InstallAsync();
        Assert.NotEqual(before, _host.Snapshot());

        Assert.Equal(0, (await _host.UninstallAsync()).ExitCode);

        Assert.Equal(before, _host.Snapshot());
        Assert.Empty(Directory.EnumerateFileSystemEntries(_host.Path(HostScene.PluginDirectory)));
        Assert.Contains("nothing of ours is installed", (await _host.UninstallAsync()).Error, StringComparison.Ordinal);
        Assert.Equal(before, _host.Snapshot());
    }

    [Theory]
    [MemberData(nameof(HostShapes.Names), MemberType = typeof(HostShapes))]
    public async Task A_second_install_changes_nothing(string name)
    {
        Prepare(name);
        await _host.InstallAsync();
        var first = _host.Snapshot();

        var second = await _host.InstallAsync();

        Assert.Equal(first, _host.Snapshot());
        Assert.Contains("nothing to do", second.Error, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(HostShapes.Names), MemberType = typeof(HostShapes))]
    public async Task An_upgrade_takes_the_place_of_the_entry_before_it(string name)
    {
        var shape = Prepare(name);
        var before = _host.Snapshot();
        await _host.InstallAsync();

        await _host.InstallAsync("--exclude-namespaces", "kube-system,monitoring");

        var entry = JsonNode.Parse(_host.Read(shape.Target))!["plugins"]!.AsArray().Where(plugin => plugin!["type"]!.GetValue<string>() == "intercept-cni");
        Assert.Equal("""["kube-system","monitoring"]""", Assert.Single(entry)!["exclude_namespaces"]!.ToJsonString());
        await _host.UninstallAsync();
        Assert.Equal(before, _host.Snapshot());
    }

    [Fact]
    public async Task Files_that_no_runtime_takes_are_named_with_what_is_wrong()
    {
        Prepare("several files, of which the first is none");

        var run = await _host.InstallAsync();

        foreach (var line in new[]
        {
            "/etc/cni/net.d/05-broken.conflist is not JSON (line 1, byte 40)", "/etc/cni/net.d/06-empty.conf is empty", "/etc/cni/net.d/07-no-type.conf has no type",
            "/etc/cni/net.d/08-no-plugins.conflist has no list of plugins", "/etc/cni/net.d/10-list.conf has no type",
        })
        {
            Assert.Contains($"WARNING: {line}: passed over", run.Error, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("README", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("istio-cni")]
    [InlineData("linkerd-cni")]
    public async Task Another_mesh_in_the_chain_is_named_and_left_alone_unless_told(string mesh)
    {
        _host.Write("10-net.conflist", Bridge.Replace("]", $", {{\"type\": \"{mesh}\"}}]", StringComparison.Ordinal));
        var before = _host.Snapshot();

        var refused = await _host.InstallAsync();

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains($"refused: /etc/cni/net.d/10-net.conflist already has {mesh}", refused.Error, StringComparison.Ordinal);
        Assert.Contains("--allow-other-mesh", refused.Error, StringComparison.Ordinal);
        Assert.Equal(before, _host.Snapshot());
        Assert.False(Directory.Exists(_host.Path(HostScene.PluginDirectory)));
        Assert.Equal(0, (await _host.InstallAsync("--allow-other-mesh")).ExitCode);
    }

    [Fact]
    public async Task A_list_of_a_version_without_chains_is_refused()
    {
        _host.Write("10-net.conflist", Bridge.Replace("0.4.0", "0.2.0", StringComparison.Ordinal));

        var run = await _host.InstallAsync();

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("says cniVersion '0.2.0'", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lone_plugin_takes_no_list_away_that_is_somebodys()
    {
        _host.Write("10-net.conf", """{"name":"net","cniVersion":"0.4.0","type":"bridge"}""");
        _host.Write("10-net.conflist", Bridge);
        var before = _host.Snapshot();

        var run = await _host.InstallAsync();

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("comes before 10-net.conflist", run.Error, StringComparison.Ordinal);
        Assert.Equal(before, _host.Snapshot());
    }

    [Fact]
    public async Task Modes_are_kept_and_the_plugin_is_executable()
    {
        _host.Write("10-net.conflist", Bridge);
        const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        File.SetUnixFileMode(_host.Configuration("10-net.conflist"), Private);

        await _host.InstallAsync();

        Assert.Equal(Private, File.GetUnixFileMode(_host.Configuration("10-net.conflist")));
        var plugin = _host.Path($"{HostScene.PluginDirectory}/intercept-cni");
        Assert.Equal("the plugin\n", await File.ReadAllTextAsync(plugin));
        Assert.Equal((UnixFileMode)0b111_101_101, File.GetUnixFileMode(plugin));

        File.SetUnixFileMode(plugin, (UnixFileMode)0b111_101_000);
        await File.WriteAllTextAsync(_host.PluginFile, "the next plugin\n");
        await _host.InstallAsync();

        Assert.Equal(("the next plugin\n", (UnixFileMode)0b111_101_000), (await File.ReadAllTextAsync(plugin), File.GetUnixFileMode(plugin)));
    }

    [Fact]
    public async Task Without_a_network_it_says_so_or_waits()
    {
        var once = await _host.InstallAsync();

        Assert.Equal(1, once.ExitCode);
        Assert.Contains("not installed: no network is configured in /etc/cni/net.d yet", once.Error, StringComparison.Ordinal);

        var waiting = _host.InstallAsync("--wait", "10m");
        Assert.False(waiting.IsCompleted);
        _host.Write("10-net.conflist", Bridge);

        Assert.Equal(0, (await waiting).ExitCode);
    }

    [Fact]
    public async Task A_network_that_comes_to_stand_first_gets_the_entry()
    {
        _host.Write("10-net.conflist", Bridge);
        await _host.InstallAsync();
        _host.Write("05-first.conflist", Bridge);

        await _host.InstallAsync();

        Assert.Contains("intercept-cni", _host.Read("05-first.conflist"), StringComparison.Ordinal);
        Assert.Equal(Bridge, _host.Read("10-net.conflist"));
    }

    [Fact]
    public async Task Named_files_get_the_entry_and_no_other()
    {
        _host.Write("10-a.conflist", Bridge);
        _host.Write("20-b.conflist", Bridge);
        _host.Write("30-c.conf", """{"name":"c","cniVersion":"0.4.0","type":"bridge"}""");

        Assert.Equal(0, (await _host.InstallAsync("--cni-conf-file", "20-b.conflist,30-c.conf")).ExitCode);

        Assert.Equal(Bridge, _host.Read("10-a.conflist"));
        Assert.Contains("intercept-cni", _host.Read("20-b.conflist"), StringComparison.Ordinal);
        Assert.Contains("intercept-cni", _host.Read("30-c.conflist"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lone_file_that_its_owner_writes_again_is_wrapped_again_and_uninstall_keeps_the_newer()
    {
        _host.Write("10-net.conf", """{"name":"net","type":"bridge","mtu":1400}""");
        await _host.InstallAsync();
        const string Newer = """{"name":"net","type":"bridge","mtu":9000}""";
        _host.Write("10-net.conf", Newer);

        await _host.InstallAsync();

        Assert.False(File.Exists(_host.Configuration("10-net.conf")));
        Assert.Contains("9000", _host.Read("10-net.conflist"), StringComparison.Ordinal);
        await _host.UninstallAsync();
        Assert.Equal(["10-net.conf"], Directory.EnumerateFiles(_host.Path(HostScene.ConfigurationDirectory)).Select(path => Path.GetFileName(path)));
        Assert.Equal(Newer, _host.Read("10-net.conf"));
    }

    [Theory]
    [InlineData("original")]
    [InlineData("original and list")]
    public async Task A_wrapping_that_was_cut_off_is_undone_or_done_again(string what)
    {
        const string Lone = """{"name":"net","cniVersion":"0.4.0","type":"bridge"}""";
        _host.Write("10-net.conf", Lone);
        var before = _host.Snapshot();
        await _host.InstallAsync();
        var after = _host.Snapshot();
        _host.Write("10-net.conf", Lone);
        if (what == "original")
        {
            File.Delete(_host.Configuration("10-net.conflist"));
        }

        _host.Write(".10-net.conflist.intercept-new", "half of a fi");
        await _host.UninstallAsync();
        Assert.Equal(before, _host.Snapshot());

        await _host.InstallAsync();
        Assert.Equal(after, _host.Snapshot());
    }

    [Fact]
    public async Task Links_are_followed_as_the_host_would_follow_them()
    {
        Directory.Delete(_host.Path(HostScene.ConfigurationDirectory));
        Directory.CreateDirectory(_host.Path("/var/lib/cni/net.d"));
        Directory.CreateDirectory(_host.Path("/var/lib/cni/real"));
        File.CreateSymbolicLink(_host.Path(HostScene.ConfigurationDirectory), "/var/lib/cni/net.d");
        await File.WriteAllTextAsync(_host.Path("/var/lib/cni/real/net"), Bridge);
        File.CreateSymbolicLink(_host.Path("/var/lib/cni/net.d/10-net.conflist"), "../real/net");

        Assert.Equal(0, (await _host.InstallAsync()).ExitCode);

        Assert.Contains("intercept-cni", await File.ReadAllTextAsync(_host.Path("/var/lib/cni/real/net")), StringComparison.Ordinal);
        Assert.NotNull(new FileInfo(_host.Path("/var/lib/cni/net.d/10-net.conflist")).LinkTarget);
        await _host.UninstallAsync();
        Assert.Equal(Bridge, await File.ReadAllTextAsync(_host.Path("/var/lib/cni/real/net")));
    }

    [Fact]
    public async Task Multus_gets_a_file_of_ours_alone()
    {
        Directory.CreateDirectory(_host.Path("/etc/cni/multus/net.d"));

        Assert.Equal(0, (await _host.InstallAsync("--platform", "openshift")).ExitCode);

        var file = JsonNode.Parse(await File.ReadAllTextAsync(_host.Path("/etc/cni/multus/net.d/intercept-cni.conf")))!;
        Assert.Equal(("intercept-cni", "intercept-cni"), ($"{file["name"]}", $"{file["type"]}"));
        Assert.True(File.Exists(_host.Path("/var/lib/cni/bin/intercept-cni")));
        await _host.UninstallAsync("--platform", "openshift");
        Assert.Empty(Directory.EnumerateFileSystemEntries(_host.Path("/etc/cni/multus/net.d")));
    }

    [Fact]
    public async Task Without_an_agent_the_entry_says_which_pods_and_what()
    {
        _host.Write("10-net.conflist", Bridge);

        Assert.Equal(0, (await _host.InstallAsync("--pods", "web,db-*", "--", "-i", "*", "-b", "*", "-u", "1337")).ExitCode);

        var entry = JsonNode.Parse(_host.Read("10-net.conflist"))!["plugins"]!.AsArray()[^1]!;
        Assert.Null(entry["agent_socket"]);
        Assert.Equal("""{"pods":["web","db-*"],"namespaces":[],"all":false}""", entry["selectors"]!.ToJsonString());
        Assert.Equal("""["-i","*","-b","*","-u","1337"]""", entry["arguments"]!.ToJsonString());
    }

    [Fact]
    public async Task What_cannot_be_taken_out_keeps_the_program_that_it_needs()
    {
        _host.Write("10-net.conflist", Bridge);
        await _host.InstallAsync();

        // A directory in the way of what is written beside: root may write anything else.
        Directory.CreateDirectory(_host.Configuration(".10-net.conflist.intercept-new"));
        var run = await _host.UninstallAsync();

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("WARNING: cannot write", run.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(_host.Path($"{HostScene.PluginDirectory}/intercept-cni")));
    }

    [Fact]
    public async Task Keep_plugin_leaves_the_program_alone()
    {
        _host.Write("10-net.conflist", Bridge);
        await _host.InstallAsync();

        await _host.UninstallAsync("--keep-plugin");

        Assert.Equal(Bridge, _host.Read("10-net.conflist"));
        Assert.True(File.Exists(_host.Path($"{HostScene.PluginDirectory}/intercept-cni")));
    }

    public void Dispose() => _host.Dispose();

    private HostShapes.Shape Prepare(string name)
    {
        var shape = HostShapes.All.Single(shape => shape.Name == name);
        foreach (var (file, text) in shape.Files)
        {
            _host.Write(file, text);
        }

        return shape;
    }
}
