namespace Intercept.Xds.Reading;

/// <summary>One node of a YAML or JSON document, with the line it starts on.</summary>
internal abstract record ConfigNode(int Line);
