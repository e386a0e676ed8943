using System.Collections.Immutable;
using Envoy.Config.Bootstrap.V3;
using Intercept.Core.Problems;
using Intercept.Mesh;
using Intercept.Xds.Reading;
using Intercept.Xds.Translation;

namespace Intercept.Xds;

/// <summary>An Envoy v3 bootstrap as text to a snapshot, all or nothing, with every problem that is in it.</summary>
public static class BootstrapReader
{
    /// <param name="fileName">Named in the problems; ".json" reads JSON, anything else YAML.</param>
    /// <param name="text">The whole file.</param>
    /// <param name="previous">The snapshot in use, whose parts are kept where nothing changed.</param>
    public static BootstrapResult Read(string fileName, string text, MeshSnapshot? previous = null)
    {
        var problems = ImmutableArray.CreateBuilder<Problem>();
        var snapshot = DocumentText.Parse(fileName, text, problems) is { } root ? Read(fileName, root, previous, problems) : null;
        return problems.Count == 0
            ? new BootstrapResult(snapshot, [])
            : new BootstrapResult(null, [.. problems.Distinct().OrderBy(problem => problem.Line)]);
    }

    private static MeshSnapshot Read(string fileName, ConfigNode root, MeshSnapshot? previous, ImmutableArray<Problem>.Builder problems)
    {
        var lines = new SourceLines(fileName);
        var encoded = new MessageEncoder(lines, problems).Encode(root, Bootstrap.Descriptor, "");
        var unread = new FieldPaths(problems.Select(problem => problem.Field));
        var found = ImmutableArray.CreateBuilder<Problem>();
        var snapshot = new SnapshotTranslator(new TranslationScope(lines, found)).Translate(previous, Bootstrap.Parser.ParseFrom(encoded));

        // A field that could not be read is not in the message: that it is missing there is no second problem.
        problems.AddRange(found.Where(problem => !unread.Touch(problem.Field)));
        return snapshot;
    }
}
