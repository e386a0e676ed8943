extern alias full;

using System.Text.RegularExpressions;
using System.Xml.Linq;
using full::k8s;
using full::k8s.Models;

namespace Intercept.Tests.Unit.Deploy;

/// <summary>The manifests of deploy/kubernetes are what Kubernetes takes, and ask for no more than they need. tests/pods runs them.</summary>
public sealed class KubernetesFilesTests
{
    private static readonly string _folder = Path.Combine(Repository.Root, "deploy/kubernetes");

    private static readonly Dictionary<string, Type> _kinds = new()
    {
        ["v1/Pod"] = typeof(V1Pod),
        ["v1/Service"] = typeof(V1Service),
        ["v1/ConfigMap"] = typeof(V1ConfigMap),
        ["batch/v1/Job"] = typeof(V1Job),
    };

    public static TheoryData<string> Files => [.. Directory.EnumerateFiles(_folder, "*.yaml").Select(file => Path.GetFileName(file))];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_is_read_by_a_loader_that_takes_no_unknown_field(string file) => Assert.NotEmpty(Read(file));

    [Theory]
    [MemberData(nameof(Files))]
    public void Images_are_of_this_version(string file)
    {
        var version = XDocument.Load(Path.Combine(Repository.Root, "Directory.Build.props")).Descendants("Version").Single().Value;
        Assert.All(
            Regex.Matches(File.ReadAllText(Path.Combine(_folder, file)), @"image: localhost/intercept-\w+:(?<tag>\S+)"),
            image => Assert.Equal(version, image.Groups["tag"].Value));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_container_has_a_read_only_root_and_no_capability_that_its_work_does_not_need(string file)
    {
        foreach (var container in Read(file).Select(SpecOf).OfType<V1PodSpec>().SelectMany(spec => spec.Containers.Concat(spec.InitContainers ?? [])))
        {
            var security = container.SecurityContext;
            Assert.Equal(
                (true, false, "ALL", "RuntimeDefault"),
                (security.ReadOnlyRootFilesystem, security.AllowPrivilegeEscalation, Assert.Single(security.Capabilities.Drop), security.SeccompProfile.Type));
            var captures = container.Name == "intercept-init";
            Assert.Equal(!captures, security.RunAsNonRoot);
            Assert.Equal(
                !captures ? [] : file == "application-ebpf.yaml" ? ["BPF", "NET_ADMIN", "PERFMON"] : ["NET_ADMIN", "NET_RAW"], security.Capabilities.Add ?? []);
        }
    }

    private static List<object> Read(string file) =>
        KubernetesYaml.LoadAllFromString(File.ReadAllText(Path.Combine(_folder, file)), _kinds, strict: true);

    private static V1PodSpec? SpecOf(object item) => item switch
    {
        V1Pod pod => pod.Spec,
        V1Job job => job.Spec.Template.Spec,
        _ => null,
    };
}
