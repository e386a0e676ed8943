using System.Collections.Immutable;
using System.Threading.Channels;
using Intercept.Core.Problems;

namespace Intercept.Control.Model;

/// <summary>Where the model of the mesh comes from: a folder of manifests, or the Kubernetes API.</summary>
internal interface IModelSource
{
    /// <summary>A model for each change that can be in force. Bounded, the newest wins: whoever reads late skips what was replaced.</summary>
    ChannelReader<MeshModel> Models { get; }

    /// <summary>Every problem of the newest input; the last good model stays in force meanwhile. Any thread.</summary>
    ImmutableArray<Problem> Problems { get; }

    /// <summary>Watches until cancelled.</summary>
    Task RunAsync(CancellationToken cancellation);
}
