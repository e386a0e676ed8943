using Intercept.Xds;

namespace Intercept.Tests.Unit.Xds;

/// <summary>Everything that is wrong is told at once, in the order of the text, and nothing is told twice.</summary>
public sealed class SeveralProblemsTests
{
    [Fact]
    public void Problems_of_every_kind_come_together_in_the_order_of_the_lines() => Broken.RefusesText(
        "x.yaml",
        """
        node: { id: one, §nickname: two }
        admin: { address: { socket_address: { address: §0.0.0.0, port_value: 15000 } } }
        static_resources:
          clusters:
            - name: local
              type: §STATICK
            - name: db
              connect_timeout: §5
              load_assignment:
                cluster_name: db
                endpoints:
                  - lb_endpoints:
                      - endpoint: { address: { socket_address: { address: §db.shop.svc, port_value: 5432 } } }
          listeners:
            - name: in
              address: { socket_address: { address: 127.0.0.1, port_value: §123456 } }
              filter_chains:
                - name: x
                  filters:
                    - name: tcp
                      typed_config:
                        "@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy
                        stat_prefix: x
                        cluster: §dbx
        """,
        new BadField("node.nickname", null, "is not a field of envoy.config.core.v3.Node", "id, cluster, metadata, locality"),
        new BadField("admin.address.socket_address.address", "0.0.0.0", "is reachable from outside: admin can stop the proxy", "127.0.0.1 or ::1"),
        new BadField("static_resources.clusters[0].type", "STATICK", "is not one of the names", "STATIC, STRICT_DNS, LOGICAL_DNS, EDS, ORIGINAL_DST"),
        new BadField("static_resources.clusters[1].connect_timeout", "5", "is not a duration", "seconds with 's', such as 5s or 0.25s"),
        new BadField(
            "static_resources.clusters[1].load_assignment.endpoints[0].lb_endpoints[0].endpoint.address.socket_address.address",
            "db.shop.svc",
            "is not an address",
            "an address; names need type STRICT_DNS"),
        new BadField("static_resources.listeners[0].address.socket_address.port_value", "123456", "is not a port", "a port from 1 to 65535"),
        new BadField(
            "static_resources.listeners[0].filter_chains[0].filters[0].typed_config.cluster",
            "dbx",
            "is not a cluster of this configuration; did you mean 'db'?",
            "the name of a cluster in static_resources.clusters"));

    [Fact]
    public void A_field_that_could_not_be_read_is_not_missing_as_well() => Broken.RefusesText(
        "x.yaml",
        "static_resources:\n  clusters:\n    - name: §[a]\n      type: STATIC\n",
        new BadField("static_resources.clusters[0].name", null, "is a list, not a value", "text (put numbers and true or false in quotes)"));

    [Fact]
    public void One_mistake_used_through_an_alias_in_two_places_is_told_for_both() => Broken.RefusesText(
        "x.yaml",
        """
        static_resources:
          clusters:
            - &a
              name: §a
              connect_timeout: §5
            - *a
        """,
        new BadField("static_resources.clusters[1].name", "a", "names two clusters", "names that differ"),
        new BadField("static_resources.clusters[0].connect_timeout", "5", "is not a duration", "seconds with 's', such as 5s or 0.25s"),
        new BadField("static_resources.clusters[1].connect_timeout", "5", "is not a duration", "seconds with 's', such as 5s or 0.25s"));

    [Fact]
    public void A_problem_reads_as_one_line()
    {
        var result = BootstrapReader.Read("/etc/intercept/bootstrap.yaml", "node: { id: one }\nstatic_resources: { clusters: [{ name: a, connect_timeout: 5 }] }\n");

        Assert.Equal(
            "/etc/intercept/bootstrap.yaml:2: static_resources.clusters[0].connect_timeout '5' is not a duration; allowed: seconds with 's', such as 5s or 0.25s",
            Assert.Single(result.Problems).ToString());
    }

    [Fact]
    public void Lines_of_JSON_are_found_as_well() => Broken.RefusesText(
        "x.json",
        "{\n  \"staticResources\": {\n    \"clusters\": [\n      {\"name\": \"a\",\n       \"connectTimeout\": §\"5\"}\n    ]\n  }\n}\n",
        new BadField("static_resources.clusters[0].connect_timeout", "5", "is not a duration", "seconds with 's', such as 5s or 0.25s"));
}
