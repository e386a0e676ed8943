"""What capture costs: the same client and listener (meet.c) in pods that differ in what captures. One processor for both ends, a
namespace and cgroups for every pod, and CPU of the two processes: it holds still where others use the machine, and wall time does
not. Every pod's rules are what intercept-init installs."""

import os
import time
from pathlib import Path

from .measures import US, interleave
from .stage import PROXY_UID, BenchError, run

OUTBOUND_PORT, INBOUND_PORT, APPLICATION_PORT = 15001, 15006, 9000
FAR, OWN, PEER = "10.9.9.9", "10.78.0.2", "10.78.0.1"
RANGES = 5000
BACKENDS = {"intercept": "ebpf", "iptables": "iptables", "nftables": "nftables"}
EVERYTHING = ("-i", "*", "-b", "*")


def processor():
    """The last one: interrupts come to the first."""
    return str(max(os.sched_getaffinity(0)))


def control_groups():
    for line in Path("/proc/self/mounts").read_text().splitlines():
        _, place, kind = line.split()[:3]
        if kind == "cgroup2":
            return Path(place)
    raise BenchError("cgroup2 is not mounted")


def mount_bpffs(stage, name):
    place = stage.work / name
    place.mkdir()
    run("mount", "-t", "bpf", "bpf", place)
    stage.undo.append(lambda: run("umount", place, check=False))
    return place


class Pod:
    """One namespace with a way to the far address and a peer on it, and the cgroups of its application and its proxy."""

    def __init__(self, stage, name):
        self.stage, self.namespace, self.peer = stage, stage.namespace(name), stage.namespace(f"{name}-peer")
        self.group = control_groups() / self.namespace.name
        for group in (self.group, self.application, self.proxy):
            group.mkdir()
        stage.undo.append(self.remove)
        run("ip", "link", "add", "eth0", "netns", self.namespace.name, "type", "veth", "peer", "name", "eth0", "netns", self.peer.name)
        for namespace, address in ((self.namespace, OWN), (self.peer, PEER)):
            run("ip", "-n", namespace.name, "addr", "add", f"{address}/24", "dev", "eth0")
            run("ip", "-n", namespace.name, "link", "set", "eth0", "up")
        run("ip", "-n", self.namespace.name, "route", "add", "default", "via", PEER)
        self.installed = None

    @property
    def application(self):
        return self.group / "application"

    @property
    def proxy(self):
        return self.group / "proxy"

    def init(self, command, backend, bpffs, *flags):
        own = ("--cgroup", self.group, "--proxy-cgroup", self.proxy, "--bpffs", bpffs) if backend == "ebpf" else ()
        self.namespace.run(self.stage.tools / "intercept-init", command, "--backend", backend, *own, *flags)

    def install(self, backend, bpffs, *flags):
        self.init("install", backend, bpffs, *EVERYTHING, *flags)
        self.installed = backend, bpffs

    def uninstall(self):
        if self.installed:
            (backend, bpffs), self.installed = self.installed, None
            self.init("uninstall", backend, bpffs)

    def serve(self, *ports):
        """meet in the proxy's place: its user, its cgroup."""
        listeners = [self.namespace.start(f"meet-{port}", *pinned(self.stage), "serve", port, uid=PROXY_UID, group=self.proxy) for port in ports]
        for listener, port in zip(listeners, ports):
            self.namespace.wait_listening(listener, port)
        return listeners

    def remove(self):
        self.uninstall()
        for group in (self.application, self.proxy, self.group):
            group.rmdir()


def pinned(stage):
    return "taskset", "-c", processor(), str(stage.tools / "meet")


def spend(stage, namespace, group, servers, mode, address, port, seconds):
    """CPU of client and servers for one operation."""
    before = sum(server.cpu_ns() for server in servers)
    command = namespace.entering(group, *pinned(stage), mode, f"::ffff:{address}", port, seconds)
    count, _, cpu = map(int, run(*command).split())
    return (cpu + sum(server.cpu_ns() for server in servers) - before) / count / US


class Pods:
    """The pods of this run, each made when it is first asked for."""

    def __init__(self, stage):
        self.stage, self.pods, self.bpffs = stage, {}, None

    def captured(self, name, *flags):
        """A pod whose connections this backend captures, and its listeners; `direct` captures none."""
        kind = name.partition("-")[0]
        if name not in self.pods:
            pod = Pod(self.stage, f"capture-{name}")
            if kind in BACKENDS:
                self.bpffs = self.bpffs or mount_bpffs(self.stage, "bpffs")
                pod.install(BACKENDS[kind], self.bpffs, *flags)
                self.pods[name] = pod, pod.serve(OUTBOUND_PORT, INBOUND_PORT)
            else:
                self.pods[name] = pod, pod.serve(OUTBOUND_PORT, APPLICATION_PORT)
        return self.pods[name]


def outbound(stage, rounds, seconds, mode, names, flags=()):
    pods = {name: stage.pods.captured(name, *(flags if name.endswith("-ranges") else ())) for name in names}

    def measure(name):
        pod, (outbound_listener, _) = pods[name]
        address, port = ("127.0.0.1", OUTBOUND_PORT) if name == "direct" else (FAR, 80)
        return spend(stage, pod.namespace, pod.application, [outbound_listener], mode, address, port, 1)

    return interleave(names, rounds * seconds, measure)


def connections(stage, rounds, seconds):
    return outbound(stage, rounds, seconds, "connect", ["direct", "intercept", "iptables", "nftables"])


def round_trips(stage, rounds, seconds):
    return outbound(stage, rounds, seconds, "pingpong", ["direct", "intercept", "iptables", "nftables"])


def inbound(stage, rounds, seconds):
    names = ["direct", "intercept", "iptables"]
    pods = {name: stage.pods.captured(name) for name in names}

    def measure(name):
        pod, (_, inbound_listener) = pods[name]
        return spend(stage, pod.peer, None, [inbound_listener], "connect", OWN, APPLICATION_PORT, 1)

    return interleave(names, rounds * seconds, measure)


def many_ranges(stage, rounds, seconds):
    """Connections that none of 5,000 excluded ranges concerns, against those of a pod with none."""
    ranges = ",".join(f"11.{number // 256}.{number % 256}.0/24" for number in range(RANGES))
    values = outbound(stage, rounds, seconds, "connect", ["intercept", "intercept-ranges", "iptables-ranges", "nftables-ranges"], ("-x", ranges))
    return {"intercept": values["intercept-ranges"], "without ranges": values["intercept"],
            "iptables": values["iptables-ranges"], "nftables": values["nftables-ranges"]}


def options(stage, rounds, seconds):
    """getsockopt(2), for which there is a hook: in the proxy's cgroup, in the application's, and where there is none."""
    pod, _ = stage.pods.captured("intercept")
    other, _ = stage.pods.captured("direct")
    places = {"intercept": (pod, pod.proxy), "application": (pod, pod.application), "direct": (other, other.application)}
    values = interleave(places, rounds * seconds, lambda name: spend(
        stage, places[name][0].namespace, places[name][1], [], "options", "127.0.0.1", OUTBOUND_PORT, 1))
    return {name: [value * US for value in rounds_of] for name, rounds_of in values.items()}


def install_time(stage, rounds, seconds):
    """intercept-init install, whole: load and attach, where the maps are there and where they are made, and rules."""
    values = {"intercept": [], "first on the node": [], "iptables": [], "nftables": []}
    shared = mount_bpffs(stage, "bpffs-install")
    for number in range(2 * rounds + 1):
        for name, rounds_of in values.items():
            pod = Pod(stage, f"capture-install-{name.split()[0]}-{number}")
            bpffs = mount_bpffs(stage, f"bpffs-{number}") if name.startswith("first") else shared
            started = time.monotonic()
            pod.install(BACKENDS.get(name, "ebpf"), bpffs)
            if number:
                rounds_of.append((time.monotonic() - started) * 1000)
            pod.uninstall()
    return values
