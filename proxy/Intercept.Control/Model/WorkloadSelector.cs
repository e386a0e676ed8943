namespace Intercept.Control.Model;

/// <summary>Exactly these labels, and perhaps others. Without labels it selects every workload of its namespace.</summary>
internal sealed record WorkloadSelector(ValueMap<string> Labels)
{
    public bool Matches(ValueMap<string> labels)
    {
        foreach (var (key, value) in Labels)
        {
            if (!labels.TryGetValue(key, out var found) || found != value)
            {
                return false;
            }
        }

        return true;
    }
}
