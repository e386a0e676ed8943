namespace Intercept.Tests.Unit.Control.Authority;

/// <summary>Thrown where kill -9 strikes: nothing in the product catches it, so nothing runs after it.</summary>
internal sealed class Killed : Exception
{
    internal static void At(string reached, string step)
    {
        if (reached == step)
        {
            throw new Killed();
        }
    }
}
