using System.Globalization;
using System.Text.Json;
using Intercept.Capture.Reporting;
using Intercept.Core;

namespace Intercept.Init;

/// <summary>Prints what the programs tell, a line each, until it is asked to end.</summary>
internal static class EventsCommand
{
    public static async Task<int> RunAsync(string bpffs, string form, TextWriter output, TimeProvider time, CancellationToken stop)
    {
        foreach (var told in EventReader.Read(bpffs, time, stop))
        {
            await output.WriteLineAsync(form == "json" ? JsonSerializer.Serialize(told, ReportLines.Default.ObservedEvent) : Text(told));
            await output.FlushAsync(CancellationToken.None);
        }

        return ExitCode.Success;
    }

    private static string Text(ObservedEvent told) => string.Create(
        CultureInfo.InvariantCulture,
        $"{told.Time:yyyy-MM-ddTHH:mm:ss.fffZ} {told.Reason} {told.Peer} namespace {told.Namespace}{(told.Process == 0 ? "" : $" pid {told.Process} ({told.Command}) uid {told.Uid}")}");
}
