using Intercept.Control.Manifests.Reading;
using Intercept.Control.Model;
using Intercept.Control.Model.Security;

namespace Intercept.Control.Manifests.Kinds;

internal static class AuthorizationRuleReader
{
    // Istio's principals are SPIFFE IDs without their scheme: with it one matches nobody, which is grave in a DENY.
    private static readonly TextForm _principal = new(
        text => Forms.Pattern.IsValid(text) && !text.StartsWith("spiffe:", StringComparison.Ordinal),
        "matches nobody", "TRUST-DOMAIN/ns/NAMESPACE/sa/ACCOUNT without spiffe://, with a '*' at its start or end, or \"*\"");

    private static readonly TextForm _account = new(
        text => !text.Contains('*', StringComparison.Ordinal) && text.Split('/') is { Length: 1 or 2 } parts && parts.All(Forms.Name.IsValid),
        "is not a service account", "ACCOUNT or NAMESPACE/ACCOUNT");

    private static readonly TextForm _path = new(
        text => text.Contains('{', StringComparison.Ordinal) || Forms.Pattern.IsValid(text), Forms.Pattern.Why, Forms.Pattern.Allowed);

    private static readonly string[] _keys =
    [
        "source.ip", "remote.ip", "source.namespace", "source.principal", "source.serviceAccount", "source.trustDomain", "request.auth.principal",
        "request.auth.audiences", "request.auth.presenter", "destination.ip", "destination.port", "connection.sni",
    ];

    private static readonly string[] _keyPrefixes = ["request.headers[", "request.auth.claims["];

    public static AuthorizationRule Read(Fields fields, ResourceMeta meta) => new(
        fields.Objects("from", from => Wrapped(from, "source", source => ReadSource(source, meta))),
        fields.Objects("to", to => Wrapped(to, "operation", ReadOperation)),
        fields.Objects("when", ReadCondition));

    private static T? Wrapped<T>(Fields fields, string name, Func<Fields, T> read)
        where T : class, new()
    {
        fields.Require(name, "a mapping");
        var problems = fields.Scope.Problems.Count;
        var value = fields.Object(name, read);

        // An empty one would match everything, which nobody writes on purpose.
        if (value is not null && value.Equals(new T()) && fields.Scope.Problems.Count == problems)
        {
            fields.Report(name, null, "is empty", "at least one field");
        }

        return value;
    }

    private static RuleSource ReadSource(Fields fields, ResourceMeta meta)
    {
        var source = new RuleSource
        {
            Principals = fields.Texts("principals", _principal),
            NotPrincipals = fields.Texts("notPrincipals", _principal),
            RequestPrincipals = fields.Texts("requestPrincipals", Forms.Pattern),
            NotRequestPrincipals = fields.Texts("notRequestPrincipals", Forms.Pattern),
            Namespaces = fields.Texts("namespaces", Forms.Pattern),
            NotNamespaces = fields.Texts("notNamespaces", Forms.Pattern),
            ServiceAccounts = ReadAccounts(fields, "serviceAccounts", meta),
            NotServiceAccounts = ReadAccounts(fields, "notServiceAccounts", meta),
            TrustDomains = fields.Texts("trustDomains", Forms.Pattern),
            NotTrustDomains = fields.Texts("notTrustDomains", Forms.Pattern),
            IpBlocks = fields.ParsedTexts("ipBlocks", Forms.Block),
            NotIpBlocks = fields.ParsedTexts("notIpBlocks", Forms.Block),
            RemoteIpBlocks = fields.ParsedTexts("remoteIpBlocks", Forms.Block),
            NotRemoteIpBlocks = fields.ParsedTexts("notRemoteIpBlocks", Forms.Block),
        };
        var hasAccounts = fields.Has("serviceAccounts") || fields.Has("notServiceAccounts");
        if (hasAccounts && (fields.Has("principals") || fields.Has("notPrincipals") || fields.Has("namespaces") || fields.Has("notNamespaces")))
        {
            fields.Report("serviceAccounts", null, "cannot be beside principals or namespaces", "one of them, or a source for each");
        }

        return source;
    }

    private static ValueList<string> ReadAccounts(Fields fields, string name, ResourceMeta meta) =>
        fields.Texts(name, _account)
            .Select(account => account.Contains('/', StringComparison.Ordinal) ? account : $"{meta.Namespace}/{account}").ToValueList();

    private static RuleOperation ReadOperation(Fields fields) => new()
    {
        Hosts = fields.Texts("hosts", Forms.Pattern),
        NotHosts = fields.Texts("notHosts", Forms.Pattern),
        Ports = fields.ParsedTexts("ports", Forms.PortText),
        NotPorts = fields.ParsedTexts("notPorts", Forms.PortText),
        Methods = fields.Texts("methods", Forms.Pattern),
        NotMethods = fields.Texts("notMethods", Forms.Pattern),
        Paths = fields.Texts("paths", _path),
        NotPaths = fields.Texts("notPaths", _path),
    };

    private static RuleCondition ReadCondition(Fields fields)
    {
        var key = fields.RequiredText("key", Forms.NotEmpty);
        var isKnown = _keys.Contains(key)
            || _keyPrefixes.Any(prefix => key.Length > prefix.Length + 1 && key.StartsWith(prefix, StringComparison.Ordinal) && key[^1] == ']');
        if (!isKnown && key.Length > 0)
        {
            fields.Report("key", key, "is not a condition that is supported", $"{string.Join(", ", _keys)}, {string.Join("NAME], ", _keyPrefixes)}NAME]");
        }

        var condition = new RuleCondition(key, ReadValues(fields, "values", key), ReadValues(fields, "notValues", key));
        if (!fields.Has("values") && !fields.Has("notValues"))
        {
            fields.Report("values", null, "is missing", "values, notValues or both");
        }

        return condition;
    }

    private static ValueList<string> ReadValues(Fields fields, string name, string key) => key switch
    {
        "source.ip" or "remote.ip" or "destination.ip" => fields.ParsedTexts(name, Forms.Block).Select(block => block.ToString()).ToValueList(),
        "destination.port" => fields.ParsedTexts(name, Forms.PortText)
            .Select(port => port.ToString(System.Globalization.CultureInfo.InvariantCulture)).ToValueList(),
        "source.principal" => fields.Texts(name, _principal),
        _ => fields.Texts(name, Forms.Pattern),
    };
}
