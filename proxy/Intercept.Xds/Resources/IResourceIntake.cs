using System.Collections.Immutable;
using Intercept.Xds.Discovery;

namespace Intercept.Xds.Resources;

/// <summary>What is done with the resources of one type.</summary>
internal interface IResourceIntake
{
    /// <summary>What to ask the control plane for.</summary>
    Subscription Wanted { get; }

    /// <summary>All that there is of this type, accepted or refused.</summary>
    IEnumerable<string> Names { get; }

    IReadOnlyDictionary<string, string> Versions { get; }

    /// <summary>The control plane has said what there is of this type, or will not.</summary>
    bool HasAnswer { get; }

    /// <param name="updated">No name twice.</param>
    /// <param name="removed">None that is updated.</param>
    void Take(ImmutableArray<DiscoveredResource> updated, ImmutableArray<string> removed);

    /// <summary>It does not come. What came before stays.</summary>
    void Miss(string name);
}
