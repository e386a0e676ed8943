using System.Runtime.InteropServices;

namespace Intercept.Linux.OpenSsl;

/// <summary>libcrypto as it is. Calls that only read or write a field skip the garbage collector's transition.</summary>
internal static unsafe partial class LibCrypto
{
    private const string Library = "libcrypto.so.3";

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial void ERR_clear_error();

    [LibraryImport(Library)]
    internal static partial nuint ERR_get_error();

    [LibraryImport(Library)]
    internal static partial nint ERR_reason_error_string(nuint error);

    [LibraryImport(Library)]
    internal static partial int BIO_get_new_index();

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint BIO_meth_new(int type, string name);

    [LibraryImport(Library)]
    internal static partial int BIO_meth_set_read(nint method, delegate* unmanaged<nint, byte*, int, int> read);

    [LibraryImport(Library)]
    internal static partial int BIO_meth_set_write(nint method, delegate* unmanaged<nint, byte*, int, int> write);

    [LibraryImport(Library)]
    internal static partial int BIO_meth_set_ctrl(nint method, delegate* unmanaged<nint, int, long, nint, long> control);

    [LibraryImport(Library)]
    internal static partial nint BIO_new(nint method);

    [LibraryImport(Library)]
    internal static partial nint BIO_new_mem_buf(byte* data, int length);

    [LibraryImport(Library)]
    internal static partial int BIO_free(nint bio);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial void BIO_set_data(nint bio, void* data);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial void* BIO_get_data(nint bio);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial void BIO_set_init(nint bio, int isInitialized);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial void BIO_set_flags(nint bio, int flags);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial void BIO_clear_flags(nint bio, int flags);

    [LibraryImport(Library)]
    internal static partial nint PEM_read_bio_X509(
        nint bio, nint* certificate, delegate* unmanaged<byte*, int, int, nint, int> password, nint argument);

    [LibraryImport(Library)]
    internal static partial nint PEM_read_bio_PrivateKey(
        nint bio, nint* key, delegate* unmanaged<byte*, int, int, nint, int> password, nint argument);

    [LibraryImport(Library)]
    internal static partial void X509_free(nint certificate);

    [LibraryImport(Library)]
    internal static partial int X509_up_ref(nint certificate);

    [LibraryImport(Library)]
    internal static partial int X509_digest(nint certificate, nint digest, byte* hash, uint* length);

    [LibraryImport(Library)]
    internal static partial nint X509_get0_pubkey(nint certificate);

    [LibraryImport(Library)]
    internal static partial nint X509_get0_notBefore(nint certificate);

    [LibraryImport(Library)]
    internal static partial nint X509_get0_notAfter(nint certificate);

    [LibraryImport(Library)]
    internal static partial nint X509_get0_serialNumber(nint certificate);

    [LibraryImport(Library)]
    internal static partial nint X509_get_ext_d2i(nint certificate, int identifier, int* critical, int* index);

    [LibraryImport(Library)]
    internal static partial int X509_check_private_key(nint certificate, nint key);

    [LibraryImport(Library)]
    internal static partial uint X509_get_extension_flags(nint certificate);

    [LibraryImport(Library)]
    internal static partial uint X509_get_key_usage(nint certificate);

    [LibraryImport(Library)]
    internal static partial int X509_verify_cert(nint storeContext);

    [LibraryImport(Library)]
    internal static partial nint X509_verify_cert_error_string(long error);

    [LibraryImport(Library)]
    internal static partial int X509_STORE_add_cert(nint store, nint certificate);

    [LibraryImport(Library)]
    internal static partial int X509_STORE_CTX_get_error(nint storeContext);

    [LibraryImport(Library)]
    internal static partial void X509_STORE_CTX_set_error(nint storeContext, int error);

    [LibraryImport(Library)]
    internal static partial nint X509_STORE_CTX_get0_cert(nint storeContext);

    [LibraryImport(Library)]
    internal static partial nint X509_STORE_CTX_get0_chain(nint storeContext);

    [LibraryImport(Library)]
    internal static partial void X509_STORE_CTX_set0_trusted_stack(nint storeContext, nint stack);

    [LibraryImport(Library)]
    internal static partial int X509_VERIFY_PARAM_set_flags(nint parameters, ulong flags);

    [LibraryImport(Library)]
    internal static partial nint OPENSSL_sk_new_null();

    [LibraryImport(Library)]
    internal static partial int OPENSSL_sk_push(nint stack, nint item);

    [LibraryImport(Library)]
    internal static partial void OPENSSL_sk_free(nint stack);

    [LibraryImport(Library)]
    internal static partial int OPENSSL_sk_num(nint stack);

    [LibraryImport(Library)]
    internal static partial nint OPENSSL_sk_value(nint stack, int index);

    [LibraryImport(Library)]
    internal static partial void GENERAL_NAMES_free(nint names);

    [LibraryImport(Library)]
    internal static partial byte* ASN1_STRING_get0_data(nint text);

    [LibraryImport(Library)]
    internal static partial int ASN1_STRING_length(nint text);

    [LibraryImport(Library)]
    internal static partial int ASN1_TIME_diff(int* days, int* seconds, nint from, nint to);

    [LibraryImport(Library)]
    internal static partial nint EVP_sha256();

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint EVP_MD_fetch(nint libraryContext, string algorithm, nint properties);

    [LibraryImport(Library)]
    internal static partial int EVP_PKEY_get_bits(nint key);

    [LibraryImport(Library)]
    internal static partial int EVP_PKEY_get_base_id(nint key);

    [LibraryImport(Library)]
    internal static partial void EVP_PKEY_free(nint key);
}
