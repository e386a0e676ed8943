using Intercept.Core.Problems;
using Intercept.Xds.Discovery;

namespace Intercept.Tests.Unit.Xds.Discovery;

public sealed class RefusalTests
{
    [Fact]
    public void A_flood_of_reasons_is_bounded_and_says_how_many_more_there_are()
    {
        var problems = Enumerable.Range(0, 10_000).Select(i => new Problem($"Cluster 'c{i}'", 0, "name", null, "is wrong", null)).ToList();
        var text = Refusal.Text(problems)!;

        Assert.InRange(text.Length, 3000, 5000);
        Assert.StartsWith("Cluster 'c0': name is wrong; Cluster 'c1': name is wrong; ", text, StringComparison.Ordinal);
        var told = text.Split("; ").Length - 1;
        Assert.EndsWith($"; and {10_000 - told} more", text, StringComparison.Ordinal);
    }

    [Fact]
    public void One_endless_reason_is_cut()
    {
        var problem = new Problem("Cluster 'a'", 0, "name", new string('x', 1_000_000), "is wrong", null);

        Assert.InRange(Refusal.Text([problem])!.Length, 3000, 5000);
    }

    [Fact]
    public void Nothing_wrong_is_no_refusal() => Assert.Null(Refusal.Text([]));
}
