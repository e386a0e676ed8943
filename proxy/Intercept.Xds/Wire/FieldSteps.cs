using System.Text;

namespace Intercept.Xds.Wire;

/// <summary>The way from the top of a resource to the field being read; put into words only when there is something to say.</summary>
internal sealed class FieldSteps
{
    public const int NoIndex = -1;

    private readonly List<(string Name, int Index)> _steps = [];

    public int Depth => _steps.Count;

    public void Enter(string name, int index = NoIndex) => _steps.Add((name, index));

    public void Leave() => _steps.RemoveAt(_steps.Count - 1);

    /// <summary>filter_chains[3].filters[0]</summary>
    public string Path(string field)
    {
        var text = new StringBuilder();
        foreach (var (name, index) in _steps)
        {
            text.Append(text.Length > 0 ? "." : "").Append(name);
            if (index != NoIndex)
            {
                text.Append('[').Append(index).Append(']');
            }
        }

        return text.Append(text.Length > 0 && field.Length > 0 ? "." : "").Append(field).ToString();
    }
}
