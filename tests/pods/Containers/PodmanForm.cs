using Intercept.Tests.Unit;
using k8s;
using k8s.Models;

namespace Intercept.Tests.Pods.Containers;

/// <summary>
/// The pods of a manifest as podman 4.3 takes them. It knows pods alone, of the fields that a variable may take its value from only a
/// few, and no tokens: these are filled in as Kubernetes would. It takes a port that is named for a port of the machine, so these go. All
/// else is as it stands in the file.
/// </summary>
/// <param name="Addresses">Of the pod, IPv4 first.</param>
/// <param name="Tokens">A directory that holds the service account's token as `istio-token`.</param>
public sealed record PodmanForm(IReadOnlyList<string> Addresses, string Tokens)
{
    private static readonly Dictionary<string, Type> _kinds = new()
    {
        ["v1/Pod"] = typeof(V1Pod),
        ["v1/Service"] = typeof(V1Service),
        ["v1/ConfigMap"] = typeof(V1ConfigMap),
        ["v1/ServiceAccount"] = typeof(V1ServiceAccount),
        ["v1/Namespace"] = typeof(V1Namespace),
        ["batch/v1/Job"] = typeof(V1Job),
        ["apps/v1/Deployment"] = typeof(V1Deployment),
        ["apps/v1/DaemonSet"] = typeof(V1DaemonSet),
    };

    /// <summary>Every object of a file of deploy/kubernetes, read as strictly as Kubernetes reads.</summary>
    public static IReadOnlyList<object> Read(string file) =>
        KubernetesYaml.LoadAllFromString(File.ReadAllText(Path.Combine(Repository.Root, "deploy/kubernetes", file)), _kinds, strict: true);

    /// <param name="change">What the test itself changes.</param>
    public string Of(string file, Action<V1Pod>? change = null)
    {
        var pod = Read(file).Select(PodOf).OfType<V1Pod>().Single();
        change?.Invoke(pod);
        foreach (var container in pod.Spec.Containers.Concat(pod.Spec.InitContainers ?? []))
        {
            container.Ports = null;
            foreach (var variable in container.Env ?? [])
            {
                if (variable.ValueFrom?.FieldRef is { } field)
                {
                    (variable.Value, variable.ValueFrom) = (Field(pod, field.FieldPath), null);
                }
            }
        }

        foreach (var volume in (pod.Spec.Volumes ?? []).Where(volume => volume.Projected is not null))
        {
            (volume.Projected, volume.HostPath) = (null, new V1HostPathVolumeSource { Path = Tokens, Type = "Directory" });
        }

        // The init container, which podman would remove, is kept for its log; and is not started again when it has done its work.
        pod.Spec.RestartPolicy = "Never";
        pod.Metadata.Annotations ??= new Dictionary<string, string>();
        pod.Metadata.Annotations["io.podman.annotations.init.container.type"] = "always";
        return KubernetesYaml.Serialize(pod);
    }

    private static V1Pod? PodOf(object item) => item switch
    {
        V1Pod pod => pod,
        V1Job job => PodOf(job.Metadata, job.Spec.Template),
        V1Deployment deployment => PodOf(deployment.Metadata, deployment.Spec.Template),
        V1DaemonSet daemons => PodOf(daemons.Metadata, daemons.Spec.Template),
        _ => null,
    };

    private static V1Pod PodOf(V1ObjectMeta owner, V1PodTemplateSpec template)
    {
        var metadata = template.Metadata ?? new V1ObjectMeta();
        (metadata.Name, metadata.NamespaceProperty) = (owner.Name, owner.NamespaceProperty);
        return new V1Pod { ApiVersion = "v1", Kind = "Pod", Metadata = metadata, Spec = template.Spec };
    }

    private string Field(V1Pod pod, string path) => path switch
    {
        "metadata.name" => pod.Metadata.Name,
        "metadata.namespace" => pod.Metadata.NamespaceProperty,
        "spec.serviceAccountName" => pod.Spec.ServiceAccountName,
        "spec.nodeName" or "status.hostIP" => MachineFiles.Gateway,
        "status.podIP" => Addresses[0],
        "status.podIPs" => string.Join(',', Addresses),
        _ => throw new ArgumentException($"{path} is not known here"),
    };
}
