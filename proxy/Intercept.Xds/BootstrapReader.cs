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
    public static BootstrapResult Read(string fileName, string text, MeshSnapshot? previous = null) =>
        Read(new BootstrapInput(fileName, text), previous);

    /// <param name="input">A file, an overlay, or both.</param>
    /// <param name="previous">The snapshot in use, whose parts are kept where nothing changed.</param>
    public static BootstrapResult Read(BootstrapInput input, MeshSnapshot? previous = null)
    {
        var problems = ImmutableArray.CreateBuilder<Problem>();
        var lines = input.Text is null || input.FileName is null
            ? new SourceLines(BootstrapInput.OverlayName)
            : new SourceLines(input.FileName, input.Overlay is null ? int.MaxValue : input.Text.Count('\n') + 1);
        if (Document(input, lines, problems) is not { } root)
        {
            return new BootstrapResult(null, [.. problems]);
        }

        var (snapshot, controlPlane) = Read(input, root, lines, previous, problems);
        return problems.Count == 0
            ? new BootstrapResult(snapshot, []) { ControlPlane = controlPlane }
            : new BootstrapResult(null, [.. problems.Distinct().OrderBy(problem => problem.Line).Select(lines.Locate)]);
    }

    // Both documents are parsed before either is given up, so that problems of both are said.
    private static ConfigNode? Document(BootstrapInput input, SourceLines lines, ImmutableArray<Problem>.Builder problems)
    {
        var file = input.Text is null ? null : DocumentText.Parse(lines.Source, input.Text, problems);
        var overlay = input.Overlay is null ? null : DocumentText.Parse(BootstrapInput.OverlayName, input.Overlay, problems);
        if (problems.Count > 0)
        {
            return null;
        }

        return file is null || overlay is null ? file ?? overlay : DocumentMerge.Merge(file, DocumentMerge.Shift(overlay, lines.OwnLines));
    }

    private static (MeshSnapshot Snapshot, ControlPlaneOptions? ControlPlane) Read(
        BootstrapInput input, ConfigNode root, SourceLines lines, MeshSnapshot? previous, ImmutableArray<Problem>.Builder problems)
    {
        var encoded = new MessageEncoder(lines, problems).Encode(root, Bootstrap.Descriptor, "");
        var unread = new FieldPaths(problems.Select(problem => problem.Field));
        var found = ImmutableArray.CreateBuilder<Problem>();
        var bootstrap = Bootstrap.Parser.ParseFrom(encoded);
        bootstrap.Node ??= new Envoy.Config.Core.V3.Node();
        bootstrap.Node.Id = input.NodeId ?? bootstrap.Node.Id;
        bootstrap.Node.Cluster = input.NodeCluster ?? bootstrap.Node.Cluster;
        var scope = new TranslationScope(lines, found);
        var snapshot = new SnapshotTranslator(scope).Translate(previous, bootstrap);
        var controlPlane = new ControlPlaneTranslator(scope).Translate(bootstrap);

        // A field that could not be read is not in the message: that it is missing there is no second problem.
        problems.AddRange(found.Where(problem => !unread.Touch(problem.Field)));
        return (snapshot, controlPlane);
    }
}
