using Intercept.Control.Manifests;
using Intercept.Control.Manifests.Assembly;
using Intercept.Control.Model;

namespace Intercept.Tests.Unit.Control.Manifests;

/// <summary>Manifests as texts in tests.</summary>
internal static class ManifestTexts
{
    private const string FileName = "m.yaml";

    public static ManifestReading Read(string text) => ManifestReader.ReadFile(FileName, text, MeshOptions.Default);

    /// <summary>The only object of a text without problems.</summary>
    public static T Only<T>(string text)
    {
        var reading = Read(text);
        Assert.Empty(reading.Problems);
        return Assert.IsType<T>(Assert.Single(reading.Objects).Value);
    }

    public static MeshModel Assembled(params string[] texts)
    {
        var reading = Read(string.Join("\n---\n", texts));
        Assert.Empty(reading.Problems);
        return MeshModelAssembly.Assemble(reading.Objects, MeshOptions.Default);
    }

    public static ValueMap<string> Labels(params (string Key, string Value)[] labels) =>
        new(labels.Select(label => KeyValuePair.Create(label.Key, label.Value)));

    /// <summary>An object of a networking or security kind with this spec, which is indented by two.</summary>
    public static string Of(string kind, string spec, string name = "x")
    {
        var group = kind is "PeerAuthentication" or "AuthorizationPolicy" ? "security.istio.io/v1"
            : kind is "ServiceProfile" ? "linkerd.io/v1alpha2"
            : kind is "TrafficSplit" ? "split.smi-spec.io/v1alpha2"
            : kind is "Service" or "Pod" ? "v1" : "networking.istio.io/v1";
        return $"apiVersion: {group}\nkind: {kind}\nmetadata:\n  name: {name}\n  namespace: shop\nspec:\n{Indented(spec)}";
    }

    private static string Indented(string text) => string.Join('\n', text.Split('\n').Select(line => line.Length == 0 ? line : $"  {line}"));
}
