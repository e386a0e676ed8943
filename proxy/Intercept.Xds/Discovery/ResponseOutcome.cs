using System.Collections.Immutable;
using Intercept.Core.Problems;

namespace Intercept.Xds.Discovery;

/// <summary>What became of a response.</summary>
/// <param name="Problems">Why parts of it are refused; empty when all of it is accepted.</param>
/// <param name="ServerErrors">What the server says of resources that it cannot give.</param>
internal sealed record ResponseOutcome(ImmutableArray<Problem> Problems, ImmutableArray<string> ServerErrors)
{
    /// <summary>For what nobody wants any more: on its way when its subscription ended.</summary>
    public static readonly ResponseOutcome Unwanted = new([], []);
}
