namespace Intercept.Control.Authority;

/// <summary>From when until when a certificate is valid, in whole seconds as X.509 has them.</summary>
internal readonly record struct Validity(DateTimeOffset NotBefore, DateTimeOffset NotAfter)
{
    // Clocks of a mesh differ by seconds; two minutes is what Istio's CA allows.
    private static readonly TimeSpan _skew = TimeSpan.FromMinutes(2);

    /// <summary>When its holder should have the next one.</summary>
    public DateTimeOffset Half => NotBefore + ((NotAfter - NotBefore) / 2);

    /// <summary>
    /// Holders renew at half of the whole span: a short life is set back by less, or its half would have passed when it is issued.
    /// </summary>
    public static Validity Starting(DateTimeOffset now, TimeSpan life)
    {
        var second = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond));
        var setBack = TimeSpan.FromSeconds(Math.Floor(Math.Min(_skew.TotalSeconds, life.TotalSeconds / 10)));
        return new Validity(second - setBack, second + TimeSpan.FromSeconds(Math.Floor(life.TotalSeconds)));
    }

    /// <summary>Nothing outlives what signed it.</summary>
    public Validity Within(Validity signer) => new(
        NotBefore < signer.NotBefore ? signer.NotBefore : NotBefore,
        NotAfter > signer.NotAfter ? signer.NotAfter : NotAfter);
}
