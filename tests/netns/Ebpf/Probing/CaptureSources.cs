using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Ebpf.Probing;

/// <summary>bpf/ with something in it changed, compiled.</summary>
internal static class CaptureSources
{
    public static async Task<byte[]> CompileAsync(string file, string before, string after)
    {
        var directory = Directory.CreateTempSubdirectory("intercept-changed-");
        try
        {
            foreach (var source in Directory.GetFiles(Path.Combine(Checkout.Root, "bpf")))
            {
                File.Copy(source, Path.Combine(directory.FullName, Path.GetFileName(source)));
            }

            var changed = Path.Combine(directory.FullName, file);
            var text = await File.ReadAllTextAsync(changed);
            Assert.Contains(before, text, StringComparison.Ordinal);
            await File.WriteAllTextAsync(changed, text.Replace(before, after, StringComparison.Ordinal));
            var image = Path.Combine(directory.FullName, "capture.o");
            await Programs.MustAsync(
                "clang", "-O2", "-g", "-target", "bpf", "-mcpu=v2", "-idirafter", "/usr/include/x86_64-linux-gnu", "-idirafter", "/usr/include/aarch64-linux-gnu",
                "-c", Path.Combine(directory.FullName, "capture.bpf.c"), "-o", image);
            return await File.ReadAllBytesAsync(image);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
