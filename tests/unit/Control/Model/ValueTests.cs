using Intercept.Control.Model;

namespace Intercept.Tests.Unit.Control.Model;

public sealed class ValueTests
{
    [Fact]
    public void Lists_are_equal_by_what_is_in_them()
    {
        ValueList<string> one = ["a", "b"];
        Assert.Equal(one, ["a", "b"]);
        Assert.Equal(one.GetHashCode(), new[] { "a", "b" }.ToValueList().GetHashCode());
        Assert.NotEqual(one, ["b", "a"]);
        Assert.Equal(default(ValueList<string>), []);
    }

    [Fact]
    public void Maps_are_equal_whatever_the_order_they_were_written_in()
    {
        var one = Map(("b", 2), ("a", 1), ("B", 3));
        Assert.Equal(one, Map(("B", 3), ("a", 1), ("b", 2)));
        Assert.NotEqual(one, Map(("B", 3), ("a", 1), ("b", 4)));
        Assert.NotEqual(one, Map(("B", 3), ("a", 1)));
        Assert.Equal(["B", "a", "b"], one.Keys);
        Assert.Equal(default, Map());
    }

    [Fact]
    public void A_map_finds_every_name_of_it_and_no_other()
    {
        for (var size = 0; size < 9; size++)
        {
            var map = Map([.. Enumerable.Range(0, size).Select(i => ($"k{i * 2}", i))]);
            for (var i = 0; i < 2 * size + 2; i++)
            {
                Assert.Equal(i % 2 == 0 && i < 2 * size, map.TryGetValue($"k{i}", out var value));
                Assert.Equal(map.ContainsKey($"k{i}") ? i / 2 : 0, value);
            }
        }
    }

    [Fact]
    public void Where_a_resource_is_written_does_not_make_it_another()
    {
        var here = new MeshNamespace("shop", default, new Origin("a.yaml", 1));
        Assert.Equal(here, here with { Origin = new Origin("b.yaml", 7) });
    }

    [Fact]
    public void A_selector_wants_all_of_its_labels_and_no_more()
    {
        var selector = new WorkloadSelector(Labels(("app", "web"), ("version", "v1")));
        Assert.True(selector.Matches(Labels(("app", "web"), ("tier", "front"), ("version", "v1"))));
        Assert.False(selector.Matches(Labels(("app", "web"))));
        Assert.False(selector.Matches(Labels(("app", "web"), ("version", "v2"))));
        Assert.True(new WorkloadSelector(default).Matches(default));
    }

    private static ValueMap<int> Map(params (string Key, int Value)[] entries) =>
        new(entries.Select(entry => KeyValuePair.Create(entry.Key, entry.Value)));

    private static ValueMap<string> Labels(params (string Key, string Value)[] entries) =>
        new(entries.Select(entry => KeyValuePair.Create(entry.Key, entry.Value)));
}
