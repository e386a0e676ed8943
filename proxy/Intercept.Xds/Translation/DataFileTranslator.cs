using Envoy.Config.Core.V3;

namespace Intercept.Xds.Translation;

internal sealed class DataFileTranslator(TranslationScope scope)
{
    /// <summary>The path of a file; null for any other source of data, which is reported.</summary>
    public string? Translate(DataSource? source, string path)
    {
        switch (source?.SpecifierCase)
        {
            case DataSource.SpecifierOneofCase.Filename when source.Filename.Length > 0:
                return source.Filename;
            case DataSource.SpecifierOneofCase.InlineBytes or DataSource.SpecifierOneofCase.InlineString:
                scope.Report(path, null, "is inline: keys and certificates are read from files, so that they can be rotated", "filename");
                return null;
            case DataSource.SpecifierOneofCase.EnvironmentVariable:
                scope.Report($"{path}.environment_variable", source.EnvironmentVariable, "cannot be rotated", "filename");
                return null;
            default:
                scope.Missing($"{path}.filename", "the path of a PEM file");
                return null;
        }
    }
}
