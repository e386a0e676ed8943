"""Sockets as the capture rules see them: owners, marks, transparent listeners, and packets that belong to no connection."""

import contextlib
import ctypes
import os
import socket
import struct

IP_TRANSPARENT, IPV6_TRANSPARENT = 19, 75
IP_PKTINFO, IPV6_CHECKSUM = 8, 7
SO_ATTACH_FILTER, SO_MARK, SO_MEMINFO, SO_ORIGINAL_DST = 26, 36, 55, 80
DROPS = 8  # the place of the drop counter in SO_MEMINFO

# A classic BPF program: drops a segment with both SYN and ACK, which no listener expects. The socket counts what it drops, so that
# the counter says which listener the segment was delivered to; on the wire one reset looks like another.
_INSTRUCTIONS = ((0x30, 0, 0, 13), (0x54, 0, 0, 0x12), (0x15, 0, 1, 0x12), (0x06, 0, 0, 0), (0x06, 0, 0, 0xFFFF))


@contextlib.contextmanager
def owner(uid, gid):
    """What is done in here is done by this user: rules ask who made a socket, eBPF programs whose real id connects it."""
    os.setresgid(gid, gid, 0)
    os.setresuid(uid, uid, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)
        os.setresgid(0, 0, 0)


def families():
    return ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::"))


def family_of(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def endpoint(name):
    return f"[{name[0]}]:{name[1]}" if ":" in name[0] else f"{name[0]}:{name[1]}"


def tcp_listener(family, address, port):
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *instruction) for instruction in _INSTRUCTIONS))
    listener.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HxxxxxxQ", len(_INSTRUCTIONS), ctypes.addressof(program)))
    listener.bind((address, port))
    listener.listen(512)
    listener.setblocking(False)
    return listener


def set_transparent(any_socket, on):
    level, option = ((socket.IPPROTO_IPV6, IPV6_TRANSPARENT) if any_socket.family == socket.AF_INET6 else (socket.IPPROTO_IP, IP_TRANSPARENT))
    any_socket.setsockopt(level, option, int(on))


def drops(listener):
    return struct.unpack("9I", listener.getsockopt(socket.SOL_SOCKET, SO_MEMINFO, 36))[DROPS]


def original_destination(connection):
    """SO_ORIGINAL_DST, or the local address where nothing translated it."""
    ipv6 = connection.family == socket.AF_INET6
    try:
        name = connection.getsockopt(socket.IPPROTO_IPV6 if ipv6 else socket.IPPROTO_IP, SO_ORIGINAL_DST, 28 if ipv6 else 16)
    except OSError:
        return endpoint(connection.getsockname())
    port, = struct.unpack_from("!H", name, 2)
    return endpoint((socket.inet_ntop(connection.family, name[8:24] if ipv6 else name[4:8]), port))


def udp_server(family, address, port, uid, gid):
    """Answers from the address that was asked, as a resolver does."""
    with owner(uid, gid):
        server = socket.socket(family, socket.SOCK_DGRAM)
    if family == socket.AF_INET6:
        server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
    else:
        server.setsockopt(socket.IPPROTO_IP, IP_PKTINFO, 1)
    server.bind((address, port))
    server.setblocking(False)
    return server


def udp_reply(server, text):
    _, control, _, sender = server.recvmsg(512, 256)
    answer = []
    for level, kind, data in control:
        if level == socket.IPPROTO_IP and kind == IP_PKTINFO:
            answer = [(level, kind, struct.pack("I4s4s", 0, data[8:12], bytes(4)))]
        elif level == socket.IPPROTO_IPV6 and kind == socket.IPV6_PKTINFO:
            answer = [(level, kind, data[:16] + bytes(4))]
    server.sendmsg([text], answer, 0, sender)


def client(protocol, uid, gid, destination, bind, mark, transparent, source_port):
    """Starts a connection, or readies a datagram socket. A transparent one may come from an address that is not ours."""
    family = family_of(destination[0])
    with owner(uid, gid):
        connection = socket.socket(family, socket.SOCK_DGRAM if protocol == "udp" else socket.SOCK_STREAM)
    connection.setblocking(False)
    if protocol == "tcp":
        # Closing resets, so that no port waits.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    if transparent:
        set_transparent(connection, True)
    if mark:
        connection.setsockopt(socket.SOL_SOCKET, SO_MARK, mark)
    connection.bind((bind or ("::" if family == socket.AF_INET6 else "0.0.0.0"), source_port))
    with owner(uid, gid), contextlib.suppress(BlockingIOError):
        connection.connect(tuple(destination))
    return connection


def send_stray(source, destination, source_port):
    """A SYN+ACK that answers nothing: conntrack calls it invalid."""
    family = family_of(destination[0])
    header = struct.pack("!HHIIBBHHH", source_port, destination[1], 1, 1, 5 << 4, 0x12, 1024, 0, 0)
    with socket.socket(family, socket.SOCK_RAW, socket.IPPROTO_TCP) as raw:
        raw.bind((source, 0))
        if family == socket.AF_INET6:
            raw.setsockopt(socket.IPPROTO_IPV6, IPV6_CHECKSUM, 16)
        else:
            pseudo = socket.inet_aton(source) + socket.inet_aton(destination[0]) + struct.pack("!BBH", 0, socket.IPPROTO_TCP, len(header))
            header = header[:16] + struct.pack("!H", _checksum(pseudo + header)) + header[18:]
        raw.sendto(header, (destination[0], 0))


def _checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF
