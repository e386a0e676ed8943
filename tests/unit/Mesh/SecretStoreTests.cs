using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;
using Intercept.Mesh.Tls;

namespace Intercept.Tests.Unit.Mesh;

public sealed class SecretStoreTests
{
    private readonly SecretStore _store = new();
    private readonly List<string> _changes = [];

    public SecretStoreTests() => _store.Changed += _changes.Add;

    [Fact]
    public void Finds_what_was_put_in_and_nothing_else()
    {
        _store.Put(Certificate("default"));

        Assert.Equal("default", _store.Find("default")?.Name);
        Assert.Null(_store.Find("ROOTCA"));
        Assert.Equal(["default"], _changes);
        Assert.Equal(1, _store.Generation);
    }

    [Fact]
    public void Replaces_a_secret_and_tells_its_name()
    {
        _store.Put(Certificate("default"));
        var found = _store.Find("default")!;

        _store.Put(Certificate("default") with { Origin = "SDS" });

        Assert.Equal("test", found.Origin);
        Assert.Equal("SDS", _store.Find("default")?.Origin);
        Assert.Equal(2, _store.Generation);
        Assert.Equal(["default", "default"], _changes);
    }

    [Fact]
    public void The_same_secret_again_is_no_change()
    {
        _store.Put(Certificate("default"));
        _store.Put(Certificate("default"));

        Assert.Equal(1, _store.Generation);
        Assert.Equal(["default"], _changes);
    }

    [Fact]
    public void Removes_a_secret_once()
    {
        _store.Put(Certificate("default"));
        _store.Remove("default");
        _store.Remove("default");

        Assert.Null(_store.Find("default"));
        Assert.Equal(2, _store.Generation);
        Assert.Equal(["default", "default"], _changes);
    }

    [Fact]
    public void Whoever_is_told_of_a_change_finds_it()
    {
        string? origin = null;
        _store.Changed += name => origin = _store.Find(name)?.Origin;

        _store.Put(Certificate("default"));

        Assert.Equal("test", origin);
    }

    [Theory]
    [InlineData(nameof(Secret.Name))]
    [InlineData(nameof(Secret.Origin))]
    [InlineData(nameof(Secret.CertificateChain))]
    [InlineData(nameof(Secret.PrivateKey))]
    [InlineData(nameof(Secret.TrustBundles))]
    [InlineData(nameof(Secret.NotBefore))]
    [InlineData(nameof(Secret.NotAfter))]
    public void Secrets_compare_by_all_that_they_say(string property)
    {
        var one = Certificate("default");
        var other = property switch
        {
            nameof(Secret.Name) => one with { Name = "other" },
            nameof(Secret.Origin) => one with { Origin = "other" },
            nameof(Secret.CertificateChain) => one with { CertificateChain = "other"u8.ToArray() },
            nameof(Secret.PrivateKey) => one with { PrivateKey = "other"u8.ToArray() },
            nameof(Secret.TrustBundles) => one with { TrustBundles = Bundles("other") },
            nameof(Secret.NotBefore) => one with { NotBefore = DateTimeOffset.MinValue },
            _ => one with { NotAfter = DateTimeOffset.MaxValue },
        };

        Assert.NotEqual(one, other);
        Assert.Equal(one, Certificate("default"));
    }

    [Fact]
    public void Printing_a_secret_does_not_print_its_key() =>
        Assert.Equal("secret default from test, until 1970-01-02 00:00:00Z", Certificate("default").ToString());

    [Fact]
    public void A_key_is_wiped_where_it_came_from_and_when_nobody_has_it_any_more()
    {
        var left = Abandoned();
        GC.Collect();
        GC.WaitForPendingFinalizers();

        Assert.True(left.TryGetTarget(out var bytes));
        Assert.All(bytes, value => Assert.Equal(0, value));
    }

    [Fact]
    public void A_key_stays_while_somebody_reads_it()
    {
        var key = WipedKey.Move("a key"u8.ToArray()).Span;
        GC.Collect();
        GC.WaitForPendingFinalizers();

        Assert.Equal("a key", Encoding.ASCII.GetString(key));
    }

    // Apart, so that no local of the test keeps the key alive.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference<byte[]> Abandoned()
    {
        var given = "a key"u8.ToArray();
        var key = WipedKey.Move(given);
        Assert.All(given, value => Assert.Equal(0, value));
        Assert.Equal("a key", Encoding.ASCII.GetString(key.Span));
        Assert.True(System.Runtime.InteropServices.MemoryMarshal.TryGetArray(key, out var array));
        return new WeakReference<byte[]>(array.Array!, trackResurrection: true);
    }

    private static Secret Certificate(string name) => new()
    {
        Name = name,
        Origin = "test",
        CertificateChain = "chain"u8.ToArray(),
        PrivateKey = "key"u8.ToArray(),
        TrustBundles = Bundles("roots"),
        NotBefore = DateTimeOffset.UnixEpoch,
        NotAfter = DateTimeOffset.UnixEpoch.AddDays(1),
    };

    private static ImmutableDictionary<string, ReadOnlyMemory<byte>> Bundles(string text) =>
        ImmutableDictionary<string, ReadOnlyMemory<byte>>.Empty.Add(Secret.OwnTrustDomain, Encoding.ASCII.GetBytes(text));
}
