using Intercept.Mesh;
using Intercept.Xds;

namespace Intercept.Tests.Unit.Xds;

/// <summary>The example bootstraps beside this file.</summary>
internal static class Bootstraps
{
    public static string Text(string name) =>
        File.ReadAllText(Path.Combine(Repository.Root, "tests", "unit", "Xds", "Bootstraps", name));

    public static MeshSnapshot Read(string name) => Accept(name, Text(name));

    public static MeshSnapshot Accept(string name, string text, MeshSnapshot? previous = null)
    {
        var result = BootstrapReader.Read(name, text, previous);
        Assert.Empty(result.Problems);
        return result.Snapshot!;
    }
}
