using System.Collections;
using Intercept.Capture.Verification;
using Intercept.Cni;

var environment = new Dictionary<string, string>(StringComparer.Ordinal);
foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
{
    environment[(string)variable.Key] = (string?)variable.Value ?? "";
}

// Under `dotnet intercept-cni.dll` the executable is dotnet, and the assembly is its first argument.
var executable = Environment.ProcessPath ?? "/proc/self/exe";
var self = Path.GetFileNameWithoutExtension(executable) == "dotnet"
    ? new SelfCommand(executable, [Environment.GetCommandLineArgs()[0]])
    : new SelfCommand(executable, []);
using var input = Console.OpenStandardInput();
return await new CniProgram(environment, self, input, Console.Out, Console.Error, TimeProvider.System).RunAsync(args);
