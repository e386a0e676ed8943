using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using Intercept.Core.Addressing;
using Intercept.Proxy.Admin.Pages;
using Intercept.Runtime.Http;

namespace Intercept.Proxy.Admin;

/// <summary>Which page answers a request, and who may ask for a command.</summary>
internal sealed class AdminPages
{
    private readonly ImmutableArray<AdminPage> _pages;
    private readonly FrozenDictionary<string, AdminPage> _byPath;

    public AdminPages(IProxyState state, TimeProvider time)
    {
        _pages =
        [
            new("/", false, "this list", _ => HttpResponse.OfText(Help())),
            .. CertificatePages.All(state, time),
            .. ClusterPages.All(state),
            .. ConfigDumpPages.All(state),
            .. FeedPages.All(state),
            new("/help", false, "this list", _ => HttpResponse.OfText(Help())),
            .. ListenerPages.All(state),
            .. ServerPages.All(state),
            .. StatsPages.All(state),
        ];
        _byPath = _pages.ToFrozenDictionary(page => page.Path);
    }

    public HttpResponse Answer(HttpRequest request)
    {
        if (!_byPath.TryGetValue(request.Path, out var page))
        {
            return HttpResponse.OfText($"there is no {request.Path}; there are:\n{Help()}", 404);
        }

        if (request.Method != "POST" && (page.IsCommand || request.Method is not ("GET" or "HEAD")))
        {
            return HttpResponse.OfText(
                page.IsCommand ? $"{page.Path} changes something: POST it\n" : $"{request.Method} is not served; allowed: GET, HEAD, POST\n",
                405,
                page.IsCommand ? "POST" : "GET, HEAD, POST");
        }

        return page.IsCommand && Refusal(request) is { } why ? HttpResponse.OfText($"{why}\n", 403) : page.Answer(request);
    }

    // A browser in the pod's network must not be made a remote control: neither by a page that posts here, nor by one
    // whose name was made to resolve to loopback.
    private static string? Refusal(HttpRequest request)
    {
        if (request.IsFromPage)
        {
            return "commands are not taken from web pages (the request has an Origin)";
        }

        var host = HostName(request.Host);
        return host.Length == 0 || host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || NetAddress.TryParse(host, out _)
            ? null
            : $"commands are taken at an address or localhost, not at '{host}'";
    }

    private static string HostName(string host)
    {
        if (host.StartsWith('['))
        {
            var end = host.IndexOf(']', StringComparison.Ordinal);
            return end < 0 ? host : host[1..end];
        }

        var colon = host.LastIndexOf(':');
        return colon < 0 ? host : host[..colon];
    }

    private string Help()
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        foreach (var page in _pages.Where(page => page.Path != "/").OrderBy(page => page.Path, StringComparer.Ordinal))
        {
            text.WriteLine($"  {page.Path}{(page.IsCommand ? " (POST)" : "")}: {page.Help}");
        }

        return text.ToString();
    }
}
