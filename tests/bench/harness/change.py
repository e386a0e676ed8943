"""How long a change takes until it has an effect: one connection after the other, and which of two backends they reach.

change.py ADDRESS PORT FIRST SECOND BACKEND_PORT ROUNDS FILE FIRST_TEXT SECOND_TEXT

FIRST and SECOND are the addresses of the backends, which this program is itself; FILE gets the text of the other one in turn, by
a rename. Prints the milliseconds from the rename to the first connection that arrives there, a line a round.
"""

import os
import select
import socket
import sys
import time

PATIENCE = 60


def reached(backends, address, port):
    """Which backend a new connection comes out at; None where the proxy has none."""
    with socket.socket() as client:
        client.settimeout(5)
        try:
            client.connect((address, port))
        except OSError:
            return None
        readable, _, _ = select.select([*backends, client], [], [], 5)
        for backend in backends:
            if backend in readable:
                backend.accept()[0].close()
                return backend
        return None


def main(address, port, first, second, backend_port, rounds, path, *texts):
    backends = [socket.create_server((backend, int(backend_port))) for backend in (first, second)]
    contents = []
    for text in texts:
        with open(text, encoding="utf-8") as file:
            contents.append(file.read())
    for number in range(int(rounds)):
        # The first change of all only brings it to the first backend.
        wanted = number % 2
        with open(path + ".new", "w", encoding="utf-8") as file:
            file.write(contents[wanted])
        os.replace(path + ".new", path)
        changed = time.monotonic()
        while reached(backends, address, int(port)) is not backends[wanted]:
            if time.monotonic() - changed > PATIENCE:
                raise SystemExit(f"the change of {path} has no effect")
            time.sleep(0.001)
        if number:
            print((time.monotonic() - changed) * 1e3, flush=True)
        # Off the beat of whatever looks at files once a second.
        time.sleep(1.3 + number % 7 / 10)


if __name__ == "__main__":
    main(*sys.argv[1:])
