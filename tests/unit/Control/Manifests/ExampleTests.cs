extern alias full;

using full::k8s;
using full::k8s.Models;
using Intercept.Control.Manifests.Folder;
using Intercept.Control.Model;
using Intercept.Control.Model.Security;

namespace Intercept.Tests.Unit.Control.Manifests;

/// <summary>The examples are what Kubernetes takes, and what they say is what is read.</summary>
public sealed class ExampleTests
{
    private static readonly string _folder = Path.Combine(Repository.Root, "deploy/examples/shop");

    private static readonly Dictionary<string, Type> _kinds = new()
    {
        ["v1/Namespace"] = typeof(V1Namespace),
        ["v1/ServiceAccount"] = typeof(V1ServiceAccount),
        ["v1/Pod"] = typeof(V1Pod),
        ["v1/Service"] = typeof(V1Service),
        ["discovery.k8s.io/v1/EndpointSlice"] = typeof(V1EndpointSlice),
    };

    [Fact]
    public void KubernetesClient_reads_the_core_kinds_strictly_and_the_same()
    {
        var objects = Directory.EnumerateFiles(_folder, "*.yaml").Order(StringComparer.Ordinal)
            .SelectMany(file => File.ReadAllText(file).Split("\n---\n"))
            .Where(text => !text.Contains("istio.io/v1\n", StringComparison.Ordinal))
            .SelectMany(text => KubernetesYaml.LoadAllFromString(text, _kinds, strict: true)).ToList();
        var model = FolderReader.ReadOnce(_folder, MeshOptions.Default).Model!;

        Assert.Equal(objects.OfType<V1Namespace>().Select(item => item.Metadata.Name).Append("istio-system").Order(), model.Namespaces.Keys);
        Assert.Equal(objects.OfType<V1ServiceAccount>().Select(item => item.Metadata.Name).Order(), model.ServiceAccounts.Select(item => item.Name).Order());
        Assert.Equal(
            objects.OfType<V1Pod>().Select(item => $"{item.Metadata.Name} {item.Spec.ServiceAccountName} {string.Join(' ', item.Status.PodIPs.Select(ip => ip.Ip))}").Order(),
            model.Workloads.Select(item => $"{item.Name} {item.ServiceAccount} {string.Join(' ', item.Addresses)}").Order());
        Assert.Equal(
            objects.OfType<V1Service>().Select(item => $"{item.Metadata.Name} {string.Join(' ', item.Spec.ClusterIPs)} {item.Spec.Ports[0].Port} {item.Spec.Ports[0].TargetPort.Value}").Order(),
            model.Services.Select(item => $"{item.Name} {string.Join(' ', item.Addresses.Select(address => address.Network))} {item.Ports[0].Port} {item.Ports[0].Target}").Order());
    }

    [Fact]
    public void The_example_is_a_mesh_with_three_services_strict_mTLS_and_one_caller()
    {
        var reading = FolderReader.ReadOnce(_folder, MeshOptions.Default);
        Assert.Empty(reading.Problems);
        Assert.Empty(reading.Warnings);
        var model = reading.Model!;
        Assert.Equal(
            ["cache 10.77.0.20:6379", "db 10.77.0.20:5432", "web 10.77.0.20:8080"],
            model.Services.Select(service => model.EndpointsOf(service).Of(service.Ports[0].Port)[0] is var endpoint
                ? $"{service.Name} {endpoint.Address}:{endpoint.Port}" : ""));
        Assert.All(model.Services, service => Assert.Equal(2, model.EndpointsOf(service).Of(service.Ports[0].Port).Count));
        Assert.Equal((model.Options.RootNamespace, MtlsMode.Strict), (model.PeerAuthentications[0].Namespace, model.PeerAuthentications[0].Mode));
        var rule = Assert.Single(Assert.Single(model.AuthorizationPolicies).Rules);
        Assert.Equal(["cluster.local/ns/front/sa/client"], rule.From[0].Principals);
        Assert.Equal([8080, 5432, 6379], rule.To[0].Ports);
    }
}
