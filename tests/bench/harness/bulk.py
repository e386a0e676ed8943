"""Bulk data at the least cost to both ends, so that the proxy between them is what is measured.

bulk.py serve PORT FILE                 sends FILE again and again with sendfile(2) to whoever connects
bulk.py pull HOST PORT COUNT SECONDS    reads on COUNT connections without copying (MSG_TRUNC); prints bytes per second
"""

import socket
import sys
import threading
import time


def serve(port, path):
    def feed(connection):
        with connection, open(path, "rb") as data:
            try:
                while True:
                    connection.sendfile(data, 0)
            except OSError:
                return

    with socket.create_server(("127.0.0.1", int(port)), backlog=64) as server:
        while True:
            connection, _ = server.accept()
            threading.Thread(target=feed, args=(connection,), daemon=True).start()


def pull(host, port, count, seconds):
    received = [0] * int(count)
    begin, end = threading.Event(), threading.Event()

    def drain(index):
        with socket.create_connection((host, int(port)), timeout=10) as connection:
            scratch = bytearray(1 << 20)
            while not end.is_set():
                # On a TCP socket MSG_TRUNC throws the bytes away in the kernel and still says how many there were.
                got = connection.recv_into(scratch, 0, socket.MSG_TRUNC)
                if not got:
                    raise SystemExit("the server closed")
                if begin.is_set():
                    received[index] += got

    threads = [threading.Thread(target=drain, args=(index,)) for index in range(int(count))]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    started = time.monotonic()
    begin.set()
    time.sleep(float(seconds))
    end.set()
    elapsed = time.monotonic() - started
    for thread in threads:
        thread.join()
    if not all(received):
        raise SystemExit("a connection got nothing")
    print(sum(received) / elapsed)


if __name__ == "__main__":
    {"serve": serve, "pull": pull}[sys.argv[1]](*sys.argv[2:])
