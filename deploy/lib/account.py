"""Reads the access logs (JSON lines) of deploy/quickstart's proxies and tells who spoke to whom.

account.py spoken CLIENT_LOG SERVER_LOG FROM=TO...   a row for each pair; exit 1 with a sentence where the logs do not agree
account.py denied SERVER_LOG FROM TO IDENTITY        the policy that refused FROM as IDENTITY
account.py refused SERVER_LOG FROM TO                why a connection without an identity ended
"""

import json
import sys

DOMAIN = "spiffe://cluster.local/"
CLIENT = DOMAIN + "ns/demo/sa/client"
SERVER = DOMAIN + "ns/demo/sa/server"


def entries(path, direction):
    try:
        lines = open(path, encoding="utf-8").readlines()
    except FileNotFoundError:
        sys.exit(f"there is no access log {path}")
    for line in lines:
        # A last line without its end is still being written.
        if line.startswith("{") and line.endswith("\n"):
            entry = json.loads(line)
            if entry.get("direction") == direction:
                yield entry


def host(endpoint):
    return (endpoint or "").rpartition(":")[0].strip("[]")


def find(log, direction, source, destination, **wanted):
    """The last entry from an address to an endpoint that has the wanted fields."""
    found = None
    for entry in entries(log, direction):
        if host(entry["downstream_remote_address"]) == source and entry.get("original_destination") == destination:
            if all(entry.get(name.replace("__", ".")) == value for name, value in wanted.items()):
                found = entry
    return found


def short(identity):
    return identity.removeprefix(DOMAIN)


def spoken(client_log, server_log, *pairs):
    print(f"  {'from':<12} {'to':<18} as (in {DOMAIN}) {'':<15} over")
    identities = {"source__principal": CLIENT, "destination__principal": SERVER}
    for pair in pairs:
        source, destination = pair.split("=")
        received = find(server_log, "inbound", source, destination, **identities)
        sent = find(client_log, "outbound", source, destination, **identities)
        if received is None or sent is None:
            side = "server's" if received is None else "client's"
            sys.exit(f"the {side} proxy has no access log line for {source} -> {destination} as {CLIENT} -> {SERVER}")
        ends = [(received["downstream_tls_version"], received["downstream_tls_cipher"]),
                (sent["upstream_tls_version"], sent["upstream_tls_cipher"])]
        if None in ends[0] or ends[0] != ends[1]:
            sys.exit(f"{source} -> {destination}: the server says {ends[0]}, the client {ends[1]}")
        print(f"  {source:<12} {destination:<18} {short(CLIENT)} -> {short(SERVER):<22} {' '.join(ends[0])}")


def denied(server_log, source, destination, identity):
    entry = find(server_log, "inbound", source, destination, source__principal=identity)
    if entry is None:
        sys.exit(f"the server's proxy has no access log line for {source} as {identity}")
    if not entry.get("rbac_policy") or entry["blame"] != "policy" or entry["bytes_sent"]:
        sys.exit(f"{source} as {identity} was not refused by policy: {json.dumps(entry)}")
    print(entry["rbac_policy"])


def refused(server_log, source, destination):
    entry = find(server_log, "inbound", source, destination, source__principal=None)
    if entry is None or entry.get("upstream_host"):
        sys.exit(f"the server's proxy did not refuse {source} -> {destination}: {json.dumps(entry)}")
    print(entry["close_reason"])


if __name__ == "__main__":
    {"spoken": spoken, "denied": denied, "refused": refused}[sys.argv[1]](*sys.argv[2:])
