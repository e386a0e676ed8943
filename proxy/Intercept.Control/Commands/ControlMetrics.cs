using Intercept.Control.Manifests;
using Intercept.Control.Metrics;
using Intercept.Control.Serving.Pushing;
using Intercept.Control.Serving.Streams;

namespace Intercept.Control.Commands;

/// <summary>What is read when somebody asks, by istiod's names where it has one.</summary>
internal static class ControlMetrics
{
    public static void Register(
        MetricRegistry registry, IMeshSource source, Generations generations, ConnectedProxies proxies, PushAdmission admission, TimeProvider time)
    {
        registry.Gauge("pilot_info", "The version, as a label.", () => 1, [new Label("version", ControlVersion.Text)]);
        registry.Gauge("pilot_xds", "Proxies that are connected.", () => proxies.Count, [new Label("version", ControlVersion.Text)]);
        registry.Gauge("pilot_services", "Services in the manifests in force.", () => generations.Current?.Model.Services.Count);
        registry.Gauge("intercept_control_workloads", "Workloads in the manifests in force.", () => generations.Current?.Model.Workloads.Count);
        registry.Gauge("intercept_control_generation", "The generation of the manifests in force.", () => generations.Current?.Number ?? 0);
        registry.Gauge("intercept_control_generation_age_seconds", "Since when it is in force.", () =>
            generations.Current is { } current ? (time.GetUtcNow() - current.Since).TotalSeconds : null);
        registry.Gauge("intercept_control_generation_variants", "Kinds of proxies that it was generated for.", () => generations.Current?.Variants);
        registry.Gauge("intercept_control_manifest_problems", "Problems of the newest manifests; while there are any, the last good state stays in force.", () =>
            source.Status.Problems.Length);
        registry.Gauge("intercept_control_pushes_waiting", "Proxies that wait for their turn to be sent something.", () => admission.Waiting);
        registry.Gauge("process_resident_memory_bytes", "Resident memory.", () => Environment.WorkingSet);
        registry.Total("process_cpu_seconds_total", "User and system time.", () => Environment.CpuUsage.TotalTime.TotalSeconds);
    }
}
