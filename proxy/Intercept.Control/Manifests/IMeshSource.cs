using System.Threading.Channels;
using Intercept.Control.Model;

namespace Intercept.Control.Manifests;

/// <summary>Where the model of the mesh comes from: a folder, or the Kubernetes API.</summary>
internal interface IMeshSource
{
    /// <summary>Each good state, the newest one only: who reads slowly misses those between. Completed when the source ends.</summary>
    ChannelReader<MeshModel> Models { get; }

    /// <summary>Of this moment. Any thread.</summary>
    ManifestStatus Status { get; }

    /// <summary>Runs until it is cancelled. What is wrong with the input is in the status, and never an exception.</summary>
    Task RunAsync(CancellationToken cancellation);
}
