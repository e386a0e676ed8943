using Intercept.Cni.Logging;

namespace Intercept.Tests.Unit.Cni;

public sealed class LogFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("intercept-cni-").FullName;

    private string File1 => Path.Combine(_directory, "logs", "cni.log");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Lines_follow_each_other()
    {
        Assert.Null(LogFile.Append(File1, "one"));
        Assert.Null(LogFile.Append(File1, "two"));

        Assert.Equal("one\ntwo\n", File.ReadAllText(File1));
    }

    [Fact]
    public void A_long_file_is_put_aside_and_only_one_is_kept()
    {
        LogFile.Append(File1, "first");
        using (var file = File.OpenWrite(File1))
        {
            file.SetLength(LogFile.Limit);
        }

        File.WriteAllText(File1 + LogFile.Old, "older");
        Assert.Null(LogFile.Append(File1, "next"));

        Assert.Equal("next\n", File.ReadAllText(File1));
        Assert.Equal(LogFile.Limit, new FileInfo(File1 + LogFile.Old).Length);
    }

    [Fact]
    public void What_cannot_be_written_is_told() => Assert.NotNull(LogFile.Append("/proc/nowhere/cni.log", "line"));
}
