using Envoy.Service.Discovery.V3;
using Google.Protobuf.WellKnownTypes;
using Intercept.Xds.Discovery;
using static Intercept.Tests.Unit.Xds.Discovery.Responses;

namespace Intercept.Tests.Unit.Xds.Discovery;

/// <summary>The rules of incremental xDS, a conversation for each.</summary>
public sealed class DeltaClientSessionTests
{
    private readonly RecordingReceiver _receiver = new();

    [Fact]
    public void Opens_with_each_wanted_type_in_order_and_names_the_node_once()
    {
        _receiver.Want(ResourceType.Secret, "default", "ROOTCA");
        _receiver.Want(ResourceType.Listener, Subscription.Wildcard);
        _receiver.Want(ResourceType.Endpoint, "b", "a");
        _receiver.Want(ResourceType.Cluster, Subscription.Wildcard);

        Assert.Equal(["sidecar Cluster", "Endpoint +a +b", "Listener", "Secret +ROOTCA +default"], new DeltaConversation(_receiver).Asks());
    }

    [Fact]
    public void Acknowledges_a_response_and_says_nothing_else_with_it()
    {
        var conversation = WithClusters();

        Assert.Equal(["Cluster ack n1"], conversation.Hears(Delta(ResourceType.Cluster, "n1", "a=1")));
        Assert.Equal(["connected to pilot", "Cluster: a=1"], _receiver.TakeLines());
    }

    [Fact]
    public void Asks_for_what_a_response_made_wanted_after_its_acknowledgement_and_in_a_request_of_its_own()
    {
        var conversation = WithClusters();
        _receiver.Received = _ => _receiver.Want(ResourceType.Endpoint, "a");

        Assert.Equal(["Cluster ack n1", "Endpoint +a"], conversation.Hears(Delta(ResourceType.Cluster, "n1", "a=1")));
    }

    [Fact]
    public void Sends_nothing_when_nothing_else_is_wanted()
    {
        _receiver.Want(ResourceType.Endpoint, "a");
        var conversation = new DeltaConversation(_receiver);
        conversation.Asks();
        _receiver.Want(ResourceType.Endpoint, "a");

        Assert.Empty(conversation.Asks());
    }

    [Fact]
    public void Says_what_is_new_and_what_is_not_wanted_any_more()
    {
        _receiver.Want(ResourceType.Endpoint, "a", "b");
        var conversation = new DeltaConversation(_receiver);
        conversation.Asks();
        _receiver.Want(ResourceType.Endpoint, "b", "c");

        Assert.Equal(["Endpoint +c -a"], conversation.Asks());

        _receiver.Want(ResourceType.Endpoint);

        Assert.Equal(["Endpoint -b -c"], conversation.Asks());
    }

    [Fact]
    public void Names_the_wildcard_once_names_were_said()
    {
        _receiver.Want(ResourceType.Cluster, "a");
        var conversation = new DeltaConversation(_receiver);
        conversation.Asks();
        _receiver.Want(ResourceType.Cluster, Subscription.Wildcard);

        Assert.Equal(["Cluster +* -a"], conversation.Asks());
    }

    [Fact]
    public void Refuses_with_every_reason_and_asks_for_what_the_accepted_part_made_wanted()
    {
        var conversation = WithClusters();
        _receiver.Refused["b"] = "is wrong";
        _receiver.Refused["c"] = "is worse";
        _receiver.Received = _ => _receiver.Want(ResourceType.Endpoint, "a");

        Assert.Equal(["Cluster nack n1", "Endpoint +a"], conversation.Hears(Delta(ResourceType.Cluster, "n1", "a=1", "b=1", "c=1")));
        Assert.Equal("Cluster 'b': field is wrong; Cluster 'c': field is worse", conversation.Refusal);
    }

    [Fact]
    public void Tells_a_new_stream_what_it_has_of_what_it_wants_and_only_once()
    {
        _receiver.Want(ResourceType.Endpoint, "a", "b", "c");
        var before = new DeltaConversation(_receiver);
        before.Asks();
        before.Hears(Delta(ResourceType.Endpoint, "n1", "a=1", "b=2"));
        _receiver.Want(ResourceType.Endpoint, "b", "c");
        var conversation = new DeltaConversation(_receiver);

        Assert.Equal(["sidecar Endpoint +b +c has b=2"], conversation.Asks());

        _receiver.Want(ResourceType.Endpoint, "b", "c", "d");

        Assert.Equal(["Endpoint +d"], conversation.Asks());
    }

    [Fact]
    public void Does_not_claim_to_have_what_it_refused()
    {
        var before = WithClusters();
        _receiver.Refused["b"] = "is wrong";
        before.Hears(Delta(ResourceType.Cluster, "n1", "a=1", "b=1"));

        Assert.Equal(["sidecar Cluster has a=1"], new DeltaConversation(_receiver).Asks());
    }

    [Fact]
    public void Refuses_a_name_that_stands_twice_and_takes_neither()
    {
        var conversation = WithClusters();

        Assert.Equal(["Cluster nack n1"], conversation.Hears(Delta(ResourceType.Cluster, "n1", "a=1", "b=1", "a=2", "a=3")));
        Assert.Equal("Cluster 'a': name stands twice in one response; allowed: names that differ", conversation.Refusal);
        Assert.Equal("Cluster: b=1", _receiver.TakeLines()[^1]);
    }

    [Fact]
    public void Refuses_a_name_that_is_both_there_and_removed()
    {
        var conversation = WithClusters();
        var response = Delta(ResourceType.Cluster, "n1", "a=1", "b=1");
        response.RemovedResources.Add("a");

        Assert.Equal(["Cluster nack n1"], conversation.Hears(response));
        Assert.Equal("Cluster: b=1", _receiver.TakeLines()[^1]);
    }

    [Fact]
    public void Takes_the_name_of_the_envelope()
    {
        var conversation = WithClusters();
        var response = Delta(ResourceType.Cluster, "n1", "inner=1");
        response.Resources[0].Name = "outer";
        conversation.Hears(response);

        Assert.Equal("Cluster: outer=1", _receiver.TakeLines()[^1]);
    }

    [Fact]
    public void Refuses_a_resource_of_another_type_than_its_response()
    {
        var conversation = WithClusters();
        var response = Delta(ResourceType.Cluster, "n1", "a=1", "b=1");
        response.Resources[0].Resource_ = Pack(ResourceType.Endpoint, "a");

        Assert.Equal(["Cluster nack n1"], conversation.Hears(response));
        Assert.StartsWith("Cluster 'a': type_url 'type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment' is not the type of its response", conversation.Refusal, StringComparison.Ordinal);
        Assert.Equal("Cluster: b=1", _receiver.TakeLines()[^1]);
    }

    [Fact]
    public void Refuses_an_envelope_with_nothing_in_it_unless_it_is_a_heartbeat()
    {
        var conversation = WithClusters();
        var response = Delta(ResourceType.Cluster, "n1");
        response.Resources.Add(new Resource { Name = "alive", Ttl = Duration.FromTimeSpan(TimeSpan.FromSeconds(1)) });

        Assert.Equal(["Cluster ack n1"], conversation.Hears(response));

        response.Resources.Add(new Resource { Name = "empty" });

        Assert.Equal(["Cluster nack n1"], conversation.Hears(response));
        Assert.Equal("Cluster 'empty': resource is missing", conversation.Refusal);
    }

    [Fact]
    public void Refuses_a_type_that_it_does_not_know()
    {
        var conversation = WithClusters();

        Assert.Equal(["type.googleapis.com/x.Y nack n1"], conversation.Hears(new() { TypeUrl = "type.googleapis.com/x.Y", Nonce = "n1" }));
        Assert.StartsWith("response: type_url 'type.googleapis.com/x.Y' is not known here; allowed: one of type.googleapis.com/envoy.config.cluster.v3.Cluster,", conversation.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Overlooks_what_was_not_asked_for()
    {
        _receiver.Want(ResourceType.Endpoint, "a");
        var conversation = new DeltaConversation(_receiver);
        conversation.Asks();
        var response = Delta(ResourceType.Endpoint, "n1", "a=1", "b=1");
        response.RemovedResources.Add("c");

        Assert.Equal(["Endpoint ack n1"], conversation.Hears(response));
        Assert.Equal("Endpoint: a=1", _receiver.TakeLines()[^1]);
        Assert.Equal(["Cluster ack n2"], conversation.Hears(Delta(ResourceType.Cluster, "n2", "x=1")));
        Assert.Empty(_receiver.TakeLines());
    }

    [Fact]
    public void Hands_on_removals_of_either_form()
    {
        var conversation = WithClusters();
        var response = Delta(ResourceType.Cluster, "n1", "a=1");
        response.RemovedResources.Add("b");
        response.RemovedResourceNames.Add(new ResourceName { Name = "c" });
        conversation.Hears(response);

        Assert.Equal("Cluster: a=1 -b -c", _receiver.TakeLines()[^1]);
    }

    [Fact]
    public void Hands_on_that_there_is_nothing()
    {
        var conversation = WithClusters();
        conversation.Hears(Delta(ResourceType.Cluster, "n1"));

        Assert.Equal("Cluster:", _receiver.TakeLines()[^1]);
    }

    [Fact]
    public void Takes_an_error_of_not_found_for_a_removal()
    {
        _receiver.Want(ResourceType.Endpoint, "a", "b");
        var conversation = new DeltaConversation(_receiver);
        conversation.Asks();
        conversation.Hears(Delta(ResourceType.Endpoint, "n1", "a=1", "b=1"));
        _receiver.TakeLines();
        var response = Delta(ResourceType.Endpoint, "n2");
        response.ResourceErrors.Add(Error("a", 5, "gone"));
        conversation.Hears(response);

        Assert.Equal(["Endpoint:", "absent Endpoint a"], _receiver.TakeLines());
        Assert.Equal(["ClusterLoadAssignment 'a': gone (code 5)"], conversation.ServerErrors);
    }

    [Fact]
    public void Keeps_what_it_has_on_another_error_and_waits_no_longer_for_what_it_has_not()
    {
        _receiver.Want(ResourceType.Endpoint, "a", "b");
        var conversation = new DeltaConversation(_receiver);
        conversation.Asks();
        conversation.Hears(Delta(ResourceType.Endpoint, "n1", "a=1"));
        _receiver.TakeLines();
        var response = Delta(ResourceType.Endpoint, "n2");
        response.ResourceErrors.Add([Error("a", 7, "forbidden"), Error("b", 7, "forbidden"), Error("other", 7, "forbidden")]);
        conversation.Hears(response);

        Assert.Equal(["Endpoint:", "absent Endpoint b"], _receiver.TakeLines());
    }

    [Fact]
    public void Does_not_answer_a_response_without_a_nonce()
    {
        var conversation = WithClusters();

        Assert.Empty(conversation.Hears(Delta(ResourceType.Cluster, "", "a=1")));
        Assert.Equal("Cluster: a=1", _receiver.TakeLines()[^1]);
    }

    [Fact]
    public void Acknowledges_what_was_on_its_way_when_its_subscription_ended_and_keeps_none_of_it()
    {
        var conversation = WithClusters();
        _receiver.Want(ResourceType.Cluster, Subscription.None);

        Assert.Equal(["Cluster -*"], conversation.Asks());
        Assert.Equal(["Cluster ack n1"], conversation.Hears(Delta(ResourceType.Cluster, "n1", "a=1")));
        Assert.Equal(["connected to pilot"], _receiver.TakeLines());
    }

    private DeltaConversation WithClusters()
    {
        _receiver.Want(ResourceType.Cluster, Subscription.Wildcard);
        var conversation = new DeltaConversation(_receiver);
        conversation.Asks();
        return conversation;
    }
}
