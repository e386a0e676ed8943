using System.Security.Cryptography;
using System.Text.Json;
using System.Xml.Linq;
using Intercept.Capture.Ebpf;
using Intercept.Capture.Ebpf.Compiling;

namespace Intercept.Tests.Unit.Init;

public sealed class CompileCommandTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("intercept-compiled-");

    private string Target => Path.Combine(_directory.FullName, "below", "capture.bpf.o");

    [Fact]
    public async Task What_is_compiled_here_is_byte_for_byte_what_the_build_made_and_all_may_read_it()
    {
        var run = await InitRun.Of($"compile --no-load --file {Target}");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        var bytes = await File.ReadAllBytesAsync(Target);
        Assert.Equal(CaptureImage.BuiltIn.Hash, Convert.ToHexStringLower(SHA256.HashData(bytes)));
        Assert.StartsWith($"{Target}: {bytes.Length} bytes, sha256 {CaptureImage.BuiltIn.Hash}, in ", run.Output, StringComparison.Ordinal);
        Assert.EndsWith("not tried in this kernel\n", run.Output, StringComparison.Ordinal);
        Assert.Equal("644", Convert.ToString((int)File.GetUnixFileMode(Target), 8));
        Assert.Equal([Target], Directory.GetFiles(Path.GetDirectoryName(Target)!));
    }

    [Fact]
    public async Task Who_has_the_old_object_open_keeps_it_whole()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Target)!);
        await File.WriteAllTextAsync(Target, "old");
        await using var open = File.OpenRead(Target);

        Assert.Equal(0, (await InitRun.Of($"compile --no-load --file {Target}")).ExitCode);

        using var reader = new StreamReader(open);
        Assert.Equal("old", await reader.ReadToEndAsync());
        Assert.Equal(CaptureImage.BuiltIn.Bytes.Length, new FileInfo(Target).Length);
    }

    [Fact]
    public async Task Programs_are_told_the_same()
    {
        using var answer = JsonDocument.Parse((await InitRun.Of($"compile --no-load --file {Target} --output json")).Output);

        Assert.Equal(Target, answer.RootElement.GetProperty("file").GetString());
        Assert.Equal(CaptureImage.BuiltIn.Bytes.Length, answer.RootElement.GetProperty("bytes").GetInt32());
        Assert.Equal(CaptureImage.BuiltIn.Hash, answer.RootElement.GetProperty("sha256").GetString());
        Assert.False(answer.RootElement.GetProperty("loaded").GetBoolean());
        Assert.True(answer.RootElement.GetProperty("milliseconds").GetInt32() > 0);
    }

    [Fact]
    public async Task A_check_writes_nothing()
    {
        var run = await InitRun.Of($"compile --check --no-load --file {Target}");

        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith("not written: ", run.Output, StringComparison.Ordinal);
        Assert.Empty(_directory.GetFileSystemInfos());
    }

    [Fact]
    public async Task Without_clang_it_is_said_what_to_install()
    {
        var run = await InitRun.Of($"compile --no-load --file {Target}", $"PATH={_directory.FullName}");

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains("clang, which compiles the programs, is not on PATH", run.Error, StringComparison.Ordinal);
        Assert.Contains("apt-get install clang libbpf-dev linux-libc-dev", run.Error, StringComparison.Ordinal);
        Assert.Empty(_directory.GetFileSystemInfos());
    }

    [Fact]
    public async Task Where_it_cannot_be_written_the_place_is_named()
    {
        var run = await InitRun.Of("compile --no-load --file /proc/nowhere/capture.bpf.o");

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains("cannot write /proc/nowhere/capture.bpf.o: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_compiler_is_told_what_the_build_tells_it()
    {
        var project = XDocument.Load(Path.Combine(Repository.Root, "interceptor/Intercept.Capture/Intercept.Capture.csproj"));
        var options = project.Descendants("BpfOptions").Single().Value;
        Assert.StartsWith(string.Join(' ', CaptureCompiler.Options) + " ", options, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_file_of_bpf_is_carried() =>
        Assert.Equal(
            Directory.GetFiles(Path.Combine(Repository.Root, "bpf"), "*").Select(Path.GetFileName).Order(StringComparer.Ordinal),
            CaptureSource.Files.Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("--check=perhaps", "is not a truth value")]
    [InlineData("--output xml", "is not a choice")]
    public async Task What_it_does_not_understand_is_refused(string flags, string problem)
    {
        var run = await InitRun.Of($"compile {flags}");

        Assert.Equal((64, ""), (run.ExitCode, run.Output));
        Assert.Contains(problem, run.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
