"""What intercept-cni adds to the start and the end of a pod, against the restore calls that it makes for it."""

import concurrent.futures
import http.server
import json
import os
import shutil
import socketserver
import subprocess
import threading
import time

from .capture import control_groups, mount_bpffs
from .stage import BenchError, run

ARGUMENTS = ["-p", "15001", "-z", "15006", "-u", "1337", "-i", "*", "-b", "*", "-d", "15090,15021,15020"]
AT_ONCE = 8
PODS = 64


class Agent:
    """Says of every pod that eBPF captures it, as a node agent does that has tried eBPF on its node."""

    def __init__(self, stage, bpffs):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                question = json.loads(body) if self.path == "/v1/decide" else {}
                answer = json.dumps({"captured": True, "reason": "bench", "arguments": [*ARGUMENTS, "--bpffs", str(bpffs)],
                                     "cgroup": str(control_groups() / question.get("name", "")), "backend": "ebpf"}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def address_string(self):
                return ""

            def log_message(self, *_):
                pass

        self.socket = str(stage.work / "node.sock")
        self.server = socketserver.ThreadingUnixStreamServer(self.socket, Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        os.unlink(self.socket)


class Plugin:
    def __init__(self, stage, name, **settings):
        self.program, self.state = stage.tools / "intercept-cni", stage.work / f"cni-{name}"
        self.configuration = json.dumps({
            "cniVersion": "1.0.0", "name": "bench", "type": "intercept-cni", "state_directory": str(self.state), "timeout_seconds": 60,
            "prevResult": {"cniVersion": "1.0.0", "ips": [{"address": "10.0.0.2/24"}]}, **settings})

    def call(self, verb, namespace):
        environment = {**os.environ, "CNI_COMMAND": verb, "CNI_CONTAINERID": namespace.name, "CNI_IFNAME": "eth0",
                       "CNI_NETNS": f"/run/netns/{namespace.name}", "CNI_ARGS": f"K8S_POD_NAMESPACE=shop;K8S_POD_NAME={namespace.name}"}
        started = time.monotonic()
        done = subprocess.run([self.program], env=environment, input=self.configuration, capture_output=True, text=True, timeout=120, check=False)
        if done.returncode:
            raise BenchError(f"{verb}: {done.stdout}{done.stderr[-600:]}")
        return (time.monotonic() - started) * 1000

    def close(self):
        shutil.rmtree(self.state, ignore_errors=True)


def with_iptables(stage):
    return Plugin(stage, "iptables", selectors={"all": True}, arguments=[*ARGUMENTS, "--backend", "iptables"])


def remove(stage, namespace):
    run("ip", "netns", "delete", namespace.name)
    stage.namespaces.remove(namespace)


def restore(namespace, texts, *flags):
    started = time.monotonic()
    for tool, text in texts.items():
        namespace.run(f"{tool}-restore", *flags, "--wait", input=text)
    return (time.monotonic() - started) * 1000


def pod_time(stage, rounds, seconds):
    """ADD and DEL of a pod, by turns with the bare restore calls: one for each family, the rules in and the rules out."""
    plugin, bpffs = with_iptables(stage), mount_bpffs(stage, "bpffs-cni")
    agent = Agent(stage, bpffs)
    programs = Plugin(stage, "ebpf", agent_socket=agent.socket)
    try:
        pattern = stage.namespace("cni-pattern")
        plugin.call("ADD", pattern)
        rules = {tool: pattern.run(f"{tool}-save") for tool in ("iptables", "ip6tables")}
        if any("REDIRECT" not in text for text in rules.values()):
            raise BenchError("intercept-cni installed no redirect in one of the families")
        none = {tool: "".join(f"{line}\n" for line in text.splitlines() if line[:1] in ("*", "C")) for tool, text in rules.items()}
        plugin.call("DEL", pattern)
        remove(stage, pattern)
        values = {name: {"intercept": [], "ebpf": [], "bare": []} for name in ("ADD", "DEL")}
        for number in range(2 * rounds + 1):
            for kind in ("intercept", "ebpf", "bare"):
                namespace = stage.namespace(f"cni-{kind}-{number}")
                group = control_groups() / namespace.name
                group.mkdir()
                if kind == "bare":
                    times = restore(namespace, rules, "--noflush"), restore(namespace, none)
                else:
                    caller = plugin if kind == "intercept" else programs
                    times = caller.call("ADD", namespace), caller.call("DEL", namespace)
                for verb, elapsed in zip(("ADD", "DEL"), times):
                    if number:
                        values[verb][kind].append(elapsed)
                group.rmdir()
                remove(stage, namespace)
        return values
    finally:
        agent.close()
        plugin.close()
        programs.close()


def pods_per_second(stage, rounds, seconds):
    """Pods that start at once, as after a node's reboot: ADD of each, eight at a time."""
    plugin, rates = with_iptables(stage), []
    try:
        for number in range(rounds):
            namespaces = [stage.namespace(f"cni-many-{number}-{pod}") for pod in range(PODS)]
            started = time.monotonic()
            with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
                list(pool.map(lambda namespace: plugin.call("ADD", namespace), namespaces))
            rates.append(PODS / (time.monotonic() - started))
            for namespace in namespaces:
                plugin.call("DEL", namespace)
                remove(stage, namespace)
    finally:
        plugin.close()
    return {"intercept": rates}
