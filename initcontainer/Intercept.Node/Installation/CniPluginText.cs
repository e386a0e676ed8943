namespace Intercept.Node.Installation;

/// <summary>One plugin's configuration, and where it stands in its file.</summary>
internal readonly record struct CniPluginText(string Type, int Start, int End);
