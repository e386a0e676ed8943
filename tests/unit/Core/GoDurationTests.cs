using System.Globalization;
using Intercept.Core;

namespace Intercept.Tests.Unit.Core;

public sealed class GoDurationTests
{
    [Theory]
    [InlineData("5s", "00:00:05")]
    [InlineData("500ms", "00:00:00.5")]
    [InlineData("1m30s", "00:01:30")]
    [InlineData("1h15m30.918s", "01:15:30.9180000")]
    [InlineData("1.5h", "01:30:00")]
    [InlineData(".5s", "00:00:00.5")]
    [InlineData("2s1m", "00:01:02")]
    [InlineData("1500us", "00:00:00.0015")]
    [InlineData("1500µs", "00:00:00.0015")]
    [InlineData("1500μs", "00:00:00.0015")]
    [InlineData("100ns", "00:00:00.0000001")]
    [InlineData("0", "00:00:00")]
    [InlineData("0s", "00:00:00")]
    public void Takes_what_Go_takes(string text, string expected)
    {
        Assert.True(GoDuration.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.Parse(expected, CultureInfo.InvariantCulture), duration);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("s")]
    [InlineData("5 s")]
    [InlineData("-5s")]
    [InlineData("5d")]
    [InlineData("5s3")]
    [InlineData("1.2.3s")]
    [InlineData(".s")]
    [InlineData("5S")]
    [InlineData("1e3s")]
    [InlineData("99999999999999999999h")]
    [InlineData("366h366h366h366h366h366h366h366h366h366h366h366h366h366h366h366h366h366h366h366h366h366h366h366h366h")]
    public void Refuses_what_Go_refuses_and_what_no_one_means(string text) => Assert.False(GoDuration.TryParse(text, out _));
}
