using Intercept.Control.Manifests;

namespace Intercept.Tests.Unit.Control.Manifests;

/// <summary>proxy/MANIFESTS.md and the code say the same of every kind.</summary>
public sealed class ManifestsPageTests
{
    private static readonly string[] _page = File.ReadAllLines(Path.Combine(Repository.Root, "proxy/MANIFESTS.md"));

    [Fact]
    public void Names_every_kind_that_is_read_and_no_other() =>
        Assert.Equal(ManifestKinds.All.Select(kind => $"| {kind.Kind} | {(kind.Group.Length == 0 ? "core" : kind.Group)} |"), Rows("## Read"));

    [Fact]
    public void Names_every_kind_that_is_refused_with_the_reason() =>
        Assert.Equal(ManifestKinds.Refused.Select(Row), Rows("## Refused"));

    [Fact]
    public void Names_every_kind_without_effect_with_the_reason() =>
        Assert.Equal(ManifestKinds.WithoutEffect.Select(Row), Rows("## Read over, with a warning"));

    private static string Row(UnreadKind kind) => $"| {kind.Kind} | {kind.Group} | {kind.Why} |";

    private static IEnumerable<string> Rows(string heading) =>
        _page.SkipWhile(line => line != heading).Skip(1).TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| kind ", StringComparison.Ordinal));
}
