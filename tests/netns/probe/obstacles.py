#!/usr/bin/env python3
"""What stands in the way of eBPF capture, put there for the tests of its probe, by the system call alone.

  obstacles.py attach CGROUP HOOK FLAGS   a program that allows everything, attached the old way: it stays with the cgroup
  obstacles.py pin PATH KEY VALUE         a hash map whose keys and values have these sizes, pinned there
  obstacles.py without-bpf COMMAND...     runs a command for which bpf(2) is EPERM (seccomp)
  obstacles.py without-unshare COMMAND... the same for unshare(2)
"""

import ctypes
import os
import platform
import struct
import sys

BPF = {"x86_64": 321, "aarch64": 280}[platform.machine()]
UNSHARE = {"x86_64": 272, "aarch64": 97}[platform.machine()]
MAP_CREATE, PROG_LOAD, OBJ_PIN, PROG_ATTACH = 0, 5, 6, 8
# Type of program and of attachment.
HOOKS = {"connect4": (18, 10), "getpeername6": (18, 30), "sockops": (13, 3)}
libc = ctypes.CDLL(None, use_errno=True)


def bpf(command, size, *fields):
    attributes = ctypes.create_string_buffer(128)
    for form, offset, value in fields:
        struct.pack_into("=" + form, attributes, offset, value)
    result = libc.syscall(BPF, command, attributes, size)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def attach(cgroup, hook, flags):
    kind, place = HOOKS[hook]
    # r0 = 1; exit
    code = ctypes.create_string_buffer(struct.pack("=BBhi", 0xb7, 0, 0, 1) + struct.pack("=BBhi", 0x95, 0, 0, 0))
    licence = ctypes.create_string_buffer(b"GPL")
    program = bpf(PROG_LOAD, 72, ("I", 0, kind), ("I", 4, 2), ("Q", 8, ctypes.addressof(code)), ("Q", 16, ctypes.addressof(licence)),
                  ("16s", 48, b"foreigner"), ("I", 68, place))
    directory = os.open(cgroup, os.O_RDONLY)
    bpf(PROG_ATTACH, 16, ("I", 0, directory), ("I", 4, program), ("I", 8, place), ("I", 12, int(flags)))


def pin(path, key, value):
    made = bpf(MAP_CREATE, 72, ("I", 0, 1), ("I", 4, int(key)), ("I", 8, int(value)), ("I", 12, 16))
    name = ctypes.create_string_buffer(path.encode())
    bpf(OBJ_PIN, 16, ("Q", 0, ctypes.addressof(name)), ("I", 8, made))


def without(call, command):
    def instruction(code, true, false, value):
        return struct.pack("=HBBI", code, true, false, value)

    # The number of the call; this one returns EPERM, every other is allowed.
    code = instruction(0x20, 0, 0, 0) + instruction(0x15, 0, 1, call) + instruction(0x06, 0, 0, 0x00050001) + instruction(0x06, 0, 0, 0x7fff0000)
    kept = ctypes.create_string_buffer(code)
    program = ctypes.create_string_buffer(struct.pack("=HxxxxxxQ", len(code) // 8, ctypes.addressof(kept)))
    pr_set_no_new_privs, pr_set_seccomp, filter_mode = 38, 22, 2
    if libc.prctl(pr_set_no_new_privs, 1, 0, 0, 0) or libc.prctl(pr_set_seccomp, filter_mode, program, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")
    os.execvp(command[0], command)


if sys.argv[1] == "attach":
    attach(*sys.argv[2:])
elif sys.argv[1] == "pin":
    pin(*sys.argv[2:])
else:
    without({"without-bpf": BPF, "without-unshare": UNSHARE}[sys.argv[1]], sys.argv[2:])
