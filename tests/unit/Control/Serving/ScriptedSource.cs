using System.Collections.Immutable;
using System.Threading.Channels;
using Intercept.Control.Manifests;
using Intercept.Control.Model;
using Intercept.Core.Problems;

namespace Intercept.Tests.Unit.Control.Serving;

/// <summary>A source that says what the test says.</summary>
internal sealed class ScriptedSource : IMeshSource
{
    private readonly Channel<MeshModel> _models = Channel.CreateUnbounded<MeshModel>();

    public ChannelReader<MeshModel> Models => _models.Reader;

    public ManifestStatus Status => new() { Source = "test", Problems = Problems };

    public ImmutableArray<Problem> Problems { get; set; } = [];

    public void Offer(MeshModel model) => Assert.True(_models.Writer.TryWrite(model));

    public void End() => _models.Writer.Complete();

    public Task RunAsync(CancellationToken cancellation) => Task.CompletedTask;
}
