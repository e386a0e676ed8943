using Intercept.Capture.Configuration;

namespace Intercept.Tests.Unit.Capture;

/// <summary>Options as a pod spec gives them, on a host that the test decides about.</summary>
internal static class Options
{
    public static HostFacts Host { get; } = new(
        name => name switch { "istio-proxy" => 1337, "envoy" => 101, _ => null },
        name => name switch { "proxies" => 2000, "web" => 2001, _ => null },
        "nameserver 10.96.0.10\nnameserver fd96::a\n");

    public static CaptureOptionsResult Read(string commandLine, params string[] environment) =>
        Read(commandLine, Host, environment);

    public static CaptureOptionsResult Read(string commandLine, HostFacts host, params string[] environment) =>
        CaptureOptionsReader.Read(Words(commandLine), Environment(environment), host);

    public static CaptureOptions Accept(string commandLine, params string[] environment)
    {
        var result = Read(commandLine, environment);
        Assert.Empty(result.Problems);
        return result.Options!;
    }

    public static string[] Words(string commandLine) => commandLine.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    public static Dictionary<string, string> Environment(params string[] environment) =>
        environment.Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
}
