using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Net.Client;
using Istio.V1.Auth;

namespace Intercept.Tests.Bench;

/// <summary>
/// Asks a CA for certificates one after the other: the first with a token, the others with that certificate, on one connection
/// or each on a connection of its own with a full handshake. The key is made once: making it is no cost of the CA.
/// </summary>
internal static class Certificates
{
    private const int WarmUp = 50;
    private const string Identity = "spiffe://cluster.local/ns/bench/sa/client";

    public static async Task<int> RunAsync(string address, string rootsPath, string tokenPath, bool isKept, int count)
    {
        var time = TimeProvider.System;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new IstioCertificateRequest { Csr = Request(key), ValidityDuration = 3600 };
        var roots = new X509Certificate2Collection();
        roots.ImportFromPemFile(rootsPath);
        using var first = Channel(address, roots, null);
        var answer = await new IstioCertificateService.IstioCertificateServiceClient(first).CreateCertificateAsync(
            request, new Metadata { { "authorization", $"Bearer {(await File.ReadAllTextAsync(tokenPath)).Trim()}" } });
        using var own = Own(answer.CertChain, key);
        using var kept = isKept ? Channel(address, roots, own) : null;
        for (var warming = 0; warming < WarmUp; warming++)
        {
            await AskAsync();
        }

        await Console.Out.WriteLineAsync("ready");
        while (await Console.In.ReadLineAsync() is not null)
        {
            var times = new List<double>(count);
            for (var asked = 0; asked < count; asked++)
            {
                var began = time.GetTimestamp();
                await AskAsync();
                times.Add(time.GetElapsedTime(began).TotalMicroseconds);
            }

            times.Sort();
            await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{times[count / 2]}"));
        }

        return 0;

        async Task AskAsync()
        {
            if (kept is not null)
            {
                await AskOnAsync(kept);
                return;
            }

            using var channel = Channel(address, roots, own);
            await AskOnAsync(channel);
        }

        async Task AskOnAsync(GrpcChannel channel) =>
            await new IstioCertificateService.IstioCertificateServiceClient(channel).CreateCertificateAsync(request);
    }

    private static string Request(ECDsa key)
    {
        var request = new CertificateRequest("", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri(Identity));
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSigningRequestPem();
    }

    private static X509Certificate2 Own(IEnumerable<string> chain, ECDsa key)
    {
        using var leaf = X509Certificate2.CreateFromPem(chain.First());
        using var withKey = leaf.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pfx), null);
    }

    private static GrpcChannel Channel(string address, X509Certificate2Collection roots, X509Certificate2? own)
    {
        var handler = new SocketsHttpHandler();
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(roots);
        handler.SslOptions.CertificateChainPolicy = policy;
        handler.SslOptions.AllowTlsResume = false;
        if (own is not null)
        {
            handler.SslOptions.ClientCertificates = [own];
        }

        return GrpcChannel.ForAddress($"https://{address}", new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true });
    }
}
