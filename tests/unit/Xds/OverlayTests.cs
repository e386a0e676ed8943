using System.Collections.Immutable;
using Intercept.Core.Problems;
using Intercept.Mesh;
using Intercept.Xds;
using Intercept.Xds.Reading;

namespace Intercept.Tests.Unit.Xds;

public sealed class OverlayTests
{
    private const string File = """
        node: { id: file, cluster: file }
        admin:
          address:
            socket_address: { address: 127.0.0.1, port_value: 15000 }
        static_resources:
          clusters:
            - name: below
              type: ORIGINAL_DST
              lb_policy: CLUSTER_PROVIDED
        """;

    [Fact]
    public void A_value_of_the_command_line_takes_the_place_of_the_files()
    {
        var snapshot = Accept("{ node: { id: line }, admin: { address: { socketAddress: { portValue: 15999 } } } }");

        Assert.Equal(new NodeIdentity("line", "file"), snapshot.Node);
        Assert.Equal("127.0.0.1:15999", $"{snapshot.Admin}");
    }

    [Fact]
    public void Lists_of_the_command_line_are_added_to_the_files()
    {
        var snapshot = Accept("static_resources: { clusters: [{ name: above, type: ORIGINAL_DST, lb_policy: CLUSTER_PROVIDED }] }");

        Assert.Equal(["above", "below"], snapshot.Clusters.Keys.Order());
    }

    [Fact]
    public void A_typed_message_of_the_command_line_takes_the_files_place_whole()
    {
        var merged = (MappingNode)DocumentMerge.Merge(Parsed("a: { '@type': t, b: 1, c: 2 }"), Parsed("a: { '@type': u, b: 3 }"));

        var message = Assert.IsType<MappingNode>(Assert.Single(merged.Entries).Value);
        Assert.Equal([("@type", "u"), ("b", "3")], message.Entries.Select(entry => (entry.Key, ((ScalarNode)entry.Value).Text)));
    }

    [Fact]
    public void The_node_of_the_flags_takes_the_place_of_both()
    {
        var result = BootstrapReader.Read(new BootstrapInput("f.yaml", File, "node: { id: line }", "flag", "flags"));

        Assert.Equal(new NodeIdentity("flag", "flags"), result.Snapshot!.Node);
    }

    [Fact]
    public void The_command_line_alone_is_a_configuration()
    {
        var result = BootstrapReader.Read(new BootstrapInput(null, null, "node: { id: alone }"));

        Assert.Equal("alone", result.Snapshot!.Node.Id);
    }

    [Fact]
    public void Problems_name_the_document_that_they_are_in_and_the_line_there()
    {
        var result = Reading(File.Replace("port_value: 15000", "port_value: 150000", StringComparison.Ordinal),
            "node:\n  id: x\n  idd: y\nstatic_resources:\n  clusters:\n    - name: above\n      type: SOMETHING");

        Assert.Equal(
            [("f.yaml", 4, "admin.address.socket_address.port_value"), ("--config-yaml", 3, "node.idd"), ("--config-yaml", 7, "static_resources.clusters[1].type")],
            result.Problems.Select(problem => (problem.Source, problem.Line, problem.Field)));
    }

    [Fact]
    public void A_field_twice_on_the_command_line_is_reported_there()
    {
        var problem = Assert.Single(Reading(File, "node:\n  id: x\n  id: y").Problems);

        Assert.Equal("--config-yaml:3: node.id is given twice, first on line 2 of --config-yaml; allowed: once", problem.ToString());
    }

    [Fact]
    public void Both_documents_are_parsed_before_either_is_given_up()
    {
        var result = Reading("node: {", "a: b: c");

        Assert.Equal(["f.yaml", "--config-yaml"], result.Problems.Select(problem => problem.Source));
    }

    private static ConfigNode Parsed(string text) => DocumentText.Parse("f.yaml", text, ImmutableArray.CreateBuilder<Problem>())!;

    private static BootstrapResult Reading(string file, string overlay) => BootstrapReader.Read(new BootstrapInput("f.yaml", file, overlay));

    private static MeshSnapshot Accept(string overlay)
    {
        var result = Reading(File, overlay);
        Assert.Empty(result.Problems);
        return result.Snapshot!;
    }
}
