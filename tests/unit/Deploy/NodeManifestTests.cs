extern alias full;

using full::k8s;
using full::k8s.Models;
using Intercept.Node.CommandLine;

namespace Intercept.Tests.Unit.Deploy;

/// <summary>The node agent's manifests are what Kubernetes takes, and give it no more than it needs.</summary>
public sealed class NodeManifestTests
{
    private static readonly string _folder = Path.Combine(Repository.Root, "deploy/kubernetes/node");

    private static readonly Dictionary<string, Type> _kinds = new()
    {
        ["v1/ServiceAccount"] = typeof(V1ServiceAccount),
        ["rbac.authorization.k8s.io/v1/ClusterRole"] = typeof(V1ClusterRole),
        ["rbac.authorization.k8s.io/v1/ClusterRoleBinding"] = typeof(V1ClusterRoleBinding),
        ["apps/v1/DaemonSet"] = typeof(V1DaemonSet),
    };

    private static IReadOnlyList<object> Objects =>
        [.. Directory.EnumerateFiles(_folder, "*.yaml").Where(file => Path.GetFileName(file) != "kustomization.yaml")
            .SelectMany(file => KubernetesYaml.LoadAllFromString(File.ReadAllText(file), _kinds, strict: true))];

    [Fact]
    public void Kubernetes_takes_every_object_strictly() => Assert.Equal(
        ["V1ClusterRole", "V1ClusterRoleBinding", "V1DaemonSet", "V1ServiceAccount"], Objects.Select(item => item.GetType().Name).Order(StringComparer.Ordinal));

    [Fact]
    public void The_agent_may_read_pods_and_do_nothing_else()
    {
        var rule = Assert.Single(Objects.OfType<V1ClusterRole>().Single().Rules);

        Assert.Equal(("", "pods", "list,watch"), (string.Join(',', rule.ApiGroups), string.Join(',', rule.Resources), string.Join(',', rule.Verbs)));
    }

    [Fact]
    public void The_agent_is_not_privileged_and_outlives_every_pod_of_its_node()
    {
        var pod = Objects.OfType<V1DaemonSet>().Single().Spec.Template.Spec;
        var container = Assert.Single(pod.Containers);

        Assert.False(container.SecurityContext.Privileged);
        Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
        Assert.Equal(["BPF", "CHOWN", "NET_ADMIN", "NET_RAW", "SYS_ADMIN", "SYS_PTRACE"], container.SecurityContext.Capabilities.Add.Order(StringComparer.Ordinal));
        Assert.True(container.SecurityContext.ReadOnlyRootFilesystem);
        Assert.Equal("system-node-critical", pod.PriorityClassName);
        Assert.Equal("Exists", Assert.Single(pod.Tolerations).OperatorProperty);
        Assert.True(pod.HostNetwork);
    }

    [Fact]
    public void Its_arguments_are_flags_that_there_are()
    {
        var container = Objects.OfType<V1DaemonSet>().Single().Spec.Template.Spec.Containers[0];

        Assert.Equal(NodeCommands.Run, container.Args[0]);
        var request = new NodeRequest(NodeCommands.Run, [.. container.Args.Skip(1)], new Dictionary<string, string> { ["NODE_NAME"] = "node-1" });
        Assert.Empty(RunReader.Read(request, "/nowhere", new Dictionary<string, string>()) is { NodeName: "node-1" }
            ? request.Problems.Where(problem => problem.Field != "--plugin") : request.Problems);
    }
}
