using Intercept.Control.Manifests.Folder;
using Intercept.Control.Model;
using Intercept.Control.Model.Security;
using static Intercept.Tests.Unit.Control.Manifests.ManifestTexts;

namespace Intercept.Tests.Unit.Control.Manifests;

public sealed class FolderReaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("intercept-manifests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Reads_every_manifest_below_the_folder_and_nothing_else()
    {
        Write("a.yaml", Of("PeerAuthentication", "mtls: {mode: STRICT}", "a"));
        Write("deep/er/b.yml", Of("PeerAuthentication", "mtls: {mode: STRICT}", "b"));
        Write("c.json", """{"apiVersion":"security.istio.io/v1","kind":"PeerAuthentication","metadata":{"name":"c"},"spec":{"mtls":{"mode":"STRICT"}}}""");
        Write("README.md", "not a manifest");
        Write(".git/d.yaml", "[");
        Write(".e.yaml.swp", "[");
        var reading = FolderReader.ReadOnce(_folder, MeshOptions.Default);
        Assert.Empty(reading.Problems);
        Assert.Equal(["c", "a", "b"], reading.Model!.PeerAuthentications.Select(policy => policy.Name));
        Assert.Equal("deep/er/b.yml:1", reading.Model.PeerAuthentications[2].Origin.ToString());
        Assert.Equal(3, reading.Files);
    }

    [Fact]
    public void One_bad_file_is_no_folder()
    {
        Write("good.yaml", Of("PeerAuthentication", "mtls: {mode: STRICT}"));
        Write("bad.yaml", Of("PeerAuthentication", "mtls: {mode: ON}", "bad"));
        Write("worse.yaml", "[");
        var reading = FolderReader.ReadOnce(_folder, MeshOptions.Default);
        Assert.Null(reading.Model);
        Assert.Equal(["bad.yaml", "worse.yaml"], reading.Problems.Select(problem => problem.Source));
    }

    [Fact]
    public void One_object_in_two_files_is_told_of_both()
    {
        Write("a.yaml", Of("PeerAuthentication", "mtls: {mode: STRICT}"));
        Write("b.yaml", Of("PeerAuthentication", "mtls: {mode: DISABLE}"));
        Assert.Equal(
            "b.yaml:1: metadata.name 'PeerAuthentication shop/x' is already in a.yaml:1; allowed: each object once",
            Assert.Single(FolderReader.ReadOnce(_folder, MeshOptions.Default).Problems).ToString());
    }

    [Fact]
    public void References_that_lead_nowhere_are_told_with_what_was_probably_meant()
    {
        Write("a.yaml", Of("Service", "ports: [{port: 80}]", "web"));
        Write("b.yaml", Of("VirtualService", "hosts: [web]\nhttp: [{route: [{destination: {host: wep}}]}, {route: [{destination: {host: web, subset: v1}}]}]"));
        Write("c.yaml", Of("DestinationRule", "host: web\nsubsets: [{name: v2}]"));
        Assert.Equal(
            [
                "b.yaml:1: spec.http[0].route[0].destination.host 'wep.shop.svc.cluster.local' is not a service that is described here; allowed: web.shop.svc.cluster.local",
                "b.yaml:1: spec.http[1].route[0].destination.subset 'v1' is not a subset of a DestinationRule for web.shop.svc.cluster.local; allowed: v2",
            ],
            FolderReader.ReadOnce(_folder, MeshOptions.Default).Problems.Select(problem => problem.ToString()));
    }

    [Fact]
    public void A_folder_without_manifests_is_not_a_mesh_without_policy() => Assert.Equal(
        $"{_folder}: (folder) holds no manifest; allowed: *.yaml, *.yml and *.json with objects of the mesh",
        Assert.Single(FolderReader.ReadOnce(_folder, MeshOptions.Default).Problems).ToString());

    [Fact]
    public void A_folder_that_is_not_there_is_a_problem() =>
        Assert.Contains("cannot be read", Assert.Single(FolderReader.ReadOnce(Path.Combine(_folder, "none"), MeshOptions.Default).Problems).Why, StringComparison.Ordinal);

    [Fact]
    public void A_link_that_leads_back_is_followed_once()
    {
        Write("a.yaml", Of("PeerAuthentication", "mtls: {mode: STRICT}"));
        Directory.CreateSymbolicLink(Path.Combine(_folder, "loop"), _folder);
        Assert.Empty(FolderReader.ReadOnce(_folder, MeshOptions.Default).Problems);
    }

    [Fact]
    public void A_file_that_is_not_text_is_a_problem()
    {
        File.WriteAllBytes(Path.Combine(_folder, "a.yaml"), [0xff, 0xfe, 0x00, 0x80]);
        Assert.Equal("a.yaml: (file) is not UTF-8 text", Assert.Single(FolderReader.ReadOnce(_folder, MeshOptions.Default).Problems).ToString());
    }

    [Fact]
    public void Only_the_oldest_policy_for_a_namespace_holds_and_the_others_are_told()
    {
        Write("a.yaml", Of("PeerAuthentication", "mtls: {mode: STRICT}", "b").Replace("namespace:", "creationTimestamp: 2026-01-01T00:00:00Z\n  namespace:", StringComparison.Ordinal));
        Write("b.yaml", Of("PeerAuthentication", "mtls: {mode: PERMISSIVE}", "a").Replace("namespace:", "creationTimestamp: 2026-01-02T00:00:00Z\n  namespace:", StringComparison.Ordinal));
        var reading = FolderReader.ReadOnce(_folder, MeshOptions.Default);
        Assert.Empty(reading.Problems);
        Assert.Equal("b.yaml:1: spec is for the same workloads as another: the oldest holds", Assert.Single(reading.Warnings).ToString());
    }

    [Fact]
    public void Others_kinds_are_counted()
    {
        Write("a.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\n" + Of("PeerAuthentication", "mtls: {mode: STRICT}"));
        var reading = FolderReader.ReadOnce(_folder, MeshOptions.Default);
        Assert.Empty(reading.Problems);
        Assert.Equal([KeyValuePair.Create("ConfigMap", 1), KeyValuePair.Create("Deployment.apps", 1)], reading.Skipped);
        Assert.Equal(KeyValuePair.Create("PeerAuthentication", 1), Assert.Single(reading.Objects));
    }

    [Fact]
    public void Only_a_file_that_changed_is_read_again()
    {
        Write("a.yaml", Of("PeerAuthentication", "mtls: {mode: STRICT}", "a"));
        Write("b.yaml", Of("PeerAuthentication", "mtls: {mode: STRICT}", "b"));
        var reader = new FolderReader(_folder, MeshOptions.Default);
        var before = reader.Read(FolderScan.Of(_folder)).Model!;
        Write("b.yaml", Of("PeerAuthentication", "mtls: {mode: DISABLE}", "b"));
        var after = reader.Read(FolderScan.Of(_folder)).Model!;
        Assert.Same(before.PeerAuthentications[0], after.PeerAuthentications[0]);
        Assert.Equal(MtlsMode.Disable, after.PeerAuthentications[1].Mode);
    }

    [Fact]
    public void What_a_change_does_not_touch_is_the_same_object()
    {
        const string Slice = "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: NAME, namespace: shop, labels: {kubernetes.io/service-name: NAME}}\naddressType: IPv4\nports: [{port: 8080}]\nendpoints: [{addresses: [ADDRESS]}]";
        string SliceOf(string name, string address) => Slice.Replace("NAME", name, StringComparison.Ordinal).Replace("ADDRESS", address, StringComparison.Ordinal);
        Write("services.yaml", $"{Of("Service", "ports: [{port: 80}]", "db")}\n---\n{Of("Service", "ports: [{port: 80}]", "web")}");
        Write("entry.yaml", Of("ServiceEntry", "hosts: [a.com]\nports: [{number: 80, name: http}]\nresolution: DNS", "entry"));
        Write("db.yaml", SliceOf("db", "10.0.0.1"));
        Write("web.yaml", SliceOf("web", "10.0.0.2"));
        var reader = new FolderReader(_folder, MeshOptions.Default);
        var before = reader.Read(FolderScan.Of(_folder)).Model!;

        Write("web.yaml", SliceOf("web", "10.0.0.3"));
        var after = reader.Read(FolderScan.Of(_folder)).Model!;
        Assert.Equal(before.Services.Items, after.Services.Items);
        Assert.True(before.Services.Items == after.Services.Items);
        Assert.Same(before.Endpoints.GetValueOrDefault("shop/db.shop.svc.cluster.local"), after.Endpoints.GetValueOrDefault("shop/db.shop.svc.cluster.local"));
        Assert.Same(before.Endpoints.GetValueOrDefault("shop/a.com"), after.Endpoints.GetValueOrDefault("shop/a.com"));
        Assert.Equal("10.0.0.3", after.Endpoints.GetValueOrDefault("shop/web.shop.svc.cluster.local")!.Of(80)[0].Address);

        // A pod that is none of theirs makes every service look again, and find the same.
        Write("pod.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: other, namespace: shop}\nspec: {containers: []}\nstatus: {podIP: 10.9.9.9}");
        var again = reader.Read(FolderScan.Of(_folder)).Model!;
        Assert.Single(again.Workloads);
        Assert.True(after.Endpoints.Entries == again.Endpoints.Entries);
    }

    private void Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
