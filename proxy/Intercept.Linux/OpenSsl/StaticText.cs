using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Intercept.Linux.OpenSsl;

/// <summary>Names that OpenSSL keeps for ever, as one string each: a connection only refers to them.</summary>
internal static class StaticText
{
    private static readonly ConcurrentDictionary<nint, string> _known = new();

    /// <param name="text">A constant of OpenSSL's own; 0 is no text.</param>
    internal static string Of(nint text) =>
        text == 0 ? "" : _known.GetOrAdd(text, static text => Marshal.PtrToStringUTF8(text) ?? "");
}
