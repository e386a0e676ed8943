using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Intercept.Node.Pods;

/// <summary>The API server of the cluster that this pod runs in, as the kubelet tells every pod.</summary>
internal sealed class ApiServer : IDisposable
{
    private const string Account = "/var/run/secrets/kubernetes.io/serviceaccount";

    private readonly SocketsHttpHandler _handler;
    private readonly HttpClient _client;
    private readonly string _folder;

    /// <param name="folder">With ca.crt and token, as the kubelet mounts them.</param>
    public ApiServer(Uri address, string folder = Account)
    {
        _folder = folder;
        _handler = new SocketsHttpHandler
        {
            // Roots may be renewed while this runs: an hour is what a connection may go on with the old.
            PooledConnectionLifetime = TimeSpan.FromHours(1),
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, certificate, _, errors) => IsTrusted(certificate, errors) },
        };
        _client = new HttpClient(_handler, disposeHandler: false)
        {
            BaseAddress = address,
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    public static ApiServer InCluster(IReadOnlyDictionary<string, string> environment)
    {
        var host = environment.GetValueOrDefault("KUBERNETES_SERVICE_HOST", "kubernetes.default.svc");
        var port = environment.GetValueOrDefault("KUBERNETES_SERVICE_PORT", "443");
        return new ApiServer(new Uri($"https://{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host)}:{port}/"));
    }

    public void Dispose()
    {
        _client.Dispose();
        _handler.Dispose();
    }

    /// <summary>Returns when the headers are there; what follows is read by the caller.</summary>
    /// <exception cref="HttpRequestException">The answer is not a success.</exception>
    public async Task<Stream> GetAsync(string path, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));

        // Read each time: the kubelet renews it.
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync($"{_folder}/token", cancellation)).Trim());
        request.Headers.Accept.ParseAdd("application/json");
        var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (response.StatusCode == HttpStatusCode.OK)
        {
            return await response.Content.ReadAsStreamAsync(cancellation);
        }

        using (response)
        {
            throw new HttpRequestException($"{(int)response.StatusCode} {response.ReasonPhrase}", null, response.StatusCode);
        }
    }

    // The cluster's own roots and no others; the name must be right too.
    private bool IsTrusted(X509Certificate? certificate, SslPolicyErrors errors)
    {
        if (certificate is null || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != SslPolicyErrors.None)
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.CustomTrustStore.ImportFromPemFile($"{_folder}/ca.crt");
        using var server = new X509Certificate2(certificate);
        return chain.Build(server);
    }
}
