using Intercept.Proxy;
using Intercept.Proxy.CommandLine;

return ProxyCommandLine.Parse(args, Environment.ProcessorCount, Console.Out, Console.Error, out var exitCode) is { } options
    ? await new ProxyProgram(options, Console.Out, Console.Error, TimeProvider.System).RunAsync()
    : exitCode;
