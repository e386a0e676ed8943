using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Intercept.Tests.Unit;

/// <summary>Holds the house of ARCHITECTURE.md: who may see whom, where unsafe code lives, what stands at the top.</summary>
public sealed class ArchitectureTests
{
    private static readonly Dictionary<string, string[]> _mayReference = new()
    {
        ["Intercept.Core"] = [],
        ["Intercept.Linux"] = ["Intercept.Core"],
        ["Intercept.Runtime"] = ["Intercept.Core", "Intercept.Linux"],
        ["Intercept.Mesh"] = ["Intercept.Core"],
        ["Intercept.Xds"] = ["Intercept.Core", "Intercept.Mesh"],
        ["Intercept.Proxy"] = ["Intercept.Core", "Intercept.Linux", "Intercept.Runtime", "Intercept.Mesh", "Intercept.Xds"],
        ["Intercept.Control"] = ["Intercept.Core", "Intercept.Linux", "Intercept.Xds"],
        ["Intercept.Capture"] = ["Intercept.Core", "Intercept.Linux"],
        ["Intercept.Init"] = ["Intercept.Capture", "Intercept.Core", "Intercept.Linux"],
        ["Intercept.Cni"] = ["Intercept.Capture", "Intercept.Core", "Intercept.Linux"],
        ["Intercept.Node"] = ["Intercept.Capture", "Intercept.Core", "Intercept.Linux", "Intercept.Runtime"],
    };

    [Fact]
    public void Projects_depend_in_one_direction_only()
    {
        foreach (var project in ProductProjects())
        {
            var name = Path.GetFileNameWithoutExtension(project);
            Assert.True(_mayReference.ContainsKey(name), $"{name} is not in the house: add it to ARCHITECTURE.md and to this test");
            var references = XDocument.Load(project).Descendants("ProjectReference")
                .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));
            Assert.Empty(references.Except(_mayReference[name]));
        }
    }

    [Fact]
    public void Only_those_who_speak_xDS_know_a_protobuf_type() =>
        Assert.Empty(Sources().Where(file => !file.Contains("/Intercept.Xds/", StringComparison.Ordinal) && !file.Contains("/Intercept.Control/", StringComparison.Ordinal))
            .Where(file => File.ReadAllText(file).Contains("Google.Protobuf", StringComparison.Ordinal)));

    [Fact]
    public void Only_Linux_has_unsafe_code_and_native_calls() =>
        Assert.Empty(Sources().Where(file => !file.Contains("/Intercept.Linux/", StringComparison.Ordinal))
            .Where(file => Regex.IsMatch(File.ReadAllText(file), @"\bunsafe\b|LibraryImport|DllImport")));

    [Fact]
    public void Nothing_stands_at_the_top_but_the_agreed_names()
    {
        string[] agreed =
        [
            "interceptor", "bpf", "proxy", "initcontainer", "tests", "deploy", "Intercept.sln", "README.md", "ARCHITECTURE.md",
            "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE", "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props",
            "global.json", "nuget.config", "BannedSymbols.txt",

            // Ignored by git: what deploy/build makes.
            "out",
        ];
        var found = Directory.EnumerateFileSystemEntries(Repository.Root).Select(entry => Path.GetFileName(entry)!)
            .Where(name => name[0] != '.');
        Assert.Empty(found.Except(agreed));
    }

    [Theory]
    [InlineData("Manager")]
    [InlineData("Helper")]
    [InlineData("Util")]
    [InlineData("Common")]
    public void No_file_is_named_by_a_word_that_says_nothing(string word) =>
        Assert.Empty(Sources().Where(file => Path.GetFileName(file).Contains(word, StringComparison.Ordinal)));

    [Fact]
    public void No_source_file_is_longer_than_six_hundred_lines() =>
        Assert.Empty(Sources().Where(file => File.ReadLines(file).Count() > 600));

    private static IEnumerable<string> ProductProjects() =>
        Repository.Files("*.csproj").Where(file => !file.Contains("/tests/", StringComparison.Ordinal));

    private static IEnumerable<string> Sources() =>
        Repository.Files("*.cs").Where(file => !file.Contains("/tests/", StringComparison.Ordinal));
}
