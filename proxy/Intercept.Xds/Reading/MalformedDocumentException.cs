namespace Intercept.Xds.Reading;

/// <summary>The text is not a YAML or JSON document that can be walked. Does not leave <see cref="DocumentText"/>.</summary>
public sealed class MalformedDocumentException(int line, string why, string? allowed = null) : Exception(why)
{
    public int Line { get; } = line;

    public string? Allowed { get; } = allowed;
}
