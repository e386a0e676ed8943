using Intercept.Control.Authority;

namespace Intercept.Tests.Unit.Control.Authority;

public sealed class StateFolderTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    [Fact]
    public void Makes_a_folder_that_only_its_owner_may_enter_and_files_that_only_he_may_read()
    {
        using var folder = StateFolder.Open(_scratch.State);
        folder.Write("key", "secret"u8);

        Assert.Equal("700", Mode(_scratch.State));
        Assert.Equal("600", Mode(Path.Combine(_scratch.State, "key")));
        Assert.Equal("secret"u8, folder.Read("key")!);
    }

    [Fact]
    public void Has_nothing_under_a_name_that_was_never_written()
    {
        using var folder = StateFolder.Open(_scratch.State);

        Assert.Null(folder.Read("key")!);
        Assert.False(folder.Exists("key"));
    }

    [Fact]
    public void Refuses_a_folder_that_others_may_enter()
    {
        _ = Directory.CreateDirectory(_scratch.State, (UnixFileMode)0x1ed);

        var failure = Assert.Throws<AuthorityException>(() => StateFolder.Open(_scratch.State));
        Assert.Contains($"may be entered by others (mode 755)", failure.Message, StringComparison.Ordinal);
        Assert.Contains($"chmod 700 {_scratch.State}", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void Refuses_a_secret_that_others_may_read_or_write(UnixFileMode added)
    {
        using var folder = StateFolder.Open(_scratch.State);
        folder.Write("key", "secret"u8);
        var path = Path.Combine(_scratch.State, "key");
        File.SetUnixFileMode(path, File.GetUnixFileMode(path) | added);

        var failure = Assert.Throws<AuthorityException>(() => folder.Read("key"));
        Assert.Contains($"chmod 600 {path}", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lets_one_in_at_a_time()
    {
        using (StateFolder.Open(_scratch.State))
        {
            Assert.Null(StateFolder.TryOpen(_scratch.State));
            var failure = Assert.Throws<AuthorityException>(() => StateFolder.Open(_scratch.State));
            Assert.Contains("is in use by another intercept-control", failure.Message, StringComparison.Ordinal);
        }

        StateFolder.Open(_scratch.State).Dispose();
    }

    [Theory]
    [InlineData("written", "old")]
    [InlineData("renamed", "new")]
    public void A_write_that_is_killed_leaves_the_old_content_or_the_new(string step, string expected)
    {
        using (var folder = StateFolder.Open(_scratch.State))
        {
            folder.Write("key", "old"u8);
        }

        using (var folder = StateFolder.Open(_scratch.State, reached => Killed.At(reached, step)))
        {
            _ = Assert.Throws<Killed>(() => folder.Write("key", "new"u8));
        }

        using var after = StateFolder.Open(_scratch.State);
        Assert.Equal(expected, System.Text.Encoding.ASCII.GetString(after.Read("key")!));
        Assert.Empty(Directory.EnumerateFiles(_scratch.State, "*.new"));
    }

    [Fact]
    public void Of_two_who_create_the_same_secret_the_first_one_wins()
    {
        using var folder = StateFolder.Open(_scratch.State);
        var path = Path.Combine(_scratch.State, "key");

        Assert.True(StateFolder.TryCreate(path, "first"u8));
        Assert.False(StateFolder.TryCreate(path, "second"u8));
        Assert.Equal("first"u8, StateFolder.ReadSecret(path)!);
        Assert.Equal(["key", "lock"], Directory.EnumerateFiles(_scratch.State).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void What_is_published_may_be_read_by_everybody()
    {
        var path = _scratch.At("root-cert.pem");
        StateFolder.Publish(path, "roots"u8);

        Assert.Equal("644", Mode(path));
    }

    public void Dispose() => _scratch.Dispose();

    private static string Mode(string path) => Convert.ToString((int)File.GetUnixFileMode(path), 8);
}
