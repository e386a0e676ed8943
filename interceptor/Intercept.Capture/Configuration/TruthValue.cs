namespace Intercept.Capture.Configuration;

/// <summary>What Go's ParseBool takes, because scripts for istio-iptables rely on it.</summary>
public static class TruthValue
{
    public const string Allowed = "true or false";

    /// <returns>Null when the text is neither.</returns>
    public static bool? Parse(string text) => text switch
    {
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        _ => null,
    };
}
