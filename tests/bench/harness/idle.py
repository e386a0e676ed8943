"""idle.py HOST PORT: opens connections and keeps them. Each line `N` on standard input asks for N in all; the answer is a
line when each of them has had one HTTP exchange and is idle."""

import socket
import sys

held = []
for line in sys.stdin:
    while len(held) < int(line):
        connection = socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=10)
        connection.sendall(b"GET / HTTP/1.1\r\nHost: bench\r\n\r\n")
        answer = b""
        while b"\r\n\r\n" not in answer or not answer.endswith(b"\n"):
            piece = connection.recv(65536)
            if not piece:
                sys.exit("closed without an answer")
            answer += piece
        held.append(connection)
    print(len(held), flush=True)
