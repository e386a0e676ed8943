using Intercept.Control.Manifests.Reading;
using Intercept.Control.Model;
using Intercept.Control.Model.Services;

namespace Intercept.Control.Manifests.Kinds;

internal static class PortChecks
{
    /// <summary>Ports of one service differ in name and in number, except that TCP and UDP may share a number.</summary>
    public static void CheckUnique(Fields fields, string name, ValueList<ServicePort> ports)
    {
        foreach (var twice in ports.GroupBy(port => port.Name).Where(group => group.Key.Length > 0 && group.Count() > 1))
        {
            fields.Report(name, twice.Key, "is the name of more than one port", "another name for each port");
        }

        foreach (var twice in ports.GroupBy(port => (port.Port, port.Protocol == PortProtocol.Udp)).Where(group => group.Count() > 1))
        {
            fields.Report(name, twice.Key.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), "is there more than once", "each port once");
        }
    }
}
