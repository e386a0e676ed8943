using Intercept.Xds.Discovery;
using static Intercept.Tests.Unit.Xds.Discovery.Responses;

namespace Intercept.Tests.Unit.Xds.Discovery;

/// <summary>For how long what was asked for may take.</summary>
public sealed class InitialFetchTests
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(15);

    private readonly RecordingReceiver _receiver = new();
    private readonly SteppedTime _time = new();

    [Fact]
    public void What_does_not_come_in_time_is_absent_once()
    {
        var conversation = Opened("a", "b");
        conversation.Awaited.Connect();
        conversation.Hears(Delta(ResourceType.Endpoint, "n1", "a=1"));

        Assert.Equal(_timeout, conversation.Awaited.Next);

        _time.Pass(_timeout);

        Assert.Equal([(ResourceType.Endpoint, "b")], conversation.Awaited.TakeExpired());
        Assert.Empty(conversation.Awaited.TakeExpired());
        Assert.Null(conversation.Awaited.Next);
    }

    [Fact]
    public void Time_does_not_pass_before_the_stream_is_connected()
    {
        var conversation = Opened("a");
        _time.Pass(2 * _timeout);

        Assert.Null(conversation.Awaited.Next);
        Assert.Empty(conversation.Awaited.TakeExpired());

        conversation.Awaited.Connect();

        Assert.Equal(_timeout, conversation.Awaited.Next);
    }

    [Fact]
    public void What_is_asked_for_later_has_its_own_time()
    {
        var conversation = Opened("a");
        conversation.Awaited.Connect();
        _time.Pass(TimeSpan.FromSeconds(10));
        _receiver.Want(ResourceType.Endpoint, "a", "b");
        conversation.Asks();
        _time.Pass(TimeSpan.FromSeconds(5));

        Assert.Equal([(ResourceType.Endpoint, "a")], conversation.Awaited.TakeExpired());
        Assert.Equal(TimeSpan.FromSeconds(10), conversation.Awaited.Next);
    }

    [Fact]
    public void Nothing_is_awaited_that_is_already_there()
    {
        Opened("a").Hears(Delta(ResourceType.Endpoint, "n1", "a=1"));
        var conversation = Opened("a");
        conversation.Awaited.Connect();

        Assert.Null(conversation.Awaited.Next);
    }

    [Fact]
    public void Nothing_is_awaited_that_is_not_wanted_any_more()
    {
        var conversation = Opened("a", "b");
        conversation.Awaited.Connect();
        _receiver.Want(ResourceType.Endpoint, "b");
        conversation.Asks();
        _time.Pass(_timeout);

        Assert.Equal([(ResourceType.Endpoint, "b")], conversation.Awaited.TakeExpired());
    }

    [Fact]
    public void A_wildcard_waits_for_a_first_response_whatever_is_in_it()
    {
        _receiver.Want(ResourceType.Cluster, Subscription.Wildcard);
        _receiver.Want(ResourceType.Listener, Subscription.Wildcard);
        var conversation = Opened();
        conversation.Awaited.Connect();
        conversation.Hears(Delta(ResourceType.Cluster, "n1"));
        _time.Pass(_timeout);

        Assert.Equal([(ResourceType.Listener, Subscription.WildcardName)], conversation.Awaited.TakeExpired());
    }

    [Fact]
    public void Without_a_timeout_it_waits_for_ever()
    {
        _receiver.Want(ResourceType.Endpoint, "a");
        var conversation = new DeltaConversation(_receiver, _time, TimeSpan.Zero);
        conversation.Asks();
        conversation.Awaited.Connect();

        Assert.Null(conversation.Awaited.Next);
    }

    private DeltaConversation Opened(params string[] names)
    {
        _receiver.Want(ResourceType.Endpoint, names);
        var conversation = new DeltaConversation(_receiver, _time, _timeout);
        conversation.Asks();
        return conversation;
    }
}
