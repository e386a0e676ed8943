using System.Collections.Immutable;
using Intercept.Capture.Configuration;
using Intercept.Core.Problems;

namespace Intercept.Capture.Pods;

/// <summary>
/// From a pod's annotations to the arguments of intercept-init, which then go the way that an init container's go: one meaning, and one
/// place that says what a value may be.
/// </summary>
internal static class PodArguments
{
    private const string InboundPorts = "istio-inbound-ports";
    private const string InboundExcluded = "istio-local-exclude-ports";
    private const string OutboundExcluded = "istio-local-outbound-ports-exclude";
    private const string LinkerdInboundExcluded = "inbound-ports-to-ignore";
    private const string StandardStatusPort = "15020";

    private static readonly (string Annotation, string Option)[] _istio =
    [
        (PodNames.InterceptionMode, "istio-inbound-interception-mode"),
        (PodNames.Traffic + "includeOutboundIPRanges", "istio-service-cidr"),
        (PodNames.Traffic + "excludeOutboundIPRanges", "istio-service-exclude-cidr"),
        (PodNames.Traffic + "includeOutboundPorts", "istio-outbound-ports"),
        (PodNames.Traffic + "excludeOutboundPorts", OutboundExcluded),
        (PodNames.Traffic + "includeInboundPorts", InboundPorts),
        (PodNames.Traffic + "excludeInterfaces", "istio-exclude-interfaces"),
        (PodNames.Traffic + "kubevirtInterfaces", "kube-virt-interfaces"),
        (PodNames.VirtualInterfaces, "kube-virt-interfaces"),
        (PodNames.Linkerd + "proxy-uid", "proxy-uid"),
        (PodNames.Linkerd + "proxy-gid", "proxy-gid"),
        (PodNames.Linkerd + "inbound-port", "inbound-capture-port"),
        (PodNames.Linkerd + "outbound-port", "envoy-port"),
    ];

    // Excluded ports add up: each annotation names what must not be captured.
    private static readonly (string Annotation, string Option)[] _istioAdded =
    [
        (PodNames.Traffic + "excludeInboundPorts", InboundExcluded),
        (PodNames.Linkerd + "skip-inbound-ports", InboundExcluded),
        (PodNames.Linkerd + "skip-outbound-ports", OutboundExcluded),
    ];

    private static readonly (string Annotation, string Option)[] _linkerd =
    [
        (PodNames.Linkerd + "skip-outbound-ports", "outbound-ports-to-ignore"),
        (PodNames.Linkerd + "skip-subnets", "subnets-to-ignore"),
        (PodNames.Linkerd + "proxy-uid", "proxy-uid"),
        (PodNames.Linkerd + "proxy-gid", "proxy-gid"),
        (PodNames.Linkerd + "inbound-port", "incoming-proxy-port"),
        (PodNames.Linkerd + "outbound-port", "outgoing-proxy-port"),
    ];

    private static readonly (string Annotation, string Option)[] _linkerdAdded =
    [
        (PodNames.Linkerd + "skip-inbound-ports", LinkerdInboundExcluded),
        (PodNames.Linkerd + "admin-port", LinkerdInboundExcluded),
        (PodNames.Linkerd + "control-port", LinkerdInboundExcluded),
    ];

    private static readonly ImmutableArray<string> _traffic =
        [.. _istio.Concat(_istioAdded).Select(entry => entry.Annotation).Where(IsTraffic).Distinct()];

    /// <returns>Empty when there is any problem.</returns>
    public static ImmutableArray<string> Read(PodMetadata pod, SelectionSettings settings, List<Problem> problems)
    {
        var isLinkerd = PodSelection.IsLinkerd(pod);
        var parsed = CaptureCommandLine.Parse(isLinkerd ? settings.LinkerdArguments : settings.Arguments, ImmutableDictionary<string, string>.Empty);
        var given = parsed.Given.ToBuilder();
        foreach (var (annotation, option) in isLinkerd ? _linkerd : _istio)
        {
            if (pod.Annotations.TryGetValue(annotation, out var text))
            {
                given[option] = Value(pod, annotation, text);
            }
        }

        if (!isLinkerd)
        {
            ReadIstio(pod, given, problems);
        }

        foreach (var (annotation, option) in isLinkerd ? _linkerdAdded : _istioAdded)
        {
            if (pod.Annotations.TryGetValue(annotation, out var text))
            {
                given[option] = Add(given, option, Value(pod, annotation, text));
            }
        }

        var complete = NodeView.Complete(parsed with { Given = given.ToImmutable() });
        problems.AddRange(CaptureOptionsReader.Read(complete, NodeView.Facts).Problems);
        return problems.Count > 0 ? [] : complete.ToArguments();
    }

    private static void ReadIstio(PodMetadata pod, ImmutableDictionary<string, OptionValue>.Builder given, List<Problem> problems)
    {
        foreach (var unknown in pod.Annotations.Keys.Where(IsTraffic).Except(_traffic).Order(StringComparer.Ordinal))
        {
            var near = NearestName.Find(unknown, _traffic);
            problems.Add(PodSelection.ProblemOf(
                pod, unknown, null, near is null ? "is not an annotation of Istio's" : $"is not an annotation of Istio's; {near} is", string.Join(", ", _traffic)));
        }

        const string Subnets = PodNames.Linkerd + "skip-subnets";
        if (pod.Annotations.TryGetValue(Subnets, out var subnets))
        {
            problems.Add(PodSelection.ProblemOf(pod, Subnets, subnets, "has a meaning with Linkerd's proxy only", $"a container {PodNames.LinkerdProxy}"));
        }

        // Exclusions have a meaning beside "all ports"; a list names what is captured.
        if (!given.TryGetValue(InboundPorts, out var inbound) || inbound.Text.Trim() != "*")
        {
            given.Remove(InboundExcluded);
        }
        else if (pod.Annotations.GetValueOrDefault(PodNames.StatusPort) is not { } port)
        {
            given[InboundExcluded] = Add(given, InboundExcluded, Value(pod, PodNames.StatusPort, StandardStatusPort));
        }
        else if (port != "0")
        {
            given[InboundExcluded] = Add(given, InboundExcluded, Value(pod, PodNames.StatusPort, port));
        }
    }

    private static bool IsTraffic(string annotation) => annotation.StartsWith(PodNames.Traffic, StringComparison.Ordinal);

    private static OptionValue Value(PodMetadata pod, string annotation, string text) => new(text, $"pod {pod.Identity}", annotation);

    // A problem names an element of the list, and the annotation that came last.
    private static OptionValue Add(ImmutableDictionary<string, OptionValue>.Builder given, string option, OptionValue more) =>
        given.TryGetValue(option, out var before) && before.Text.Length > 0 ? more with { Text = $"{before.Text},{more.Text}" } : more;
}
