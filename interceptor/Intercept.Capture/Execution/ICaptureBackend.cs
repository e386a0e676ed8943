using Intercept.Capture.Planning;

namespace Intercept.Capture.Execution;

/// <summary>One way to put the rules of a plan into the kernel.</summary>
internal interface ICaptureBackend
{
    /// <summary>For people: "iptables-nft (nf_tables)".</summary>
    string Name { get; }

    /// <summary>One line for every difference between the kernel and the plan; no plan means that nothing of ours should be there.</summary>
    Task<IReadOnlyList<string>> DriftAsync(CapturePlan? plan, CancellationToken cancellation);

    /// <summary>Makes the kernel agree, in one transaction per family or one for both.</summary>
    Task ApplyAsync(CapturePlan? plan, CancellationToken cancellation);
}
