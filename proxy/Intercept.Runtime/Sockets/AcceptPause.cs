namespace Intercept.Runtime.Sockets;

/// <summary>Accepting stopped for a while because the process or the system ran out of something.</summary>
/// <param name="ErrorNumber">EMFILE, ENFILE, ENOBUFS, ENOMEM.</param>
/// <param name="Delay">Until the next attempt.</param>
public readonly record struct AcceptPause(int ErrorNumber, TimeSpan Delay);
