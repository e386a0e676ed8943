using System.Security.Cryptography;
using Intercept.Capture.Ebpf;

namespace Intercept.Tests.Unit.Capture.Ebpf;

public sealed class ObjectDigestTests
{
    [Fact]
    public void Says_what_sha256sum_says_of_every_length_around_a_block()
    {
        var random = new Random(256);
        foreach (var length in Enumerable.Range(0, 200).Append(100_003))
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), ObjectDigest.Of(bytes));
        }
    }
}
