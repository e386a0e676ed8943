using System.Collections;
using Intercept.Control;

var environment = new Dictionary<string, string>(StringComparer.Ordinal);
foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
{
    environment[(string)variable.Key] = (string?)variable.Value ?? "";
}

return await ControlProgram.RunAsync(args, environment, Console.Out, Console.Error, TimeProvider.System, CancellationToken.None);
