using System.Text;
using Intercept.Cni.Deciding;

namespace Intercept.Tests.Unit.Cni;

public sealed class AgentResponseTests
{
    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", 200, "{}")]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}surplus", 200, "{}")]
    [InlineData("HTTP/1.0 404 Not Found\r\nServer: x\r\n\r\nnot here", 404, "not here")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{\"a\r\n4;x=y\r\n\":1}\r\n0\r\n\r\n", 200, "{\"a\":1}")]
    public void A_response_is_read_in_each_of_its_forms(string text, int status, string body)
    {
        var reply = AgentResponse.Parse(Encoding.ASCII.GetBytes(text));

        Assert.Equal((status, body), (reply.Status, Encoding.ASCII.GetString(reply.Body)));
    }

    [Theory]
    [InlineData("", "without an answer")]
    [InlineData("SSH-2.0-OpenSSH\r\n\r\n", "does not answer in HTTP")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Len", "does not answer in HTTP")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}", "broke off")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{}", "broke off")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n{}", "broke off")]
    public void What_is_none_or_half_of_one_says_so(string text, string why) =>
        Assert.Contains(why, Assert.Throws<IOException>(() => AgentResponse.Parse(Encoding.ASCII.GetBytes(text))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", true)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{", false)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n", false)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", true)]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nuntil the end", false)]
    public void The_end_is_known_without_waiting_for_the_connection_s(string text, bool whole) =>
        Assert.Equal(whole, AgentResponse.IsWhole(Encoding.ASCII.GetBytes(text)));
}
