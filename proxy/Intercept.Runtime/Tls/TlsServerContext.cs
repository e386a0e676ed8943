using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Intercept.Runtime.Tls;

/// <summary>The accepting side.</summary>
public sealed class TlsServerContext : TlsContext
{
    private TlsServerContext(TlsContextMaterial material)
        : base(material)
    {
    }

    /// <summary>Checks everything and reports every problem.</summary>
    public static bool TryBuild(
        TlsContextOptions options,
        TimeProvider time,
        [NotNullWhen(true)] out TlsServerContext? context,
        out ImmutableArray<TlsContextProblem> problems)
    {
        var material = TlsContextMaterial.TryLoad(options, isServer: true, time, out problems);
        context = material is null ? null : new TlsServerContext(material);
        return context is not null;
    }
}
