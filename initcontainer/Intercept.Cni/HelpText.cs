namespace Intercept.Cni;

internal static class HelpText
{
    public const string Text = """
        intercept-cni: a CNI plugin that captures a pod's traffic for its proxy, chained behind the plugin that makes its network

        It is started by a container runtime (containerd, CRI-O, podman), not by hand: what to do is in CNI_COMMAND
        (ADD, DEL, CHECK, STATUS, GC, VERSION), the network configuration comes on standard input, and the answer goes to
        standard output. `intercept-node install` puts it where a runtime finds it, with its entry in the conflist:

          {"type": "intercept-cni", "selectors": {"pods": ["web-*"], "namespaces": ["shop"], "all": false}}

        keys of the entry:
          agent_socket        the node agent's socket; it says which pods are captured, by their labels and annotations
          selectors           without an agent: pods and namespaces by name, with * and ?; or all
          arguments           for the selectors' pods, as intercept-init takes them: ["-i", "*", "-b", "*"]
          exclude_namespaces  never captured, and never waited for; default ["kube-system"]
          timeout_seconds     for one call, whole; default 10
          state_directory     where it is recorded what was captured; default /run/intercept
          log_file            default intercept-cni.log in the state directory; put aside as .1 when it has 10 MB

        flags: --help, --version
        exit codes: 0 done; 1 refused or failed, with the specification's JSON on standard output; 64 not called as a plugin

        """;
}
