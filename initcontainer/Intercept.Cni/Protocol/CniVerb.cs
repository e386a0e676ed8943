namespace Intercept.Cni.Protocol;

/// <summary>The values of CNI_COMMAND.</summary>
internal static class CniVerb
{
    public const string Add = "ADD";
    public const string Delete = "DEL";
    public const string Check = "CHECK";
    public const string Status = "STATUS";
    public const string GarbageCollection = "GC";
    public const string Version = "VERSION";

    public static IReadOnlyList<string> All { get; } = [Add, Delete, Check, Status, GarbageCollection, Version];

    /// <summary>Verbs that remove: whatever is wrong with the rest of their input, they do what they can.</summary>
    public static bool Removes(string verb) => verb is Delete or GarbageCollection;

    /// <summary>Verbs about one container's interface.</summary>
    public static bool IsOfAContainer(string verb) => verb is Add or Delete or Check;
}
