namespace Intercept.Proxy.CommandLine;

/// <summary>Help, from the table that the parser reads: what is not in one is not in the other.</summary>
internal static class HelpText
{
    public static void Write(TextWriter text)
    {
        text.Write("""
            intercept-proxy: carries a pod's captured connections in mutual TLS, by policy

            usage: intercept-proxy -c FILE [flags]      Envoy's flags and bootstrap, the supported part
                   intercept-proxy [flags]              in the environment of a sidecar, as Istio's injector writes it

            commands:
              completion  print the shell's completion: completion bash
              help        print this
              version     print the version

            examples:
              intercept-proxy -c /etc/intercept/bootstrap.yaml
              intercept-proxy -c bootstrap.yaml --mode validate
              intercept-proxy -c bootstrap.yaml --service-node sidecar~10.0.0.1~web.shop~shop.svc.cluster.local -l debug
              intercept-proxy -c bootstrap.yaml --access-log /var/log/intercept/access.json --drain-time-s 45
              intercept-proxy --control-plane istiod.istio-system.svc:15012 --control-plane-ca /var/run/secrets/istio/root-cert.pem --ca istiod.istio-system.svc:15012 --token-file /var/run/secrets/tokens/istio-token --service-node sidecar~10.0.0.1~web.shop~shop.svc.cluster.local
              intercept-proxy --control-plane unix:/run/intercept/xds.sock --workload-api-socket /run/intercept/workload.sock --state-dir /var/lib/intercept --service-node sidecar~10.0.0.1~web.shop~shop.svc.cluster.local
              intercept-proxy -c bootstrap.yaml --config-yaml 'admin: {address: {socket_address: {address: 127.0.0.1, port_value: 15999}}}'

            exit codes: 0 done; 1 failed; 64 bad flags or configuration, every problem listed

            flags:

            """);
        foreach (var flag in FlagTable.All)
        {
            var letter = flag.Letter is { } short1 ? $"-{short1}, " : "    ";
            var note = flag.Default.Length > 0 ? $" (default {flag.Default})" : "";
            text.WriteLine($"  {letter}{flag.LongForm} {flag.Placeholder}");
            text.WriteLine($"          {flag.Help}{note}");
        }

        text.WriteLine("  -h, --help");
        text.WriteLine("      --version");
    }
}
