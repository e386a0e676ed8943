using System.Text.Json;
using Intercept.Mesh.Policy;

namespace Intercept.Proxy.Admin.Pages;

/// <summary>A network RBAC filter as an envoy.extensions.filters.network.rbac.v3.RBAC.</summary>
internal static class RbacJson
{
    public static void Write(Utf8JsonWriter json, NetworkRbac filter)
    {
        json.WriteType("envoy.extensions.filters.network.rbac.v3.RBAC");
        json.WriteString("stat_prefix", filter.StatPrefix);
        json.WriteStartObject("rules");
        json.WriteString("action", filter.Action switch { RbacAction.Deny => "DENY", RbacAction.Log => "LOG", _ => "ALLOW" });
        if (!filter.Policies.IsEmpty)
        {
            json.WriteStartObject("policies");
            foreach (var policy in filter.Policies)
            {
                json.WriteStartObject(policy.Name);
                json.WriteObjects("permissions", policy.Permissions, static (json, rule) => WriteRule(json, rule, isPrincipal: false));
                json.WriteObjects("principals", policy.Principals, static (json, rule) => WriteRule(json, rule, isPrincipal: true));
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteRule(Utf8JsonWriter json, RbacRule rule, bool isPrincipal)
    {
        switch (rule)
        {
            case AndRule and:
                WriteSet(json, isPrincipal ? "and_ids" : "and_rules", and.Rules, isPrincipal);
                break;
            case OrRule or:
                WriteSet(json, isPrincipal ? "or_ids" : "or_rules", or.Rules, isPrincipal);
                break;
            case NotRule not:
                json.WriteStartObject(isPrincipal ? "not_id" : "not_rule");
                WriteRule(json, not.Rule, isPrincipal);
                json.WriteEndObject();
                break;
            case DestinationAddressRule { Range: var range }:
                json.WriteStartObject("destination_ip");
                FilterChainJson.WriteRange(json, range);
                json.WriteEndObject();
                break;
            case SourceAddressRule { Range: var range }:
                json.WriteStartObject("remote_ip");
                FilterChainJson.WriteRange(json, range);
                json.WriteEndObject();
                break;
            case DestinationPortRule ports:
                WritePorts(json, ports);
                break;
            case ServerNameRule { Match: var match }:
                json.WriteStartObject("requested_server_name");
                StringMatchJson.Write(json, match);
                json.WriteEndObject();
                break;
            case AuthenticatedRule { Principal: var principal }:
                WriteAuthenticated(json, principal);
                break;
            case AnyRule:
                json.WriteBoolean("any", true);
                break;
            default:
                throw new InvalidOperationException($"{rule.GetType().Name} has no form in Envoy's configuration");
        }
    }

    private static void WriteSet(Utf8JsonWriter json, string name, IEnumerable<RbacRule> rules, bool isPrincipal)
    {
        json.WriteStartObject(name);
        json.WriteObjects(isPrincipal ? "ids" : "rules", rules, (json, rule) => WriteRule(json, rule, isPrincipal));
        json.WriteEndObject();
    }

    private static void WritePorts(Utf8JsonWriter json, DestinationPortRule ports)
    {
        if (ports.First == ports.Last)
        {
            json.WriteNumber("destination_port", ports.First);
            return;
        }

        // Int32Range excludes its end.
        json.WriteStartObject("destination_port_range");
        json.WriteNumber("start", ports.First);
        json.WriteNumber("end", ports.Last + 1);
        json.WriteEndObject();
    }

    private static void WriteAuthenticated(Utf8JsonWriter json, Mesh.StringMatch? principal)
    {
        json.WriteStartObject("authenticated");
        if (principal is not null)
        {
            json.WriteStartObject("principal_name");
            StringMatchJson.Write(json, principal);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
