using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Intercept.Runtime.Tls;

/// <summary>The connecting side.</summary>
public sealed class TlsClientContext : TlsContext
{
    private TlsClientContext(TlsContextMaterial material)
        : base(material)
    {
    }

    /// <summary>Checks everything and reports every problem.</summary>
    public static bool TryBuild(
        TlsContextOptions options,
        TimeProvider time,
        [NotNullWhen(true)] out TlsClientContext? context,
        out ImmutableArray<TlsContextProblem> problems)
    {
        var material = TlsContextMaterial.TryLoad(options, isServer: false, time, out problems);
        context = material is null ? null : new TlsClientContext(material);
        return context is not null;
    }
}
