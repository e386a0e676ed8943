namespace Intercept.Capture.Configuration;

public sealed record CaptureOptions(CaptureConfiguration Configuration, InstallOptions Install);
