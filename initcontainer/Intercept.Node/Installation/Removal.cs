using System.Collections.Immutable;

namespace Intercept.Node.Installation;

/// <summary>A removal under way: one thing that cannot be taken away keeps nothing else.</summary>
internal sealed class Removal
{
    public ImmutableArray<string>.Builder Changes { get; } = ImmutableArray.CreateBuilder<string>();

    public ImmutableArray<string>.Builder Problems { get; } = ImmutableArray.CreateBuilder<string>();

    public void Try(Action step)
    {
        try
        {
            step();
        }
        catch (Exception failure) when (failure is InstallException or IOException or UnauthorizedAccessException)
        {
            Problems.Add(failure.Message);
        }
    }

    public RemovalOutcome Outcome() => new(Changes.ToImmutable(), Problems.ToImmutable());
}
