using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Intercept.Core.Identity;

namespace Intercept.Control.Serving.Callers;

/// <summary>Who calls, or why nobody is believed to.</summary>
internal sealed record Caller
{
    /// <summary>How it was told, for logs: "certificate spiffe://...", "uid 1337".</summary>
    public required string Description { get; init; }

    /// <summary>What it may act as, its default first. Empty with <see cref="IsUnrestricted"/> unset is nobody.</summary>
    public ImmutableArray<SpiffeId> Identities { get; init; } = [];

    /// <summary>May ask on behalf of every workload: root on this machine's Unix socket, or whoever is let in on loopback.</summary>
    public bool IsUnrestricted { get; init; }

    /// <summary>The pod that its service-account token is bound to; null for every other kind of credentials.</summary>
    public CallerPod? Pod { get; init; }

    /// <summary>A sentence, when it was refused: for our log, not for the caller.</summary>
    public string? Refusal { get; init; }

    [MemberNotNullWhen(true, nameof(Refusal))]
    public bool IsRefused => Refusal is not null;

    public static Caller Refused(string why) => new() { Description = "nobody", Refusal = why };

    /// <param name="serviceAccount">Null when the claim names none: then any account of the namespace will do.</param>
    public bool MayActAs(string @namespace, string? serviceAccount) =>
        !IsRefused && (IsUnrestricted
            || Identities.Any(identity => identity.Namespace == @namespace && (serviceAccount is null || identity.ServiceAccount == serviceAccount)));
}
