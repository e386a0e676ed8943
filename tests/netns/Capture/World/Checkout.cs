namespace Intercept.Tests.Netns.Capture.World;

/// <summary>The checkout that this test run was built from, and the programs that deploy/build made of it.</summary>
internal static class Checkout
{
    public static string Root { get; } = FindRoot();

    /// <summary>tests/run says where the programs are; by hand it is out/bin.</summary>
    public static string Init { get; } =
        Path.Combine(Environment.GetEnvironmentVariable("INTERCEPT_BIN") ?? Path.Combine(Root, "out/bin"), "intercept-init");

    public static string Probe { get; } = Path.Combine(Root, "tests/netns/probe");

    private static string FindRoot()
    {
        var directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "Intercept.sln")))
        {
            directory = Path.GetDirectoryName(directory) ?? throw new InvalidOperationException("no Intercept.sln above the tests");
        }

        return directory;
    }
}
