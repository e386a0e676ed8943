using System.Runtime.InteropServices;

namespace Intercept.Linux.OpenSsl;

/// <summary>libssl as it is. Calls that only read or write a field skip the garbage collector's transition.</summary>
internal static unsafe partial class LibSsl
{
    private const string Library = "libssl.so.3";

    [LibraryImport(Library)]
    internal static partial nint TLS_server_method();

    [LibraryImport(Library)]
    internal static partial nint TLS_client_method();

    [LibraryImport(Library)]
    internal static partial nint SSL_CTX_new(nint method);

    [LibraryImport(Library)]
    internal static partial void SSL_CTX_free(nint context);

    [LibraryImport(Library)]
    internal static partial long SSL_CTX_ctrl(nint context, int command, long larg, void* parg);

    [LibraryImport(Library)]
    internal static partial ulong SSL_CTX_set_options(nint context, ulong options);

    [LibraryImport(Library)]
    internal static partial void SSL_CTX_set_security_level(nint context, int level);

    [LibraryImport(Library)]
    internal static partial int SSL_CTX_set_num_tickets(nint context, nuint count);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SSL_CTX_set_ciphersuites(nint context, string suites);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SSL_CTX_set_cipher_list(nint context, string ciphers);

    [LibraryImport(Library)]
    internal static partial int SSL_CTX_use_certificate(nint context, nint certificate);

    [LibraryImport(Library)]
    internal static partial int SSL_CTX_use_PrivateKey(nint context, nint key);

    [LibraryImport(Library)]
    internal static partial nint SSL_CTX_get_cert_store(nint context);

    [LibraryImport(Library)]
    internal static partial nint SSL_CTX_get0_param(nint context);

    [LibraryImport(Library)]
    internal static partial void SSL_CTX_set_verify(nint context, int mode, nint callback);

    [LibraryImport(Library)]
    internal static partial void SSL_CTX_set_cert_verify_callback(
        nint context, delegate* unmanaged<nint, nint, int> callback, nint argument);

    [LibraryImport(Library)]
    internal static partial int SSL_CTX_set_alpn_protos(nint context, byte* protocols, uint length);

    [LibraryImport(Library)]
    internal static partial void SSL_CTX_set_alpn_select_cb(
        nint context, delegate* unmanaged<nint, byte**, byte*, byte*, uint, nint, int> callback, nint argument);

    [LibraryImport(Library)]
    internal static partial int SSL_select_next_proto(
        byte** chosen, byte* chosenLength, byte* server, uint serverLength, byte* client, uint clientLength);

    [LibraryImport(Library)]
    internal static partial int SSL_CTX_set_session_id_context(nint context, byte* id, uint length);

    [LibraryImport(Library)]
    internal static partial long SSL_CTX_set_timeout(nint context, long seconds);

    [LibraryImport(Library)]
    internal static partial void SSL_CTX_sess_set_new_cb(nint context, delegate* unmanaged<nint, nint, int> callback);

    [LibraryImport(Library)]
    internal static partial nint SSL_new(nint context);

    [LibraryImport(Library)]
    internal static partial void SSL_free(nint ssl);

    [LibraryImport(Library)]
    internal static partial void SSL_set_bio(nint ssl, nint read, nint write);

    [LibraryImport(Library)]
    internal static partial void SSL_set_accept_state(nint ssl);

    [LibraryImport(Library)]
    internal static partial void SSL_set_connect_state(nint ssl);

    [LibraryImport(Library)]
    internal static partial long SSL_ctrl(nint ssl, int command, long larg, void* parg);

    [LibraryImport(Library)]
    internal static partial int SSL_do_handshake(nint ssl);

    [LibraryImport(Library)]
    internal static partial int SSL_read(nint ssl, byte* buffer, int length);

    [LibraryImport(Library)]
    internal static partial int SSL_write(nint ssl, byte* data, int length);

    [LibraryImport(Library)]
    internal static partial int SSL_shutdown(nint ssl);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial int SSL_get_error(nint ssl, int result);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial int SSL_has_pending(nint ssl);

    [LibraryImport(Library)]
    internal static partial nint SSL_get0_peer_certificate(nint ssl);

    [LibraryImport(Library)]
    internal static partial nint SSL_get_servername(nint ssl, int type);

    [LibraryImport(Library)]
    internal static partial void SSL_get0_alpn_selected(nint ssl, byte** protocol, uint* length);

    [LibraryImport(Library)]
    internal static partial nint SSL_get_version(nint ssl);

    [LibraryImport(Library)]
    internal static partial nint SSL_get_current_cipher(nint ssl);

    [LibraryImport(Library)]
    internal static partial nint SSL_CIPHER_get_name(nint cipher);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial int SSL_session_reused(nint ssl);

    [LibraryImport(Library)]
    internal static partial int SSL_set_session(nint ssl, nint session);

    [LibraryImport(Library)]
    internal static partial int SSL_SESSION_is_resumable(nint session);

    [LibraryImport(Library)]
    internal static partial void SSL_SESSION_free(nint session);

    [LibraryImport(Library)]
    internal static partial nint SSL_SESSION_dup(nint session);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial void SSL_set_shutdown(nint ssl, int mode);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial int SSL_set_num_tickets(nint ssl, nuint count);
}
