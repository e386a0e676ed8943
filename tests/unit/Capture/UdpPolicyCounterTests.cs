using Intercept.Capture.Execution;

namespace Intercept.Tests.Unit.Capture;

public sealed class UdpPolicyCounterTests
{
    [Fact]
    public void Iptables_counts_at_the_rule_at_the_end_and_at_no_other() =>
        Assert.Equal([7UL], UdpPolicyCounter.OfIptables("""
            *filter
            :OUTPUT ACCEPT [90:900]
            :INTERCEPT_UDP - [0:0]
            [11:770] -A OUTPUT -p udp -m comment --comment "intercept: udp policy" -j INTERCEPT_OUTPUT
            [9:630] -A INTERCEPT_OUTBOUND -p udp -m comment --comment "intercept: datagrams outbound" -g INTERCEPT_UDP
            [7:490] -A INTERCEPT_UDP -m comment --comment "intercept: the proxy carries no datagrams: refused" -j REJECT --reject-with icmp-port-unreachable
            COMMIT
            """));

    [Fact]
    public void Nftables_counts_at_the_rule_at_the_end_and_at_no_other() =>
        Assert.Equal([7UL], UdpPolicyCounter.OfNftables("""
            table inet intercept_filter {
            	chain intercept_outbound {
            		meta l4proto udp counter packets 9 bytes 630 goto intercept_udp comment "intercept: datagrams outbound"
            	}

            	chain intercept_udp {
            		counter packets 7 bytes 490 reject comment "intercept: the proxy carries no datagrams: refused"
            	}

            	chain later {
            		counter packets 5 bytes 1 return
            	}
            }
            """));

    [Fact]
    public void Without_the_chain_there_is_no_count()
    {
        Assert.Empty(UdpPolicyCounter.OfIptables("*nat\n:OUTPUT ACCEPT [1:2]\n[1:2] -A OUTPUT -j INTERCEPT_OUTPUT\nCOMMIT\n"));
        Assert.Empty(UdpPolicyCounter.OfNftables("table inet intercept_nat {\n\tchain output {\n\t\tcounter packets 1 bytes 2 return\n\t}\n}\n"));
    }
}
