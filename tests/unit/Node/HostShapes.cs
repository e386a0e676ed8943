namespace Intercept.Tests.Unit.Node;

/// <summary>
/// What real hosts have in their directory of network configuration, in the shapes that each network's documentation gives it:
/// indented and not, with numbers, nested objects and fields that nobody here knows.
/// </summary>
public static class HostShapes
{
    /// <param name="Files">By name; a file that a runtime passes over is among them in some.</param>
    /// <param name="Target">The list with our plugin afterwards.</param>
    public sealed record Shape(string Name, IReadOnlyDictionary<string, string> Files, string Target)
    {
        /// <summary>The lone file that is wrapped; null for a list.</summary>
        public string? Wrapped { get; init; }

        public override string ToString() => Name;
    }

    public static TheoryData<string> Names => [.. All.Select(shape => shape.Name)];

    public static IReadOnlyList<Shape> All { get; } =
    [
        List("bridge, portmap, firewall and tuning, as podman writes them", "87-podman-bridge.conflist", """
            {
              "cniVersion": "0.4.0",
              "name": "podman",
              "plugins": [
                {
                  "type": "bridge",
                  "bridge": "cni-podman0",
                  "isGateway": true,
                  "ipMasq": true,
                  "hairpinMode": true,
                  "ipam": {
                    "type": "host-local",
                    "routes": [{ "dst": "0.0.0.0/0" }],
                    "ranges": [
                      [
                        {
                          "subnet": "10.88.0.0/16",
                          "gateway": "10.88.0.1"
                        }
                      ]
                    ]
                  }
                },
                {
                  "type": "portmap",
                  "capabilities": {
                    "portMappings": true
                  }
                },
                {
                  "type": "firewall"
                },
                {
                  "type": "tuning"
                }
              ]
            }

            """),
        List("flannel with a delegate, as k3s writes it", "10-flannel.conflist",
            "{\n  \"name\":\"cbr0\",\n  \"cniVersion\":\"1.0.0\",\n  \"plugins\":[\n    {\n      \"type\":\"flannel\",\n      \"delegate\":{\n        \"hairpinMode\":true,\n        \"forceAddress\":true,\n        \"isDefaultGateway\":true\n      }\n    },\n    {\n      \"type\":\"portmap\",\n      \"capabilities\":{\n        \"portMappings\":true\n      }\n    },\n    {\n      \"type\":\"bandwidth\",\n      \"capabilities\":{\n        \"bandwidth\":true\n      }\n    }\n  ]\n}\n"),
        List("calico, with policy and a kubeconfig", "10-calico.conflist", """
            {
              "name": "k8s-pod-network",
              "cniVersion": "0.3.1",
              "plugins": [
                {
                  "type": "calico",
                  "log_level": "info",
                  "datastore_type": "kubernetes",
                  "nodename": "node-1",
                  "mtu": 0,
                  "ipam": { "type": "calico-ipam" },
                  "policy": { "type": "k8s" },
                  "kubernetes": { "kubeconfig": "/etc/cni/net.d/calico-kubeconfig" }
                },
                { "type": "portmap", "snat": true, "capabilities": { "portMappings": true } },
                { "type": "bandwidth", "capabilities": { "bandwidth": true } }
              ]
            }
            """),
        List("cilium, one plugin", "05-cilium.conflist",
            "\n{\n  \"cniVersion\": \"0.3.1\",\n  \"name\": \"cilium\",\n  \"plugins\": [\n    {\n       \"type\": \"cilium-cni\",\n       \"enable-debug\": false,\n       \"log-file\": \"/var/run/cilium/cilium-cni.log\"\n    }\n  ]\n}\n"),
        List("Amazon's VPC network, with numbers as text", "10-aws.conflist",
            "{\n  \"cniVersion\": \"0.4.0\",\n  \"name\": \"aws-cni\",\n  \"disableCheck\": true,\n  \"plugins\": [\n    {\n      \"name\": \"aws-cni\",\n      \"type\": \"aws-cni\",\n      \"vethPrefix\": \"eni\",\n      \"mtu\": \"9001\",\n      \"podSGEnforcingMode\": \"strict\",\n      \"pluginLogFile\": \"/var/log/aws-routed-eni/plugin.log\",\n      \"pluginLogLevel\": \"DEBUG\"\n    },\n    {\n      \"type\": \"portmap\",\n      \"capabilities\": {\"portMappings\": true},\n      \"snat\": true\n    }\n  ]\n}\n"),
        List("kind's ptp, on tabs", "10-kindnet.conflist",
            "{\n\t\"cniVersion\": \"0.3.1\",\n\t\"name\": \"kindnet\",\n\t\"plugins\": [\n\t{\n\t\t\"type\": \"ptp\",\n\t\t\"ipMasq\": false,\n\t\t\"ipam\": {\n\t\t\t\"type\": \"host-local\",\n\t\t\t\"dataDir\": \"/run/cni-ipam-state\",\n\t\t\t\"routes\": [\n\t\t\t\t{ \"dst\": \"0.0.0.0/0\" }\n\t\t\t],\n\t\t\t\"ranges\": [\n\t\t\t\t[ { \"subnet\": \"10.244.0.0/24\" } ]\n\t\t\t]\n\t\t},\n\t\t\"mtu\": 1500\n\t},\n\t{\n\t\t\"type\": \"portmap\",\n\t\t\"capabilities\": {\n\t\t\t\"portMappings\": true\n\t\t}\n\t}\n\t]\n}\n"),
        List("GKE's ptp, on one line", "10-gke-ptp.conflist",
            """{"name":"k8s-pod-network","cniVersion":"0.3.1","plugins":[{"type":"ptp","mtu":1460,"ipam":{"type":"host-local","subnet":"10.0.0.0/24","routes":[{"dst":"0.0.0.0/0"}]}},{"type":"portmap","capabilities":{"portMappings":true}}]}"""),
        List("weave, with the wrong line ends", "10-weave.conflist",
            "{\r\n    \"cniVersion\": \"0.3.0\",\r\n    \"name\": \"weave\",\r\n    \"plugins\": [\r\n        {\r\n            \"name\": \"weave\",\r\n            \"type\": \"weave-net\",\r\n            \"hairpinMode\": true\r\n        }\r\n    ]\r\n}\r\n"
                .Replace("0.3.0", "0.3.1", StringComparison.Ordinal)),
        List("fields and numbers of a version yet to come", "00-future.conflist",
            """
            { "cniVersion": "1.1.0", "cniVersions": ["1.0.0", "1.1.0"], "name": "morgen-\u00e4", "disableGC": false, "loadOnlyInlinedPlugins": true,
              "x-weight": 1.50e+3, "x-id": 12345678901234567890123, "x-none": null,
              "plugins": [ { "x": [ {}, [], "]}" ], "type": "later" } , {"type":"last" } ], "after": { "plugins": [ 1 ] } }
            """),
        Lone("a lone bridge", "10-mynet.conf", "10-mynet.conflist",
            "{\n    \"cniVersion\": \"0.2.0\",\n    \"name\": \"mynet\",\n    \"type\": \"bridge\",\n    \"bridge\": \"cni0\",\n    \"ipam\": { \"type\": \"host-local\", \"subnet\": \"10.22.0.0/16\" }\n}\n"),
        Lone("a lone kubenet of a later version, ending in .json", "10-kubenet.json", "10-kubenet.conflist",
            """{"cniVersion":"1.0.0","name":"kubenet","type":"bridge","bridge":"cbr0","mtu":1460,"addIf":"eth0","isGateway":true}"""),
        Lone("Multus in front of calico", "00-multus.conf", "00-multus.conflist",
            "{ \"cniVersion\": \"0.3.1\", \"name\": \"multus-cni-network\", \"type\": \"multus-shim\", \"logLevel\": \"verbose\", \"clusterNetwork\": \"/host/run/multus/cni/net.d/10-ovn-kubernetes.conf\" }\n",
            ("10-calico.conflist", """{"name":"k8s-pod-network","cniVersion":"0.3.1","plugins":[{"type":"calico"}]}""")),
        Lone("a lone plugin without a name", "99-noname.conf", "99-noname.conflist", """{"type":"ptp","ipam":{"type":"dhcp"}}"""),
        List("several files, of which the first is none", "20-bridge.conflist", """{"name":"net","cniVersion":"0.4.0","plugins":[{"type":"bridge"}]}""",
            ("05-broken.conflist", "{\"name\": \"half\", \"plugins\": [ {\"type\": "), ("06-empty.conf", ""), ("07-no-type.conf", """{"name":"x"}"""),
            ("08-no-plugins.conflist", """{"name":"x","cniVersion":"1.0.0","plugins":[]}"""), ("10-list.conf", """{"name":"x","plugins":[{"type":"bridge"}]}"""),
            ("15-backup.conflist.bak", "not for a runtime"), (".20-bridge.conflist.swp", "an editor's"), ("README", "for people"),
            ("30-later.conflist", """{"name":"later","cniVersion":"0.4.0","plugins":[{"type":"ptp"}]}""")),
    ];

    private static Shape List(string name, string file, string text, params (string Name, string Text)[] more) =>
        new(name, more.Append((Name: file, Text: text)).ToDictionary(entry => entry.Name, entry => entry.Text), file);

    private static Shape Lone(string name, string file, string target, string text, params (string Name, string Text)[] more) =>
        List(name, file, text, more) with { Target = target, Wrapped = file };
}
