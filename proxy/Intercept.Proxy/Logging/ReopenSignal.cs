using System.Runtime.InteropServices;

namespace Intercept.Proxy.Logging;

/// <summary>SIGUSR1 opens log files again, as in Envoy: logrotate moves them away and sends it.</summary>
internal static class ReopenSignal
{
    // signal(7), x86-64 and arm64; .NET names only the signals that every system has, but takes a number.
    private const PosixSignal User1 = (PosixSignal)10;

    /// <param name="reopen">Called for each signal, on a thread of the pool.</param>
    public static PosixSignalRegistration Register(Action reopen) => PosixSignalRegistration.Create(User1, context =>
    {
        context.Cancel = true;
        reopen();
    });
}
