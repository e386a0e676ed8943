using Intercept.Capture.Planning;

namespace Intercept.Capture.Execution;

/// <summary>One way to put the rules of a plan into the kernel.</summary>
internal interface ICaptureBackend
{
    /// <summary>For people: "iptables-nft (nf_tables)".</summary>
    string Name { get; }

    /// <summary>Whether it captures already, as surveyed, whatever the plan was.</summary>
    bool Holds { get; }

    /// <summary>
    /// One line for every difference between the kernel as surveyed and the plan; no plan means that nothing of ours should be there.
    /// </summary>
    IReadOnlyList<string> Drift(CapturePlan? plan);

    /// <summary>Makes the kernel agree, in one transaction per family or one for both.</summary>
    /// <param name="force">Write the rules also where they are as they should be.</param>
    Task ApplyAsync(CapturePlan? plan, bool force, CancellationToken cancellation);
}
