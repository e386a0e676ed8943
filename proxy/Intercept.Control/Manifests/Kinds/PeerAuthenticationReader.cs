using System.Globalization;
using Intercept.Control.Manifests.Reading;
using Intercept.Control.Model;
using Intercept.Control.Model.Security;

namespace Intercept.Control.Manifests.Kinds;

internal static class PeerAuthenticationReader
{
    private static readonly TextForm _port = new(text => Forms.TryParsePort(text, out _), "is not a port", "a number from 1 to 65535");

    public static PeerAuthentication Read(Fields fields, ResourceMeta meta)
    {
        fields.Ignore("status");
        return fields.Object("spec", spec => ReadSpec(spec, meta)) ?? new PeerAuthentication(meta, null, MtlsMode.Unset, []);
    }

    private static PeerAuthentication ReadSpec(Fields fields, ResourceMeta meta)
    {
        var selector = Selectors.ReadMatchLabels(fields);
        var ports = fields.Map("portLevelMtls", _port, (node, place) => Fields.Read(fields.Scope, node, fields.PathOf(place), ReadMtls))
            .Select(entry => new PortMtls(int.Parse(entry.Key, CultureInfo.InvariantCulture), entry.Value.Mode))
            .OrderBy(port => port.Port).ToValueList();
        if (!ports.IsEmpty && selector is null)
        {
            fields.Report("portLevelMtls", null, "needs a selector: ports are those of a workload", "selector.matchLabels beside it");
        }

        return new PeerAuthentication(meta, selector, fields.Object("mtls", ReadMtls)?.Mode ?? MtlsMode.Unset, ports);
    }

    private static Mtls ReadMtls(Fields fields) => new(fields.Choice(
        "mode",
        ("UNSET", MtlsMode.Unset), ("DISABLE", MtlsMode.Disable), ("PERMISSIVE", MtlsMode.Permissive), ("STRICT", MtlsMode.Strict)));

    private sealed record Mtls(MtlsMode Mode);
}
