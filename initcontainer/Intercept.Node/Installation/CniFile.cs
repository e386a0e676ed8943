namespace Intercept.Node.Installation;

/// <summary>A file in a runtime's directory of network configuration.</summary>
/// <param name="Path">For this process, links resolved: what is written takes the place of the file, not of a link to it.</param>
/// <param name="Text">Null where no runtime takes it; then <paramref name="Why"/> says why.</param>
internal sealed record CniFile(string Path, CniText? Text, string Why)
{
    public string Name => System.IO.Path.GetFileName(Path);

    public bool HasOurs => Text is { IsList: true } text && text.Plugins.Any(CniEdit.IsOurs);
}
