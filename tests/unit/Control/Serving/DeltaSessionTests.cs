using Intercept.Control.Serving.Sessions;
using Intercept.Xds.Discovery;

namespace Intercept.Tests.Unit.Control.Serving;

public sealed class DeltaSessionTests
{
    public static TheoryData<string, string> Conversations => new()
    {
        {
            "everything is sent for a wildcard, and nothing again", """
            world cds a=1 b=1
            > cds
            < cds a=1 b=1
            < nothing
            > cds ack
            ! Acknowledgement
            < nothing
            """
        },
        {
            "the first request is answered even if there is nothing to say", """
            > cds
            < cds
            > cds ack
            < nothing
            """
        },
        {
            "an empty subscription of endpoints is none", """
            world eds a=1
            > eds
            < eds
            > eds ack
            < nothing
            > eds +a
            < eds a=1
            """
        },
        {
            "responses go by the order of types, whatever order they are asked in", """
            world cds a=1 | eds a=1 | lds l=1 | rds r=1 | sds default=1
            > sds +default
            > rds +r
            > lds
            > eds +a
            > cds
            < cds a=1
            < eds a=1
            < lds l=1
            < rds r=1
            < sds default=1
            < nothing
            """
        },
        {
            "only what changed is sent", """
            world cds a=1 b=1 c=1
            > cds
            < cds a=1 b=1 c=1
            > cds ack
            world cds a=1 b=2 c=1 d=1
            < cds b=2 d=1
            """
        },
        {
            "a response waits until the one before it is answered, and is then the newest", """
            world cds a=1
            > cds
            < cds a=1
            world cds a=2
            < nothing
            world cds a=3
            < nothing
            > cds ack
            < cds a=3
            """
        },
        {
            "one type does not wait for the answer about another", """
            world cds a=1 | eds a=1
            > cds
            < cds a=1
            > eds +a
            < eds a=1
            """
        },
        {
            "a stale nonce is dropped", """
            world cds a=1
            > cds
            < cds a=1
            > cds stale +b
            ! Stale
            world cds a=2 b=1
            < nothing
            > cds ack
            < cds a=2 b=1
            """
        },
        {
            "what was refused is not sent again until it changes", """
            world cds a=1 b=1
            > cds
            < cds a=1 b=1
            > cds nack why
            ! Rejection
            < nothing
            world cds a=1 b=1 | eds x=1
            < nothing
            world cds a=2 b=1
            < cds a=2
            """
        },
        {
            "a refused version is replaced by the one before it", """
            world cds a=1
            > cds
            < cds a=1
            > cds ack
            world cds a=2
            < cds a=2
            > cds nack why
            world cds a=1
            < cds a=1
            """
        },
        {
            "names that do not exist are told as removed, and sent when they come", """
            world eds a=1
            > eds +a +ghost
            < eds a=1 -ghost
            > eds ack
            < nothing
            world eds a=1 ghost=1
            < eds ghost=1
            """
        },
        {
            "what is subscribed again is sent again", """
            world eds a=1
            > eds +a
            < eds a=1
            > eds ack
            > eds +a
            ! Subscription
            < eds a=1
            """
        },
        {
            "a wildcard subscribed again is sent whole", """
            world cds a=1 b=1
            > cds
            < cds a=1 b=1
            > cds ack
            > cds +*
            < cds a=1 b=1
            """
        },
        {
            "nothing is told of what was unsubscribed", """
            world eds a=1 b=1
            > eds +a +b
            < eds a=1 b=1
            > eds ack
            > eds -a
            < nothing
            world eds b=2
            < eds b=2
            """
        },
        {
            "a name unsubscribed under a wildcard is answered", """
            world cds a=1
            > cds +* +a +gone
            < cds a=1 -gone
            > cds ack
            > cds -a -gone
            < cds a=1 -gone
            """
        },
        {
            "a wildcard can be left while names stay", """
            world cds a=1 b=1
            > cds +* +a
            < cds a=1 b=1
            > cds ack
            > cds -*
            world cds a=2 b=2
            < cds a=2
            """
        },
        {
            "versions that the proxy brought are not sent again, and what is gone is told", """
            world cds a=1 b=2 | eds a=1 b=1
            > eds +a +b a=1 b=0
            < eds b=1
            > cds a=1 b=1 c=1
            < cds b=2
            > cds ack
            > eds ack
            < eds b=1
            > eds ack
            < cds -c
            """
        },
        {
            "all that was brought is still good, and that is said", """
            world cds a=1
            > cds a=1
            < cds
            > cds ack
            < nothing
            """
        },
        {
            "a nonce of an earlier stream makes no first request stale", """
            world cds a=1
            > cds stale
            ! Subscription
            < cds a=1
            """
        },
        {
            "a cluster goes last, when the listener that led to it was taken", """
            world cds a=1 b=1 | lds l=1
            > cds
            > lds
            < cds a=1 b=1
            < lds l=1
            > cds ack
            > lds ack
            world cds b=1 c=1 | lds l=2
            < cds c=1
            < lds l=2
            < nothing
            > cds ack
            < nothing
            > lds ack
            < cds -a
            > cds ack
            < nothing
            """
        },
        {
            "a cluster that comes back before it went is sent, and does not go", """
            world cds a=1 | lds l=1
            > cds
            > lds
            < cds a=1
            < lds l=1
            > cds ack
            > lds ack
            world lds l=2
            < lds l=2
            world cds a=1 | lds l=2
            < cds a=1
            > cds ack
            > lds ack
            < nothing
            """
        },
        {
            "endpoints come again with a cluster that changed, for Envoy warms it until they do", """
            world cds a=1 b=1 | eds a=1 b=1
            > cds
            < cds a=1 b=1
            > cds ack
            > eds +a +b
            < eds a=1 b=1
            > eds ack
            world cds a=2 b=1 | eds a=1 b=1
            < cds a=2
            < eds a=1
            """
        },
        {
            "endpoints come with a cluster that changed while the proxy was away", """
            world cds a=2 b=1 | eds a=1 b=1
            > cds a=1 b=1
            < cds a=2
            > eds +a +b a=1 b=1
            < eds a=1
            """
        },
    };

    [Theory]
    [MemberData(nameof(Conversations))]
    public void Speaks_as_the_protocol_says(string rule, string script)
    {
        Assert.NotEmpty(rule);
        new DeltaConversation().Run(script);
    }

    [Fact]
    public void Keeps_the_reasons_of_a_refusal_and_what_was_taken_before_it()
    {
        var conversation = new DeltaConversation(new SessionLimits { ReasonLength = 5 });
        conversation.Run("""
            world cds a=1
            > cds
            < cds a=1
            > cds ack
            world cds a=2
            < cds a=2
            > cds nack reasons
            """);
        var status = Assert.Single(conversation.Session.Status);
        Assert.Equal((ResourceType.Cluster, "reaso", false, -1), (status.Type, status.Rejection, status.IsInSync, status.Subscribed));
        Assert.NotEqual(status.SentVersion, status.AcknowledgedVersion);
        Assert.NotEmpty(status.AcknowledgedVersion);
    }

    [Theory]
    [InlineData("> eds +a +b +c +d")]
    [InlineData("> eds +a +b \n > eds +c +d")]
    [InlineData("> eds +a a=1 b=1 c=1")]
    [InlineData("> eds +12345678901234567890")]
    public void Ends_a_stream_that_asks_for_more_than_it_may(string script) =>
        new DeltaConversation(new SessionLimits { NamesOfAType = 3, NameLength = 10 }).Run($"{script}\n! OverLimit");

    [Fact]
    public void Drops_a_type_that_it_does_not_serve()
    {
        var received = new DeltaConversation().Session.Receive(new() { TypeUrl = "type.googleapis.com/istio.networking.nds.v1.NameTable" });
        Assert.Equal(RequestKind.UnknownType, received.Kind);
    }
}
