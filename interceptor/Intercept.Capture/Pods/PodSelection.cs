using System.Collections.Immutable;
using Intercept.Core.Problems;

namespace Intercept.Capture.Pods;

/// <summary>Which pods are in the mesh, and what of theirs is captured: Istio's and Linkerd's rules.</summary>
public static class PodSelection
{
    private const string InjectForm = "true or false";

    public static PodDecisionResult Decide(PodMetadata pod, SelectionSettings settings)
    {
        ArgumentNullException.ThrowIfNull(pod);
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.ExcludedNamespaces.Contains(pod.Identity.Namespace))
        {
            return Leave($"its namespace {pod.Identity.Namespace} is excluded");
        }

        var problems = new List<Problem>();
        var injected = Injected(pod, problems);
        if (WhyNot(pod, injected, settings, problems) is { } reason && problems.Count == 0)
        {
            return Leave(reason);
        }

        var arguments = PodArguments.Read(pod, settings, problems);
        return problems.Count > 0
            ? new PodDecisionResult(null, [.. problems])
            : new PodDecisionResult(new PodDecision(IsCaptured: true, Why(pod, injected), arguments), []);
    }

    /// <summary>Linkerd's proxy has ports and a uid of its own.</summary>
    internal static bool IsLinkerd(PodMetadata pod) =>
        pod.Containers.IsEmpty
            ? pod.Annotations.GetValueOrDefault(PodNames.LinkerdInject) is "enabled" or "ingress"
            : pod.Containers.Contains(PodNames.LinkerdProxy);

    internal static Problem ProblemOf(PodMetadata pod, string field, string? value, string why, string? allowed) =>
        new($"pod {pod.Identity}", 0, field, value, why, allowed);

    private static PodDecisionResult Leave(string reason) => new(PodDecision.Leave(reason), []);

    // The order matters: what is already done for a pod, and what it forbids, is asked before what it wishes.
    private static string? WhyNot(PodMetadata pod, (string Name, bool Value)? injected, SelectionSettings settings, List<Problem> problems)
    {
        if (PodNames.Initializers.FirstOrDefault(name => pod.Containers.Contains(name)) is { } initializer)
        {
            return $"its init container {initializer} captures";
        }

        if (injected is { Value: false } refused)
        {
            return $"its {refused.Name} says so";
        }

        if (pod.Annotations.GetValueOrDefault(PodNames.InterceptionMode) == "NONE")
        {
            return $"its annotation {PodNames.InterceptionMode} is NONE";
        }

        if (Template(pod) is { } template)
        {
            return $"it has the injection template {template}";
        }

        var mode = pod.Labels.GetValueOrDefault(PodNames.DataplaneMode);
        if (mode is not (null or "" or "none" or "ambient"))
        {
            problems.Add(ProblemOf(pod, $"label {PodNames.DataplaneMode}", mode, "is not a data plane", "none or ambient"));
        }

        return mode == "none" ? $"its label {PodNames.DataplaneMode} is none" : WhyNotByContainers(pod, injected, settings, problems);
    }

    private static string? WhyNotByContainers(
        PodMetadata pod, (string Name, bool Value)? injected, SelectionSettings settings, List<Problem> problems)
    {
        if (pod.Containers.IsEmpty)
        {
            return injected is not null || pod.Annotations.ContainsKey(PodNames.InjectionStatus) || settings.CapturesUnlabelled
                ? null
                : "no label or annotation of its asks for capture";
        }

        if (PodNames.Proxies.Any(name => pod.Containers.Contains(name)))
        {
            return null;
        }

        // It asks for the mesh and would run outside of it, in the clear, with nobody told.
        if (injected is { } asked)
        {
            problems.Add(ProblemOf(pod, asked.Name, "true", "asks for capture, and the pod has no proxy", $"a container {string.Join(", ", PodNames.Proxies)}"));
        }

        return "it has no proxy";
    }

    private static string Why(PodMetadata pod, (string Name, bool Value)? injected)
    {
        if (injected is { } asked)
        {
            return $"its {asked.Name} asks for it";
        }

        var proxy = PodNames.Proxies.FirstOrDefault(name => pod.Containers.Contains(name));
        return proxy is not null ? $"it has a proxy, {proxy}"
            : pod.Annotations.ContainsKey(PodNames.InjectionStatus) ? "Istio's injector gave it a proxy"
            : "pods are captured here that do not say otherwise";
    }

    private static string? Template(PodMetadata pod) => (pod.Annotations.GetValueOrDefault(PodNames.InjectionTemplates) ?? "")
        .Split(',', StringSplitOptions.TrimEntries)
        .FirstOrDefault(PodNames.TemplatesWithoutCapture.Contains);

    /// <returns>What the pod says itself, by its label, else by its annotation, else by Linkerd's; null where it says nothing.</returns>
    private static (string Name, bool Value)? Injected(PodMetadata pod, List<Problem> problems)
    {
        foreach (var (kind, values) in new[] { ("label", pod.Labels), ("annotation", pod.Annotations) })
        {
            if (values.GetValueOrDefault(PodNames.Inject) is { Length: > 0 } text)
            {
                var name = $"{kind} {PodNames.Inject}";
                return Choose(pod, name, text, Truth(text), InjectForm, problems);
            }
        }

        return pod.Annotations.GetValueOrDefault(PodNames.LinkerdInject) is { Length: > 0 } linkerd
            ? Choose(
                pod, $"annotation {PodNames.LinkerdInject}", linkerd,
                linkerd switch { "enabled" or "ingress" => true, "disabled" => false, _ => null }, "enabled, ingress or disabled", problems)
            : null;
    }

    private static (string Name, bool Value)? Choose(
        PodMetadata pod, string name, string text, bool? value, string allowed, List<Problem> problems)
    {
        if (value is { } known)
        {
            return (name, known);
        }

        problems.Add(ProblemOf(pod, name, text, "is not one of the choices", allowed));
        return null;
    }

    // What Istio's injector takes.
    private static bool? Truth(string text) => text.ToLowerInvariant() switch
    {
        "true" or "yes" or "y" or "on" => true,
        "false" or "no" or "n" or "off" => false,
        _ => null,
    };
}
