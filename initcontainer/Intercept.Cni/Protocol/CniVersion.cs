namespace Intercept.Cni.Protocol;

/// <summary>Versions of the specification: which are spoken, and which verbs each has.</summary>
internal static class CniVersion
{
    public const string Newest = "1.1.0";

    public static IReadOnlyList<string> Supported { get; } = ["0.3.1", "0.4.0", "1.0.0", Newest];

    /// <summary>A verb that came later must not be called with an earlier configuration.</summary>
    public static string FirstWith(string verb) => verb switch
    {
        CniVerb.Check => "0.4.0",
        CniVerb.Status or CniVerb.GarbageCollection => "1.1.0",
        _ => Supported[0],
    };

    public static bool IsSupported(string version) => Supported.Contains(version);

    /// <summary>Both supported.</summary>
    public static bool IsBefore(string version, string other) => Index(version) < Index(other);

    /// <summary>Until 1.0.0 an address in a result said which family it is of.</summary>
    public static bool NamesFamilies(string version) => IsBefore(version, "1.0.0");

    private static int Index(string version) => Supported.TakeWhile(known => known != version).Count();
}
