using System.Net.Http.Headers;
using System.Text.Json;

namespace Intercept.Control.Authentication;

/// <summary>The few calls to the Kubernetes API that authentication makes.</summary>
/// <param name="send">Reaches the API server with our own credentials, and returns when the headers are there; paths are relative to the server.</param>
internal sealed class KubernetesCalls(Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> send)
{
    // All pods of one namespace on one node: a hundred of 20 KiB.
    private const long LongestAnswer = 8 << 20;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    /// <param name="path">Relative to the server.</param>
    /// <param name="body">JSON to post; null gets.</param>
    /// <returns>The answer, which the receiver disposes; or why there is none. Neither for 404.</returns>
    public async Task<(JsonDocument? Answer, string? Failure)> CallAsync(string path, byte[]? body, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(_patience);
        try
        {
            using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, new Uri(path, UriKind.Relative));
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            if (body is not null)
            {
                request.Content = new ByteArrayContent(body);
                request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            }

            using var response = await send(request, limit.Token);
            if (response.StatusCode == System.Net.HttpStatusCode.NotFound && body is null)
            {
                return (null, null);
            }

            if (!response.IsSuccessStatusCode)
            {
                return (null, $"the Kubernetes API answered {(int)response.StatusCode} to {path}");
            }

            await response.Content.LoadIntoBufferAsync(LongestAnswer, limit.Token);
            return (await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(limit.Token), default, limit.Token), null);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (null, $"the Kubernetes API did not answer {path} in {_patience.TotalSeconds:0} s");
        }
        catch (Exception failure) when (failure is HttpRequestException or JsonException or IOException)
        {
            return (null, $"the Kubernetes API failed at {path}: {failure.Message}");
        }
    }
}
