namespace Intercept.Runtime.Http;

/// <summary>A request and the bytes that it took; or an error to answer with; or, of neither, the wish for more bytes.</summary>
/// <param name="ErrorStatus">0 for none.</param>
internal readonly record struct ParsedRequest(HttpRequest? Request, int Consumed, int ErrorStatus, string Why)
{
    public static ParsedRequest NeedsMore => default;

    public static ParsedRequest Complete(HttpRequest request, int consumed) => new(request, consumed, 0, "");

    public static ParsedRequest Refused(int status, string why) => new(null, 0, status, why);
}
