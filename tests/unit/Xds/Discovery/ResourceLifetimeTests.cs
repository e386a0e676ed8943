using Envoy.Service.Discovery.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Intercept.Xds.Discovery;
using static Intercept.Tests.Unit.Xds.Discovery.Responses;

namespace Intercept.Tests.Unit.Xds.Discovery;

/// <summary>Resources with a time to live, and the heartbeats that keep them.</summary>
public sealed class ResourceLifetimeTests
{
    private static readonly TimeSpan _life = TimeSpan.FromSeconds(10);

    private readonly RecordingReceiver _receiver = new();
    private readonly SteppedTime _time = new();
    private readonly DeltaConversation _delta;

    public ResourceLifetimeTests()
    {
        _receiver.Want(ResourceType.Cluster, Subscription.Wildcard);
        _delta = new DeltaConversation(_receiver, _time, TimeSpan.FromSeconds(15));
        _delta.Asks();
    }

    [Fact]
    public void What_nothing_is_heard_of_in_its_time_to_live_is_removed_once()
    {
        _delta.Hears(Delta("a=1", _life));
        _delta.Hears(Delta("b=1", null));
        Assert.Equal(_life, _delta.Lifetimes.Next);
        _time.Pass(_life - TimeSpan.FromSeconds(1));
        Assert.Empty(_delta.Lifetimes.Expire(_receiver));
        _receiver.TakeLines();
        _time.Pass(TimeSpan.FromSeconds(1));

        Assert.Equal((ResourceType.Cluster, "a"), Assert.Single(_delta.Lifetimes.Expire(_receiver)));

        Assert.Equal(["Cluster: -a"], _receiver.TakeLines());
        Assert.Null(_delta.Lifetimes.Next);
    }

    [Fact]
    public void A_heartbeat_is_another_life_and_no_change()
    {
        _delta.Hears(Delta("a=1", _life));
        _time.Pass(TimeSpan.FromSeconds(9));
        _receiver.TakeLines();
        Assert.Equal(["Cluster ack n"], _delta.Hears(Heartbeat("a", "1")));

        Assert.Equal(["Cluster:"], _receiver.TakeLines());
        Assert.Equal(_life, _delta.Lifetimes.Next);
    }

    [Fact]
    public void A_heartbeat_of_another_version_or_of_what_is_not_here_says_nothing()
    {
        _delta.Hears(Delta("a=1", _life));
        _time.Pass(TimeSpan.FromSeconds(9));
        _delta.Hears(Heartbeat("a", "2"));
        _delta.Hears(Heartbeat("b", "1"));

        Assert.Equal(TimeSpan.FromSeconds(1), _delta.Lifetimes.Next);
    }

    [Fact]
    public void A_version_that_is_refused_leaves_the_last_good_one_its_time()
    {
        _delta.Hears(Delta("a=1", _life));
        _receiver.Refused["a"] = "is bad";
        _delta.Hears(Delta("a=2", null));

        Assert.Equal(_life, _delta.Lifetimes.Next);
    }

    [Fact]
    public void What_comes_without_a_time_to_live_or_is_removed_has_none()
    {
        _delta.Hears(Delta("a=1", _life));
        _delta.Hears(Delta("b=1", _life));
        _delta.Hears(Delta("a=2", null));
        _delta.Hears(new DeltaDiscoveryResponse { TypeUrl = TypeUrls.Of(ResourceType.Cluster), Nonce = "n", RemovedResources = { "b" } });

        Assert.Null(_delta.Lifetimes.Next);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-1, 0)]
    [InlineData(1, -1)]
    [InlineData(long.MaxValue, 0)]
    public void A_time_to_live_that_is_none_is_refused_by_name(long seconds, int nanos)
    {
        var response = Delta("a=1", _life);
        response.Resources[0].Ttl = new Duration { Seconds = seconds, Nanos = nanos };
        _delta.Hears(response);

        Assert.Contains("Cluster 'a': ttl", _delta.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void In_the_state_of_the_world_a_heartbeat_removes_nothing_else()
    {
        var conversation = new SotwConversation(_receiver, [], _time);
        conversation.Asks();
        conversation.Hears(Sotw(Wrapped("a", "v1", _life), Wrapped("b", "v1", null)));
        _time.Pass(TimeSpan.FromSeconds(9));
        _receiver.TakeLines();

        conversation.Hears(Sotw(new Resource { Name = "a", Version = "v1", Ttl = _life.ToDuration() }));

        Assert.Equal(["Cluster:"], _receiver.TakeLines());
        Assert.Equal(["a", "b"], _receiver.Versions(ResourceType.Cluster).Keys.Order());
        Assert.Equal(_life, conversation.Lifetimes.Next);
        conversation.Hears(Sotw(Wrapped("b", "v1", null)));
        Assert.Null(conversation.Lifetimes.Next);
    }

    private static DeltaDiscoveryResponse Delta(string resource, TimeSpan? life)
    {
        var response = Responses.Delta(ResourceType.Cluster, "n", resource);
        response.Resources[0].Ttl = life?.ToDuration();
        return response;
    }

    private static DeltaDiscoveryResponse Heartbeat(string name, string version) => new()
    {
        TypeUrl = TypeUrls.Of(ResourceType.Cluster),
        Nonce = "n",
        Resources = { new Resource { Name = name, Version = version, Ttl = _life.ToDuration() } },
    };

    private static DiscoveryResponse Sotw(params Resource[] resources) => new()
    {
        TypeUrl = TypeUrls.Of(ResourceType.Cluster),
        Nonce = "n",
        VersionInfo = "v1",
        Resources = { resources.Select(resource => new Any { TypeUrl = "type.googleapis.com/envoy.service.discovery.v3.Resource", Value = resource.ToByteString() }) },
    };

    private static Resource Wrapped(string name, string version, TimeSpan? life) =>
        new() { Name = name, Version = version, Ttl = life?.ToDuration(), Resource_ = Pack(ResourceType.Cluster, name) };
}
