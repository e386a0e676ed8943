using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Intercept.Proxy.AccessLogs;
using Intercept.Proxy.Logging;
using Intercept.Runtime.Loops;

namespace Intercept.Proxy.Serving;

/// <summary>SIGTERM and SIGINT drain, a second one ends at once; SIGHUP reads the configuration; SIGUSR1 opens logs anew.</summary>
internal sealed class Signals : IDisposable
{
    private readonly PosixSignalRegistration[] _registrations;

    [SuppressMessage("Reliability", "CA2000", Justification = "The array owns the registrations.")]
    public Signals(EventLoop control, ProxyServer server, ProxyLog log, AccessLog? accessLog) =>
        _registrations =
        [
            On(PosixSignal.SIGTERM, () => control.Post(server.Drain)),
            On(PosixSignal.SIGINT, () => control.Post(server.Drain)),
            On(PosixSignal.SIGHUP, () => control.Post(server.Reload)),
            ReopenSignal.Register(() =>
            {
                log.Reopen();
                accessLog?.Reopen();
            }),
        ];

    public void Dispose() => Array.ForEach(_registrations, registration => registration.Dispose());

    private static PosixSignalRegistration On(PosixSignal signal, Action action) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            // Handled here: the runtime's own answer is to end the process.
            context.Cancel = true;
            action();
        });
}
