using System.Text.Json;
using Intercept.Tests.Unit.Proxy;
using Intercept.Xds.Certificates;
using Intercept.Xds.Sidecars;

namespace Intercept.Tests.Unit.Xds.Sidecars;

public sealed class SidecarEnvironmentTests : IDisposable
{
    private readonly TemporaryFolder _root = new();

    private readonly Dictionary<string, string> _variables = new()
    {
        ["POD_NAME"] = "cart-7d9f-abcde",
        ["POD_NAMESPACE"] = "shop",
        ["INSTANCE_IP"] = "10.1.2.3",
        ["SERVICE_ACCOUNT"] = "cart",
    };

    public void Dispose() => _root.Dispose();

    [Fact]
    public void A_pods_name_namespace_address_and_account_are_all_that_it_needs()
    {
        var configuration = Good();

        Assert.Equal("spiffe://cluster.local/ns/shop/sa/cart", configuration.Identity.Text);
        var controlPlane = configuration.ControlPlane;
        Assert.Equal("istiod.istio-system.svc:15012", controlPlane.Address);
        Assert.Equal(_root["var/run/secrets/istio/root-cert.pem"], controlPlane.TrustPath);
        Assert.Equal(_root["var/run/secrets/tokens/istio-token"], controlPlane.TokenPath);
        Assert.Equal("Kubernetes", controlPlane.ClusterId);
        Assert.Equal("sidecar~10.1.2.3~cart-7d9f-abcde.shop~shop.svc.cluster.local", controlPlane.Node.Id);
        Assert.Equal("istio-proxy", controlPlane.Node.Cluster);
        var ca = Assert.IsType<IstioCaOptions>(configuration.Certificates);
        Assert.Equal("istiod.istio-system.svc:15012", $"{ca.Address}");
        Assert.Equal(configuration.Identity, ca.Identity);
        Assert.Equal(controlPlane.TrustPath, ca.TrustPath);
        Assert.Equal(controlPlane.TokenPath, ca.TokenPath);
        Assert.Equal("Kubernetes", ca.ClusterId);
        Assert.Equal(TimeSpan.FromHours(24), ca.Lifetime);
    }

    [Fact]
    public void The_metadata_says_what_istiod_reads()
    {
        var metadata = Metadata();

        Assert.Equal("cart-7d9f-abcde", metadata.GetProperty("NAME").GetString());
        Assert.Equal("shop", metadata.GetProperty("NAMESPACE").GetString());
        Assert.Equal("cart", metadata.GetProperty("SERVICE_ACCOUNT").GetString());
        Assert.Equal("10.1.2.3", metadata.GetProperty("INSTANCE_IPS").GetString());
        Assert.Equal("Kubernetes", metadata.GetProperty("CLUSTER_ID").GetString());
        Assert.Equal("REDIRECT", metadata.GetProperty("INTERCEPTION_MODE").GetString());
        Assert.Equal("tcp", metadata.GetProperty("INTERCEPT_PROTOCOLS").GetString());
    }

    [Fact]
    public void Metadata_of_the_environment_is_passed_on_and_wins()
    {
        _variables["ISTIO_META_CLUSTER_ID"] = "east";
        _variables["ISTIO_META_NETWORK"] = "net-1";
        _variables["ISTIO_META_INTERCEPTION_MODE"] = "TPROXY";
        _variables["ISTIO_METAJSON_METRICS"] = """{"TELEMETRY":{"depth":2,"on":true},"TAGS":["a","b"]}""";

        var metadata = Metadata();

        Assert.Equal("east", metadata.GetProperty("CLUSTER_ID").GetString());
        Assert.Equal("net-1", metadata.GetProperty("NETWORK").GetString());
        Assert.Equal("TPROXY", metadata.GetProperty("INTERCEPTION_MODE").GetString());
        Assert.Equal(2, metadata.GetProperty("TELEMETRY").GetProperty("depth").GetInt32());
        Assert.True(metadata.GetProperty("TELEMETRY").GetProperty("on").GetBoolean());
        Assert.Equal(2, metadata.GetProperty("TAGS").GetArrayLength());
        Assert.Equal("east", Good().ControlPlane.ClusterId);
    }

    [Theory]
    [InlineData("""{"discoveryAddress":"istiod-canary.istio-system.svc:15012","meshId":"m1","serviceCluster":"carts","proxyMetadata":{"ISTIO_META_DNS_CAPTURE":"true","TRUST_DOMAIN":"example.org"}}""")]
    [InlineData("discoveryAddress: istiod-canary.istio-system.svc:15012\nmeshId: m1\nserviceCluster: carts\nproxyMetadata:\n  ISTIO_META_DNS_CAPTURE: \"true\"\n  TRUST_DOMAIN: example.org\n")]
    public void The_meshs_configuration_names_the_control_plane(string text)
    {
        _variables["PROXY_CONFIG"] = text;

        var configuration = Good();
        var metadata = Metadata();

        Assert.Equal("istiod-canary.istio-system.svc:15012", configuration.ControlPlane.Address);
        Assert.Equal("istiod-canary.istio-system.svc:15012", $"{Assert.IsType<IstioCaOptions>(configuration.Certificates).Address}");
        Assert.Equal("carts", configuration.ControlPlane.Node.Cluster);
        Assert.Equal("spiffe://example.org/ns/shop/sa/cart", configuration.Identity.Text);
        Assert.Equal("m1", metadata.GetProperty("MESH_ID").GetString());
        Assert.Equal("true", metadata.GetProperty("DNS_CAPTURE").GetString());
        Assert.Equal("carts", metadata.GetProperty("PROXY_CONFIG").GetProperty("serviceCluster").GetString());
    }

    [Fact]
    public void Labels_and_annotations_come_from_the_downward_files()
    {
        Directory.CreateDirectory(_root["etc/istio/pod"]);
        File.WriteAllText(_root["etc/istio/pod/labels"], "app=\"cart\"\nistio-locality=\"eu.eu-1.rack-2\"\n");
        File.WriteAllText(_root["etc/istio/pod/annotations"], "note=\"says \\\"hello\\\"\\n\"\n");

        var node = Good().ControlPlane.Node;
        var metadata = Metadata();

        Assert.Equal("cart.shop", node.Cluster);
        Assert.Equal(new Intercept.Xds.NodeLocality("eu", "eu-1", "rack-2"), node.Locality);
        Assert.Equal("cart", metadata.GetProperty("LABELS").GetProperty("app").GetString());
        Assert.Equal("says \"hello\"\n", metadata.GetProperty("ANNOTATIONS").GetProperty("note").GetString());
    }

    [Fact]
    public void The_CA_may_be_elsewhere_and_asked_for_less()
    {
        _variables["CA_ADDR"] = "ca.example.org:443";
        _variables["CA_ROOT_CA"] = "/etc/ca.pem";
        _variables["ALT_CA_HOSTNAME"] = "ca.internal";
        _variables["AUTH_TOKEN"] = "/etc/token";
        _variables["SECRET_TTL"] = "1h30m";
        _variables["CA_HEADER_X-Tenant"] = "a";

        var configuration = Good();

        var ca = Assert.IsType<IstioCaOptions>(configuration.Certificates);
        Assert.Equal("ca.example.org:443", $"{ca.Address}");
        Assert.Equal("/etc/ca.pem", ca.TrustPath);
        Assert.Equal("ca.internal", ca.ServerName);
        Assert.Equal("/etc/token", ca.TokenPath);
        Assert.Equal(TimeSpan.FromMinutes(90), ca.Lifetime);
        Assert.Equal("a", ca.Headers["x-tenant"]);
        Assert.Equal(_root["var/run/secrets/istio/root-cert.pem"], configuration.ControlPlane.TrustPath);
    }

    [Theory]
    [InlineData("unix:///run/intercept/xds.sock", null)]
    [InlineData("127.0.0.1:15010", null)]
    [InlineData("localhost:15010", null)]
    [InlineData("127.0.0.1:15012", "var/run/secrets/istio/root-cert.pem")]
    [InlineData("istiod.istio-system.svc:15010", "var/run/secrets/istio/root-cert.pem")]
    public void Only_this_host_is_spoken_to_in_clear_text(string address, string? trust)
    {
        _variables["XDS_ADDRESS"] = address;

        Assert.Equal(trust is null ? null : _root[trust], Good().ControlPlane.TrustPath);
    }

    [Fact]
    public void A_Unix_socket_needs_no_token()
    {
        _variables["XDS_ADDRESS"] = "unix:///run/intercept/xds.sock";

        Assert.Null(Good().ControlPlane.TokenPath);
    }

    [Theory]
    [InlineData("unix:///run/spire/agent.sock", "unix:/run/spire/agent.sock")]
    [InlineData("tcp://127.0.0.1:8000", "127.0.0.1:8000")]
    public void A_Workload_API_is_used_where_the_environment_names_one(string socket, string address)
    {
        _variables["SPIFFE_ENDPOINT_SOCKET"] = socket;

        Assert.Equal(address, $"{Assert.IsType<WorkloadApiOptions>(Good().Certificates).Address}");
    }

    [Fact]
    public void The_agents_socket_is_used_where_it_is_mounted()
    {
        Directory.CreateDirectory(_root["var/run/secrets/workload-spiffe-uds"]);
        File.WriteAllText(_root["var/run/secrets/workload-spiffe-uds/socket"], "");

        var sds = Assert.IsType<SdsOptions>(Good().Certificates);

        Assert.Equal(_root["var/run/secrets/workload-spiffe-uds/socket"], sds.Address.Path);
        Assert.Equal("sidecar~10.1.2.3~cart-7d9f-abcde.shop~shop.svc.cluster.local", sds.NodeId);
    }

    [Theory]
    [InlineData("kubernetes", "var/run/secrets/kubernetes.io/serviceaccount/ca.crt")]
    [InlineData("custom", "etc/certs/root-cert.pem")]
    public void The_provider_of_the_control_planes_certificate_says_where_its_root_is(string provider, string path)
    {
        _variables["PILOT_CERT_PROVIDER"] = provider;

        Assert.Equal(_root[path], Good().ControlPlane.TrustPath);
    }

    [Theory]
    [InlineData("INSTANCE_IP", "pod", "environment: INSTANCE_IP 'pod' is not an IP address; allowed: 10.1.2.3 or fd00::1")]
    [InlineData("INSTANCE_IP", "", "environment: INSTANCE_IP is not set; allowed: the pod's IP address")]
    [InlineData("SERVICE_ACCOUNT", "a b", "environment: POD_NAMESPACE, SERVICE_ACCOUNT 'spiffe://cluster.local/ns/shop/sa/a b' is not a SPIFFE ID; allowed: the names of Kubernetes' objects")]
    [InlineData("TRUST_DOMAIN", "Cluster", "environment: TRUST_DOMAIN 'Cluster' is not a trust domain; allowed: lower-case letters, digits, '.', '-' and '_'")]
    [InlineData("XDS_ADDRESS", "istiod", "environment: XDS_ADDRESS 'istiod' is not an address; allowed: host:port, [IPv6]:port or unix:/path")]
    [InlineData("CA_ADDR", "istiod", "environment: CA_ADDR 'istiod' is not an address; allowed: host:port, [IPv6]:port or unix:/path")]
    [InlineData("CA_PROVIDER", "GoogleCAS", "environment: CA_PROVIDER 'GoogleCAS' is not supported; allowed: Citadel")]
    [InlineData("XDS_ROOT_CA", "SYSTEM", "environment: XDS_ROOT_CA 'SYSTEM' is not supported: every public authority could speak for the control plane; allowed: the path of a PEM file")]
    [InlineData("PILOT_CERT_PROVIDER", "none", "environment: PILOT_CERT_PROVIDER 'none' is not supported; allowed: istiod, kubernetes or custom")]
    [InlineData("JWT_POLICY", "none", "environment: JWT_POLICY 'none' is not supported; allowed: third-party-jwt or first-party-jwt")]
    [InlineData("AUTH_TOKEN", "eyJh", "environment: AUTH_TOKEN is not a path; allowed: the path of the file with the token, which rotates")]
    [InlineData("SECRET_TTL", "a day", "environment: SECRET_TTL 'a day' is not a duration of a second or more; allowed: 24h, 1h30m, 90s")]
    [InlineData("SECRET_TTL", "0", "environment: SECRET_TTL '0' is not a duration of a second or more; allowed: 24h, 1h30m, 90s")]
    [InlineData("SPIFFE_ENDPOINT_SOCKET", "/run/agent.sock", "environment: SPIFFE_ENDPOINT_SOCKET '/run/agent.sock' is not where a Workload API listens; allowed: unix:///path or tcp://IP:port")]
    [InlineData("PROXY_CONFIG", "discoveryAddress: istiod", "environment: PROXY_CONFIG.discoveryAddress 'istiod' is not an address; allowed: host:port, [IPv6]:port or unix:/path")]
    [InlineData("PROXY_CONFIG", "text", "PROXY_CONFIG:1: PROXY_CONFIG is a single value, not a mapping; allowed: names with values")]
    [InlineData("ISTIO_METAJSON_X", "[1]", "environment:1: ISTIO_METAJSON_X is a list, not a mapping; allowed: names with values")]
    public void Says_what_is_wrong_where_and_what_is_allowed(string name, string value, string problem)
    {
        _variables[name] = value;

        var result = SidecarEnvironment.Read(new SidecarInput(_variables, _root[""]));

        Assert.Null(result.Configuration);
        Assert.Equal([problem], result.Problems.Select(found => $"{found}"));
    }

    [Fact]
    public void Says_all_that_is_wrong_at_once()
    {
        _variables.Clear();
        _variables["PROXY_CONFIG"] = "discoveryAddress: [";
        _variables["ISTIO_METAJSON_X"] = "{";
        _variables["TRUST_DOMAIN"] = "?";
        _variables["XDS_ADDRESS"] = "?";

        var result = SidecarEnvironment.Read(new SidecarInput(_variables, _root[""]));

        Assert.Equal(
            ["(document)", "(document)", "INSTANCE_IP", "POD_NAME", "POD_NAMESPACE", "SERVICE_ACCOUNT", "TRUST_DOMAIN", "XDS_ADDRESS"],
            result.Problems.Select(problem => problem.Field).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_downward_file_that_cannot_be_read_is_told_with_its_path()
    {
        Directory.CreateDirectory(_root["etc/istio/pod"]);
        File.WriteAllText(_root["etc/istio/pod/labels"], "app=cart\n");

        var result = SidecarEnvironment.Read(new SidecarInput(_variables, _root[""]));

        Assert.Equal([$"{_root["etc/istio/pod/labels"]}: LABELS has the line 'app=cart'; allowed: name=\"value\", a line each"], result.Problems.Select(problem => $"{problem}"));
    }

    [Fact]
    public void Knows_the_environment_of_a_sidecar_from_any_other()
    {
        Assert.True(SidecarEnvironment.IsGiven(_variables));
        Assert.False(SidecarEnvironment.IsGiven(new Dictionary<string, string> { ["PATH"] = "/bin" }));
    }

    private SidecarConfiguration Good()
    {
        var result = SidecarEnvironment.Read(new SidecarInput(_variables, _root[""]));
        Assert.Empty(result.Problems);
        return result.Configuration!;
    }

    private JsonElement Metadata() => JsonDocument.Parse(Good().ControlPlane.Node.Metadata).RootElement;
}
