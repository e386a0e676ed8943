using Intercept.Node.Pods;

namespace Intercept.Tests.Unit.Node;

public sealed class PodManifestTests
{
    [Fact]
    public void Pods_are_read_and_everything_else_is_somebody_elses()
    {
        var pods = PodManifest.Read("""
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: x}
            ---
            apiVersion: v1
            kind: Pod
            metadata:
              name: web
              namespace: shop
              uid: 5f0f2f37-0000-4000-8000-000000000000
              labels: {app: web, "sidecar.istio.io/inject": "true"}
              annotations:
                traffic.sidecar.istio.io/excludeOutboundPorts: "5432"
            spec:
              initContainers: [{name: first}]
              containers:
              - name: web
                image: nginx
              - name: intercept-proxy
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: of-the-host}
            spec: {hostNetwork: true, containers: [{name: x}]}
            """);

        var pod = Assert.Single(pods);
        Assert.Equal(("shop/web", "5f0f2f37-0000-4000-8000-000000000000"), ($"{pod.Identity}", pod.Identity.Uid));
        Assert.Equal("first web intercept-proxy", string.Join(' ', pod.Containers));
        Assert.Equal("true", pod.Labels["sidecar.istio.io/inject"]);
        Assert.Equal("5432", pod.Annotations["traffic.sidecar.istio.io/excludeOutboundPorts"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("kind: Pod")]
    [InlineData("- 1")]
    [InlineData("kind: Pod\nmetadata: x\nspec: [1]")]
    public void What_has_no_pod_gives_none(string text) => Assert.Empty(PodManifest.Read(text));

    [Theory]
    [InlineData("a: [")]
    [InlineData("a: 1\na: 2")]
    public void What_is_no_YAML_is_said_with_its_line(string text) =>
        Assert.StartsWith("is not YAML (line ", Assert.Throws<FormatException>(() => PodManifest.Read(text)).Message, StringComparison.Ordinal);
}
