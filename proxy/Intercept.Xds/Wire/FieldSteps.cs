using System.Text;

namespace Intercept.Xds.Wire;

/// <summary>The way from the top of a resource to the field being read; put into words only when there is something to say.</summary>
internal sealed class FieldSteps
{
    private const int NoIndex = -1;

    private readonly List<(string Name, int Index)> _steps = [];

    public int Depth => _steps.Count;

    public void Enter(string name, int index = NoIndex) => _steps.Add((name, index));

    public void Leave() => _steps.RemoveAt(_steps.Count - 1);

    /// <summary>filter_chains[3].filters[0]</summary>
    public string Path(string field) => Describe(field, static (text, index) => text.Append('[').Append(index).Append(']'));

    /// <summary>filter_chains[].filters[]: the same in every item of a list.</summary>
    public string Pattern(string field) => Describe(field, static (text, _) => text.Append("[]"));

    private string Describe(string field, Action<StringBuilder, int> append)
    {
        var text = new StringBuilder();
        foreach (var (name, index) in _steps)
        {
            if (text.Length > 0 && name.Length > 0)
            {
                text.Append('.');
            }

            text.Append(name);
            if (index != NoIndex)
            {
                append(text, index);
            }
        }

        return (text.Length > 0 && field.Length > 0 ? text.Append('.') : text).Append(field).ToString();
    }
}
