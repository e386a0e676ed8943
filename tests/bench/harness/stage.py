"""Namespaces, processes and their cost. Everything made here is removed by Stage.close()."""

import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PEERS = ROOT / "tests" / "bench" / "peers"
PROXY_UID = 1337


class BenchError(Exception):
    """A measurement that could not be made. It is reported, never counted as a result."""


def run(*command, check=True, timeout=120, **options):
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, **options)
    if check and done.returncode:
        raise BenchError(f"{' '.join(map(str, command))}: exit {done.returncode}: {(done.stderr or done.stdout).strip()[-600:]}")
    return done.stdout


class Process:
    def __init__(self, name, popen, log):
        self.name, self.popen, self.log = name, popen, log

    def family(self):
        """The process and its children: nginx works in one."""
        pids = [self.popen.pid]
        for pid in pids:
            for children in Path(f"/proc/{pid}/task").glob("*/children"):
                pids += [int(child) for child in children.read_text().split()]
        return pids

    def cpu_ns(self):
        """Time on a processor of every thread, to the nanosecond."""
        return sum(int(file.read_text().split()[0]) for pid in self.family() for file in Path(f"/proc/{pid}/task").glob("*/schedstat"))

    def rss_kb(self):
        total = 0
        for pid in self.family():
            for line in Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith("VmRSS:"):
                    total += int(line.split()[1])
        return total

    def tail(self):
        return Path(self.log).read_text(errors="replace")[-600:].strip()


class Namespace:
    def __init__(self, stage, name):
        self.stage, self.name = stage, f"intercept-bench-{os.getpid()}-{name}"
        run("ip", "netns", "add", self.name)
        run("ip", "-n", self.name, "link", "set", "lo", "up")
        # Thousands of short connections from one address: all ports, and those in TIME_WAIT again after a second.
        for setting in ("net.ipv4.ip_forward=0", "net.ipv4.ip_local_port_range=10000 65000", "net.ipv4.tcp_tw_reuse=1", "net.core.somaxconn=4096"):
            run(*self.enter(), "sysctl", "-qw", setting, check=False)

    def enter(self):
        return ("nsenter", f"--net=/run/netns/{self.name}")

    def run(self, *command, **options):
        return run(*self.enter(), *command, **options)

    def entering(self, group, *command):
        """The command in this namespace, and in a cgroup first: a socket belongs to the one in which it is made."""
        joining = ("sh", "-c", 'echo $$ >"$0/cgroup.procs" && exec "$@"', group) if group else ()
        return (*map(str, joining), *self.enter(), *map(str, command))

    def start(self, name, *command, uid=None, group=None):
        log = self.stage.work / f"{self.name}-{name}.log"
        user = ("setpriv", "--reuid", str(uid), "--regid", str(uid), "--clear-groups", "--no-new-privs", "--inh-caps=-all",
                "--bounding-set=-all") if uid else ()
        with open(log, "w", encoding="utf-8") as output:
            popen = subprocess.Popen(self.entering(group, *user, *command), stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        process = Process(name, popen, log)
        self.stage.processes.append(process)
        return process

    def wait_listening(self, process, *ports):
        deadline = time.monotonic() + 120
        for port in ports:
            while not self.run("ss", "-Hltn", f"sport = :{port}"):
                if process.popen.poll() is not None or time.monotonic() > deadline:
                    raise BenchError(f"{process.name} does not listen on {port}: {process.tail()}")
                time.sleep(0.05)


class Stage:
    def __init__(self):
        self.work = Path(tempfile.mkdtemp(prefix="intercept-bench-"))
        self.work.chmod(0o755)
        self.namespaces, self.processes, self.undo = [], [], []
        self.tools = self.work / "bin"

    def prepare(self):
        self.tools.mkdir()
        for program in ("intercept-proxy", "intercept-init", "intercept-cni", "intercept-control"):
            source = ROOT / "out" / "bin" / program
            if not source.exists():
                raise BenchError(f"{source} is missing: run deploy/build")
            run("cp", source, self.tools)
        for program in ("paced", "meet"):
            run("clang", "-O2", "-o", self.tools / program, ROOT / f"tests/bench/harness/{program}.c")
        self.certificates()

    def certificates(self):
        script = '. tests/bench/certificates.sh; ca_create "$1/ca" cluster.local; ' \
            'for name in client server; do svid_issue "$1/ca" "$1/$name" "spiffe://cluster.local/ns/bench/sa/$name" 1337; ' \
            'cat "$1/$name/chain.pem" "$1/$name/key.pem" > "$1/$name/both.pem"; chown 1337 "$1/$name/both.pem"; done'
        run("bash", "-euc", script, "certificates", self.work, cwd=ROOT)

    def namespace(self, name):
        made = Namespace(self, name)
        self.namespaces.append(made)
        return made

    def fill(self, template, name, **values):
        """A file of tests/bench/peers with the words between at signs filled in."""
        text = (PEERS / template).read_text()
        for key, value in {"WORK": self.work, **values}.items():
            text = text.replace(f"@{key}@", str(value))
        path = self.work / name
        path.write_text(text)
        return path

    def close(self):
        for process in self.processes:
            if process.popen.poll() is None:
                # SIGINT and SIGTERM would drain; nothing here has anything worth waiting for.
                for pid in reversed(process.family()):
                    os.kill(pid, signal.SIGKILL)
                process.popen.wait()
        for undo in reversed(self.undo):
            undo()
        for namespace in self.namespaces:
            run("ip", "netns", "delete", namespace.name, check=False)
        run("rm", "-rf", self.work, check=False)
