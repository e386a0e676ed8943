using Intercept.Control.Model;
using Intercept.Control.Model.Linkerd;
using Intercept.Control.Model.Security;
using Intercept.Control.Model.Services;
using Intercept.Control.Model.Traffic;
using Intercept.Core.Addressing;
using static Intercept.Tests.Unit.Control.Manifests.ManifestTexts;

namespace Intercept.Tests.Unit.Control.Manifests;

public sealed class GoodManifestTests
{
    [Fact]
    public void Reads_a_peer_authentication()
    {
        var policy = Only<PeerAuthentication>(Of("PeerAuthentication", "selector: {matchLabels: {app: web}}\nmtls: {mode: STRICT}\nportLevelMtls: {9090: {mode: PERMISSIVE}, 80: {mode: DISABLE}}"));
        Assert.Equal((MtlsMode.Strict, Labels(("app", "web"))), (policy.Mode, policy.Selector!.Labels));
        Assert.Equal([new PortMtls(80, MtlsMode.Disable), new PortMtls(9090, MtlsMode.Permissive)], policy.Ports);
    }

    [Theory]
    [InlineData("{}", "Allow", 0)]
    [InlineData("rules: [{}]", "Allow", 1)]
    [InlineData("action: DENY\nrules: [{}]", "Deny", 1)]
    public void Reads_what_an_authorization_policy_does_and_whether_it_matches_at_all(string spec, string action, int rules)
    {
        var policy = Only<AuthorizationPolicy>(Of("AuthorizationPolicy", spec));
        Assert.Equal((action, rules), (policy.Action.ToString(), policy.Rules.Count));
    }

    [Fact]
    public void Reads_the_rules_of_an_authorization_policy()
    {
        var policy = Only<AuthorizationPolicy>(Of("AuthorizationPolicy", """
            action: DENY
            rules:
            - from:
              - source:
                  notPrincipals: ["cluster.local/ns/front/*"]
                  namespaces: [front, "*-test"]
                  ipBlocks: [10.1.2.3, "2001:db8::/32"]
              - source: {serviceAccounts: [here, other/there]}
              to:
              - operation: {ports: ["80", "443"], paths: ["/admin/*"], notMethods: [GET]}
              when:
              - key: connection.sni
                values: ["*.example.com"]
              - key: "request.headers[X-Team]"
                notValues: [a]
            """));
        Assert.Equal(AuthorizationAction.Deny, policy.Action);
        var rule = Assert.Single(policy.Rules);
        Assert.Equal(
            [
                new RuleSource
                {
                    NotPrincipals = ["cluster.local/ns/front/*"],
                    Namespaces = ["front", "*-test"],
                    IpBlocks = [Cidr.Parse("10.1.2.3/32"), Cidr.Parse("2001:db8::/32")],
                },
                new RuleSource { ServiceAccounts = ["shop/here", "other/there"] },
            ],
            rule.From);
        Assert.Equal([new RuleOperation { Ports = [80, 443], Paths = ["/admin/*"], NotMethods = ["GET"] }], rule.To);
        Assert.Equal([new RuleCondition("connection.sni", ["*.example.com"], []), new RuleCondition("request.headers[X-Team]", [], ["a"])], rule.When);
    }

    [Fact]
    public void A_policy_for_a_gateway_has_no_effect_and_is_told()
    {
        var reading = Read(Of("AuthorizationPolicy", "targetRefs: [{kind: Gateway, group: gateway.networking.k8s.io, name: in}]\nrules: [{}]"));
        Assert.Empty(reading.Problems);
        Assert.Null(Assert.Single(reading.Objects).Value);
        Assert.Equal("m.yaml:7: spec.targetRefs has no effect: gateways are not served", Assert.Single(reading.Warnings).ToString());
    }

    [Fact]
    public void Reads_a_destination_rule()
    {
        var rule = Only<DestinationRule>(Of("DestinationRule", """
            host: web
            exportTo: ["."]
            trafficPolicy:
              loadBalancer: {simple: ROUND_ROBIN, warmupDurationSecs: 30s}
              connectionPool: {tcp: {maxConnections: 100, connectTimeout: 250ms, tcpKeepalive: {time: 2h, probes: 3}}, http: {maxRetries: 3}}
              outlierDetection: {consecutive5xxErrors: 0, interval: 1m30s, maxEjectionPercent: 50}
              tls: {mode: MUTUAL, clientCertificate: /c.pem, privateKey: /k.pem, caCertificates: /ca.pem, subjectAltNames: [a.b], sni: a.b}
              portLevelSettings:
              - port: {number: 8080}
                tls: {mode: DISABLE}
            subsets:
            - name: v1
              labels: {version: v1}
              trafficPolicy: {loadBalancer: {consistentHash: {httpCookie: {name: id, ttl: 0s}, maglev: {tableSize: 65537}}}}
            """));
        Assert.Equal("web.shop.svc.cluster.local", rule.Host);
        Assert.Equal(["."], rule.ExportTo);
        Assert.Equal(
            new TrafficPolicy
            {
                LoadBalancer = new LoadBalancerSettings(SimpleLoadBalancer.RoundRobin, null, null, TimeSpan.FromSeconds(30)),
                ConnectionPool = new ConnectionPool(
                    new TcpPool(100, TimeSpan.FromMilliseconds(250), new TcpKeepalive(3, TimeSpan.FromHours(2), null), null, null),
                    new HttpPool(null, null, null, 3, null, null, false, null)),
                OutlierDetection = new OutlierDetection { Consecutive5xxErrors = 0, Interval = TimeSpan.FromSeconds(90), MaxEjectionPercent = 50 },
                Tls = new ClientTls
                {
                    Mode = ClientTlsMode.Mutual,
                    ClientCertificate = "/c.pem",
                    PrivateKey = "/k.pem",
                    CaCertificates = "/ca.pem",
                    SubjectAltNames = ["a.b"],
                    Sni = "a.b",
                },
                Ports = [new PortTrafficPolicy(8080, new TrafficPolicy { Tls = new ClientTls { Mode = ClientTlsMode.Disable } })],
            },
            rule.Policy);
        var subset = Assert.Single(rule.Subsets);
        Assert.Equal(("v1", Labels(("version", "v1"))), (subset.Name, subset.Labels));
        Assert.Equal(
            new ConsistentHash { HttpCookie = new HashCookie("id", null, TimeSpan.Zero), IsMaglev = true, MaglevTableSize = 65537 },
            subset.Policy!.LoadBalancer!.ConsistentHash);
    }

    [Fact]
    public void Reads_a_virtual_service()
    {
        var service = Only<VirtualService>(Of("VirtualService", """
            hosts: [web, "*.example.com"]
            http:
            - name: canary
              match:
              - uri: {prefix: /api}
                headers: {x-user: {exact: me}, x-any: {}}
                sourceLabels: {app: client}
              route:
              - destination: {host: web, subset: v2, port: {number: 80}}
                weight: 10
                headers: {request: {set: {a: b}, remove: [c]}}
              - destination: {host: web.other.svc.cluster.local}
                weight: 90
              timeout: 2s
              retries: {attempts: 3, perTryTimeout: 500ms, retryOn: "5xx,reset"}
              fault: {delay: {fixedDelay: 1s, percentage: {value: 0.5}}, abort: {httpStatus: 503}}
              mirror: {host: shadow}
              mirrorPercentage: {value: 5}
              corsPolicy: {allowOrigins: [{regex: ".*"}], maxAge: 24h}
            - redirect: {uri: /new, redirectCode: 308}
            - directResponse: {status: 200, body: {string: hello}}
            tcp:
            - match: [{port: 5432}]
              route: [{destination: {host: db}}]
            tls:
            - match: [{port: 443, sniHosts: ["*.example.com"]}]
              route: [{destination: {host: web}}]
            """));
        Assert.Equal(["web.shop.svc.cluster.local", "*.example.com"], service.Hosts);
        Assert.True(service.IsForSidecars);
        var route = service.Http[0];
        Assert.Equal(
            [
                new HttpMatch
                {
                    Uri = new TextMatch(TextMatchKind.Prefix, "/api"),
                    Headers = new ValueMap<TextMatch>([KeyValuePair.Create("x-user", new TextMatch(TextMatchKind.Exact, "me")), KeyValuePair.Create("x-any", new TextMatch(TextMatchKind.Present, ""))]),
                    SourceLabels = Labels(("app", "client")),
                },
            ],
            route.Matches);
        Assert.Equal(
            new RouteDestination(
                new Destination("web.shop.svc.cluster.local", "v2", 80), 10,
                new HeaderRules(new HeaderOperations(Labels(("a", "b")), default, ["c"]), HeaderOperations.None)),
            route.Destinations[0]);
        Assert.Equal(new RouteDestination(new Destination("web.other.svc.cluster.local", null, null), 90, null), route.Destinations[1]);
        Assert.Equal(TimeSpan.FromSeconds(2), route.Timeout);
        Assert.Equal(new HttpRetry(3, TimeSpan.FromMilliseconds(500), ["5xx", "reset"], null, null, true), route.Retry);
        Assert.Equal(new HttpFault(new FaultDelay(TimeSpan.FromSeconds(1), 0.5), new FaultAbort(503, null, 100)), route.Fault);
        Assert.Equal([new HttpMirror(new Destination("shadow.shop.svc.cluster.local", null, null), 5)], route.Mirrors);
        Assert.Equal((TimeSpan.FromHours(24), true), (route.Cors!.MaxAge!.Value, route.Cors.ForwardUnmatchedPreflights));
        Assert.Equal(new HttpRedirect("/new", null, null, null, null, 308), service.Http[1].Redirect);
        Assert.Equal(new DirectResponse(200, "aGVsbG8="), service.Http[2].DirectResponse);
        Assert.Equal(5432, service.Tcp[0].Matches[0].Port);
        Assert.Equal(["*.example.com"], service.Tls[0].Matches[0].SniHosts);
    }

    [Fact]
    public void Reads_a_service_entry()
    {
        var entry = Only<ServiceEntry>(Of("ServiceEntry", """
            hosts: [API.example.com]
            addresses: [240.0.0.1]
            ports: [{number: 443, name: tls, protocol: TLS, targetPort: 8443}]
            location: MESH_EXTERNAL
            resolution: DNS
            endpoints: [{address: a.example.com, ports: {tls: 9443}, labels: {v: "1"}, locality: eu/a, weight: 2}]
            subjectAltNames: [api.example.com]
            """));
        Assert.Equal((true, ServiceResolution.Dns), (entry.IsExternal, entry.Resolution));
        Assert.Equal(["api.example.com"], entry.Hosts);
        Assert.Equal([new ServicePort("tls", 443, new TargetPort(8443, null), PortProtocol.Tls)], entry.Ports);
        Assert.Equal(
            [new EntryEndpoint("a.example.com", new ValueMap<int>([KeyValuePair.Create("tls", 9443)]), Labels(("v", "1")), null, "eu/a", 2)], entry.Endpoints);
    }

    [Fact]
    public void Reads_a_sidecar()
    {
        var sidecar = Only<Sidecar>(Of("Sidecar", """
            workloadSelector: {labels: {app: web}}
            ingress: [{port: {number: 9080, protocol: HTTP, name: http}, defaultEndpoint: "127.0.0.1:8080", captureMode: NONE}]
            egress: [{hosts: ["./*", "istio-system/*.svc.cluster.local", "~/*"]}]
            outboundTrafficPolicy: {mode: REGISTRY_ONLY}
            """));
        Assert.Equal(OutboundMode.RegistryOnly, sidecar.OutboundMode);
        Assert.Equal(
            [new IngressListener(new ServicePort("http", 9080, new TargetPort(9080, null), PortProtocol.Http), null, CaptureMode.None, "127.0.0.1:8080", null)],
            sidecar.Ingress!.Value);
        Assert.Equal([new EgressHost("shop", "*"), new EgressHost("istio-system", "*.svc.cluster.local"), new EgressHost("~", "*")], sidecar.Egress!.Value[0].Hosts);
    }

    [Fact]
    public void A_sidecar_that_says_nothing_of_ingress_is_not_one_without_ports()
    {
        Assert.Null(Only<Sidecar>(Of("Sidecar", "egress: []")).Ingress);
        Assert.Equal([], Only<Sidecar>(Of("Sidecar", "egress: []")).Egress!.Value);
    }

    [Fact]
    public void Reads_a_service_profile()
    {
        var profile = Only<ServiceProfile>(Of("ServiceProfile", """
            routes:
            - name: GET /a
              condition: {method: GET, pathRegex: "/a/[^/]*"}
              isRetryable: true
              timeout: 300ms
              responseClasses: [{condition: {status: {min: 500}}, isFailure: true}]
            - name: either
              condition: {any: [{method: PUT}, {not: {pathRegex: /b}}]}
            retryBudget: {retryRatio: 0.2, minRetriesPerSecond: 10, ttl: 10s}
            dstOverrides: [{authority: web-v1.shop.svc.cluster.local:80, weight: 900m}, {authority: web-v2.shop.svc.cluster.local:80, weight: 100m}]
            """, "web.shop.svc.cluster.local"));
        Assert.Equal("web.shop.svc.cluster.local", profile.Host);
        Assert.Equal(
            new ProfileRoute(
                "GET /a", new RequestMatch("/a/[^/]*", "GET", null, null, null),
                [new ResponseClass(new ResponseMatch(new StatusRange(500, 500), null, null, null), true)], true, TimeSpan.FromMilliseconds(300)),
            profile.Routes[0]);
        Assert.Equal(2, profile.Routes[1].Condition.Any!.Value.Count);
        Assert.Equal(new RetryBudget(0.2, 10, TimeSpan.FromSeconds(10)), profile.RetryBudget);
        Assert.Equal([900u, 100u], profile.Overrides.Select(item => item.Weight));
    }

    [Theory]
    [InlineData("90", "10", 90, 10)]
    [InlineData("\"90\"", "10", 90, 10)]
    [InlineData("900m", "100m", 900, 100)]
    [InlineData("1", "500m", 1000, 500)]
    public void Reads_a_traffic_split(string first, string second, uint one, uint other)
    {
        var split = Only<TrafficSplit>(Of("TrafficSplit", $"service: web\nbackends: [{{service: web-v1, weight: {first}}}, {{service: web-v2, weight: {second}}}]"));
        Assert.Equal("web.shop.svc.cluster.local", split.Host);
        Assert.Equal([new SplitBackend("web-v1.shop.svc.cluster.local", one), new SplitBackend("web-v2.shop.svc.cluster.local", other)], split.Backends);
    }

    [Fact]
    public void Reads_what_kubectl_prints()
    {
        var reading = Read("""
            apiVersion: v1
            items:
            - apiVersion: v1
              kind: Pod
              metadata:
                annotations: {cni.projectcalico.org/podIP: 10.1.0.7/32, sidecar.istio.io/status: '{"version":"1"}'}
                creationTimestamp: "2026-01-01T00:00:00Z"
                generateName: web-7d4b9-
                labels: {app: web, topology.kubernetes.io/region: eu, topology.kubernetes.io/zone: eu-a}
                managedFields: [{apiVersion: v1, fieldsV1: {f:metadata: {}}, manager: kubelet, operation: Update}]
                name: web-7d4b9-x2x
                namespace: shop
                ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-7d4b9, uid: "1"}]
                resourceVersion: "123"
                uid: 0a
              spec:
                containers: [{image: nginx, name: web, ports: [{containerPort: 8080, name: http, protocol: TCP}], resources: {}}]
                nodeName: n1
                serviceAccount: web
                serviceAccountName: web
                tolerations: [{effect: NoExecute, key: a, operator: Exists, tolerationSeconds: 300}]
              status:
                conditions: [{lastProbeTime: null, status: "False", type: Ready}, {status: "True", type: Initialized}]
                hostIP: 10.0.0.1
                phase: Running
                podIP: 10.1.0.7
                podIPs: [{ip: 10.1.0.7}, {ip: "fd00::7"}]
                qosClass: BestEffort
            - apiVersion: v1
              kind: Pod
              metadata: {name: job, namespace: shop}
              spec: {containers: []}
              status: {phase: Succeeded, podIP: 10.1.0.8}
            kind: List
            metadata: {resourceVersion: ""}
            """);
        Assert.Empty(reading.Problems);
        Assert.Equal(
            new Workload
            {
                Kind = WorkloadKind.Pod,
                Namespace = "shop",
                Name = "web-7d4b9-x2x",
                Addresses = [NetAddress.Parse("10.1.0.7"), NetAddress.Parse("fd00::7")],
                Labels = Labels(("app", "web"), ("topology.kubernetes.io/region", "eu"), ("topology.kubernetes.io/zone", "eu-a")),
                ServiceAccount = "web",
                Ports = [new WorkloadPort("http", 8080, true)],
                Node = "n1",
                IsReady = false,
                IsMeshed = true,
                Locality = "eu/eu-a",
            },
            reading.Objects[0].Value);
        Assert.Null(reading.Objects[1].Value);
    }

    [Theory]
    [InlineData("http", null, 80, "Http")]
    [InlineData("http-admin", null, 80, "Http")]
    [InlineData("grpc-web-x", null, 80, "GrpcWeb")]
    [InlineData("grpc-webby", null, 80, "Grpc")]
    [InlineData("tcp-sql", null, 5432, "Tcp")]
    [InlineData("sql", null, 5432, "Auto")]
    [InlineData("sql", null, 3306, "Tcp")]
    [InlineData("http", "tcp", 80, "Tcp")]
    [InlineData("x", "kubernetes.io/h2c", 80, "Http2")]
    [InlineData("http", "example.com/own", 80, "Auto")]
    public void Knows_what_is_spoken_on_a_port_by_Istios_rules(string name, string? application, int port, string protocol)
    {
        var service = Only<Service>(Of("Service", $"ports: [{{port: {port}, name: {name}{(application is null ? "" : $", appProtocol: {application}")}}}]"));
        Assert.Equal(protocol, service.Ports[0].Protocol.ToString());
    }
}
