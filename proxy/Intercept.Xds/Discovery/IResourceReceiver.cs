using System.Collections.Immutable;
using Intercept.Core.Problems;

namespace Intercept.Xds.Discovery;

/// <summary>
/// Who keeps what a discovery client brings. Called from the client's one task, never concurrently.
/// After each call of <see cref="Receive"/> and <see cref="Absent"/> the client asks again what is wanted.
/// </summary>
internal interface IResourceReceiver
{
    /// <summary>Takes what it can; an empty batch says that the server has nothing (more) of this type.</summary>
    /// <returns>What is wrong with resources of the batch: those are refused and keep their last good version.</returns>
    ImmutableArray<Problem> Receive(ResourceBatch batch);

    Subscription Wanted(ResourceType type);

    /// <summary>The accepted resources of a type that are kept, and their versions: a new stream need not send them again.</summary>
    IReadOnlyDictionary<string, string> Versions(ResourceType type);

    /// <summary>
    /// A wanted resource does not come: the server says that it does not exist, or was silent for the initial fetch timeout.
    /// With <see cref="Subscription.WildcardName"/>: nothing of the type came in that time.
    /// </summary>
    void Absent(ResourceType type, string name);

    /// <summary>A stream is there: before its first batch.</summary>
    /// <param name="controlPlane">What the server calls itself; null when it does not say.</param>
    void Connected(string? controlPlane);

    /// <summary>A stream ended, or could not be opened; the client tries again.</summary>
    void Disconnected(string why);
}
