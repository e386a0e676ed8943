using Intercept.Capture.Reporting;

namespace Intercept.Tests.Unit.Capture.Reporting;

public sealed class CaptureRecordTests : IDisposable
{
    private readonly string _directory = Path.Combine(Directory.CreateTempSubdirectory("intercept-record-").FullName, "records");

    private static CaptureRecord Record(ulong inode) =>
        new("0.1.0", DateTimeOffset.UnixEpoch, inode, [new RecordedShare("backend", "eBPF", "it was asked for")]);

    [Fact]
    public void Is_read_as_it_was_written_and_only_for_its_namespace()
    {
        Assert.Null(Record(7).Write(_directory));
        var read = CaptureRecord.Read(_directory, 7)!;
        Assert.Equal((Record(7).Version, Record(7).Installed, Record(7).Shares.Single()), (read.Version, read.Installed, read.Shares.Single()));
        Assert.Null(CaptureRecord.Read(_directory, 8));
    }

    [Fact]
    public void What_a_killed_run_left_is_removed_too_and_the_directory_goes_with_the_last()
    {
        Assert.Null(Record(7).Write(_directory));
        Assert.Null(Record(8).Write(_directory));
        File.Move(Path.Combine(_directory, "capture-7.json"), Path.Combine(_directory, "capture-7.json.new"));
        CaptureRecord.Remove(_directory, 7);
        Assert.Equal(["capture-8.json"], Directory.GetFiles(_directory).Select(Path.GetFileName));
        CaptureRecord.Remove(_directory, 8);
        Assert.False(Directory.Exists(_directory));
        CaptureRecord.Remove(_directory, 8);
    }

    [Fact]
    public void Where_it_cannot_be_kept_it_says_why()
    {
        Assert.NotNull(Record(7).Write("/proc/none"));
        Directory.CreateDirectory(_directory);
        File.WriteAllText(Path.Combine(_directory, "capture-7.json"), "{");
        Assert.Null(CaptureRecord.Read(_directory, 7));
    }

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_directory)!, recursive: true);
}
