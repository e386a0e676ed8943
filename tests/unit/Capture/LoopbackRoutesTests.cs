using Intercept.Capture.Execution;
using Intercept.Capture.Planning;

namespace Intercept.Tests.Unit.Capture;

public sealed class LoopbackRoutesTests
{
    // As the kernel lists them for ::6/128 on lo.
    private const string Prefix =
        "00000000000000000000000000000006 80 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00200200       lo";

    private const string Local =
        "00000000000000000000000000000006 80 00000000000000000000000000000000 00 00000000000000000000000000000000 00000000 00000002 00000000 80200001       lo";

    [Fact]
    public void The_route_of_the_prefix_is_not_yet_one_by_which_an_answer_arrives()
    {
        Assert.False(LoopbackRoutes.IsLocal(CapturePlan.PassthroughIPv6, [Prefix]));
        Assert.True(LoopbackRoutes.IsLocal(CapturePlan.PassthroughIPv6, [Prefix, Local]));
        Assert.False(LoopbackRoutes.IsLocal(CapturePlan.PassthroughIPv6, []));
    }
}
