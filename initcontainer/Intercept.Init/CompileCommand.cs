using System.Globalization;
using System.Text;
using System.Text.Json;
using Intercept.Capture.Ebpf.Compiling;
using Intercept.Core;

namespace Intercept.Init;

/// <summary>Makes the object that --ebpf-object takes, from the source in this program.</summary>
internal static class CompileCommand
{
    public static async Task<int> RunAsync(CommandRequest request, string? searchPath, TextWriter output, CancellationToken cancellation)
    {
        var check = request.Switch(CommandOptions.Check);
        var settings = new CompileSettings(check ? null : request.Text(CommandOptions.File), !request.Switch(CommandOptions.NoLoad), searchPath);
        var compiled = await CaptureCompiler.CompileAsync(settings, cancellation);
        await output.WriteLineAsync(request.Text(CommandOptions.Output) == "json" ? Json(compiled) : Sentence(compiled));
        return ExitCode.Success;
    }

    private static string Sentence(CompiledObject compiled) => string.Create(
        CultureInfo.InvariantCulture,
        $"{compiled.File ?? "not written"}: {compiled.Bytes} bytes, sha256 {compiled.Hash}, in {compiled.Took.TotalMilliseconds:0} ms; "
        + $"{(compiled.Loads is null ? "not tried in this kernel" : "this kernel takes it")}");

    private static string Json(CompiledObject compiled)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("file", compiled.File);
            json.WriteNumber("bytes", compiled.Bytes);
            json.WriteString("sha256", compiled.Hash);
            json.WriteBoolean("loaded", compiled.Loads == true);
            json.WriteNumber("milliseconds", (int)compiled.Took.TotalMilliseconds);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
