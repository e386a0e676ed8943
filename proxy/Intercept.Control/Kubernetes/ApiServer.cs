using System.Net;
using System.Text;
using Intercept.Xds.Reading;
using k8s;

namespace Intercept.Control.Kubernetes;

/// <summary>
/// A Kubernetes API server. KubernetesClient finds it, trusts it and authenticates to it, as in-cluster or by a kubeconfig;
/// what it answers is read by the reader of manifests rather than into the client's own types, which drop unknown fields.
/// </summary>
internal sealed class ApiServer : IDisposable
{
    private readonly k8s.Kubernetes _client;

    public ApiServer(KubernetesClientConfiguration configuration)
    {
        // A watch is silent for minutes. Each request has a limit of its own.
        configuration.HttpClientTimeout = Timeout.InfiniteTimeSpan;
        _client = new k8s.Kubernetes(configuration);
    }

    public Uri Address => _client.BaseUri;

    /// <summary>The API server of the cluster that this program runs in.</summary>
    public static ApiServer InCluster() => new(KubernetesClientConfiguration.InClusterConfig());

    /// <param name="path">Null: $KUBECONFIG, or ~/.kube/config.</param>
    /// <param name="context">Null: the current one.</param>
    public static ApiServer FromKubeconfig(string? path, string? context) =>
        new(KubernetesClientConfiguration.BuildConfigFromConfigFile(path, context));

    /// <summary>Returns when the headers are there.</summary>
    /// <exception cref="ApiException">The answer is not a success.</exception>
    public async Task<HttpResponseMessage> GetAsync(string pathAndQuery, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_client.BaseUri, pathAndQuery))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        request.Headers.Accept.ParseAdd("application/json");
        var response = await SendAsync(request, cancellation);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw new ApiException(response.StatusCode, Message(await response.Content.ReadAsStringAsync(cancellation)));
        }
    }

    /// <summary>With the credentials of the moment; a relative address is of this server. Returns when the headers are there.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        request.RequestUri = new Uri(_client.BaseUri, request.RequestUri!);
        if (_client.Credentials is not null)
        {
            await _client.Credentials.ProcessHttpRequestAsync(request, cancellation);
        }

        return await _client.HttpClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
    }

    public async Task<MappingNode> GetObjectAsync(string pathAndQuery, CancellationToken cancellation)
    {
        using var response = await GetAsync(pathAndQuery, cancellation);
        var text = Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync(cancellation));
        return JsonDocumentReader.Read(text) as MappingNode ?? throw new MalformedDocumentException(1, "is not an object");
    }

    public void Dispose() => _client.Dispose();

    // A Status of the API's, or whatever a proxy before it has to say.
    private static string Message(string body)
    {
        const int Longest = 200;
        try
        {
            return JsonDocumentReader.Read(body) is MappingNode status && status.TextAt("message") is { } message ? message : Shortened(body);
        }
        catch (MalformedDocumentException)
        {
            return Shortened(body);
        }

        static string Shortened(string text) => text.Length <= Longest ? text : text[..Longest] + "...";
    }
}
