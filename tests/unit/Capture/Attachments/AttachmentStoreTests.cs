using Intercept.Capture.Attachments;
using Intercept.Capture.Pods;

namespace Intercept.Tests.Unit.Capture.Attachments;

public sealed class AttachmentStoreTests : IDisposable
{
    private static readonly Attachment _web = new()
    {
        ContainerId = "c0ffee",
        Interface = "eth0",
        Pod = new PodIdentity("shop", "web", "7f3a"),
        NetworkNamespace = "/run/netns/web",
        NamespaceInode = 4026531999,
        Arguments = ["--istio-service-cidr=*"],
        Reason = "it has a proxy, istio-proxy",
        Since = new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero),
        Version = "0.1.0",
    };

    private readonly string _directory = Directory.CreateTempSubdirectory("intercept-test-").FullName;
    private readonly AttachmentStore _store;

    public AttachmentStoreTests() => _store = new AttachmentStore(_directory);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void What_is_written_is_found_again()
    {
        _store.Write(_web);

        Same(_web, _store.Find("c0ffee", "eth0"));
        Same(_web, Assert.Single(_store.All()));
        Assert.Null(_store.Find("c0ffee", "eth1"));
    }

    [Fact]
    public void A_later_record_takes_the_place_of_an_earlier_one()
    {
        _store.Write(_web);
        _store.Write(_web with { Reason = "it changed" });

        Assert.Equal("it changed", Assert.Single(_store.All()).Attachment!.Reason);
    }

    [Fact]
    public void Only_the_owner_may_read_a_record()
    {
        _store.Write(_web);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_store.All()[0].Path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_store.Folder));
    }

    [Fact]
    public void Removing_succeeds_twice_and_where_nothing_ever_was()
    {
        _store.Remove("c0ffee", "eth0");
        _store.Write(_web);
        _store.Remove("c0ffee", "eth0");
        _store.Remove("c0ffee", "eth0");

        Assert.Empty(_store.All());
    }

    [Theory]
    [InlineData("{", "")]
    [InlineData("null", "holds no attachment")]
    [InlineData("{\"containerId\":\"c0ffee\"}", "")]
    public void A_record_that_cannot_be_read_is_told_of_and_can_be_removed(string text, string why)
    {
        _store.Write(_web);
        File.WriteAllText(Path.Combine(_store.Folder, "broken-eth0.json"), text);

        var broken = Assert.Single(_store.All(), file => file.Attachment is null);
        Assert.Equal("broken-eth0", broken.Name);
        Assert.Contains(why, broken.Failure, StringComparison.Ordinal);

        _store.Remove(broken.Name);
        Assert.Single(_store.All());
    }

    [Fact]
    public void A_record_of_a_later_version_is_not_guessed_at()
    {
        _store.Write(_web with { Format = Attachment.CurrentFormat + 1 });

        var later = _store.Find("c0ffee", "eth0")!;
        Assert.Null(later.Attachment);
        Assert.Contains("later version", later.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_killed_run_left_half_written_is_no_record_and_goes()
    {
        _store.Write(_web);
        var unfinished = Path.Combine(_store.Folder, "half-eth0.json.new");
        File.WriteAllText(unfinished, "{\"conta");

        Assert.Single(_store.All());
        _store.RemoveUnfinished();
        Assert.False(File.Exists(unfinished));
        Assert.Single(_store.All());
    }

    private static void Same(Attachment expected, AttachmentFile? found)
    {
        // A record compares its arrays by reference.
        Assert.Equal(expected.Arguments.ToArray(), found!.Attachment!.Arguments.ToArray());
        Assert.Equal(expected, found.Attachment with { Arguments = expected.Arguments });
    }
}
