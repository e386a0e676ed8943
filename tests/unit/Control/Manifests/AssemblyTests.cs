using Intercept.Control.Model;
using Intercept.Control.Model.Services;
using static Intercept.Tests.Unit.Control.Manifests.ManifestTexts;

namespace Intercept.Tests.Unit.Control.Manifests;

/// <summary>How services come by their endpoints.</summary>
public sealed class AssemblyTests
{
    private const string Web = "clusterIP: 10.96.0.1\nselector: {app: web}\nports: [{name: http, port: 80, targetPort: web}]";

    [Fact]
    public void A_service_without_slices_has_the_pods_that_it_selects()
    {
        var model = Assembled(Of("Service", Web, "web"), Pod("a", "10.1.0.1", "web", 8080), Pod("b", "10.1.0.2", "web", 8081), Pod("c", "10.1.0.3", "db", 8080));
        Assert.Equal(["10.1.0.1:8080 a", "10.1.0.2:8081 b"], EndpointsOf(model, 80));
    }

    [Fact]
    public void A_pod_without_the_named_port_is_no_endpoint()
    {
        var model = Assembled(Of("Service", Web, "web"), Pod("a", "10.1.0.1", "web", 8080).Replace("name: web", "name: other", StringComparison.Ordinal));
        Assert.Empty(EndpointsOf(model, 80));
    }

    [Fact]
    public void A_pod_that_is_not_ready_is_an_endpoint_that_is_not_ready()
    {
        var pod = Pod("a", "10.1.0.1", "web", 8080).Replace("phase: Running", "phase: Running, conditions: [{type: Ready, status: 'False'}]", StringComparison.Ordinal);
        Assert.Equal(EndpointHealth.NotReady, Assembled(Of("Service", Web, "web"), pod).Endpoints.Values.Single().Of(80)[0].Health);
        Assert.Equal(EndpointHealth.Ready, Assembled(Of("Service", $"{Web}\npublishNotReadyAddresses: true", "web"), pod).Endpoints.Values.Single().Of(80)[0].Health);
    }

    [Fact]
    public void Slices_come_before_the_selector()
    {
        var model = Assembled(Of("Service", Web, "web"), Pod("a", "10.1.0.1", "web", 8080), Pod("b", "10.1.0.2", "web", 8080), """
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: web-1, namespace: shop, labels: {kubernetes.io/service-name: web}}
            addressType: IPv4
            ports: [{name: http, port: 8080, protocol: TCP}, {name: other, port: 1}]
            endpoints:
            - {addresses: [10.1.0.2], conditions: {ready: true}, targetRef: {kind: Pod, name: b}}
            - {addresses: [10.9.9.9], conditions: {ready: false, serving: true, terminating: true}, zone: z}
            """);
        Assert.Equal(["10.1.0.2:8080 b", "10.9.9.9:8080"], EndpointsOf(model, 80));
        var last = model.Endpoints.Values.Single().Of(80)[1];
        Assert.Equal((EndpointHealth.Draining, "/z", false, null), (last.Health, last.Locality, last.IsMeshed, last.ServiceAccount));
    }

    [Fact]
    public void A_machine_is_an_endpoint_of_the_services_that_select_it()
    {
        var model = Assembled(Of("Service", Web, "web"), Of("WorkloadEntry", "address: 10.2.0.1\nports: {http: 9000}\nlabels: {app: web}\nserviceAccount: web-account", "vm"));
        Assert.Equal(["10.2.0.1:9000 vm"], EndpointsOf(model, 80));
        var endpoint = model.Endpoints.Values.Single().Of(80)[0];
        Assert.Equal(("web-account", true), (endpoint.ServiceAccount, endpoint.IsMeshed));
    }

    [Fact]
    public void A_service_entry_is_a_service_for_each_of_its_hosts()
    {
        var model = Assembled(Of("ServiceEntry", "hosts: [a.com, b.com]\nports: [{number: 443, name: tls, protocol: TLS}]\nresolution: DNS"));
        Assert.Equal(["a.com", "b.com"], model.Services.Select(service => service.Host));
        Assert.All(model.Services, service => Assert.Equal($"{service.Host}:443", EndpointText(model.EndpointsOf(service).Of(443)[0])));
        Assert.All(model.Services, service => Assert.True(service.IsExternal));
    }

    [Fact]
    public void A_service_entry_selects_pods_too()
    {
        var model = Assembled(
            Of("ServiceEntry", "hosts: [web.example.com]\nports: [{number: 80, name: http, targetPort: 8080}]\nresolution: STATIC\nlocation: MESH_INTERNAL\nworkloadSelector: {labels: {app: web}}"),
            Pod("a", "10.1.0.1", "web", 8080));
        Assert.Equal(["10.1.0.1:8080 a"], EndpointsOf(model, 80));
    }

    [Fact]
    public void A_service_entry_with_resolution_NONE_has_no_endpoints() =>
        Assert.Empty(EndpointsOf(Assembled(Of("ServiceEntry", "hosts: ['*.a.com']\nports: [{number: 443, name: tls}]\nresolution: NONE")), 443));

    [Fact]
    public void An_external_name_is_resolved_by_the_proxy()
    {
        var model = Assembled(Of("Service", "type: ExternalName\nexternalName: db.example.com\nports: [{port: 5432}]", "db"));
        Assert.Equal(ServiceResolution.Dns, model.Services[0].Resolution);
        Assert.Equal(["db.example.com:5432"], EndpointsOf(model, 5432));
    }

    [Fact]
    public void A_service_of_one_family_has_endpoints_of_it()
    {
        var pod = Pod("a", "10.1.0.1", "web", 8080).Replace("podIP: 10.1.0.1", "podIPs: [{ip: 10.1.0.1}, {ip: 'fd00::1'}]", StringComparison.Ordinal);
        Assert.Equal(["10.1.0.1:8080 a"], EndpointsOf(Assembled(Of("Service", Web, "web"), pod), 80));
        Assert.Equal(["fd00::1:8080 a"], EndpointsOf(Assembled(Of("Service", Web.Replace("10.96.0.1", "fd96::1", StringComparison.Ordinal), "web"), pod), 80));
    }

    [Fact]
    public void The_order_of_the_texts_makes_no_other_model()
    {
        string[] texts = [Of("Service", Web, "web"), Pod("a", "10.1.0.1", "web", 8080), Pod("b", "10.1.0.2", "web", 8080), Of("PeerAuthentication", "mtls: {mode: STRICT}")];
        Assert.Equal(Assembled(texts), Assembled([.. texts.Reverse()]));
        Assert.NotEqual(Assembled(texts), Assembled(texts[1..]));
    }

    [Fact]
    public void A_namespace_that_nobody_describes_is_there() =>
        Assert.Equal(["shop"], Assembled(Of("PeerAuthentication", "mtls: {mode: STRICT}")).Namespaces.Keys);

    private static string Pod(string name, string address, string app, int port) => $$"""
        apiVersion: v1
        kind: Pod
        metadata: {name: {{name}}, namespace: shop, labels: {app: {{app}} } }
        spec: {containers: [{name: c, ports: [{name: web, containerPort: {{port}} }]}]}
        status: {phase: Running, podIP: {{address}} }
        """;

    private static IEnumerable<string> EndpointsOf(MeshModel model, int port) => model.EndpointsOf(Assert.Single(model.Services)).Of(port).Select(EndpointText);

    private static string EndpointText(ServiceEndpoint endpoint) => $"{endpoint.Address}:{endpoint.Port} {endpoint.Workload?.Name}".TrimEnd();
}
