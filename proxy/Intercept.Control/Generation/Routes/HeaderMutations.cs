using Envoy.Config.Core.V3;
using Intercept.Control.Model.Traffic;
using AppendAction = Envoy.Config.Core.V3.HeaderValueOption.Types.HeaderAppendAction;

namespace Intercept.Control.Generation.Routes;

internal static class HeaderMutations
{
    public static IEnumerable<HeaderValueOption> Of(HeaderOperations operations) =>
        operations.Set.Where(header => !IsHost(header.Key)).Select(header => Option(header, AppendAction.OverwriteIfExistsOrAdd))
            .Concat(operations.Add.Where(header => !IsHost(header.Key)).Select(header => Option(header, AppendAction.AppendIfExistsOrAdd)));

    /// <summary>The host that a request is given, if it is given one: no header, but a rewrite.</summary>
    public static string? HostOf(HeaderOperations? operations) =>
        operations?.Set.Concat(operations.Add).FirstOrDefault(header => IsHost(header.Key)).Value;

    private static bool IsHost(string name) =>
        name.Equals("host", StringComparison.OrdinalIgnoreCase) || name == ":authority";

    private static HeaderValueOption Option(KeyValuePair<string, string> header, AppendAction action) =>
        new() { Header = new HeaderValue { Key = header.Key, Value = header.Value }, AppendAction = action };
}
