using Intercept.Control.Model;

namespace Intercept.Control.Generation.Scoping;

internal static class Exports
{
    /// <summary>Whether what is in namespace <paramref name="owner"/> holds for clients in <paramref name="client"/>.</summary>
    public static bool Reach(ValueList<string> exportTo, string owner, string client)
    {
        if (exportTo.IsEmpty)
        {
            return true;
        }

        foreach (var target in exportTo)
        {
            if (target == "*" || target == client || (target == "." && owner == client))
            {
                return true;
            }
        }

        return false;
    }
}
