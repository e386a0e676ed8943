/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the programs in the kernel share with interceptor/Intercept.Capture/Ebpf. Every byte is
 * named, so that a key has no padding that could differ; a unit test holds the C# side to this
 * file, member by member.
 */
#ifndef INTERCEPT_TYPES_H
#define INTERCEPT_TYPES_H

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
	/* Without a listener a connection is refused, or with this it reaches the application
	   uncaptured. */
	POD_PASS_WITHOUT_LISTENER = 1 << 6,
	/* The proxy's calls to its own pod enter the inbound listener. */
	POD_SELF_CALLS = 1 << 7,
	/* What the application calls over lo is captured like anything else. */
	POD_OUTBOUND_OVER_LO = 1 << 8,
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
};
ASSERT_SIZE(pod, 32);
ASSERT_OFFSET(pod, id, 8);
ASSERT_OFFSET(pod, proxy_mark_mask, 24);
ASSERT_OFFSET(pod, inbound_port, 30);

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
};

/* Where a captured connection wanted to go. It lives and dies with the socket. */
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
 * How many listeners of one family can stand on a port at once: with SO_REUSEPORT one for each of
 * the proxy's threads, and while it is replaced those of the old and of the new. One more is
 * counted and not registered; it gets connections as one of its group, as long as another is here.
 */
#define LISTENER_SLOTS 32

struct listener {
	__u64 netns;
	/* Host order. */
	__u16 port;
	__u16 family;
	__u32 slot;
};
ASSERT_SIZE(listener, 16);
ASSERT_OFFSET(listener, family, 10);
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
	IN_CAPTURED = 16,
	IN_LOOPBACK = 17,
	IN_EXCLUDED_PORT = 18,
	IN_EXCLUDED_SOURCE = 19,
	IN_NOT_INCLUDED = 20,
	IN_NO_LISTENER_PASSED = 21,
	IN_NO_LISTENER_REFUSED = 22,
	/* The listener does not take this family. */
	IN_UNFIT_LISTENER_REFUSED = 23,
	/* A listener found no free slot. */
	LISTENER_NOT_REGISTERED = 24,
	REASONS = 32,
};

struct counters {
	__u64 by_reason[REASONS];
};
ASSERT_SIZE(counters, 256);

#endif
