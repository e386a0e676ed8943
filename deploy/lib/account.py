"""Reads the access logs (JSON lines) of deploy/quickstart's proxies and tells who spoke to whom.

account.py spoken CLIENT_LOG SERVER_LOG FROM=SERVICE...   a row for each; exit 1 with a sentence where the logs do not agree
account.py denied CLIENT_LOG SERVER_LOG FROM SERVICE IDENTITY
                                                          what refused FROM as IDENTITY: a policy by its name, or that none allowed it
account.py refused SERVER_LOG FROM TO                     why a connection without an identity ended
"""

import json
import sys

DOMAIN = "spiffe://cluster.local/"
CLIENT = DOMAIN + "ns/front/sa/client"
SERVER = DOMAIN + "ns/shop/sa/server"


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


def find(log, direction, **wanted):
    """The last entry that has the wanted fields; `source` is an address, every other a whole field, dots written as __."""
    found = None
    for entry in entries(log, direction):
        if all((host(entry["downstream_remote_address"]) if name == "source" else entry.get(name.replace("__", "."))) == value
               for name, value in wanted.items()):
            found = entry
    return found


def short(identity):
    return identity.removeprefix(DOMAIN)


def both_ends(client_log, server_log, source, service, **wanted):
    """What two proxies wrote of one connection: the end of it that one has is the other's peer."""
    sent = find(client_log, "outbound", source=source, original_destination=service)
    received = sent and find(server_log, "inbound", downstream_remote_address=sent["upstream_local_address"],
                             original_destination=sent["upstream_host"], **wanted)
    return sent, received


def spoken(client_log, server_log, *pairs):
    print(f"  {'from':<12} {'to':<18} at {'':<16} as (in {DOMAIN}) {'':<15} over")
    identities = {"source__principal": CLIENT, "destination__principal": SERVER}
    for pair in pairs:
        source, service = pair.split("=")
        sent, received = both_ends(client_log, server_log, source, service, **identities)
        if received is None:
            side = "client's" if sent is None else "server's"
            sys.exit(f"the {side} proxy has no access log line for {source} -> {service} as {CLIENT} -> {SERVER}")
        ends = [(received["downstream_tls_version"], received["downstream_tls_cipher"]),
                (sent["upstream_tls_version"], sent["upstream_tls_cipher"])]
        if None in ends[0] or ends[0] != ends[1]:
            sys.exit(f"{source} -> {service}: the server says {ends[0]}, the client {ends[1]}")
        print(f"  {source:<12} {service:<18} {sent['upstream_host']:<19} {short(CLIENT)} -> {short(SERVER):<18} {' '.join(ends[0])}")


def denied(client_log, server_log, source, service, identity):
    _, entry = both_ends(client_log, server_log, source, service, source__principal=identity)
    if entry is None:
        sys.exit(f"the server's proxy has no access log line for {source} -> {service} as {identity}")
    if entry["blame"] != "policy" or entry["bytes_sent"]:
        sys.exit(f"{source} as {identity} was not refused by policy: {json.dumps(entry)}")
    print("no ALLOW policy matched" if entry["rbac_policy"].startswith("no policy of ") else entry["rbac_policy"])


def refused(server_log, source, destination):
    entry = find(server_log, "inbound", source=source, original_destination=destination, source__principal=None)
    if entry is None or entry.get("upstream_host"):
        sys.exit(f"the server's proxy did not refuse {source} -> {destination}: {json.dumps(entry)}")
    print(entry["close_reason"])


if __name__ == "__main__":
    {"spoken": spoken, "denied": denied, "refused": refused}[sys.argv[1]](*sys.argv[2:])
