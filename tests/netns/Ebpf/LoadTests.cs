using Intercept.Linux.Bpf;
using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Ebpf;

/// <summary>What is not taken says why: an operator has only this text.</summary>
public sealed class LoadTests
{
    private const string Sample = """
        #include <linux/bpf.h>
        #include <bpf/bpf_helpers.h>
        SEC("sk_lookup") int refused(struct bpf_sk_lookup *ctx) { return bpf_get_netns_cookie(ctx) != 0; }
        SEC("sockops") int taken(struct bpf_sock_ops *ctx) { return 1; }
        """;

    [SkippableFact]
    public async Task A_program_that_the_verifier_refuses_is_reported_in_the_verifiers_words()
    {
        EbpfWorld.Need();
        using var opened = BpfObject.Open(await CompileAsync(), "sample");
        var failure = Assert.Throws<BpfException>(opened.Load);
        Assert.Contains("the kernel does not take the eBPF object sample", failure.Message, StringComparison.Ordinal);
        Assert.Contains("bpf_get_netns_cookie", failure.Message, StringComparison.Ordinal);
        Assert.NotEqual(0, failure.Error);
    }

    [SkippableFact]
    public async Task Only_the_programs_that_are_kept_are_loaded()
    {
        EbpfWorld.Need();
        using var opened = BpfObject.Open(await CompileAsync(), "sample");
        opened.KeepPrograms("taken");
        opened.Load();
        Assert.Contains("no map", Assert.Throws<BpfException>(() => opened.Map<int, int>("absent")).Message, StringComparison.Ordinal);
        using var root = Linux.Processes.AdvisoryLock.Open("/");
        Assert.Contains("no program", Assert.Throws<BpfException>(() => opened.Attach("absent", root)).Message, StringComparison.Ordinal);
        Assert.Contains("cannot attach taken", Assert.Throws<BpfException>(() => opened.Attach("taken", root)).Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void What_is_no_object_is_refused()
    {
        EbpfWorld.Need();
        var failure = Assert.Throws<BpfException>(() => BpfObject.Open("not an object"u8, "sample"));
        Assert.Contains("cannot read the eBPF object sample", failure.Message, StringComparison.Ordinal);
    }

    private static async Task<byte[]> CompileAsync()
    {
        var directory = Directory.CreateTempSubdirectory("intercept-load-");
        try
        {
            var file = Path.Combine(directory.FullName, "sample.c");
            await File.WriteAllTextAsync(file, Sample);
            await Programs.MustAsync(
                "clang", "-O2", "-g", "-target", "bpf", "-mcpu=v2", "-idirafter", "/usr/include/x86_64-linux-gnu", "-c", file, "-o", file + ".o");
            return await File.ReadAllBytesAsync(file + ".o");
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
