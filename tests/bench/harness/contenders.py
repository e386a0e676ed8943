"""Who is compared: each proxy set up for the same work, with one worker."""

from .stage import PROXY_UID, ROOT, BenchError, run

RELAY_PORTS = {"intercept": (19001, 19002), "haproxy": (19003, 19004), "nginx": (19005, None)}
BACKEND, BULK_BACKEND = 18080, 18081
# Large enough for sendfile to be the cost, small enough for any machine's page cache.
BULK_FILE_BYTES = 64 << 20
# What the files leave open. A pair of kind NAME+resume keeps TLS sessions as each does by default; without it every new
# connection is a full handshake on both sides.
FULL = {"SESSIONS": 0, "TICKETLESS": "true", "REUSE": "no-ssl-reuse", "TICKETS": "no-tls-tickets"}
RESUMED = {"SESSIONS": 1, "TICKETLESS": "false", "REUSE": "", "TICKETS": ""}
SERVER = "10.78.0.2"
APPLICATION_PORT = 8080


def haproxy(namespace, name, *files):
    return namespace.start(name, "haproxy", "-db", *(word for file in files for word in ("-f", file)), uid=PROXY_UID)


def intercept(stage, namespace, name, configuration):
    return namespace.start(name, stage.tools / "intercept-proxy", "-c", configuration, "--concurrency", "1", "--access-log", "off",
                           "-l", "warning", "--health-address", "off", uid=PROXY_UID)


def backend(stage, namespace, name, listen):
    file = stage.fill("nginx-backend.conf", f"{name}.conf", NAME=name, LISTEN=listen)
    process = namespace.start(name, "nginx", "-e", "stderr", "-p", stage.work, "-c", file)
    namespace.wait_listening(process, listen.rsplit(":", 1)[1])
    return process


class Relay:
    """One namespace: a backend, and every proxy as a plain TCP relay in front of it."""

    def __init__(self, stage):
        self.namespace = stage.namespace("relay")
        backend(stage, self.namespace, "relay-backend", f"127.0.0.1:{BACKEND}")
        data = stage.work / "bulk"
        data.write_bytes(bytes(BULK_FILE_BYTES))
        bulk = self.namespace.start("bulk-backend", "python3", ROOT / "tests/bench/harness/bulk.py", "serve", BULK_BACKEND, data)
        self.namespace.wait_listening(bulk, BULK_BACKEND)
        self.processes = {}
        for name, template in (("intercept", "intercept-relay.yaml"), ("haproxy", "haproxy-relay.cfg"), ("nginx", "nginx-relay.conf")):
            small, large = RELAY_PORTS[name]
            file = stage.fill(template, f"relay-{template}", SMALL=small, BULK=large, BACKEND=BACKEND, BULK_BACKEND=BULK_BACKEND)
            if name == "intercept":
                process = intercept(stage, self.namespace, name, file)
            elif name == "haproxy":
                process = haproxy(self.namespace, name, stage.fill("haproxy-global.cfg", "haproxy-global.cfg", **FULL), file)
            else:
                process = self.namespace.start(name, "nginx", "-e", "stderr", "-p", stage.work, "-c", file)
            self.namespace.wait_listening(process, small, *([large] if large else []))
            self.processes[name] = [process]


class Pair:
    """Two namespaces on a wire, the program in one; `kind` says which sidecars stand between, `direct` none. A kind
    with `+resume` resumes TLS sessions."""

    def __init__(self, stage, kind):
        self.kind = kind
        proxy, _, resumes = kind.partition("+")
        sessions = RESUMED if resumes else FULL
        self.client, self.server = stage.namespace(f"{kind}-client"), stage.namespace(f"{kind}-server")
        run("ip", "-n", self.client.name, "link", "add", "eth0", "type", "veth", "peer", "name", "eth0", "netns", self.server.name)
        for namespace, address in ((self.client, "10.78.0.1/24"), (self.server, f"{SERVER}/24")):
            run("ip", "-n", namespace.name, "address", "add", address, "dev", "eth0")
            run("ip", "-n", namespace.name, "link", "set", "eth0", "up")
        backend(stage, self.server, f"{kind}-backend", f"0.0.0.0:{APPLICATION_PORT}")
        self.processes = []
        if kind == "direct":
            return
        for namespace in (self.client, self.server):
            namespace.run(stage.tools / "intercept-init", "install", "-p", "15001", "-z", "15006", "-u", str(PROXY_UID), "-i", "*", "-b", "*")
        for namespace, role, template, port in ((self.client, "client", "outbound", 15001), (self.server, "server", "inbound", 15006)):
            certificates = stage.work / role
            if proxy == "intercept":
                file = stage.fill("intercept-sidecar.yaml", f"{kind}-{role}.yaml", CERTIFICATES=certificates, **sessions)
                process = intercept(stage, namespace, f"{kind}-{role}", file)
            else:
                file = stage.fill(f"haproxy-{template}.cfg", f"{kind}-{role}.cfg", CERTIFICATES=certificates, **sessions)
                process = haproxy(namespace, f"{kind}-{role}", stage.fill("haproxy-global.cfg", f"{kind}-global.cfg", **sessions), file)
            namespace.wait_listening(process, port)
            self.processes.append(process)
        self.check()

    def check(self):
        """Before anything is measured: the program answers through the sidecars."""
        answer = self.client.run("curl", "-sS", "--max-time", "60", f"http://{SERVER}:{APPLICATION_PORT}/", check=False)
        if not answer.startswith("0123"):
            raise BenchError(f"the {self.kind} pair does not carry a request: " + " | ".join(process.tail() for process in self.processes))
