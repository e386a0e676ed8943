namespace Intercept.Tests.Unit.Control.Serving;

public sealed class SotwSessionTests
{
    public static TheoryData<string, string> Conversations => new()
    {
        {
            "everything is sent for a wildcard, and nothing again", """
            world cds a=1 b=1
            > cds
            < cds a=1 b=1
            > cds ack
            ! Acknowledgement
            < nothing
            """
        },
        {
            "the first request is answered even if there is nothing to say", """
            > lds
            < lds
            > lds ack
            < nothing
            """
        },
        {
            "clusters are sent whole when one changes or goes", """
            world cds a=1 b=1
            > cds
            < cds a=1 b=1
            > cds ack
            world cds a=1 b=2
            < cds a=1 b=2
            > cds ack
            world cds a=1
            < cds a=1
            """
        },
        {
            "of endpoints only those that changed are sent", """
            world eds a=1 b=1
            > eds a b
            < eds a=1 b=1
            > eds ack a b
            world eds a=1 b=2
            < eds b=2
            > eds ack a b
            world eds a=1
            < nothing
            """
        },
        {
            "of added names only these are sent", """
            world eds a=1 b=1
            > eds a
            < eds a=1
            > eds ack a
            > eds ack a b
            < eds b=1
            """
        },
        {
            "added listeners are sent whole, even if they do not exist", """
            world lds a=1
            > lds a
            < lds a=1
            > lds ack a
            > lds ack a ghost
            < lds a=1
            > lds ack a ghost
            world lds a=1 ghost=1 other=1
            < lds a=1 ghost=1
            """
        },
        {
            "an empty list after names unsubscribes from all", """
            world lds a=1
            > lds a
            < lds a=1
            > lds ack
            world lds a=2 b=1
            < nothing
            """
        },
        {
            "a wildcard by its name may join names", """
            world lds a=1 b=1
            > lds a
            < lds a=1
            > lds ack a *
            < lds a=1 b=1
            """
        },
        {
            "a change of names that crossed a response is dropped, and taken when it is said again", """
            world eds a=1 b=1
            > eds a
            < eds a=1
            > eds ack a
            world eds a=2 b=1
            < eds a=2
            > eds stale a b
            ! Stale
            < nothing
            > eds ack a b
            < eds b=1
            """
        },
        {
            "what was refused is not sent again until something changes", """
            world cds a=1
            > cds
            < cds a=1
            > cds nack why
            ! Rejection
            < nothing
            world cds a=2
            < cds a=2
            """
        },
        {
            "names may be added before the first response", """
            world eds a=1 b=1
            > eds a
            > eds a b
            ! Subscription
            < eds a=1 b=1
            """
        },
        {
            "endpoints come again with a cluster that changed, for Envoy warms it until they do", """
            world cds a=1 | eds a=1
            > cds
            < cds a=1
            > cds ack
            > eds a
            < eds a=1
            > eds ack a
            world cds a=2 | eds a=1
            < cds a=2
            < eds a=1
            """
        },
        {
            "a nonce of an earlier stream makes no first request stale", """
            world lds a=1
            > lds stale
            < lds a=1
            """
        },
    };

    [Theory]
    [MemberData(nameof(Conversations))]
    public void Speaks_as_the_protocol_says(string rule, string script)
    {
        Assert.NotEmpty(rule);
        new SotwConversation().Run(script);
    }
}
