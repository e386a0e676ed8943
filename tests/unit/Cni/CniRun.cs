using System.Text;
using System.Text.Json;
using Intercept.Capture.Verification;
using Intercept.Cni;

namespace Intercept.Tests.Unit.Cni;

/// <summary>One call of the plugin, as a runtime makes it, with all of its output.</summary>
internal sealed record CniRun(int ExitCode, string Output, string Error)
{
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    public int Code => Json.GetProperty("code").GetInt32();

    public string Message => Json.GetProperty("msg").GetString()!;

    public string[] Details => Json.GetProperty("details").GetString()!.Split('\n');

    public static Task<CniRun> CallAsync(string verb, string configuration, params string[] variables) =>
        RunAsync([], configuration, [$"CNI_COMMAND={verb}", .. variables]);

    public static async Task<CniRun> RunAsync(string[] arguments, string configuration, params string[] variables)
    {
        var environment = variables.Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        using var input = new MemoryStream(Encoding.UTF8.GetBytes(configuration));
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exit = await new CniProgram(environment, new SelfCommand("/proc/self/exe", []), input, output, error, TimeProvider.System).RunAsync(arguments);
        return new CniRun(exit, output.ToString(), error.ToString());
    }
}
