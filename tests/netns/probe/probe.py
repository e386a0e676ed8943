#!/usr/bin/env python3
"""One end of the world of the capture tests: stands on ports, sends flows and says who answered.

Runs inside one network namespace, as root, until its standard input ends. Commands are JSON lines on standard input, each with an
"id" that its answer repeats; an answer is a JSON line on standard output.
"""

import json
import os
import re
import selectors
import socket
import subprocess
import sys
import time

import sockets

SNAPSHOT = (
    "iptables-nft-save", "ip6tables-nft-save", "iptables-legacy-save", "ip6tables-legacy-save", "nft -s list ruleset",
    "ip -4 rule", "ip -6 rule", "ip -4 route show table all", "ip -6 route show table all", "ip addr")

# Legacy tables come into being when they are first asked for, and nobody can remove one: they belong to the world and not to a test.
LEGACY_TABLES = [f"{tool}-legacy -t {table} -S" for tool in ("iptables", "ip6tables") for table in ("raw", "mangle", "nat", "filter")]

# Ports that no listener of the world has and that the kernel gives to nobody who asks for any (net.ipv4.ip_local_port_range). Each
# flow has its own, so that none meets the conntrack entry of another.
SOURCE_PORTS = range(20000, 60000)

# Seconds for an answer that should come: beside other work, or emulated, a second may take ten.
PATIENCE = 20


class Flow:
    """A connection or a datagram on its way to an answer."""

    def __init__(self, agent, flow, source_port, on_end):
        self.agent, self.flow, self.on_end = agent, flow, on_end
        self.deadline = time.monotonic() + flow.get("timeout", PATIENCE)
        self.asked, self.received = False, b""
        self.connection = None
        try:
            self.connection = sockets.client(
                flow["protocol"], flow["uid"], flow["gid"], flow["to"], flow.get("bind"), flow.get("mark", 0),
                flow.get("transparent"), source_port)
        except OSError as failure:
            self.end({"error": reason(failure)})
            return
        agent.flows.add(self)
        agent.selector.register(self.connection, selectors.EVENT_WRITE, self.ready)

    def ask(self, on_end, timeout):
        """Once more on a connection that was kept."""
        self.on_end, self.deadline, self.received = on_end, time.monotonic() + timeout, b""
        self.agent.flows.add(self)
        self.agent.selector.register(self.connection, selectors.EVENT_READ, self.ready)
        self.send()

    def ready(self):
        try:
            if not self.asked:
                failure = self.connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                if failure:
                    raise OSError(failure, os.strerror(failure))
                self.asked = True
                self.agent.selector.modify(self.connection, selectors.EVENT_READ, self.ready)
                self.connection.send(b"?\n")
                return
            data = self.connection.recv(512)
        except OSError as failure:
            self.end({"error": reason(failure)})
            return
        self.received += data
        if not data:
            self.end({"error": "closed"})
        elif self.received.endswith(b"\n"):
            by, original = self.received.decode().split()
            self.end({"by": by, "original": original})

    def send(self):
        try:
            self.connection.send(b"?\n")
        except OSError as failure:
            self.end({"error": reason(failure)})

    def end(self, answer):
        if self in self.agent.flows:
            self.agent.flows.discard(self)
            self.agent.selector.unregister(self.connection)
        if self.connection and not (self.flow.get("keep") and "by" in answer):
            self.connection.close()
        self.on_end(answer)


class Agent:
    def __init__(self, side):
        self.side = side
        self.selector = selectors.DefaultSelector()
        self.flows, self.kept, self.listeners, self.dropped = set(), {}, {}, {}
        self.hammering, self.hammered, self.due = False, {}, []
        self.next_port = 0
        self.pending = b""
        self.running = True

    def source_port(self):
        self.next_port = (self.next_port + 1) % len(SOURCE_PORTS)
        return SOURCE_PORTS[self.next_port]

    def run(self):
        os.set_blocking(0, False)
        self.selector.register(0, selectors.EVENT_READ, self.read_commands)
        while self.running:
            self.strike()
            for key, _ in self.selector.select(0 if self.due else 0.05 if self.flows else None):
                key.data()
            now = time.monotonic()
            for flow in [flow for flow in self.flows if flow.deadline < now]:
                flow.end({"error": "timeout"})

    def read_commands(self):
        data = os.read(0, 65536)
        self.running = bool(data)
        *lines, self.pending = (self.pending + data).split(b"\n")
        for line in lines:
            command = json.loads(line)
            try:
                getattr(self, "do_" + command["do"])(command)
            except Exception as failure:  # pylint: disable=broad-except -- the test that asked has to hear of it
                self.answer(command, failure=f"{type(failure).__name__}: {failure}")

    def answer(self, command, **result):
        print(json.dumps({"id": command["id"], **result}), flush=True)

    def do_listen(self, command):
        for port in command["tcp"]:
            for family, address in sockets.families():
                listener = sockets.tcp_listener(family, address, port)
                self.listeners[family, port] = listener
                self.dropped[family, port] = 0
                self.selector.register(listener, selectors.EVENT_READ, lambda listener=listener, port=port: self.accept(listener, port))
        for port, uid, gid in command["udp"]:
            for family, address in sockets.families():
                server = sockets.udp_server(family, address, port, uid, gid)
                text = f"{self.side}:{port} -\n".encode()
                self.selector.register(server, selectors.EVENT_READ, lambda server=server, text=text, uid=uid, gid=gid: self.reply(server, text, uid, gid))
        self.answer(command)

    def do_transparent(self, command):
        for family, _ in sockets.families():
            sockets.set_transparent(self.listeners[family, command["port"]], command["on"])
        self.answer(command)

    def do_flows(self, command):
        answers, wanted = {}, len(command["flows"])

        def ended(name, result):
            answers[name] = result
            if len(answers) == wanted:
                self.answer(command, flows=answers)

        for flow in command["flows"]:
            Flow(self, flow, self.source_port(), lambda result, name=flow["name"]: ended(name, result))
        if not wanted:
            self.answer(command, flows={})

    def do_strays(self, command):
        for stray in command["strays"]:
            sockets.send_stray(stray["from"], stray["to"], self.source_port())
        self.answer(command)

    def do_dropped(self, command):
        """Which listeners a stray was delivered to since this was last asked."""
        found = []
        for (family, port), listener in self.listeners.items():
            now = sockets.drops(listener)
            found += [f"{port}/{6 if family == socket.AF_INET6 else 4}"] * (now - self.dropped[family, port])
            self.dropped[family, port] = now
        self.answer(command, listeners=found)

    def do_keep(self, command):
        self.kept[command["name"]] = Flow(
            self, {**command["flow"], "keep": True}, self.source_port(), lambda result: self.answer(command, flow=result))

    def do_ask(self, command):
        self.kept[command["name"]].ask(lambda result: self.answer(command, flow=result), command.get("timeout", PATIENCE))

    def do_hammer(self, command):
        """Connects without a pause, several at a time, until told to rest."""
        self.hammering, self.hammered = True, {}
        self.due = list(command["flows"])
        self.answer(command)

    def strike(self):
        due, self.due = self.due, []
        for flow in due:
            def ended(result, flow=flow):
                outcome = f"{flow['name']} {result.get('by') or result['error']}"
                self.hammered[outcome] = self.hammered.get(outcome, 0) + 1
                self.due += [flow] if self.hammering else []

            # The kernel chooses the port: it has more of them than the world.
            Flow(self, flow, 0, ended)

    def do_rest(self, command):
        self.hammering, self.due = False, []
        self.answer(command, outcomes=self.hammered)

    def do_snapshot(self, command):
        children = [subprocess.Popen(line.split(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for line in SNAPSHOT]
        parts = []
        for line, child in zip(SNAPSHOT, children):
            output, error = child.communicate()
            # Counters and the time of the listing are no state of the rules.
            text = re.sub(r"\[\d+:\d+\]|^# (Generated|Completed).*$", "", output.decode(), flags=re.MULTILINE)
            parts.append(f"== {line}\n{text}{error.decode() if child.returncode else ''}")
        self.answer(command, text="".join(parts))

    def do_legacy_tables(self, command):
        failures = []
        for line in LEGACY_TABLES:
            result = subprocess.run(line.split(), capture_output=True, text=True, check=False)
            if result.returncode:
                failures.append(f"{line}: {result.stderr.strip()}")
        self.answer(command, failures=failures)

    def accept(self, listener, port):
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        connection.setblocking(False)
        text = f"{self.side}:{port} {sockets.original_destination(connection)}\n".encode()
        self.selector.register(connection, selectors.EVENT_READ, lambda: self.serve(connection, text))

    def reply(self, server, text, uid, gid):
        try:
            with sockets.owner(uid, gid):
                sockets.udp_reply(server, text)
        except OSError:
            pass  # An ICMP error of an earlier answer; whoever asked reports a timeout.

    def serve(self, connection, text):
        try:
            data = connection.recv(512)
            if data:
                connection.send(text)
                return
        except OSError:
            pass
        self.selector.unregister(connection)
        connection.close()


def reason(failure):
    return {"ConnectionRefusedError": "refused", "PermissionError": "not permitted", "ConnectionResetError": "reset", "TimeoutError": "timeout"}.get(type(failure).__name__, str(failure))


if __name__ == "__main__":
    os.setgroups([])
    Agent(sys.argv[1]).run()
