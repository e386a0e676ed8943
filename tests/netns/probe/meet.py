#!/usr/bin/env python3
"""Both ends of a connection, for the tests of the eBPF programs: says in JSON what each end sees.

  meet.py serve JSON   stands on the listeners of a list until standard input ends; every caller is told what it looks like from here
  meet.py call JSON    connects once, or to many ports at once, and prints what it saw and was told
  meet.py hold JSON    as call, but says "ready" when it is connected, and asks when a line comes
  meet.py stray JSON   sends a SYN+ACK that answers nothing, and prints what comes back
  meet.py ask JSON     sends a datagram to each of some places from one socket, and prints what came back from where
  meet.py bind JSON    binds a socket of each kind to each of some places, and prints what came of it
  meet.py swarm JSON   connects to many ports without blocking, and prints how many were told that they had wanted this port
  meet.py cookie       prints the cookie of the network namespace
"""

import contextlib
import ctypes
import json
import os
import selectors
import socket
import struct
import sys
import threading

import sockets

SO_BINDTODEVICE, SO_MARK, SO_NETNS_COOKIE, SO_ORIGINAL_DST = 25, 36, 71, 80
CLIENT_ADDRESS = 0x6542  # bpf/handover.h

# Seconds for an answer that should come: two hundred callers of one server wait for each other, and the processor may be emulated.
PATIENCE = 60


def endpoint(name):
    return f"[{name[0]}]:{name[1]}" if ":" in name[0] else f"{name[0]}:{name[1]}"


def socket_address(address, port):
    if ":" in address:
        return struct.pack("=H", socket.AF_INET6) + struct.pack("!HI16sI", port, 0, socket.inet_pton(socket.AF_INET6, address), 0)
    return struct.pack("=H", socket.AF_INET) + struct.pack("!H4s8x", port, socket.inet_aton(address))


def original(connection, level, size):
    """SO_ORIGINAL_DST at one level: an endpoint, or the name of the error."""
    try:
        name = connection.getsockopt(level, SO_ORIGINAL_DST, size)
    except OSError as failure:
        return os.strerror(failure.errno)
    family, port = struct.unpack_from("=H", name)[0], struct.unpack_from("!H", name, 2)[0]
    if (family, len(name)) == (socket.AF_INET, 16):
        return endpoint((socket.inet_ntop(family, name[4:8]), port))
    if (family, len(name)) == (socket.AF_INET6, 28):
        return endpoint((socket.inet_ntop(family, name[8:24]), port))
    return f"{len(name)} bytes of family {family}"


def listen(wanted):
    listener = socket.socket(socket.AF_INET6 if ":" in wanted["address"] else socket.AF_INET)
    # An old and a new proxy may stand on one port.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if listener.family == socket.AF_INET6:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    listener.bind((wanted["address"], wanted["port"]))
    listener.listen(512)
    return listener


def answer(listener, wanted):
    while True:
        connection, name = listener.accept()
        with connection:
            if wanted.get("asked") and not connection.recv(1):
                continue
            seen = {
                "name": wanted["name"],
                "ip": original(connection, socket.IPPROTO_IP, 16),
                "ipv6": original(connection, socket.IPPROTO_IPV6, 28),
                "short": original(connection, socket.IPPROTO_IP, 8),
                "local": endpoint(connection.getsockname()),
                # What accept(2) said, and what getpeername(2) says of the same.
                "client": endpoint(name),
                "client_again": endpoint(connection.getpeername()),
            }
            # A caller that leaves early is no reason to stop answering the others.
            with contextlib.suppress(OSError):
                connection.sendall(json.dumps(seen).encode())
                connection.shutdown(socket.SHUT_WR)
                # Closing over unread data would reset what the caller has not read yet.
                connection.settimeout(1)
                while connection.recv(4096):
                    pass


def answer_datagrams(wanted):
    """A resolver that is asked `batch` times before it answers, the last one first. It does not say where its answers come from."""
    server = socket.socket(socket.AF_INET6 if ":" in wanted["address"] else socket.AF_INET, socket.SOCK_DGRAM)
    if server.family == socket.AF_INET6:
        server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    server.bind((wanted["address"], wanted["port"]))

    def run():
        while True:
            asked = [server.recvfrom(512) for _ in range(wanted.get("batch", 1))]
            for question, sender in reversed(asked):
                server.sendto(f"{question.decode()} {wanted['name']}".encode(), sender)

    threading.Thread(target=run, daemon=True).start()


def bind(wanted):
    """Says for every place whether it was bound, as TCP and as UDP."""
    os.setresgid(*[wanted.get("gid", 0)] * 3)
    os.setresuid(*[wanted.get("uid", 0)] * 3)
    answers = []
    for address, port in wanted["to"]:
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, kind) as unbound:
                try:
                    unbound.bind((address, port))
                    answers.append("bound")
                except OSError as failure:
                    answers.append(os.strerror(failure.errno))
    return answers


def serve(wanted):
    for one in wanted:
        if one.get("datagrams"):
            answer_datagrams(one)
        else:
            threading.Thread(target=answer, args=(listen(one), one), daemon=True).start()
    print("ready", flush=True)
    sys.stdin.read()


def connect(wanted, port):
    """Never returns before the kernel has decided; an error is an answer."""
    connection = socket.socket(
        socket.AF_INET6 if ":" in wanted["to"] else socket.AF_INET, socket.SOCK_STREAM, wanted.get("protocol", 0))
    connection.settimeout(PATIENCE)
    if "mark" in wanted:
        connection.setsockopt(socket.SOL_SOCKET, SO_MARK, wanted["mark"])
    if "device" in wanted:
        connection.setsockopt(socket.SOL_SOCKET, SO_BINDTODEVICE, wanted["device"].encode())
    if "client" in wanted:
        try:
            connection.setsockopt(socket.IPPROTO_IP, CLIENT_ADDRESS, socket_address(*wanted["client"]))
        except OSError as failure:
            connection.close()
            return {"error": f"client: {os.strerror(failure.errno)}"}
    if "bind" in wanted:
        connection.bind((wanted["bind"], port + wanted["offset"] if "offset" in wanted else 0))
    with connection:
        try:
            if "refused" in wanted:
                # A socket whose connection was refused may be used for another.
                connection.settimeout(None)
                connection.connect_ex((wanted["refused"], port))
                connection.settimeout(PATIENCE)
            if "fastopen" in wanted:
                connection.settimeout(None)
                connection.sendto(b"?", socket.MSG_FASTOPEN, (wanted["to"], port))
            else:
                connection.connect((wanted["to"], port))
            if "held" in wanted:
                print("ready", flush=True)
                sys.stdin.readline()
                connection.sendall(b"?")
            told = json.loads(b"".join(iter(lambda: connection.recv(4096), b"")) or b"{}")
            return told | {"peer": endpoint(connection.getpeername())}
        except TimeoutError:
            return {"error": "timeout"}
        except OSError as failure:
            return {"error": os.strerror(failure.errno)}


def call(wanted):
    # The real ids: the programs see those, not the ones in effect.
    os.setresgid(*[wanted.get("gid", 0)] * 3)
    os.setresuid(*[wanted.get("uid", 0)] * 3)
    if "effective" in wanted:
        os.seteuid(wanted["effective"])
    if "ports" not in wanted:
        return connect(wanted, wanted["port"])
    first, count = wanted["ports"]
    answers = {}

    def one(port):
        answers[port] = connect(wanted, port)

    threads = [threading.Thread(target=one, args=(first + index,)) for index in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def swarm(wanted):
    """Up to 500 at once, each from a port of its own that follows from where it goes."""
    first, count = wanted["ports"]
    selector, waiting, told = selectors.DefaultSelector(), list(range(first, first + count)), {}
    while waiting or selector.get_map():
        while waiting and len(selector.get_map()) < 500:
            port = waiting.pop()
            connection = socket.socket()
            connection.setblocking(False)
            connection.bind((wanted["bind"], port + wanted["offset"]))
            connection.connect_ex((wanted["to"], port))
            selector.register(connection, selectors.EVENT_READ, port)
            told[port] = b""
        for key, _ in selector.select(5):
            try:
                data = key.fileobj.recv(4096)
            except OSError as failure:
                told[key.data], data = str(failure).encode(), b""
            told[key.data] += data
            if not data:
                selector.unregister(key.fileobj)
                key.fileobj.close()
    answers = {}
    for port, text in told.items():
        seen = json.loads(text) if text.startswith(b"{") else {"name": text.decode(), "ip": ""}
        right = seen["ip"] == f"{wanted['to']}:{port}"
        answer = f"{seen['name']} {'right' if right else 'wrong'}"
        answers[answer] = answers.get(answer, 0) + 1
    return answers


def ask(wanted):
    """Every question is the place that it is sent to; an answer is "question by whom from where"."""
    os.setresgid(*[wanted.get("gid", 0)] * 3)
    os.setresuid(*[wanted.get("uid", 0)] * 3)
    # With "ports" so many ports in a row of each.
    to = [(address, port + offset) for address, port in wanted["to"] for offset in range(wanted.get("ports", 1))]
    # An IPv6 socket may ask IPv4 too.
    client = socket.socket(socket.AF_INET6 if any(":" in place[0] for place in to) else socket.AF_INET, socket.SOCK_DGRAM)
    client.settimeout(wanted.get("timeout", PATIENCE))
    if "device" in wanted:
        client.setsockopt(socket.SOL_SOCKET, SO_BINDTODEVICE, wanted["device"].encode())
    if "bind" in wanted:
        client.bind((wanted["bind"], 0))
    answers = []
    try:
        if "connect" in wanted:
            client.connect(tuple(wanted["connect"]))
            answers.append(f"connected to {endpoint(client.getpeername())}")
        if wanted.get("disconnect"):
            # Through the C library: Python has no address without a family.
            ctypes.CDLL(None).connect(client.fileno(), struct.pack("=H14x", socket.AF_UNSPEC), 16)
    except OSError as failure:
        return [f"connect: {os.strerror(failure.errno)}"]
    sent = 0
    for place in to:
        question = endpoint(place).encode()
        try:
            if wanted.get("send"):
                client.send(question)
            else:
                client.sendto(question, place)
            sent += 1
        except OSError as failure:
            answers.append(f"{question.decode()}: {os.strerror(failure.errno)}")
    for _ in range(sent):
        try:
            text, sender = client.recvfrom(512)
            answers.append("{} by {} from {}".format(*text.decode().split(), endpoint(sender)))
        except TimeoutError:
            answers.append("timeout")
            break
        except OSError as failure:
            answers.append(os.strerror(failure.errno))
    return answers


def stray(wanted):
    family = sockets.family_of(wanted["to"])
    source_port = 39999
    with socket.socket(family, socket.SOCK_RAW, socket.IPPROTO_TCP) as raw:
        raw.settimeout(10)
        raw.bind((wanted["from"], 0))
        sockets.send_stray(wanted["from"], (wanted["to"], wanted["port"]), source_port)
        while True:
            try:
                segment = raw.recv(512)
            except TimeoutError:
                return "nothing"
            segment = segment[20:] if family == socket.AF_INET else segment
            ports, flags = struct.unpack_from("!HH", segment), segment[13]
            if ports == (wanted["port"], source_port):
                return "reset" if flags & 4 else f"flags {flags}"


if sys.argv[1] == "serve":
    serve(json.loads(sys.argv[2]))
elif sys.argv[1] == "call":
    print(json.dumps(call(json.loads(sys.argv[2]))))
elif sys.argv[1] == "hold":
    print(json.dumps(call(json.loads(sys.argv[2]) | {"held": True})))
elif sys.argv[1] == "ask":
    print(json.dumps(ask(json.loads(sys.argv[2]))))
elif sys.argv[1] == "swarm":
    print(json.dumps(swarm(json.loads(sys.argv[2]))))
elif sys.argv[1] == "bind":
    print(json.dumps(bind(json.loads(sys.argv[2]))))
elif sys.argv[1] == "stray":
    print(stray(json.loads(sys.argv[2])))
else:
    print(struct.unpack("=Q", socket.socket().getsockopt(socket.SOL_SOCKET, SO_NETNS_COOKIE, 8))[0])
