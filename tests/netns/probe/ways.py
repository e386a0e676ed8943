#!/usr/bin/env python3
"""Other ways to the network than connect(2) of a TCP socket, each tried once; says what became of it.

  ways.py WAY ADDRESS PORT     for TCP the port is one where nobody but the proxy answers: accepted, or refused by the peer
  ways.py hear PROTOCOL        prints "heard" at the first packet of an IP protocol that arrives from elsewhere
"""

import ctypes
import errno
import fcntl
import mmap
import os
import socket
import struct
import sys
import time

POD, ROUTER = "10.77.0.2", "10.77.0.1"
SIOCGIFHWADDR = 0x8927
SO_BINDTODEVICE, IPPROTO_MPTCP, IPPROTO_SCTP, IPPROTO_UDPLITE = 25, 262, 132, 136
IO_URING_SETUP, IO_URING_ENTER, IORING_OP_CONNECT, IORING_ENTER_GETEVENTS, IORING_OFF_SQES = 425, 426, 16, 1, 0x10000000
SYN, ACK, RST = 0x02, 0x10, 0x04
# Under an emulated kernel another program takes seconds to start.
LIMIT, PATIENCE = 5, 30


def system_call(number, *arguments):
    libc = ctypes.CDLL(None, use_errno=True)
    result = libc.syscall(number, *[ctypes.c_long(value) if isinstance(value, int) else value for value in arguments])
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def io_uring(address, port):
    """connect(2) as an operation of a ring, without a library: the offsets are those that the kernel tells."""
    connection = socket.socket()
    parameters = ctypes.create_string_buffer(120)
    ring = system_call(IO_URING_SETUP, 4, parameters)
    sq_entries, cq_entries = struct.unpack_from("=2I", parameters.raw, 0)
    sq_tail, sq_array = (struct.unpack_from("=8I", parameters.raw, 40)[index] for index in (1, 6))
    cqes = struct.unpack_from("=8I", parameters.raw, 80)[5]
    shared = mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE
    rings = mmap.mmap(ring, max(sq_array + 4 * sq_entries, cqes + 16 * cq_entries), *shared)
    entries = mmap.mmap(ring, 64 * sq_entries, *shared, offset=IORING_OFF_SQES)
    name = ctypes.create_string_buffer(struct.pack("=H", socket.AF_INET) + struct.pack("!H4s8x", port, socket.inet_aton(address)))
    entries[0:64] = struct.pack("=BBHiQQIIQ24x", IORING_OP_CONNECT, 0, 0, connection.fileno(), 16, ctypes.addressof(name), 0, 0, 1)
    rings[sq_array:sq_array + 4] = struct.pack("=I", 0)
    rings[sq_tail:sq_tail + 4] = struct.pack("=I", 1)
    system_call(IO_URING_ENTER, ring, 1, 1, IORING_ENTER_GETEVENTS, 0, 0)
    result = struct.unpack_from("=Qi", rings, cqes)[1]
    if result:
        raise OSError(-result, os.strerror(-result))


def connect(address, port, protocol=0, device=None, fast_open=False):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, protocol) as connection:
        connection.settimeout(LIMIT)
        if device:
            connection.setsockopt(socket.SOL_SOCKET, SO_BINDTODEVICE, device.encode())
        if fast_open:
            connection.settimeout(None)
            connection.sendto(b"?\n", socket.MSG_FASTOPEN, (address, port))
        else:
            connection.connect((address, port))


def older(address, port):
    """A socket that is there before whatever happens until a line comes in."""
    with socket.socket() as connection:
        print("ready", flush=True)
        sys.stdin.readline()
        connection.settimeout(LIMIT)
        connection.connect((address, port))


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF


def segment(address, port, source_port):
    header = struct.pack("!HHIIBBHHH", source_port, port, 1, 0, 5 << 4, SYN, 1024, 0, 0)
    pseudo = socket.inet_aton(POD) + socket.inet_aton(address) + struct.pack("!BBH", 0, socket.IPPROTO_TCP, len(header))
    return header[:16] + struct.pack("!H", checksum(pseudo + header)) + header[18:]


def answer(raw, address, port, source_port):
    """What a raw socket sees come back; the kernel, which knows nothing of it, resets it later."""
    raw.settimeout(LIMIT)
    while True:
        packet = raw.recv(65535)
        header = packet[(packet[0] & 15) * 4:]
        if socket.inet_ntoa(packet[12:16]) == address and struct.unpack_from("!HH", header) == (port, source_port):
            if header[13] & RST:
                raise ConnectionRefusedError(errno.ECONNREFUSED, "reset")
            return


def raw_socket(address, port):
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP) as raw:
        raw.sendto(segment(address, port, 19001), (address, 0))
        answer(raw, address, port, 19001)


def frame(address, protocol, payload):
    """Ethernet and IP by hand, to the neighbour that the default route names."""
    header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 1, 0, 64, protocol, 0, socket.inet_aton(POD), socket.inet_aton(address))
    header = header[:10] + struct.pack("!H", checksum(header)) + header[12:]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asks:
        mine = fcntl.ioctl(asks, SIOCGIFHWADDR, struct.pack("256s", b"eth0"))[18:24]
    return neighbour() + mine + b"\x08\x00" + header + payload


def neighbour():
    """The hardware address of the default route. An echo makes the kernel ask for it."""
    unanswered(ROUTER, 0, socket.IPPROTO_ICMP)
    for _ in range(100):
        with open("/proc/self/net/arp", encoding="ascii") as table:
            for line in table:
                fields = line.split()
                if fields[0] == ROUTER and fields[3] != "00:00:00:00:00:00":
                    return bytes.fromhex(fields[3].replace(":", ""))
        time.sleep(0.02)
    raise OSError(errno.EHOSTUNREACH, "no neighbour")


def packet_socket(address, port):
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP) as raw, socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as link:
        link.bind(("eth0", 0))
        link.send(frame(address, socket.IPPROTO_TCP, segment(address, port, 19002)))
        answer(raw, address, port, 19002)


def datagram(address, port, device=None):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(LIMIT)
        if device:
            client.setsockopt(socket.SOL_SOCKET, SO_BINDTODEVICE, device.encode())
        client.sendto(b"?\n", (address, port))
        return client.recv(512).decode().split()[0]


def unanswered(address, port, protocol):
    """A packet that starts with two ports, as those of every protocol here do, or with an echo request."""
    ports = bytes((8, 0, 0xF7, 0xFF)) if protocol == socket.IPPROTO_ICMP else struct.pack("!HH", 19003, port)
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, protocol) as raw:
        raw.sendto(ports + struct.pack("!HH", 16, 0) + bytes(8), (address, 0))
        return "sent"


def packet_datagram(address, port):
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as link:
        link.bind(("eth0", 0))
        link.send(frame(address, socket.IPPROTO_UDP, struct.pack("!HHHH", 19003, port, 16, 0) + bytes(8)))
        return "sent"


def hear(protocol):
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, protocol) as raw:
        raw.settimeout(PATIENCE)
        print("ready", flush=True)
        while socket.inet_ntoa(raw.recv(512)[12:16]) != POD:
            pass
        return "heard"


WAYS = {
    "connect": connect,
    "io_uring": io_uring,
    "older": older,
    "mptcp": lambda address, port: connect(address, port, IPPROTO_MPTCP),
    "fast_open": lambda address, port: connect(address, port, fast_open=True),
    "bound_device": lambda address, port: connect(address, port, device="eth0"),
    "raw": raw_socket,
    "packet": packet_socket,
    "udp": datagram,
    "bound_device_udp": lambda address, port: datagram(address, port, device="eth0"),
    "raw_udp": lambda address, port: unanswered(address, port, socket.IPPROTO_UDP),
    "udp_lite": lambda address, port: unanswered(address, port, IPPROTO_UDPLITE),
    "sctp": lambda address, port: unanswered(address, port, IPPROTO_SCTP),
    "icmp": lambda address, port: unanswered(address, port, socket.IPPROTO_ICMP),
    "packet_udp": packet_datagram,
}

try:
    print(hear(int(sys.argv[2])) if sys.argv[1] == "hear" else WAYS[sys.argv[1]](sys.argv[2], int(sys.argv[3])) or "accepted")
except TimeoutError:
    print("lost")
except OSError as failure:
    print(errno.errorcode.get(failure.errno, failure))
