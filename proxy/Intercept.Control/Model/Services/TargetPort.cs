namespace Intercept.Control.Model.Services;

/// <summary>The port on the workload: a number, or the name of one of its ports.</summary>
internal readonly record struct TargetPort(int Number, string? Name)
{
    /// <summary>Null when the workload has no port of this name.</summary>
    public int? On(Workload workload)
    {
        if (Name is null)
        {
            return Number;
        }

        foreach (var port in workload.Ports)
        {
            if (port.Name == Name)
            {
                return port.Port;
            }
        }

        return null;
    }

    public override string ToString() => Name ?? Number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
