using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Intercept.Linux.OpenSsl;

/// <summary>
/// Decides about a peer inside the handshake, so that a refused one gets its alert before any application data. May be
/// called on several threads at once.
/// </summary>
public abstract unsafe class PeerCheck
{
    internal static delegate* unmanaged<nint, nint, int> Callback => &Verify;

    /// <summary>Called once per full handshake in which the peer shows a certificate.</summary>
    /// <returns><see cref="ChainError.None"/> to accept; else the error that decides which alert the peer gets.</returns>
    protected abstract int Check(PresentedChain chain);

    /// <summary>Told what <see cref="Check"/> threw; the peer is refused.</summary>
    protected abstract void Escaped(Exception exception);

    [UnmanagedCallersOnly]
    [SuppressMessage("Design", "CA1031", Justification = "An exception must not unwind through OpenSSL: it refuses the peer.")]
    private static int Verify(nint storeContext, nint argument)
    {
        var check = (PeerCheck)GCHandle.FromIntPtr(argument).Target!;
        int error;
        try
        {
            error = check.Check(new PresentedChain(storeContext));
        }
        catch (Exception exception)
        {
            error = ChainError.Unspecified;
            check.Escaped(exception);
        }

        LibCrypto.X509_STORE_CTX_set_error(storeContext, error);
        return error == ChainError.None ? 1 : 0;
    }
}
