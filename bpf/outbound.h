/* SPDX-License-Identifier: Apache-2.0 */
/* connect(2): where to is remembered with the socket, and the proxy's listener on loopback takes
 * its place. */
#ifndef INTERCEPT_OUTBOUND_H
#define INTERCEPT_OUTBOUND_H

#include <linux/in.h>

#include "events.h"
#include "rules.h"

#define SOCK_STREAM 1
#define SOCK_DGRAM 2
#define DNS_PORT bpf_htons(53)
#define PASSTHROUGH4 bpf_htonl(0x7f000006)
/* In every namespace the first interface is lo. */
#define LOOPBACK_INDEX 1

/* From 127.0.0.6 or ::6 the proxy passes a connection through. */
static __always_inline bool from_passthrough(struct bpf_sock_addr *ctx)
{
	struct bpf_sock *sk = ctx->sk;
	struct address source;
	__u32 source4;

	if (!sk)
		return false;
	source4 = sk->src_ip4;
	source.words[0] = sk->src_ip6[0];
	source.words[1] = sk->src_ip6[1];
	source.words[2] = sk->src_ip6[2];
	source.words[3] = sk->src_ip6[3];
	READ_BEFORE_BRANCHING();
	/* The kernel writes 127.0.0.6 into the IPv4 source of every IPv6 socket: there it says
	 * nothing. */
	if (sk->family == AF_INET)
		return source4 == PASSTHROUGH4;
	if (is_mapped(&source))
		return source.words[3] == PASSTHROUGH4;
	return !source.words[0] && !source.words[1] && !source.words[2] &&
	       source.words[3] == bpf_htonl(6);
}

/* A resolver on the loopback counts too: it is asked for where loopback is left alone otherwise. */
static __always_inline bool is_captured_dns(const struct pod *pod, const struct address *reached,
					    __be16 port)
{
	return port == DNS_PORT && (pod->flags & POD_DNS) &&
	       ((pod->flags & POD_DNS_ALL) || range_matches(pod, RULE_RANGE_DNS, reached));
}

/* In the order of CapturePlan: who calls, then where to. A datagram calls nobody, or everybody who
 * a connection would. */
static __always_inline enum reason decide_outbound(struct bpf_sock_addr *ctx, const struct pod *pod,
						   const struct original *to, bool connection)
{
	__u64 ids = bpf_get_current_uid_gid();
	struct address reached = to->address;
	bool over_lo;

	if (port_matches(pod, RULE_PORT_OUT_EXCLUDE, to->port))
		return OUT_EXCLUDED_PORT;
	unspecified_is_loopback(&reached);
	over_lo = range_matches(pod, RULE_RANGE_LOCAL, &reached);
	if (over_lo && (pod->flags & POD_SELF_CALLS) && from_passthrough(ctx))
		return OUT_PASSTHROUGH;
	if (is_proxy(pod, ctx->sk, ids))
		return connection && over_lo && (pod->flags & POD_SELF_CALLS) &&
				       !range_matches(pod, RULE_RANGE_LOOPBACK, &reached) &&
				       !port_matches(pod, RULE_PORT_SELF_EXCLUDE, to->port)
			       ? OUT_SELF_CALL
			       : OUT_PROXY;
	if (owner_matches(pod, RULE_GROUP_EXCLUDE, ids >> 32))
		return OUT_EXCLUDED_GROUP;
	if ((pod->flags & POD_OUTBOUND_GROUPS) &&
	    !owner_matches(pod, RULE_GROUP_INCLUDE, ids >> 32))
		return OUT_GROUP_NOT_INCLUDED;

	if (is_captured_dns(pod, &reached, to->port))
		return OUT_DNS;
	if (over_lo && !(pod->flags & POD_OUTBOUND_OVER_LO))
		return OUT_LOCAL;
	if (range_matches(pod, RULE_RANGE_LOOPBACK, &reached))
		return OUT_LOCAL;
	if (range_matches(pod, RULE_RANGE_OUT_EXCLUDE, &reached))
		return OUT_EXCLUDED_RANGE;
	if ((pod->flags & POD_OUTBOUND_ALL) || port_matches(pod, RULE_PORT_OUT_INCLUDE, to->port) ||
	    range_matches(pod, RULE_RANGE_OUT_INCLUDE, &reached))
		return OUT_CAPTURED;
	return OUT_NOT_INCLUDED;
}

/* A socket that is bound to a device has no way to lo: the connection would only time out. */
static __always_inline enum reason check_device(const struct bpf_sock *sk, const struct pod *pod,
						enum reason decided)
{
	if (sk->bound_dev_if <= LOOPBACK_INDEX)
		return decided;
	return pod->flags & POD_PASS_BOUND_DEVICE ? OUT_BOUND_DEVICE_PASSED
						  : OUT_BOUND_DEVICE_REFUSED;
}

/* Refuses what it would have to capture and cannot; else what was decided. */
static __always_inline enum reason remember(struct bpf_sock_addr *ctx, const struct pod *pod,
					    const struct original *to, enum reason decided)
{
	struct bpf_sock *sk = ctx->sk;
	struct original *kept;

	if (!sk)
		return OUT_NO_STORAGE_REFUSED;
	decided = check_device(sk, pod, decided);
	if (!is_redirected(decided))
		return decided;
	kept = bpf_sk_storage_get(&originals, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
	if (!kept)
		return OUT_NO_STORAGE_REFUSED;
	copy_original(kept, to, SIDE_CLIENT);
	return decided;
}

/* Whether the proxy stands on the loopback address of this family. */
static __always_inline bool proxy_listens(struct bpf_sock_addr *ctx, __u16 port, __u16 family)
{
	struct bpf_sock_tuple tuple = {};
	struct bpf_sock *sk;
	__u32 size;
	bool listens;

	if (family == AF_INET) {
		tuple.ipv4.daddr = LOOPBACK4;
		tuple.ipv4.dport = bpf_htons(port);
		size = sizeof(tuple.ipv4);
	} else {
		tuple.ipv6.daddr[3] = bpf_htonl(1);
		tuple.ipv6.dport = bpf_htons(port);
		size = sizeof(tuple.ipv6);
	}
	sk = bpf_sk_lookup_tcp(ctx, &tuple, size, BPF_F_CURRENT_NETNS, 0);
	if (!sk)
		return false;
	listens = sk->state == BPF_TCP_LISTEN;
	bpf_sk_release(sk);
	return listens;
}

static __always_inline bool is_bound(const struct bpf_sock *sk)
{
	__u32 source4 = sk->src_ip4;
	__u32 source6 = sk->src_ip6[0] | sk->src_ip6[1] | sk->src_ip6[2] | sk->src_ip6[3];

	READ_BEFORE_BRANCHING();
	return sk->family == AF_INET ? source4 : source6;
}

/*
 * On its way to lo a connection would come from the loopback address. The proxy, and getsockname(2)
 * of the application, are to see the address that it would have come from: the pod's, or in a call
 * to itself the one that is called.
 */
static __always_inline void keep_source(struct bpf_sock_addr *ctx, const struct pod *pod,
					const struct original *to)
{
	const struct address *source =
		to->family == AF_INET ? &pod->source_ipv4 : &pod->source_ipv6;
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
	struct sockaddr_in in = {.sin_family = AF_INET};
	struct bpf_sock *sk = ctx->sk;

	if (!sk || is_bound(sk))
		return;
	if (range_matches(pod, RULE_RANGE_LOCAL, &to->address)) {
		if (is_loopback(&to->address))
			return;
		source = &to->address;
	}
	if (!source->words[3])
		return;
	if (sk->family == AF_INET) {
		in.sin_addr.s_addr = source->words[3];
		bpf_bind(ctx, (struct sockaddr *)&in, sizeof(in));
		return;
	}
	in6.sin6_addr.s6_addr32[0] = source->words[0];
	in6.sin6_addr.s6_addr32[1] = source->words[1];
	in6.sin6_addr.s6_addr32[2] = source->words[2];
	in6.sin6_addr.s6_addr32[3] = source->words[3];
	bpf_bind(ctx, (struct sockaddr *)&in6, sizeof(in6));
}

/* A socket that connects again, past the proxy this time, must not keep what it asked for before.
 */
static __always_inline void forget(struct bpf_sock_addr *ctx)
{
	struct bpf_sock *sk = ctx->sk;
	struct original *kept;

	if (!sk)
		return;
	kept = bpf_sk_storage_get(&originals, sk, 0, 0);
	if (kept && kept->side != SIDE_PRESENTED)
		bpf_sk_storage_delete(&originals, sk);
}

static __always_inline bool is_tcp(struct bpf_sock_addr *ctx)
{
	return ctx->type == SOCK_STREAM &&
	       (ctx->protocol == IPPROTO_TCP || ctx->protocol == IPPROTO_MPTCP);
}

static __always_inline bool is_udp(struct bpf_sock_addr *ctx)
{
	return ctx->type == SOCK_DGRAM && ctx->protocol == IPPROTO_UDP;
}

static __always_inline bool concerns_datagrams(const struct pod *pod)
{
	return pod->flags & (POD_DNS | POD_UDP_COUNT | POD_UDP_REFUSE);
}

/* What becomes of a datagram for which a connection would be captured. Others are not counted. */
static __always_inline enum reason apply_udp_policy(const struct pod *pod, enum reason decided)
{
	if (decided != OUT_CAPTURED)
		return decided;
	return pod->flags & POD_UDP_REFUSE  ? OUT_UDP_REFUSED
	       : pod->flags & POD_UDP_COUNT ? OUT_UDP_PASSED
					    : OUT_NOT_INCLUDED;
}

static __always_inline bool is_counted_for_datagrams(enum reason reason)
{
	return reason >= OUT_DNS || reason == OUT_BOUND_DEVICE_PASSED ||
	       reason == OUT_BOUND_DEVICE_REFUSED || reason == OUT_NO_STORAGE_REFUSED;
}

/* Returns the port to connect to instead, 0 for none, or a negative number to refuse. */
static __always_inline int capture_outbound(struct bpf_sock_addr *ctx, const struct original *to)
{
	bool connection = is_tcp(ctx);
	__u64 netns = bpf_get_netns_cookie(ctx);
	struct pod *pod = bpf_map_lookup_elem(&pods, &netns);
	enum reason reason;

	if (!pod || !(pod->flags & POD_OUTBOUND) || (!connection && !concerns_datagrams(pod)))
		return 0;
	reason = decide_outbound(ctx, pod, to, connection);
	if (!connection)
		reason = apply_udp_policy(pod, reason);
	if (reason == OUT_CAPTURED && (pod->flags & POD_PASS_WITHOUT_LISTENER) &&
	    !proxy_listens(ctx, pod->outbound_port, to->family))
		reason = OUT_NO_LISTENER_PASSED;
	if (is_redirected(reason))
		reason = remember(ctx, pod, to, reason);
	if (!is_redirected(reason))
		forget(ctx);
	else if (connection)
		keep_source(ctx, pod, to);
	if (connection || is_counted_for_datagrams(reason)) {
		count(netns, reason);
		report_call(netns, pod, reason, to);
	}
	switch (reason) {
	case OUT_CAPTURED:
		return pod->outbound_port;
	case OUT_SELF_CALL:
		return pod->inbound_port;
	case OUT_DNS:
		return pod->dns_port;
	default:
		return is_refused(reason) ? -1 : 0;
	}
}

SEC("cgroup/connect4")
int connect4(struct bpf_sock_addr *ctx)
{
	struct original to;
	int port;

	if (!is_tcp(ctx) && !is_udp(ctx))
		return ALLOW;
	to.address = mapped(ctx->user_ip4);
	to.port = ctx->user_port;
	to.family = AF_INET;
	port = capture_outbound(ctx, &to);
	READ_NO_MORE(ctx);
	if (port > 0) {
		ctx->user_ip4 = LOOPBACK4;
		ctx->user_port = bpf_htons(port);
	}
	return port < 0 ? REFUSE : ALLOW;
}

/* Most runtimes connect to IPv4 through IPv6 sockets: this is the way of the majority. */
SEC("cgroup/connect6")
int connect6(struct bpf_sock_addr *ctx)
{
	struct original to;
	bool ip4;
	int port;

	if (!is_tcp(ctx) && !is_udp(ctx))
		return ALLOW;
	to.address.words[0] = ctx->user_ip6[0];
	to.address.words[1] = ctx->user_ip6[1];
	to.address.words[2] = ctx->user_ip6[2];
	to.address.words[3] = ctx->user_ip6[3];
	to.port = ctx->user_port;
	ip4 = is_mapped(&to.address);
	to.family = ip4 ? AF_INET : AF_INET6;
	port = capture_outbound(ctx, &to);
	READ_NO_MORE(ctx);
	if (port > 0) {
		ctx->user_ip6[0] = 0;
		ctx->user_ip6[1] = 0;
		ctx->user_ip6[2] = ip4 ? MAPPED : 0;
		ctx->user_ip6[3] = ip4 ? LOOPBACK4 : bpf_htonl(1);
		ctx->user_port = bpf_htons(port);
	}
	return port < 0 ? REFUSE : ALLOW;
}

static __always_inline struct original *peer_to_show(struct bpf_sock_addr *ctx)
{
	struct original *original;

	if (!ctx->sk)
		return 0;
	original = bpf_sk_storage_get(&originals, ctx->sk, 0, 0);
	return original && (original->side == SIDE_CLIENT || original->side == SIDE_ACCEPTED)
		       ? original
		       : 0;
}

/* The application believes that it is connected to what it asked for, and by whom the proxy says.
 * accept(2) comes through here too. An IPv4 socket has no form for a client of IPv6. */
SEC("cgroup/getpeername4")
int getpeername4(struct bpf_sock_addr *ctx)
{
	struct original *original = peer_to_show(ctx);

	if (original && original->family == AF_INET) {
		ctx->user_ip4 = original->address.words[3];
		ctx->user_port = original->port;
	}
	return ALLOW;
}

SEC("cgroup/getpeername6")
int getpeername6(struct bpf_sock_addr *ctx)
{
	struct original *original = peer_to_show(ctx);

	if (original) {
		ctx->user_ip6[0] = original->address.words[0];
		ctx->user_ip6[1] = original->address.words[1];
		ctx->user_ip6[2] = original->address.words[2];
		ctx->user_ip6[3] = original->address.words[3];
		ctx->user_port = original->port;
	}
	return ALLOW;
}

#endif
