using System.Diagnostics.CodeAnalysis;

namespace Intercept.Xds.Transport;

/// <summary>
/// Before a chain is built, .NET looks into the user's own store of intermediate certificates, below HOME, and throws where there
/// is no home: also when all that it may use was given to it. In a container uid 1337 has neither HOME nor a line in /etc/passwd.
/// </summary>
internal static class CertificateStores
{
    private const string Nowhere = "/nonexistent";

    /// <summary>To be called before a chain is built or TLS begins.</summary>
    [SuppressMessage("ApiDesign", "RS0030", Justification = "It is .NET that reads the variable, and there is no other way to tell it.")]
    public static void NeedNoHome()
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("HOME")))
        {
            Environment.SetEnvironmentVariable("HOME", Nowhere);
        }
    }
}
