namespace Intercept.Node.Pods;

/// <summary>Where the agent knows a node's pods from.</summary>
internal interface IPodSource
{
    /// <summary>For people: "the manifests in /etc/pods".</summary>
    string Name { get; }

    /// <summary>Keeps the store as the source is, until it is told to end.</summary>
    Task RunAsync(PodStore store, CancellationToken cancellation);
}
