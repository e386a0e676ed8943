namespace Intercept.Xds.Reading;

/// <param name="IsText">Quoted, or a block scalar: text whatever it looks like.</param>
internal sealed record ScalarNode(int Line, string Text, bool IsText) : ConfigNode(Line)
{
    public bool IsNull => !IsText && (Text is "" or "null" or "Null" or "NULL" or "~");

    public bool IsBool => !IsText && (Text is "true" or "false");
}
