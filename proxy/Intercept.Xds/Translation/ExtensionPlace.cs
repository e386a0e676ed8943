namespace Intercept.Xds.Translation;

/// <summary>Where an extension stands: what is harmless in one place may not be in another.</summary>
internal enum ExtensionPlace : byte
{
    NetworkFilter = 0,
    UpstreamFilter = 1,
}
