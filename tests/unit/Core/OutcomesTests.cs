using Intercept.Core.Outcomes;
using Intercept.Core.Problems;

namespace Intercept.Tests.Unit.Core;

public sealed class OutcomesTests
{
    [Theory]
    [InlineData(CloseReason.DownstreamClosed, "downstream_closed", Blame.Downstream)]
    [InlineData(CloseReason.UpstreamConnectRefused, "upstream_connect_refused", Blame.Upstream)]
    [InlineData(CloseReason.PolicyDenied, "policy_denied", Blame.Policy)]
    [InlineData(CloseReason.TlsDownstreamPeerRefused, "tls_downstream_peer_refused", Blame.Downstream)]
    [InlineData(CloseReason.TlsUpstreamPeerRefused, "tls_upstream_peer_refused", Blame.Upstream)]
    [InlineData(CloseReason.Drained, "drained", Blame.Operator)]
    [InlineData(CloseReason.OriginalDestinationIsListener, "original_destination_is_listener", Blame.Proxy)]
    public void Names_the_reason_and_the_side(CloseReason reason, string label, Blame blame)
    {
        Assert.Equal(label, reason.Label());
        Assert.Equal(blame, reason.DefaultBlame());
    }

    [Fact]
    public void Has_a_label_of_its_own_for_every_reason()
    {
        var labels = Enum.GetValues<CloseReason>().Select(reason => reason.Label()).ToList();

        Assert.Equal(labels.Count, labels.Distinct().Count());
    }

    [Fact]
    public void Says_where_what_and_the_allowed_form()
    {
        var problem = new Problem("sidecar.yaml", 12, "admin.address", "0.0.0.0", "is not a loopback address", "127.0.0.1 or ::1");

        Assert.Equal("sidecar.yaml:12: admin.address '0.0.0.0' is not a loopback address; allowed: 127.0.0.1 or ::1", problem.ToString());
    }
}
