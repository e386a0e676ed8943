namespace Intercept.Runtime.Tls;

/// <summary>Why a context could not be built from its files.</summary>
/// <param name="Kind">What is wrong.</param>
/// <param name="File">The file at fault; empty for a parameter.</param>
/// <param name="Detail">OpenSSL's words, or the value in question.</param>
public readonly record struct TlsContextProblem(TlsContextProblemKind Kind, string File, string Detail)
{
    public override string ToString() => $"{File}{(File.Length > 0 ? ": " : "")}{Kind}{(Detail.Length > 0 ? ": " : "")}{Detail}";
}
