using System.Diagnostics;
using System.Text;
using Intercept.Xds;

namespace Intercept.Tests.Unit.Xds;

/// <summary>Text that is no document, and documents made to exhaust their reader.</summary>
public sealed class BadDocumentTests
{
    private const string Document = "(document)";

    [Theory]
    [InlineData("empty.yaml", "§")]
    [InlineData("empty.yaml", "§\n\n# only a comment\n")]
    [InlineData("empty.json", "§")]
    [InlineData("empty.json", "§ \n\t ")]
    public void An_empty_file_is_no_bootstrap(string file, string text) =>
        Broken.RefusesText(file, text, new BadField(Document, null, "is empty", "an Envoy v3 bootstrap"));

    [Theory]
    [InlineData("x.yaml", "---\n\n§", null, "is empty, not a mapping")]
    [InlineData("x.yaml", "§- a\n- b\n", null, "is a list, not a mapping")]
    [InlineData("x.yaml", "§hello\n", "hello", "is a single value, not a mapping")]
    [InlineData("x.json", "\n§[]", null, "is a list, not a mapping")]
    [InlineData("x.json", "§17", "17", "is a single value, not a mapping")]
    public void The_root_is_a_mapping(string file, string text, string? value, string why) =>
        Broken.RefusesText(file, text, new BadField(Document, value, why, "fields with values"));

    [Theory]
    [InlineData("node:\n  id: a\n§ cluster: c\n")]
    [InlineData("node: {}\nadmin:\n  address: a\n§    b: c\n")]
    [InlineData("node: §{ id: a\nstatic_resources: {}\n")]
    [InlineData("static_resources: {}\nnode:§\n\tid: a\n")]
    [InlineData("node: {}\n§id: \"a\n")]
    [InlineData("node: {}\n§]: a\n")]
    public void A_YAML_error_is_named_with_its_line(string marked)
    {
        var (text, line) = (marked.Replace("§", "", StringComparison.Ordinal), marked[..marked.IndexOf('§', StringComparison.Ordinal)].Count(c => c == '\n') + 1);
        var problem = Assert.Single(BootstrapReader.Read("x.yaml", text).Problems);

        Assert.Equal(("x.yaml", line, Document), (problem.Source, problem.Line, problem.Field));
        Assert.StartsWith("is not well-formed YAML: ", problem.Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\n  \"node\": {}\n§  \"admin\": {}\n}")]
    [InlineData("{\n§  // a comment\n}")]
    [InlineData("{\n  \"node\": {},\n§}")]
    [InlineData("{\n  \"node\": §}")]
    [InlineData("{\n  \"node\": §nul\n}")]
    [InlineData("{\n  \"node\": §'a'\n}")]
    [InlineData("{\n  \"node\": {}\n§")]
    [InlineData("{}\n§{}")]
    [InlineData("{\n\"a\": {},\n\"node\": {\"id\": §\"\\ud800\"}\n}")]
    [InlineData("{\n\"a\": {},\n§\"\\udc00\": {}\n}")]
    public void A_JSON_error_is_named_with_its_line(string marked)
    {
        var (text, line) = (marked.Replace("§", "", StringComparison.Ordinal), marked[..marked.IndexOf('§', StringComparison.Ordinal)].Count(c => c == '\n') + 1);
        var problem = Assert.Single(BootstrapReader.Read("x.json", text).Problems);

        Assert.Equal(("x.json", line, Document), (problem.Source, problem.Line, problem.Field));
        Assert.Matches("^(is not well-formed JSON: .|ends too early|holds a second JSON value|holds text that is not valid Unicode)", problem.Why);
    }

    [Fact]
    public void There_is_one_YAML_document() => Broken.RefusesText(
        "x.yaml", "node: {}\n§---\nnode: {}\n", new BadField(Document, null, "holds a second YAML document", "one document"));

    [Theory]
    [InlineData("§node: !include other.yaml\n", "has the YAML tag '!include', which is not supported")]
    [InlineData("node:\n  id: §!!binary aGk=\n", "has the YAML tag 'tag:yaml.org,2002:binary', which is not supported")]
    [InlineData("node: {}\nadmin: §*nowhere\n", "refers to the anchor 'nowhere', which is not defined before it")]
    [InlineData("node: &a\n  metadata: { x: §*a }\n", "refers to the anchor 'a', which is not defined before it")]
    public void Tags_and_loose_aliases_are_refused(string text, string why) =>
        Broken.RefusesText("x.yaml", text, new BadField(Document, null, why, null));

    [Fact]
    public void A_key_is_text() => Broken.RefusesText(
        "x.yaml", "node: {}\n§? [a, b]\n: c\n", new BadField(Document, null, "has a key that is not text", "the name of a field"));

    [Theory]
    [InlineData("x.yaml", "node: { id: a }\n\n§node: { id: b }\n", "node", 1)]
    [InlineData("x.yaml", "static_resources: {}\n§staticResources: {}\n", "static_resources", 1)]
    [InlineData("x.json", "{\"node\": {\n\"id\": \"a\",\n§\"id\": \"b\"}}", "node.id", 2)]
    [InlineData("x.yaml", "node:\n  metadata:\n    a: 1\n§    a: 2\n", "node.metadata.a", 0)]
    public void A_field_given_twice_is_refused_where_it_comes_again(string file, string text, string path, int first) => Broken.RefusesText(
        file, text, new BadField(path, null, first == 0 ? "is given twice" : $"is given twice, first on line {first}", "once"));

    [Fact]
    public void A_policy_given_twice_is_refused_where_it_comes_again() => Broken.Refuses(
        "                      principals:\n",
        "                      principals: [{ any: true }]\n§                    shop:\n                      permissions: [{ any: true }]\n                      principals:\n",
        new BadField("static_resources.listeners[1].filter_chains[0].filters[0].typed_config.rules.policies[\"shop\"]", null, "is given twice", "once"));

    [Fact]
    public void A_type_given_twice_is_refused_where_it_comes_again() => Broken.Refuses(
        "                stat_prefix: policy\n",
        "                stat_prefix: policy\n§                \"@type\": type.googleapis.com/envoy.extensions.filters.network.rbac.v3.RBAC\n",
        new BadField("static_resources.listeners[1].filter_chains[0].filters[0].typed_config.@type", null, "is given twice, first on line 71", "once"));

    [Theory]
    [InlineData("x.yaml", '[')]
    [InlineData("x.yaml", '{')]
    [InlineData("x.json", '[')]
    public void Deep_nesting_is_refused_before_it_can_do_harm(string file, char open)
    {
        var text = new StringBuilder("{\"node\": ");
        for (var i = 0; i < 100_000; i++)
        {
            text.Append(open == '[' ? "[" : "{\"a\": ");
        }

        var problem = Assert.Single(BootstrapReader.Read(file, text.ToString()).Problems);
        Assert.Contains("64", problem.Why, StringComparison.Ordinal);
        Assert.Equal(1, problem.Line);
    }

    [Fact]
    public void Aliases_cannot_nest_deeper_than_text_can()
    {
        // Each anchor is 30 levels around the one before it: 40 of them are 1200 levels, in a text 33 levels deep.
        var text = new StringBuilder("node:\n  metadata:\n    a0: &a0 { any: true }\n");
        for (var i = 1; i <= 40; i++)
        {
            text.Append($"    a{i}: &a{i} ");
            text.Insert(text.Length, "{ not_rule: ", 30).Append($"*a{i - 1} ").Insert(text.Length, "}", 30).Append('\n');
        }

        var rbac = Bootstraps.Text("complete.yaml").Replace("node: { id: one, cluster: c }\n", text.ToString(), StringComparison.Ordinal)
            .Replace("- destination_port: 5432\n                      principals", "- *a40\n                      principals", StringComparison.Ordinal);
        var problem = Assert.Single(BootstrapReader.Read("x.yaml", rbac).Problems);
        Assert.Equal("is nested deeper than 64 levels", problem.Why);
        Assert.Equal(6, problem.Line);
    }

    [Fact]
    public void Aliases_that_multiply_are_refused_at_once()
    {
        var text = new StringBuilder("node:\n  metadata:\n    a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (var i = 1; i <= 30; i++)
        {
            text.Append($"    a{i}: &a{i} [*a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}]\n");
        }

        var watch = Stopwatch.StartNew();
        var problem = Assert.Single(BootstrapReader.Read("x.yaml", text.ToString()).Problems);
        Assert.Matches("^expands to more than [0-9]+ values$", problem.Why);
        Assert.True(watch.Elapsed < Patience.WithATask, $"it took {watch.Elapsed}");
    }

    [Fact]
    public void Tens_of_thousands_of_problems_are_all_told_and_soon()
    {
        var text = new StringBuilder("node:\n  metadata: { f: &f { nonsense: 1 }, g: &g [").AppendJoin(", ", Enumerable.Repeat("*f", 900)).Append("] }\n");
        text.Append("static_resources:\n  listeners:\n").Insert(text.Length, "    - { filter_chains: *g }\n", 30);
        var watch = Stopwatch.StartNew();

        Assert.Equal(30 * 900, BootstrapReader.Read("x.yaml", text.ToString()).Problems.Count(problem => problem.Field.EndsWith(".nonsense", StringComparison.Ordinal)));
        Assert.True(watch.Elapsed < Patience.WithATask, $"it took {watch.Elapsed}");
    }
}
