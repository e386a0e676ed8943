using Intercept.Xds.Discovery;

namespace Intercept.Control.Serving.Sessions;

/// <summary>Where a proxy stands with one type.</summary>
/// <param name="SentVersion">Of the newest set that it was told of; empty before the first response.</param>
/// <param name="AcknowledgedVersion">Of the newest that it took.</param>
/// <param name="Subscribed">Names; -1 for all there are.</param>
/// <param name="Rejection">Why it refused the newest response; null when it did not.</param>
internal sealed record TypeStatus(ResourceType Type, string SentVersion, string AcknowledgedVersion, int Subscribed, string? Rejection)
{
    public bool IsInSync => SentVersion == AcknowledgedVersion && Rejection is null;
}
