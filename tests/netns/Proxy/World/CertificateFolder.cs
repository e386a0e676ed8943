using Intercept.Runtime.Tls;
using Intercept.Tests.Unit.Runtime;

namespace Intercept.Tests.Netns.Proxy.World;

/// <summary>A workload's certificate, key and trust bundle as files, as a control plane would place them.</summary>
internal sealed class CertificateFolder
{
    internal CertificateFolder(string folder, TestAuthority authority, string identity)
    {
        Directory.CreateDirectory(folder);
        Chain = Path.Combine(folder, "chain.pem");
        Key = Path.Combine(folder, "key.pem");
        Bundle = Path.Combine(folder, "bundle.pem");
        Put(Bundle, authority.Bundle);
        Rotate(authority.Issue(identity));
    }

    internal string Chain { get; }

    internal string Key { get; }

    internal string Bundle { get; }

    internal void Rotate((PemFile Chain, PemFile Key) issued)
    {
        Put(Chain, issued.Chain);
        Put(Key, issued.Key);
    }

    // Renamed into place: nobody reads half of it.
    internal static void Put(string path, PemFile file)
    {
        File.WriteAllBytes(path + ".new", file.Content.ToArray());
        File.Move(path + ".new", path, overwrite: true);
    }
}
