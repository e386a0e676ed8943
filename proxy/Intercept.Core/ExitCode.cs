namespace Intercept.Core;

/// <summary>The exit codes of every Intercept program.</summary>
public static class ExitCode
{
    public const int Success = 0;

    public const int Failed = 1;

    /// <summary>Bad flags, environment or configuration (EX_USAGE of sysexits.h).</summary>
    public const int Usage = 64;

    /// <summary>Capture is not in effect; the number that Linkerd's network validator uses.</summary>
    public const int CaptureNotInEffect = 95;
}
