/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the programs in the kernel share with interceptor/Intercept.Capture/Ebpf. Every byte is
 * named, so that a key has no padding that could differ; a unit test holds the C# side to this
 * file, member by member.
 */
#ifndef INTERCEPT_TYPES_H
#define INTERCEPT_TYPES_H

#include <linux/bpf.h>
#include <linux/types.h>

#define ASSERT_SIZE(type, size) _Static_assert(sizeof(struct type) == (size), "size of " #type)
#define ASSERT_OFFSET(type, member, offset)                                                        \
	_Static_assert(__builtin_offsetof(struct type, member) == (offset), #type "." #member)

/* An IPv4 address is kept as IPv4-mapped IPv6: one form for both families. Network order. */
struct address {
	__u32 words[4];
};
ASSERT_SIZE(address, 16);

/* What may be done in one network namespace. The maps' maximum of entries is their bound. */
enum pod_flags {
	POD_OUTBOUND = 1 << 0,
	/* Captures what no rule excludes; without it only what a rule includes. */
	POD_OUTBOUND_ALL = 1 << 1,
	/* Only the groups of RULE_GROUP_INCLUDE are captured. */
	POD_OUTBOUND_GROUPS = 1 << 2,
	/* A socket bound to a device cannot reach the listener on loopback. It is refused, or with
	   this it passes. */
	POD_PASS_BOUND_DEVICE = 1 << 3,
	POD_INBOUND = 1 << 4,
	POD_INBOUND_ALL = 1 << 5,
	/* Without a listener a connection is refused, or with this it passes uncaptured. */
	POD_PASS_WITHOUT_LISTENER = 1 << 6,
	/* The proxy's calls to its own pod enter the inbound listener. */
	POD_SELF_CALLS = 1 << 7,
	/* What the application calls over lo is captured like anything else. */
	POD_OUTBOUND_OVER_LO = 1 << 8,
	/* Whoever asks a resolver on port 53 asks the proxy's: those of RULE_RANGE_DNS, or all. */
	POD_DNS = 1 << 9,
	POD_DNS_ALL = 1 << 10,
	/* ::127.53.0.0/118 is routed to lo here, so that an IPv6 socket can ask several resolvers.
	 */
	POD_DNS_ALIASES6 = 1 << 11,
	/* What a datagram becomes for which a connection would be captured: counted, or refused and
	   counted. */
	POD_UDP_COUNT = 1 << 12,
	POD_UDP_REFUSE = 1 << 13,
	/* Nobody but the proxy binds the proxy's ports. */
	POD_GUARD_PORTS = 1 << 14,
	/* The proxy may say whom the application is to take for its client. */
	POD_CLIENT_ADDRESS = 1 << 15,
	/* Events also for what is captured, not only for what is refused. */
	POD_EVENTS_CAPTURED = 1 << 16,
};

struct pod {
	/* The cgroup of the proxy; 0 where it is not known. */
	__u64 proxy_cgroup;
	/* Whose rules these are in the rule maps. */
	__u32 id;
	__u32 flags;
	/* 1 << enum rule for every kind that has entries: what has none is not looked up. */
	__u32 rules;
	/* The proxy's sockets carry this mark; no bit of the mask means that no mark tells. */
	__u32 proxy_mark;
	__u32 proxy_mark_mask;
	/* Host order. */
	__u16 outbound_port;
	__u16 inbound_port;
	__u16 dns_port;
	/* 0 where nothing tunnels. */
	__u16 tunnel_port;
	/* 0: none. */
	__u32 events_per_second;
	/* From where the pod calls others; zero where it has no address of that family. */
	struct address source_ipv4;
	struct address source_ipv6;
};
ASSERT_SIZE(pod, 72);
ASSERT_OFFSET(pod, id, 8);
ASSERT_OFFSET(pod, proxy_mark_mask, 24);
ASSERT_OFFSET(pod, inbound_port, 30);
ASSERT_OFFSET(pod, events_per_second, 36);
ASSERT_OFFSET(pod, source_ipv4, 40);
ASSERT_OFFSET(pod, source_ipv6, 56);

enum rule {
	RULE_PORT_OUT_EXCLUDE = 0,
	RULE_PORT_OUT_INCLUDE = 1,
	RULE_PORT_IN_EXCLUDE = 2,
	RULE_PORT_IN_INCLUDE = 3,
	/* What a packet reaches over lo, and comes from over lo: loopback and the pod's own
	   addresses. */
	RULE_RANGE_LOCAL = 4,
	RULE_RANGE_OUT_EXCLUDE = 5,
	RULE_RANGE_OUT_INCLUDE = 6,
	/* Sources: the kubelet's probes, for one. */
	RULE_RANGE_IN_EXCLUDE = 7,
	RULE_UID_PROXY = 8,
	RULE_GID_PROXY = 9,
	RULE_GROUP_EXCLUDE = 10,
	RULE_GROUP_INCLUDE = 11,
	/* Left alone whoever calls, of what is reached over lo. */
	RULE_RANGE_LOOPBACK = 12,
	/* The proxy's calls to its own pod that do not enter the inbound listener. */
	RULE_PORT_SELF_EXCLUDE = 13,
	/* The resolvers whose port 53 is captured. */
	RULE_RANGE_DNS = 14,
	/* Numbers of interfaces: what comes in by one is left alone. */
	RULE_INTERFACE_IN_EXCLUDE = 15,
};

/* Keys of tries: `prefix` counts bits from the member after it. */
struct port_rule {
	__u32 prefix;
	__u32 pod;
	__u16 rule;
	__be16 port;
};
ASSERT_SIZE(port_rule, 12);
ASSERT_OFFSET(port_rule, pod, 4);
ASSERT_OFFSET(port_rule, rule, 8);
ASSERT_OFFSET(port_rule, port, 10);

struct range_rule {
	__u32 prefix;
	__u32 pod;
	__u16 rule;
	/* ::/0 holds no IPv4, though the form of its addresses does. */
	__u16 family;
	struct address address;
};
ASSERT_SIZE(range_rule, 28);
ASSERT_OFFSET(range_rule, rule, 8);
ASSERT_OFFSET(range_rule, family, 10);
ASSERT_OFFSET(range_rule, address, 12);

struct owner_rule {
	__u32 pod;
	__u32 rule;
	__u32 owner;
};
ASSERT_SIZE(owner_rule, 12);
ASSERT_OFFSET(owner_rule, owner, 8);

enum side {
	/* The application's socket, whose destination was rewritten. */
	SIDE_CLIENT = 1,
	/* What the proxy accepted from it. */
	SIDE_SERVER = 2,
	/* A datagram socket that asked this resolver, and can tell no other one apart from it. */
	SIDE_ASKED = 3,
	/* The proxy's socket to the application, with the client that the application is to see. */
	SIDE_PRESENTED = 4,
	/* What the application accepted from it. */
	SIDE_ACCEPTED = 5,
};

/* Where a captured connection wanted to go, or who an application's client is. It lives and dies
 * with the socket. */
struct original {
	struct address address;
	__be16 port;
	/* AF_INET also for an IPv4-mapped destination of an IPv6 socket. */
	__u16 family;
	__u32 side;
};
ASSERT_SIZE(original, 24);
ASSERT_OFFSET(original, port, 16);
ASSERT_OFFSET(original, family, 18);
ASSERT_OFFSET(original, side, 20);

/*
 * An address of loopback that stands for a resolver while the proxy is asked in its place: queries
 * come from it and answers go to it, so that the answer says who was asked. ALIAS_FIRST is
 * 127.53.0.0; for IPv6 it is the last word of ::127.53.0.0.
 */
#define ALIAS_FIRST 0x7f350000U
#define ALIASES 1024

struct alias_key {
	__u64 netns;
	/* Host order. */
	__u32 alias;
	__u32 unused;
};
ASSERT_SIZE(alias_key, 16);
ASSERT_OFFSET(alias_key, alias, 8);

struct alias {
	struct bpf_spin_lock lock;
	/* Seconds since boot. */
	__u32 asked;
	struct address server;
};
ASSERT_SIZE(alias, 24);
ASSERT_OFFSET(alias, asked, 4);
ASSERT_OFFSET(alias, server, 8);

/* A connection between its SYN and the moment the proxy's side of it is there, as the client sees
 * it. */
struct connection {
	__u64 netns;
	struct address source;
	struct address destination;
	/* Host order. */
	__u32 source_port;
	__u32 destination_port;
};
ASSERT_SIZE(connection, 48);
ASSERT_OFFSET(connection, destination, 24);
ASSERT_OFFSET(connection, destination_port, 44);

/*
 * How many listeners can stand on a port at once, half of them of IPv4 (even slots) and half of
 * IPv6 (odd ones): with SO_REUSEPORT one for each of the proxy's threads, and while it is replaced
 * those of the old and of the new. One more is counted and not registered; it gets connections as
 * one of its group, as long as another is here. The families take turns so that an IPv4 connection
 * finds the listener of both families in the second slot that is looked into, and not behind all of
 * IPv4's.
 */
#define LISTENER_SLOTS 64

struct listener {
	__u64 netns;
	/* Host order. */
	__u32 port;
	__u32 slot;
};
ASSERT_SIZE(listener, 16);
ASSERT_OFFSET(listener, port, 8);
ASSERT_OFFSET(listener, slot, 12);

/* Why a connection went where it went: one counter each. */
enum reason {
	OUT_CAPTURED = 0,
	OUT_EXCLUDED_PORT = 1,
	OUT_PROXY = 2,
	OUT_EXCLUDED_GROUP = 3,
	OUT_GROUP_NOT_INCLUDED = 4,
	OUT_LOCAL = 5,
	OUT_EXCLUDED_RANGE = 6,
	OUT_NOT_INCLUDED = 7,
	OUT_BOUND_DEVICE_PASSED = 8,
	OUT_BOUND_DEVICE_REFUSED = 9,
	/* The kernel had no memory to remember the destination. */
	OUT_NO_STORAGE_REFUSED = 10,
	/* The proxy calls its own pod, and enters the inbound listener. */
	OUT_SELF_CALL = 11,
	/* The proxy hands a connection through to the application. */
	OUT_PASSTHROUGH = 12,
	/* A connection, a connected datagram socket or a datagram for the proxy's resolver. */
	OUT_DNS = 13,
	/* The answer could not have said which resolver was asked. */
	OUT_DNS_REFUSED = 14,
	/* A datagram, or a datagram socket that connects. */
	OUT_UDP_PASSED = 15,
	OUT_UDP_REFUSED = 16,
	/* Asked for: the proxy does not listen. */
	OUT_NO_LISTENER_PASSED = 17,
	IN_CAPTURED = 24,
	IN_LOOPBACK = 25,
	IN_EXCLUDED_PORT = 26,
	IN_EXCLUDED_SOURCE = 27,
	IN_NOT_INCLUDED = 28,
	IN_NO_LISTENER_PASSED = 29,
	IN_NO_LISTENER_REFUSED = 30,
	/* The listener does not take this family. */
	IN_UNFIT_LISTENER_REFUSED = 31,
	IN_EXCLUDED_INTERFACE = 32,
	/* A listener found no free slot. */
	LISTENER_NOT_REGISTERED = 40,
	/* Somebody else wanted a port of the proxy. */
	BIND_REFUSED = 41,
	/* Somebody else wanted to say who the client is. */
	CLIENT_ADDRESS_REFUSED = 42,
	/* Past the limit, or nobody reads. */
	EVENT_LOST = 43,
	REASONS = 48,
};

struct counters {
	__u64 by_reason[REASONS];
};
ASSERT_SIZE(counters, 384);

/* What was refused just now, or captured. */
struct event {
	/* Nanoseconds since boot, without suspension. */
	__u64 time;
	__u64 netns;
	__u32 reason;
	/* Who called; 0 for what comes from outside, which no process of the pod has asked for. */
	__u32 process;
	__u32 uid;
	__u16 family;
	/* Of the destination. */
	__be16 port;
	/* The destination; for what comes from outside the source. */
	struct address address;
	char command[16];
};
ASSERT_SIZE(event, 64);
ASSERT_OFFSET(event, process, 20);
ASSERT_OFFSET(event, port, 30);
ASSERT_OFFSET(event, command, 48);

struct event_window {
	/* Seconds since boot. */
	__u32 second;
	__u32 sent;
};
ASSERT_SIZE(event_window, 8);

#endif
