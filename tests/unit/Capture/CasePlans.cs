using Intercept.Capture.Configuration;
using Intercept.Capture.Planning;
using Intercept.Tests.Cases;

namespace Intercept.Tests.Unit.Capture;

internal static class CasePlans
{
    public static CapturePlan Of(CaptureCase capture)
    {
        var result = CaptureOptionsReader.Read(capture.Arguments, capture.Environment, capture.Host);
        Assert.Empty(result.Problems);
        return CapturePlan.Create(result.Options!.Configuration);
    }
}
