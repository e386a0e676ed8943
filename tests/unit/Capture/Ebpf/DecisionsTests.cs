using CliWrap;
using CliWrap.Buffered;

namespace Intercept.Tests.Unit.Capture.Ebpf;

/// <summary>tests/bpf: the programs of bpf/ as plain C, on a kernel that is a few arrays.</summary>
public sealed class DecisionsTests
{
    [Fact]
    public async Task The_programs_decide_and_write_what_they_should_and_nothing_beside_it()
    {
        var directory = Directory.CreateTempSubdirectory("intercept-decisions-");
        try
        {
            var folder = Path.Combine(Repository.Root, "tests/bpf");
            var binary = Path.Combine(directory.FullName, "decisions");

            // Traps need no library of the compiler's, which Debian packs apart. The kernel's buffers are aligned, those that end
            // where no memory is are not.
            await Cli.Wrap("clang").WithArguments(
            [
                "-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror", "-fsanitize=undefined", "-fno-sanitize=alignment", "-fsanitize-trap=undefined",
                "-I", folder, Path.Combine(folder, "decisions.c"), "-o", binary,
            ]).ExecuteBufferedAsync();
            var result = await Cli.Wrap(binary).WithValidation(CommandResultValidation.None).ExecuteBufferedAsync();
            Assert.True(result.ExitCode == 0, $"exit {result.ExitCode}\n{result.StandardOutput}{result.StandardError}");
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
