using Intercept.Control.Manifests.Reading;

namespace Intercept.Control.Manifests.Kinds;

/// <summary>Istio's PortSelector: a mapping around a number.</summary>
internal sealed record PortReference(int Number)
{
    public static PortReference? Read(Fields fields)
    {
        fields.Require("number", "a number from 1 to 65535");
        return fields.Port("number") is { } number ? new PortReference(number) : null;
    }
}
