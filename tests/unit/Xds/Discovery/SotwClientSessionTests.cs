using Envoy.Service.Discovery.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Intercept.Xds.Discovery;
using static Intercept.Tests.Unit.Xds.Discovery.Responses;

namespace Intercept.Tests.Unit.Xds.Discovery;

/// <summary>The rules of state-of-the-world xDS, a conversation for each.</summary>
public sealed class SotwClientSessionTests
{
    private readonly RecordingReceiver _receiver = new();

    [Fact]
    public void Opens_with_each_wanted_type_in_order_and_names_the_node_once()
    {
        _receiver.Want(ResourceType.Listener, Subscription.Wildcard);
        _receiver.Want(ResourceType.Endpoint, "b", "a");
        _receiver.Want(ResourceType.Cluster, Subscription.Wildcard);

        Assert.Equal(["sidecar Cluster [] at ''", "Endpoint [a b] at ''", "Listener [] at ''"], new SotwConversation(_receiver).Asks());
    }

    [Fact]
    public void Acknowledges_with_the_version_the_nonce_and_all_names_before_it_asks_for_more()
    {
        _receiver.Want(ResourceType.Endpoint, "a");
        var conversation = new SotwConversation(_receiver);
        conversation.Asks();
        _receiver.Received = _ => _receiver.Want(ResourceType.Endpoint, "a", "b");

        Assert.Equal(
            ["Endpoint [a] at 'v1' for n1", "Endpoint [a b] at 'v1' for n1"],
            conversation.Hears(Sotw(ResourceType.Endpoint, "n1", "v1", "a")));
    }

    [Fact]
    public void Refuses_with_the_version_that_was_good_and_the_new_nonce()
    {
        var conversation = WithClusters();

        Assert.Equal(["Cluster [] at 'v1' for n1"], conversation.Hears(Sotw(ResourceType.Cluster, "n1", "v1", "a")));

        _receiver.Refused["b"] = "is wrong";

        Assert.Equal(["Cluster [] at 'v1' for n2 nack"], conversation.Hears(Sotw(ResourceType.Cluster, "n2", "v2", "a", "b")));
        Assert.Equal("Cluster 'b': field is wrong", conversation.Refusal);
    }

    [Fact]
    public void Asks_with_the_newest_nonce_of_the_type()
    {
        _receiver.Want(ResourceType.Endpoint, "a");
        var conversation = new SotwConversation(_receiver);
        conversation.Asks();
        conversation.Hears(Sotw(ResourceType.Endpoint, "n1", "v1", "a"));
        conversation.Hears(Sotw(ResourceType.Endpoint, "n2", "v2", "a"));
        _receiver.Want(ResourceType.Endpoint, "a", "b");

        Assert.Equal(["Endpoint [a b] at 'v2' for n2"], conversation.Asks());
    }

    [Fact]
    public void Keeps_the_version_and_no_nonce_for_the_next_stream()
    {
        var accepted = new Dictionary<ResourceType, string>();
        WithClusters(accepted).Hears(Sotw(ResourceType.Cluster, "n1", "v1", "a"));

        Assert.Equal(["sidecar Cluster [] at 'v1'"], new SotwConversation(_receiver, accepted).Asks());
    }

    [Fact]
    public void Asks_a_new_stream_for_everything_when_something_is_missing()
    {
        _receiver.Want(ResourceType.Endpoint, "a");
        var accepted = new Dictionary<ResourceType, string>();
        var before = new SotwConversation(_receiver, accepted);
        before.Asks();
        before.Hears(Sotw(ResourceType.Endpoint, "n1", "v1", "a"));
        _receiver.Want(ResourceType.Endpoint, "a", "b");

        Assert.Equal(["sidecar Endpoint [a b] at ''"], new SotwConversation(_receiver, accepted).Asks());
    }

    [Fact]
    public void Asks_a_new_stream_for_everything_when_a_version_is_in_force_in_part()
    {
        var accepted = new Dictionary<ResourceType, string>();
        var before = WithClusters(accepted);
        before.Hears(Sotw(ResourceType.Cluster, "n1", "v1", "a"));
        _receiver.Refused["b"] = "is wrong";
        before.Hears(Sotw(ResourceType.Cluster, "n2", "v2", "a", "b"));

        Assert.Equal(["sidecar Cluster [] at ''"], new SotwConversation(_receiver, accepted).Asks());
    }

    [Theory]
    [InlineData(ResourceType.Cluster, true)]
    [InlineData(ResourceType.Listener, true)]
    [InlineData(ResourceType.Endpoint, false)]
    internal void Says_that_absence_is_removal_for_clusters_and_listeners(ResourceType type, bool isWhole)
    {
        _receiver.Want(type, Subscription.Wildcard);
        var conversation = new SotwConversation(_receiver);
        conversation.Asks();
        conversation.Hears(Sotw(type, "n1", "v1", "a"));

        Assert.Equal($"{type}{(isWhole ? " whole" : "")}: a=v1", _receiver.TakeLines()[^1]);
    }

    [Fact]
    public void Removes_nothing_when_part_of_a_response_cannot_be_read()
    {
        var conversation = WithClusters();
        var response = Sotw(ResourceType.Cluster, "n1", "v1", "a");
        response.Resources.Add(new Any { TypeUrl = TypeUrls.Of(ResourceType.Cluster), Value = ByteString.CopyFrom(0x0a, 0x7f, 0x61) });

        Assert.Equal(["Cluster [] at '' for n1 nack"], conversation.Hears(response));
        Assert.StartsWith("Cluster '': value is not a message: ", conversation.Refusal, StringComparison.Ordinal);
        Assert.Equal("Cluster: a=v1", _receiver.TakeLines()[^1]);
    }

    [Fact]
    public void Refuses_a_resource_without_a_name()
    {
        var conversation = WithClusters();

        Assert.Equal(["Cluster [] at '' for n1 nack"], conversation.Hears(Sotw(ResourceType.Cluster, "n1", "v1", "a", "")));
        Assert.Equal("Cluster '': name is missing", conversation.Refusal);
    }

    [Fact]
    public void Refuses_a_name_that_stands_twice_and_takes_neither_and_removes_nothing()
    {
        var conversation = WithClusters();

        Assert.Equal(["Cluster [] at '' for n1 nack"], conversation.Hears(Sotw(ResourceType.Cluster, "n1", "v1", "a", "b", "a")));
        Assert.Equal("Cluster 'a': name stands twice in one response; allowed: names that differ", conversation.Refusal);
        Assert.Equal("Cluster: b=v1", _receiver.TakeLines()[^1]);
    }

    [Fact]
    public void Refuses_a_resource_of_another_type_than_its_response()
    {
        var conversation = WithClusters();
        var response = Sotw(ResourceType.Cluster, "n1", "v1", "a");
        response.Resources.Add(Pack(ResourceType.Listener, "b"));

        Assert.Equal(["Cluster [] at '' for n1 nack"], conversation.Hears(response));
        Assert.StartsWith("Cluster '': type_url 'type.googleapis.com/envoy.config.listener.v3.Listener' is not the type of its response", conversation.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_a_type_that_it_does_not_know()
    {
        var conversation = WithClusters();

        Assert.Equal(["type.googleapis.com/x.Y [] at '' for n1 nack"], conversation.Hears(new() { TypeUrl = "type.googleapis.com/x.Y", VersionInfo = "v1", Nonce = "n1" }));
    }

    [Fact]
    public void Takes_a_resource_out_of_its_envelope()
    {
        var conversation = WithClusters();
        var response = Sotw(ResourceType.Cluster, "n1", "v1");
        response.Resources.Add(Any.Pack(new Resource { Name = "outer", Resource_ = Pack(ResourceType.Cluster, "inner") }));
        conversation.Hears(response);

        Assert.Equal("Cluster whole: outer=v1", _receiver.TakeLines()[^1]);
    }

    [Fact]
    public void Overlooks_what_was_not_asked_for()
    {
        _receiver.Want(ResourceType.Endpoint, "a");
        var conversation = new SotwConversation(_receiver);
        conversation.Asks();

        Assert.Equal(["Endpoint [a] at 'v1' for n1"], conversation.Hears(Sotw(ResourceType.Endpoint, "n1", "v1", "a", "b")));
        Assert.Equal("Endpoint: a=v1", _receiver.TakeLines()[^1]);
    }

    [Fact]
    public void Says_with_an_empty_list_that_nothing_is_wanted_once_names_were_said()
    {
        _receiver.Want(ResourceType.Endpoint, "a");
        var conversation = new SotwConversation(_receiver);
        conversation.Asks();
        _receiver.Want(ResourceType.Endpoint);

        Assert.Equal(["Endpoint [] at ''"], conversation.Asks());

        _receiver.Want(ResourceType.Endpoint, Subscription.Wildcard);

        Assert.Equal(["Endpoint [*] at ''"], conversation.Asks());
    }

    [Fact]
    public void Does_not_say_that_a_nameless_wildcard_ended_since_the_empty_list_means_everything()
    {
        var conversation = WithClusters();
        _receiver.Want(ResourceType.Cluster, Subscription.None);

        Assert.Empty(conversation.Asks());
        Assert.Equal(["Cluster [] at 'v1' for n1"], conversation.Hears(Sotw(ResourceType.Cluster, "n1", "v1", "a")));
        Assert.Equal(["connected to pilot"], _receiver.TakeLines());
    }

    [Fact]
    public void Does_not_answer_a_response_without_a_nonce() =>
        Assert.Empty(WithClusters().Hears(Sotw(ResourceType.Cluster, "", "v1", "a")));

    [Fact]
    public void Takes_an_error_of_not_found_for_a_removal()
    {
        _receiver.Want(ResourceType.Endpoint, "a");
        var conversation = new SotwConversation(_receiver);
        conversation.Asks();
        var response = Sotw(ResourceType.Endpoint, "n1", "v1");
        response.ResourceErrors.Add(Error("a", 5, "gone"));
        conversation.Hears(response);

        Assert.Equal("absent Endpoint a", _receiver.TakeLines()[^1]);
    }

    private SotwConversation WithClusters() => WithClusters([]);

    private SotwConversation WithClusters(Dictionary<ResourceType, string> accepted)
    {
        _receiver.Want(ResourceType.Cluster, Subscription.Wildcard);
        var conversation = new SotwConversation(_receiver, accepted);
        conversation.Asks();
        return conversation;
    }
}
