"""The measures. Each yields, for every contender, one value a round; rounds are interleaved, so that a slow moment of the
machine falls on all of them."""

import re
import subprocess
import time

from .contenders import APPLICATION_PORT, RELAY_PORTS, SERVER
from .stage import ROOT, BenchError, run

US, MB = 1e3, 1e6


def wrk(namespace, url, connections, seconds, *headers):
    """Requests served, all of them good."""
    output = namespace.run("wrk", "-t1", f"-c{connections}", f"-d{seconds}s", *headers, url)
    served = int(re.search(r"(\d+) requests in", output)[1])
    errors = re.search(r"Non-2xx.*|Socket errors: (?!connect 0, read 0, write 0, timeout 0).*", output)
    if errors or not served:
        raise BenchError(f"wrk {url}: {errors[0] if errors else 'nothing was served'}")
    return served


def cpu_per_request(processes, load):
    before = sum(process.cpu_ns() for process in processes)
    served = load()
    return (sum(process.cpu_ns() for process in processes) - before) / served / US


def interleave(contenders, rounds, measure):
    """measure(name) for each contender in turn, again and again; the first round only warms up."""
    values = {name: [] for name in contenders}
    for number in range(rounds + 1):
        for name in contenders:
            value = measure(name)
            if number:
                values[name].append(value)
    return values


def relay_small(stage, rounds, seconds):
    relay = stage.relay()

    def measure(name):
        url = f"http://127.0.0.1:{RELAY_PORTS[name][0]}/"
        return cpu_per_request(relay.processes[name], lambda: wrk(relay.namespace, url, 32, seconds))

    return interleave(list(relay.processes), rounds, measure)


def relay_bulk(stage, rounds, seconds):
    relay = stage.relay()

    def measure(name):
        return float(relay.namespace.run("python3", str(ROOT / "tests/bench/harness/bulk.py"), "pull", "127.0.0.1",
                                         str(RELAY_PORTS[name][1]), "4", str(seconds))) / MB

    return interleave([name for name, ports in RELAY_PORTS.items() if ports[1]], rounds, measure)


def pair_kept(stage, rounds, seconds):
    pairs = stage.pairs("intercept", "haproxy")
    return interleave(pairs, rounds, lambda name: cpu_per_request(
        pairs[name].processes, lambda: wrk(pairs[name].client, f"http://{SERVER}:{APPLICATION_PORT}/", 32, seconds)))


def pair_new(stage, rounds, seconds, suffix=""):
    pairs = stage.pairs(f"intercept{suffix}", f"haproxy{suffix}")
    values = interleave(pairs, rounds, lambda name: cpu_per_request(
        pairs[name].processes,
        lambda: wrk(pairs[name].client, f"http://{SERVER}:{APPLICATION_PORT}/", 8, seconds, "-H", "Connection: close")))
    return {name.partition("+")[0]: rounds_of for name, rounds_of in values.items()}


def pair_resumed(stage, rounds, seconds):
    return pair_new(stage, rounds, seconds, "+resume")


def pair_latency(stage, rounds, seconds):
    """What the pair adds to the same requests without sidecars, at 1000 requests a second on 10 connections."""
    pairs = stage.pairs("direct", "intercept", "haproxy")

    def measure(name):
        output = pairs[name].client.run(str(stage.tools / "paced"), SERVER, str(APPLICATION_PORT), "10", "1000", str(seconds)).split()
        return float(output[1]), float(output[2])

    values = interleave(pairs, rounds, measure)
    result = {}
    for index, name in enumerate(("p50", "p99")):
        direct = sorted(value[index] for value in values["direct"])[rounds // 2]
        result[name] = {contender: [value[index] - direct for value in values[contender]] for contender in ("intercept", "haproxy")}
        result[name]["without"] = [value[index] for value in values["direct"]]
    return result


def idle_memory(stage, *_):
    """A proxy that has just become ready, and has had one request."""
    pairs = stage.pairs("intercept", "haproxy")
    return {name: [process.rss_kb() / 1024 for process in pair.processes] for name, pair in pairs.items()}


def idle_connections(stage, rounds, seconds):
    """Slope between 100 and 600 idle connections, so that what a first connection costs once is left out."""
    pairs, values = stage.pairs("intercept", "haproxy"), {}
    for name, pair in pairs.items():
        holder = subprocess.Popen((*pair.client.enter(), "python3", ROOT / "tests/bench/harness/idle.py", SERVER, str(APPLICATION_PORT)),
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            memory = []
            for count in (100, 600):
                holder.stdin.write(f"{count}\n")
                holder.stdin.flush()
                if holder.stdout.readline().strip() != str(count):
                    raise BenchError(f"{name}: {count} idle connections could not be opened")
                time.sleep(1)
                memory.append([process.rss_kb() for process in pair.processes])
            values[name] = [(after - before) / 500 for before, after in zip(*memory)]
        finally:
            holder.stdin.close()
            holder.kill()
            holder.wait()
    return values


def install_time(stage, rounds, seconds):
    """intercept-init install against the restore calls alone, with the very rules that it made."""
    flags = ("-p", "15001", "-z", "15006", "-u", "1337", "-i", "*", "-b", "*", "-d", "15090,15021,15020", "--backend", "iptables")
    pattern = stage.namespace("install-pattern")
    pattern.run(str(stage.tools / "intercept-init"), "install", *flags)
    rules = {tool: pattern.run(f"{tool}-save") for tool in ("iptables", "ip6tables")}
    if "REDIRECT" not in rules["iptables"] or "REDIRECT" not in rules["ip6tables"]:
        raise BenchError("intercept-init installed no redirect in one of the families")
    values = {"intercept": [], "bare": []}
    for number in range(2 * rounds + 1):
        for name in values:
            namespace = stage.namespace(f"install-{name}-{number}")
            started = time.monotonic()
            if name == "intercept":
                namespace.run(str(stage.tools / "intercept-init"), "install", *flags)
            else:
                for tool, text in rules.items():
                    namespace.run(f"{tool}-restore", "--noflush", "--wait", input=text)
            elapsed = time.monotonic() - started
            if number:
                values[name].append(elapsed * 1000)
            run("ip", "netns", "delete", namespace.name)
            stage.namespaces.remove(namespace)
    return values
