/* SPDX-License-Identifier: Apache-2.0 */
/* A SYN from outside finds the proxy's listener in place of the application's, and keeps its
 * destination as local address. */
#ifndef INTERCEPT_INBOUND_H
#define INTERCEPT_INBOUND_H

#include <linux/in.h>

#include "events.h"
#include "rules.h"

/*
 * No helper says in sk_lookup which namespace this is, so the program is loaded once for each, with
 * the namespace's cookie written here before; the maps are the same for all. The section is its
 * own, since clang puts constants of its making into .rodata.
 */
const volatile __u64 inbound_netns SEC(".rodata.settings") = 0;

static __always_inline struct address remote_of(struct bpf_sk_lookup *ctx)
{
	__u32 ip4 = ctx->remote_ip4;
	struct address address;

	address.words[0] = ctx->remote_ip6[0];
	address.words[1] = ctx->remote_ip6[1];
	address.words[2] = ctx->remote_ip6[2];
	address.words[3] = ctx->remote_ip6[3];
	READ_BEFORE_BRANCHING();
	return ctx->family == AF_INET ? mapped(ip4) : address;
}

static __always_inline enum reason decide_inbound(struct bpf_sk_lookup *ctx, const struct pod *pod)
{
	__be16 port = bpf_htons(ctx->local_port);
	struct address remote;

	/*
	 * The proxy calls the application over lo, and so do the pod's own containers. To an
	 * address of an interface the kernel names that interface here, though the packet took lo:
	 * the source tells.
	 */
	remote = remote_of(ctx);
	if (owner_matches(pod, RULE_INTERFACE_IN_EXCLUDE, ctx->ingress_ifindex))
		return IN_EXCLUDED_INTERFACE;
	if (ctx->ingress_ifindex == LOOPBACK_INDEX || range_matches(pod, RULE_RANGE_LOCAL, &remote))
		return IN_LOOPBACK;
	if (port_matches(pod, RULE_PORT_IN_EXCLUDE, port))
		return IN_EXCLUDED_PORT;
	if (range_matches(pod, RULE_RANGE_IN_EXCLUDE, &remote))
		return IN_EXCLUDED_SOURCE;
	if (!(pod->flags & POD_INBOUND_ALL) && !port_matches(pod, RULE_PORT_IN_INCLUDE, port))
		return IN_NOT_INCLUDED;
	return IN_CAPTURED;
}

enum { NO_LISTENER, LISTENER_ASSIGNED, LISTENER_UNFIT };

/*
 * The first listener that takes it. One that is about to close does not, and the next slot is
 * asked. With SO_REUSEPORT the kernel goes on to choose among its group. Listeners of IPv6 are
 * asked for IPv4 too, since most are of both families.
 *
 * A function of its own, and not a static one: the verifier then follows the loop once, and not
 * from every state that its caller can be in. So it knows nothing of what is returned either.
 */
__noinline int find_listener(struct bpf_sk_lookup *ctx, __u32 port)
{
	struct listener key = {.netns = inbound_netns, .port = port};
	/* 1 for AF_INET6 (10), 0 for AF_INET (2): with a branch the verifier would follow the loop
	 * twice. So IPv6 looks into each of its slots again, where none of them takes it. */
	__u32 odd = (ctx->family >> 3) & 1;
	int found = NO_LISTENER;

	for (__u32 slot = 0; slot < LISTENER_SLOTS; slot++) {
		struct bpf_sock *sk;
		long error;

		KEEP_IN_REGISTER(slot);
		key.slot = slot | odd;
		sk = bpf_map_lookup_elem(&listeners, &key);
		if (!sk)
			continue;
		error = bpf_sk_assign(ctx, sk, 0);
		bpf_sk_release(sk);
		if (!error)
			return LISTENER_ASSIGNED;
		found = LISTENER_UNFIT;
	}
	return found;
}

static __always_inline enum reason steer(struct bpf_sk_lookup *ctx, const struct pod *pod)
{
	switch (find_listener(ctx, pod->inbound_port)) {
	case LISTENER_ASSIGNED:
		return IN_CAPTURED;
	case LISTENER_UNFIT:
		return IN_UNFIT_LISTENER_REFUSED;
	default:
		return pod->flags & POD_PASS_WITHOUT_LISTENER ? IN_NO_LISTENER_PASSED
							      : IN_NO_LISTENER_REFUSED;
	}
}

/* A SYN interrupts whoever runs: that one has nothing to do with it. */
static __always_inline void report_inbound(struct bpf_sk_lookup *ctx, __u64 netns,
					   const struct pod *pod, enum reason reason)
{
	struct original from = {.port = bpf_htons(ctx->local_port), .family = ctx->family};

	if (!pod->events_per_second)
		return;
	from.address = remote_of(ctx);
	report(netns, pod, reason, &from, false);
}

SEC("sk_lookup")
int inbound(struct bpf_sk_lookup *ctx)
{
	__u64 netns = inbound_netns;
	struct pod *pod = bpf_map_lookup_elem(&pods, &netns);
	enum reason reason;

	if (!pod || !(pod->flags & POD_INBOUND) || ctx->protocol != IPPROTO_TCP)
		return SK_PASS;
	reason = decide_inbound(ctx, pod);
	if (reason == IN_CAPTURED)
		reason = steer(ctx, pod);
	count(netns, reason);
	report_inbound(ctx, netns, pod, reason);
	return reason == IN_NO_LISTENER_REFUSED || reason == IN_UNFIT_LISTENER_REFUSED ? SK_DROP
										       : SK_PASS;
}

#endif
