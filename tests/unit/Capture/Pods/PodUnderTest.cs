using System.Collections.Immutable;
using Intercept.Capture.Configuration;
using Intercept.Capture.Pods;
using Intercept.Core.Problems;

namespace Intercept.Tests.Unit.Capture.Pods;

/// <summary>The pod shop/web, and what is decided about it.</summary>
internal sealed record PodUnderTest
{
    public PodMetadata Metadata { get; init; } = new(new PodIdentity("shop", "web", "7f3a"));

    public SelectionSettings Settings { get; init; } = new();

    public static PodUnderTest With(params ImmutableArray<string> containers) =>
        new() { Metadata = new PodUnderTest().Metadata with { Containers = containers } };

    public PodUnderTest Label(string name, string value) => this with { Metadata = Metadata with { Labels = Metadata.Labels.SetItem(name, value) } };

    public PodUnderTest Annotate(string name, string value) =>
        this with { Metadata = Metadata with { Annotations = Metadata.Annotations.SetItem(name, value) } };

    public PodDecision Decide()
    {
        var result = PodSelection.Decide(Metadata, Settings);
        Assert.Empty(result.Problems);
        return result.Decision!;
    }

    public ImmutableArray<Problem> Refuse()
    {
        var result = PodSelection.Decide(Metadata, Settings);
        Assert.Null(result.Decision);
        return result.Problems;
    }

    /// <summary>What an init container would make of the arguments.</summary>
    public CaptureConfiguration Captured()
    {
        var decision = Decide();
        Assert.True(decision.IsCaptured, decision.Reason);
        var read = CaptureOptionsReader.Read(decision.Arguments, ImmutableDictionary<string, string>.Empty, new HostFacts(_ => null, _ => null, ""));
        Assert.Empty(read.Problems);
        return read.Options!.Configuration;
    }
}
