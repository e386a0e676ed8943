using Intercept.Runtime.Http;

namespace Intercept.Proxy.Admin;

/// <summary>What answers at one path.</summary>
/// <param name="IsCommand">Changes something: takes POST only.</param>
internal sealed record AdminPage(string Path, bool IsCommand, string Help, Func<HttpRequest, HttpResponse> Answer);
