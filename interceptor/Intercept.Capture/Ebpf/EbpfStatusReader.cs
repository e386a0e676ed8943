using System.Text.Json;
using Intercept.Capture.Ebpf.Pinning;
using Intercept.Capture.Reporting;

namespace Intercept.Capture.Ebpf;

/// <summary>Asks the pins of one pod.</summary>
internal static class EbpfStatusReader
{
    /// <param name="inode">Of the pod's network namespace.</param>
    public static EbpfStatus Read(PinLayout layout, ulong cookie, ulong inode)
    {
        var record = PinRecord.Read(layout.Pod(cookie));
        var cgroups = record?.Cgroups ?? [];
        using var maps = EbpfMaps.OpenPinned(layout.Maps);
        List<string> problems =
        [
            .. record is null ? ["there is no record of who attached the programs"] : Array.Empty<string>(),
            .. maps.Pods.TryGet(cookie, out var pod) ? Array.Empty<string>() : ["this network namespace is not enrolled: nothing is captured"],
            .. CaptureObject.ProgramsFor(pod.Flags)
                .Where(program => !cgroups.Any(cgroup => new PinnedLinks(layout.Cgroup(cgroup), layout.Stage, cgroup).Runs(program)))
                .Select(program => $"missing: program {program}"),
            .. record is { } known && !known.Programs.Keys.All(new PinnedLinks(layout.Pod(cookie), layout.Stage, inode).Runs)
                ? [$"missing: program {CaptureObject.InboundProgram}"] : Array.Empty<string>(),
        ];
        var counters = Enum.GetValues<CaptureReason>()
            .Select(reason => (Name: JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString()), Count: maps.Count(cookie, reason)))
            .Where(counter => counter.Count > 0)
            .ToDictionary(counter => counter.Name, counter => counter.Count);
        return new EbpfStatus(record?.Version ?? "", record?.Object ?? "", record?.Since ?? default, cgroups, problems, counters);
    }
}
