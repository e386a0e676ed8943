using static Intercept.Tests.Unit.Control.Manifests.ManifestTexts;

namespace Intercept.Tests.Unit.Control.Manifests;

/// <summary>Each with the one problem that it has, as people see it.</summary>
public sealed class BadManifestTests
{
    [Theory]
    [InlineData("", "m.yaml:1: (document) is empty; allowed: a manifest; remove the file if there is none")]
    [InlineData("  \n\n", "m.yaml:1: (document) is empty; allowed: a manifest; remove the file if there is none")]
    [InlineData("just text", "m.yaml:1: (document) 'just text' is a single value; allowed: a manifest with apiVersion and kind")]
    [InlineData("kind: Pod", "m.yaml:1: (document) has no apiVersion and kind; allowed: a manifest, such as one that kubectl get -o yaml prints")]
    [InlineData("apiVersion: v1\nkind: Namespace", "m.yaml:1: metadata is missing; allowed: a mapping with a name")]
    [InlineData("apiVersion: v1\nkind: Namespace\nmetadata:\n  name: Shop", "m.yaml:4: metadata.name 'Shop' is not a DNS label; allowed: 1 to 63 of a-z, 0-9 and '-', a letter or digit at both ends")]
    [InlineData("apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n  lables: {}", "m.yaml:5: metadata.lables is not a field here; allowed: labels (the nearest name)")]
    [InlineData("apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n  labels:\n    a: 1", "m.yaml:6: metadata.labels[a] '1' is not text to kubectl; allowed: text: put it in quotes (\"1\")")]
    [InlineData("apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n  labels:\n    a: yes", "m.yaml:6: metadata.labels[a] 'yes' is not text to kubectl; allowed: text: put it in quotes (\"yes\")")]
    [InlineData("apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n  name: shop2", "m.yaml:5: metadata.name is there twice, first on line 4")]
    [InlineData("apiVersion: v1\nkind: Namespace\nmetadata: [shop]", "m.yaml:3: metadata is a list; allowed: a mapping")]
    [InlineData("apiVersion: v1\nkind: namespace\nmetadata: {name: shop}", "m.yaml:1: kind 'namespace' is not known; allowed: Namespace")]
    [InlineData("apiVersion: security.istio.io/v1\nkind: PeerAuthentification\nmetadata: {name: x}", "m.yaml:1: kind 'PeerAuthentification' is not known; allowed: PeerAuthentication")]
    [InlineData("apiVersion: securty.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: x}", "m.yaml:1: apiVersion 'securty.istio.io/v1' is not known; allowed: security.istio.io/VERSION")]
    [InlineData("apiVersion: security.istio.io/v2\nkind: PeerAuthentication\nmetadata: {name: x}", "m.yaml:1: apiVersion 'security.istio.io/v2' is not a version of PeerAuthentication that is read; allowed: security.istio.io/v1, security.istio.io/v1beta1")]
    [InlineData("apiVersion: networking.istio.io/v1alpha3\nkind: EnvoyFilter\nmetadata: {name: x}", "m.yaml:1: kind 'EnvoyFilter' is not supported: what it changes may be what protects a service")]
    [InlineData("apiVersion: security.istio.io/v1\nkind: RequestAuthentication\nmetadata: {name: x}", "m.yaml:1: kind 'RequestAuthentication' is not supported: requests with a bad token would pass")]
    [InlineData("apiVersion: policy.linkerd.io/v1alpha1\nkind: AuthorizationPolicy\nmetadata: {name: x}", "m.yaml:1: kind 'AuthorizationPolicy' is not supported: write an AuthorizationPolicy of security.istio.io")]
    [InlineData("apiVersion: v1\nkind: List\nitems: {}", "m.yaml:3: items is a mapping; allowed: a list of manifests")]
    [InlineData("apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Namespace\n  metadata: {name: A}", "m.yaml:6: items[0].metadata.name 'A' is not a DNS label; allowed: 1 to 63 of a-z, 0-9 and '-', a letter or digit at both ends")]
    public void Says_what_is_wrong_with_a_document(string text, string problem) => HasOnly(problem, text);

    [Theory]
    [InlineData("PeerAuthentication", "mtls: {mode: STRICTT}", "spec.mtls.mode 'STRICTT' is not one of the words for this; allowed: UNSET, DISABLE, PERMISSIVE, STRICT")]
    [InlineData("PeerAuthentication", "mtls: {mode: strict}", "spec.mtls.mode 'strict' is not one of the words for this; allowed: UNSET, DISABLE, PERMISSIVE, STRICT")]
    [InlineData("PeerAuthentication", "mtls: STRICT", "spec.mtls 'STRICT' is a single value; allowed: a mapping")]
    [InlineData("PeerAuthentication", "mtsl: {mode: STRICT}", "spec.mtsl is not a field here; allowed: mtls (the nearest name)")]
    [InlineData("PeerAuthentication", "portLevelMtls: {8080: {mode: STRICT}}", "spec.portLevelMtls needs a selector: ports are those of a workload; allowed: selector.matchLabels beside it")]
    [InlineData("PeerAuthentication", "selector: {matchLabels: {a: b}}\nportLevelMtls: {http: {mode: STRICT}}", "spec.portLevelMtls 'http' is not a port; allowed: a number from 1 to 65535")]
    [InlineData("PeerAuthentication", "selector: {labels: {a: b}}", "spec.selector.labels is not a field here; allowed: matchLabels")]
    [InlineData("AuthorizationPolicy", "action: ALOW\nrules: [{}]", "spec.action 'ALOW' is not one of the words for this; allowed: ALLOW, DENY, AUDIT, CUSTOM")]
    [InlineData("AuthorizationPolicy", "action: CUSTOM\nprovider: {name: opa}\nrules: [{}]", "spec.action 'CUSTOM' is not supported: there is no external authorizer to ask; allowed: ALLOW, DENY or AUDIT")]
    [InlineData("AuthorizationPolicy", "action: DENY", "spec.rules is missing, so that this DENY denies nothing; allowed: a list with a rule; [{}] denies everything")]
    [InlineData("AuthorizationPolicy", "rules: [{from: [{source: {}}]}]", "spec.rules[0].from[0].source is empty; allowed: at least one field")]
    [InlineData("AuthorizationPolicy", "rules: [{from: [{}]}]", "spec.rules[0].from[0].source is missing; allowed: a mapping")]
    [InlineData("AuthorizationPolicy", "rules: [{from: [{source: {principals: ['spiffe://a/ns/b/sa/c']}}]}]", "spec.rules[0].from[0].source.principals[0] 'spiffe://a/ns/b/sa/c' matches nobody; allowed: TRUST-DOMAIN/ns/NAMESPACE/sa/ACCOUNT without spiffe://, with a '*' at its start or end, or \"*\"")]
    [InlineData("AuthorizationPolicy", "rules: [{from: [{source: {namespaces: [a*b]}}]}]", "spec.rules[0].from[0].source.namespaces[0] 'a*b' has a '*' where it stands for nothing; allowed: text, with a '*' at its start or at its end, or \"*\" alone")]
    [InlineData("AuthorizationPolicy", "rules: [{from: [{source: {ipBlocks: [10.0.0]}}]}]", "spec.rules[0].from[0].source.ipBlocks[0] '10.0.0' is not an IP block; allowed: 10.0.0.0/8, 2001:db8::/32 or a single address")]
    [InlineData("AuthorizationPolicy", "rules: [{from: [{source: {serviceAccounts: [a], namespaces: [b]}}]}]", "spec.rules[0].from[0].source.serviceAccounts cannot be beside principals or namespaces; allowed: one of them, or a source for each")]
    [InlineData("AuthorizationPolicy", "rules: [{to: [{operation: {ports: [80]}}]}]", "spec.rules[0].to[0].operation.ports[0] '80' is not text to kubectl; allowed: text: put it in quotes (\"80\")")]
    [InlineData("AuthorizationPolicy", "rules: [{to: [{operation: {ports: ['http']}}]}]", "spec.rules[0].to[0].operation.ports[0] 'http' is not a port; allowed: a number from 1 to 65535, in quotes")]
    [InlineData("AuthorizationPolicy", "rules: [{when: [{key: source.ip}]}]", "spec.rules[0].when[0].values is missing; allowed: values, notValues or both")]
    [InlineData("AuthorizationPolicy", "rules: [{when: [{key: destination.port, values: [http]}]}]", "spec.rules[0].when[0].values[0] 'http' is not a port; allowed: a number from 1 to 65535, in quotes")]
    [InlineData("AuthorizationPolicy", "rules: [{}]\ntargetRefs: [{kind: Service, name: web}]", "spec.targetRefs 'Service' is enforced by a waypoint, which is not supported; allowed: selector.matchLabels")]
    [InlineData("DestinationRule", "subsets: []", "spec.host is missing; allowed: a DNS name, \"*.\" and the end of one, or \"*\"")]
    [InlineData("DestinationRule", "host: web\nsubsets: [{name: a}, {name: a}]", "spec.subsets 'a' is the name of more than one subset; allowed: another name for each")]
    [InlineData("DestinationRule", "host: web\ntrafficPolicy: {tls: {mode: SIMPLE, insecureSkipVerify: true}}", "spec.trafficPolicy.tls.insecureSkipVerify 'true' is not supported: whoever answers would be trusted; allowed: caCertificates")]
    [InlineData("DestinationRule", "host: web\ntrafficPolicy: {tls: {mode: MUTUAL}}", "spec.trafficPolicy.tls.mode 'MUTUAL' needs a certificate; allowed: clientCertificate and privateKey, or credentialName")]
    [InlineData("DestinationRule", "host: web\ntrafficPolicy: {tls: {mode: ISTIO_MUTUAL, caCertificates: /ca.pem}}", "spec.trafficPolicy.tls.mode 'ISTIO_MUTUAL' uses the proxy's own certificate; allowed: no files and no credentialName, or MUTUAL")]
    [InlineData("DestinationRule", "host: web\ntrafficPolicy: {connectionPool: {tcp: {connectTimeout: 5}}}", "spec.trafficPolicy.connectionPool.tcp.connectTimeout '5' is not text to kubectl; allowed: text: put it in quotes (\"5\")")]
    [InlineData("DestinationRule", "host: web\ntrafficPolicy: {connectionPool: {tcp: {connectTimeout: 5 s}}}", "spec.trafficPolicy.connectionPool.tcp.connectTimeout '5 s' is not a duration; allowed: numbers with ms, s, m or h, such as 5s, 1.5s or 1h30m")]
    [InlineData("DestinationRule", "host: web\ntrafficPolicy: {outlierDetection: {maxEjectionPercent: 101}}", "spec.trafficPolicy.outlierDetection.maxEjectionPercent '101' is not a number that is allowed here; allowed: a whole number from 0 to 100, without quotes")]
    [InlineData("DestinationRule", "host: web\ntrafficPolicy: {loadBalancer: {consistentHash: {}}}", "spec.trafficPolicy.loadBalancer.consistentHash hashes nothing; allowed: one of httpHeaderName, httpCookie, useSourceIp, httpQueryParameterName")]
    [InlineData("VirtualService", "hosts: [web]", "spec routes nothing; allowed: http, tls or tcp")]
    [InlineData("VirtualService", "hosts: [web]\nhttp: [{}]", "spec.http[0] leads nowhere; allowed: one of route, redirect and directResponse")]
    [InlineData("VirtualService", "hosts: ['*']\ntcp: [{route: [{destination: {host: web}}]}]", "spec.hosts '*' is only for gateways; allowed: the hosts that it is about")]
    [InlineData("VirtualService", "hosts: [web]\nhttp: [{route: [{destination: {host: web, port: 80}}]}]", "spec.http[0].route[0].destination.port '80' is a single value; allowed: a mapping")]
    [InlineData("VirtualService", "hosts: [web]\nhttp: [{route: [{destination: {host: web}, weight: 0}, {destination: {host: db}}]}]", "spec.http[0].route has no destination with a weight; allowed: weights that are not all 0")]
    [InlineData("VirtualService", "hosts: [web]\nhttp: [{match: [{uri: {exact: /a, prefix: /b}}], route: [{destination: {host: web}}]}]", "spec.http[0].match[0].uri compares in several ways; allowed: one of exact, prefix and regex")]
    [InlineData("VirtualService", "hosts: [web]\nhttp: [{match: [{uri: {regex: '('}}], route: [{destination: {host: web}}]}]", "spec.http[0].match[0].uri.regex '(' is not a regular expression; allowed: RE2 syntax")]
    [InlineData("VirtualService", "hosts: [web]\ntls: [{match: [{port: 443}], route: [{destination: {host: web}}]}]", "spec.tls[0].match[0].sniHosts is missing; allowed: a list of names")]
    [InlineData("ServiceEntry", "hosts: [a.com]\nports: [{number: 80, name: http, protocol: HTP}]", "spec.ports[0].protocol 'HTP' is not a protocol of Istio's; allowed: HTTP, HTTP2, GRPC, GRPC-WEB, HTTPS, TLS, TCP, MONGO, MYSQL, REDIS, UDP")]
    [InlineData("ServiceEntry", "hosts: [a.com]\nports: [{number: 80, name: a}]\nresolution: STATIC", "spec.resolution 'STATIC' has no endpoints; allowed: endpoints or workloadSelector")]
    [InlineData("ServiceEntry", "hosts: ['*.a.com']\nports: [{number: 80, name: a}]\nresolution: DNS", "spec.hosts '*.a.com' cannot be resolved; allowed: a whole host, or endpoints")]
    [InlineData("ServiceEntry", "hosts: [a.com]\nports: [{number: 80, name: a}]\nresolution: STATIC\nendpoints: [{address: b.com}]", "spec.endpoints 'b.com' is not an IP address, and nobody resolves it; allowed: an IP address, or resolution: DNS")]
    [InlineData("ServiceEntry", "hosts: [a.com]\nports: [{number: 80, name: a}]\nresolution: STATIC\nendpoints: [{address: 10.0.0.1, ports: {b: 80}}]", "spec.endpoints[0].ports 'b' is not the name of one of the entry's ports; allowed: a")]
    [InlineData("WorkloadEntry", "address: 'unix:///x'", "spec.address 'unix:///x' is a Unix socket, which is not supported; allowed: 10.0.0.1, 2001:db8::1 or db.example.com")]
    [InlineData("Sidecar", "egress: [{hosts: [web]}]", "spec.egress[0].hosts[0] 'web' is not NAMESPACE/HOST; allowed: a namespace, \".\", \"*\" or \"~\", then '/', then a host, \"*.\" and the end of one, or \"*\"")]
    [InlineData("Sidecar", "ingress: [{port: {number: 80, name: http}}]", "spec.ingress needs a workloadSelector: ports are those of a workload; allowed: workloadSelector.labels beside it")]
    [InlineData("TrafficSplit", "service: web\nbackends: [{service: a, weight: 1}]\nmatches: [{kind: HTTPRouteGroup, name: x}]", "spec.matches is not supported: all of the traffic would be split; allowed: a VirtualService with a match")]
    [InlineData("TrafficSplit", "service: web\nbackends: [{service: a, weight: -1}]", "spec.backends[0].weight '-1' is not a weight; allowed: a whole number such as 90, or thousandths such as 500m")]
    [InlineData("Service", "ports: [{port: 80}, {port: 81}]", "spec.ports has a port without a name; allowed: a name for each of several ports")]
    [InlineData("Service", "ports: [{port: '80'}]", "spec.ports[0].port '80' is text; allowed: a whole number from 1 to 65535, without quotes")]
    [InlineData("Service", "ports: [{port: 80, targetPort: '80'}]", "spec.ports[0].targetPort '80' is not the name of a port; allowed: a name such as http, or a number without quotes")]
    [InlineData("Service", "selectr: {a: b}\nports: [{port: 80}]", "spec.selectr is not a field here; allowed: selector (the nearest name)")]
    [InlineData("Service", "type: ExternalName", "spec.externalName is missing; allowed: a DNS name such as web or web.shop.svc.cluster.local")]
    [InlineData("Pod", "containers: [{name: a, ports: [{name: http}]}]", "spec.containers[0].ports[0].containerPort is missing; allowed: a number from 1 to 65535")]
    public void Says_what_is_wrong_with_a_spec(string kind, string spec, string problem)
    {
        var found = Assert.Single(Read(Of(kind, spec)).Problems).ToString();
        Assert.Equal(problem, found[(found.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
    }

    [Theory]
    [InlineData("retryBudget: {retryRatio: 0.2, minRetriesPerSecond: 10}", "spec.retryBudget.ttl is missing; allowed: numbers with ms, s, m or h, such as 5s, 1.5s or 1h30m")]
    [InlineData("retryBudget: {retryRatio: -0.2, minRetriesPerSecond: 10, ttl: 10s}", "spec.retryBudget.retryRatio '-0.2' is not a number that is allowed here; allowed: a number from 0 to 1000, without quotes")]
    [InlineData("routes: [{condition: {method: GET}}]", "spec.routes[0].name is missing; allowed: text")]
    [InlineData("routes: [{name: a}]", "spec.routes[0].condition is missing; allowed: a mapping with method, pathRegex, all, any or not")]
    [InlineData("routes: [{name: a, condition: {}}]", "spec.routes[0].condition matches nothing in particular; allowed: method, pathRegex, all, any or not")]
    [InlineData("routes: [{name: a, condition: {method: GET}, responseClasses: [{condition: {status: {min: 500, max: 400}}}]}]", "spec.routes[0].responseClasses[0].condition.status.max '400' is smaller than min; allowed: a number from 100 to 599")]
    [InlineData("routes: [{name: a, condition: {method: GET}, timeout: one-second}]", "spec.routes[0].timeout 'one-second' is not a duration; allowed: numbers with ms, s, m or h, such as 5s, 1.5s or 1h30m")]
    public void Says_what_is_wrong_with_a_service_profile(string spec, string problem)
    {
        var found = Assert.Single(Read(Of("ServiceProfile", spec, "web.shop.svc.cluster.local")).Problems).ToString();
        Assert.Equal(problem, found[(found.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
    }

    [Fact]
    public void A_service_profile_is_named_by_its_host() => Assert.Equal(
        "m.yaml:1: metadata.name 'web' is not the name of a host; allowed: web.shop.svc.cluster.local",
        Assert.Single(Read(Of("ServiceProfile", "routes: []", "web")).Problems).ToString());

    [Fact]
    public void Says_everything_that_is_wrong_at_once()
    {
        var reading = Read(string.Join("\n---\n", Of("PeerAuthentication", "mtls: {mode: ON}"), Of("DestinationRule", "hosts: web"), Of("Service", "ports: 80"), "["));
        Assert.Equal(
            [
                "m.yaml:15: spec.host", "m.yaml:15: spec.hosts", "m.yaml:23: spec.ports", "m.yaml:26: (document)", "m.yaml:7: spec.mtls.mode",
            ],
            reading.Problems.Select(problem => $"{problem.Source}:{problem.Line}: {problem.Field}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_is_before_a_break_in_the_text_is_read()
    {
        var reading = Read(Of("PeerAuthentication", "mtls: {mode: STRICT}") + "\n---\na: [b\n---\n");
        Assert.Equal("PeerAuthentication shop/x", Assert.Single(reading.Objects).Key.ToString());
        Assert.StartsWith("m.yaml:10: (document) is not well-formed YAML", Assert.Single(reading.Problems).ToString(), StringComparison.Ordinal);
    }

    private static void HasOnly(string problem, string text) => Assert.Equal(problem, Assert.Single(Read(text).Problems).ToString());
}
