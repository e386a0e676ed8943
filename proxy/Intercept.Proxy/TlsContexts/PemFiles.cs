using System.Security.Cryptography;
using Intercept.Core.Problems;
using Intercept.Linux;
using Intercept.Runtime.Tls;

namespace Intercept.Proxy.TlsContexts;

/// <summary>
/// The files of one pass over the configuration, each read once. Contents are wiped afterwards: OpenSSL has its own copy,
/// and a key should not lie about in managed memory.
/// </summary>
internal sealed class PemFiles : IDisposable
{
    // A trust bundle of every public authority is a quarter of this; a larger file is another file.
    private const long LargestFile = 1 << 20;

    private readonly Dictionary<string, byte[]?> _contents = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FileStamp> _stamps = new(StringComparer.Ordinal);

    /// <summary>How the file stood before it was read: a later change shows against it.</summary>
    public FileStamp StampOf(string path) => _stamps.GetValueOrDefault(path);

    /// <param name="path">As configured.</param>
    /// <param name="field">What the configuration calls it: private_key.</param>
    /// <param name="problems">Receives why it cannot be read.</param>
    public PemFile? Read(string path, string field, ICollection<Problem> problems)
    {
        if (!_contents.TryGetValue(path, out var content))
        {
            _stamps[path] = FileStamp.Of(path);
            _contents[path] = content = TryRead(path, out var why);
            if (content is null)
            {
                problems.Add(new Problem(path, 0, field, null, why, "a PEM file that this user can read"));
            }
        }

        return content is null ? null : new PemFile(path, content);
    }

    public void Dispose()
    {
        foreach (var content in _contents.Values)
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    private static byte[]? TryRead(string path, out string why)
    {
        try
        {
            if (new FileInfo(path).Length > LargestFile)
            {
                why = $"is longer than {LargestFile} bytes";
                return null;
            }

            why = "";
            return File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            why = $"cannot be read: {exception.Message}";
            return null;
        }
    }
}
