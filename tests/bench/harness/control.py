"""What the control plane costs, and what comes of it at the proxy: intercept-control, intercept-proxy and simulated proxies
(clients/) in one namespace, over its loopback. Where the machine is busy, CPU holds still and wall time does not."""

import json
import os
import subprocess
import time
from pathlib import Path

from .contenders import intercept
from .stage import PROXY_UID, ROOT, BenchError, run

PLAINTEXT, TLS, STATUS, BACKEND_PORT = "127.0.0.1:15010", "127.0.0.1:15012", "127.0.0.1:15014", 8080
CLUSTER_IP, RELAY_PORT = "10.96.0.1", 9000
OWN, FIRST, SECOND = "10.10.0.1", "10.10.0.2", "10.10.0.3"
ENDPOINTS, SERVICES_OF_A_FILE = 4, 100
PATIENCE = 180
SPACE = "apiVersion: v1\nkind: Namespace\nmetadata: {name: bench}\n"


def service(name, number, addresses):
    endpoints = ", ".join(f"{{addresses: [{address}], conditions: {{ready: true}}}}" for address in addresses)
    return f"""apiVersion: v1
kind: Service
metadata: {{name: {name}, namespace: bench}}
spec: {{clusterIP: 10.{96 + number // 65536}.{number // 256 % 256}.{number % 256}, ports: [{{name: tcp, port: 80, targetPort: {BACKEND_PORT}}}]}}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {{name: {name}-1, namespace: bench, labels: {{kubernetes.io/service-name: {name}}}}}
addressType: IPv4
ports: [{{name: tcp, port: {BACKEND_PORT}}}]
endpoints: [{endpoints}]
"""


def mesh(stage, name, services):
    """A folder of manifests with so many services."""
    folder = stage.work / name
    folder.mkdir()
    (folder / "space.yaml").write_text(SPACE)
    for first in range(0, services, SERVICES_OF_A_FILE):
        (folder / f"services-{first}.yaml").write_text("---\n".join(
            service(f"s{n}", n + 256, [f"10.{11 + n // 16384}.{n // 64 % 256}.{n % 64 * 4 + i}" for i in range(ENDPOINTS)])
            for n in range(first, min(services, first + SERVICES_OF_A_FILE))))
    return folder


class Plane:
    """intercept-control over a folder, in a namespace of its own with whom it serves."""

    def __init__(self, stage, name, manifests):
        self.stage, self.manifests, self.state = stage, manifests, stage.work / f"{name}-state"
        self.namespace = stage.namespace(name)
        for address in (OWN, FIRST, SECOND):
            run("ip", "-n", self.namespace.name, "address", "add", f"{address}/32", "dev", "lo")
        self.roots, self.token, self.process = stage.work / f"{name}-roots.pem", stage.work / f"{name}-token", None
        self.start()
        self.program("token", "create", "--state-dir", self.state, "--identity", "spiffe://cluster.local/ns/bench/sa/client")

    def program(self, *arguments):
        self.token.write_text(run(self.stage.tools / "intercept-control", *arguments))
        self.token.chmod(0o600)
        os.chown(self.token, PROXY_UID, PROXY_UID)

    def start(self):
        self.process = self.namespace.start(
            "control", self.stage.tools / "intercept-control", "serve", "--manifests", self.manifests, "--state-dir", self.state,
            "--roots-file", self.roots, "--plaintext-address", PLAINTEXT, "--tls-address", TLS, "--status-address", STATUS, "-l", "warning")
        self.until("control is ready", lambda: self.ask(STATUS, "/ready") is not None)

    def kill(self):
        self.process.popen.kill()
        self.process.popen.wait()

    def ask(self, address, path):
        """What a page says; None while it does not."""
        done = subprocess.run((*self.namespace.enter(), "curl", "-sf", "--max-time", "30", f"http://{address}{path}"),
                              capture_output=True, text=True, check=False)
        return done.stdout if done.returncode == 0 else None

    def until(self, what, condition):
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if self.process.popen.poll() is not None or time.monotonic() > deadline:
                raise BenchError(f"not within {PATIENCE} s: {what}: {self.process.tail()}")
            time.sleep(0.05)

    def proxy(self, name):
        """A sidecar that is told nothing but who it is and whom to ask, with all that it is sent in use."""
        environment = ("env", "-i", "POD_NAME=client", "POD_NAMESPACE=bench", "SERVICE_ACCOUNT=client", f"INSTANCE_IP={OWN}",
                       f"PROXY_CONFIG={{discoveryAddress: '{TLS}'}}", f"CA_ADDR={TLS}", f"XDS_ROOT_CA={self.roots}", f"CA_ROOT_CA={self.roots}",
                       f"AUTH_TOKEN={self.token}")
        process = self.namespace.start(name, *environment, self.stage.tools / "intercept-proxy", "--concurrency", "1", "--access-log", "off",
                                       "-l", "warning", uid=PROXY_UID)
        self.until(f"{name} is ready: {process.tail()}", lambda: self.ask("127.0.0.1:15021", "/healthz/ready") is not None)
        self.until(f"{name} has everything", self.is_in_step)
        return process

    def is_in_step(self):
        status = json.loads(self.ask(STATUS, "/status") or "{}")
        return bool(status.get("proxies")) and all(proxy["generation"] >= status["generation"] for proxy in status["proxies"])

    def clients(self, *arguments):
        return Clients(self.namespace, *arguments)


class Clients:
    """clients/ at work. It says a line when it is done, and goes on at a line."""

    def __init__(self, namespace, *arguments):
        self.popen = subprocess.Popen((*namespace.enter(), "dotnet", program(), *map(str, arguments)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def read(self):
        line = self.popen.stdout.readline().split()
        if not line:
            raise BenchError(f"the clients ended: exit {self.popen.wait()}")
        return line

    def again(self):
        self.popen.stdin.write("\n")
        self.popen.stdin.flush()
        return self.read()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.popen.stdin.close()
        self.popen.kill()
        self.popen.wait()


def program():
    """Built as tests/run builds it: after that there is nothing to do."""
    project = ROOT / "tests/bench/harness/clients"
    if not hasattr(program, "path"):
        run("dotnet", "build", project, "-c", "Debug", "--nologo", "-v", "q", "-nodeReuse:false", "-p:UseSharedCompilation=false", timeout=600)
        program.path = project / "bin/Debug/net10.0/intercept-bench.dll"
    return program.path


def spent_ms(process):
    """CPU of a process, with that of threads which have ended. It comes in hundredths of a second."""
    fields = Path(f"/proc/{process.popen.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def change(stage, rounds, seconds):
    """One endpoint is replaced by another, in a manifest, and in a proxy's own bootstrap."""
    changes, values = (2 if seconds < 2 else 2 * rounds), {}
    plane = Plane(stage, "control-change", mesh(stage, "change-mesh", 0))
    texts = []
    for backend in (FIRST, SECOND):
        texts.append((stage.work / f"change-{backend}.yaml", stage.work / f"bootstrap-{backend}.yaml"))
        texts[-1][0].write_text(service("web", 1, [backend]))
        stage.fill("intercept-endpoint.yaml", texts[-1][1].name, PORT=RELAY_PORT, BACKEND=backend, BACKEND_PORT=BACKEND_PORT)
    manifest, bootstrap = plane.manifests / "web.yaml", stage.work / "bootstrap.yaml"
    for target, text in ((manifest, texts[0][0]), (bootstrap, texts[0][1])):
        target.write_text(text.read_text())

    # What intercept-init leaves alone, because it is the pod's own: the backends are on loopback too.
    plane.namespace.run("iptables", "-t", "nat", "-A", "OUTPUT", "-d", CLUSTER_IP, "-p", "tcp", "--dport", "80", "-j", "REDIRECT", "--to-ports", "15001")
    run("ip", "-n", plane.namespace.name, "route", "add", f"{CLUSTER_IP}/32", "dev", "lo")
    plane.proxy("change-proxy")
    from_file = intercept(stage, plane.namespace, "change-file", bootstrap)
    plane.namespace.wait_listening(from_file, RELAY_PORT)
    for name, address, port, path, index in (("intercept", CLUSTER_IP, 80, manifest, 0), ("file", OWN, RELAY_PORT, bootstrap, 1)):
        output = plane.namespace.run(*map(str, ("python3", ROOT / "tests/bench/harness/change.py", address, port, FIRST, SECOND, BACKEND_PORT,
                                                changes + 1, path, texts[0][index], texts[1][index])), timeout=600)
        values[name] = [float(line) for line in output.split()]
    return values


def reconnect(stage, rounds, seconds):
    """Proxies that all come back at once after kill -9, with what they have."""
    services, proxies = (100, 100) if seconds < 2 else (1000, 500)
    plane = Plane(stage, "control-reconnect", mesh(stage, "reconnect-mesh", services))
    per_second, cpu = {"intercept": [], "first time": []}, {"intercept": [], "first time": []}

    def note(name, line, spent):
        per_second[name].append(proxies / float(line[0]))
        cpu[name].append((spent_ms(plane.process) - spent) / proxies)
        return int(line[1])

    with plane.clients("proxies", PLAINTEXT, proxies) as clients:
        before = spent_ms(plane.process)
        sent = note("first time", clients.read(), before)
        for _ in range(rounds):
            plane.kill()
            plane.start()
            before = spent_ms(plane.process)
            if note("intercept", clients.again(), before):
                raise BenchError("what they have was sent again")
    if sent < proxies * services:
        raise BenchError(f"{proxies} proxies were sent {sent} resources of {services} services")
    return {"services": services, "proxies": proxies, "per second": per_second, "cpu": cpu}


def memory(stage, rounds, seconds):
    """Of one proxy that is sent everything, and of the control plane that sends it."""
    values = {}
    for services in (100,) if seconds < 2 else (100, 1000, 10000):
        plane = Plane(stage, f"control-memory-{services}", mesh(stage, f"memory-{services}", services))
        proxy = plane.proxy(f"memory-proxy-{services}")
        time.sleep(2 * seconds)
        values[services] = {"intercept": [proxy.rss_kb() / 1024], "control plane": [plane.process.rss_kb() / 1024]}
        for process in (proxy, plane.process):
            process.popen.kill()
            process.popen.wait()
    return values


def certificates(stage, rounds, seconds):
    """Certificates one after the other: on a kept connection, and each on a new one in which both ends show theirs."""
    count = 100 if seconds < 2 else 500
    plane = Plane(stage, "control-certificates", mesh(stage, "certificates-mesh", 0))
    cpu, wall = {"intercept": [], "kept": []}, {"intercept": [], "kept": []}
    for name, kind in (("kept", "kept"), ("intercept", "new")):
        with plane.clients("certificates", TLS, plane.roots, plane.token, kind, count) as clients:
            clients.read()
            for _ in range(rounds):
                before = spent_ms(plane.process)
                wall[name].append(float(clients.again()[0]))
                cpu[name].append((spent_ms(plane.process) - before) * 1000 / count)
    return {"cpu": cpu, "wall": wall}
