using System.Collections;
using Intercept.Proxy;
using Intercept.Proxy.CommandLine;

// Read once, here, and passed on.
var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
    .ToDictionary(variable => (string)variable.Key, variable => (string?)variable.Value ?? "", StringComparer.Ordinal);
return ProxyCommandLine.Parse(args, Environment.ProcessorCount, environment, Console.Out, Console.Error, out var exitCode) is { } options
    ? await new ProxyProgram(options, Console.Out, Console.Error, TimeProvider.System).RunAsync()
    : exitCode;
