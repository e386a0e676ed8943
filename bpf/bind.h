/* SPDX-License-Identifier: Apache-2.0 */
/* bind(2): whoever stands on a port of the proxy gets what is captured. */
#ifndef INTERCEPT_BIND_H
#define INTERCEPT_BIND_H

#include "outbound.h"

static __always_inline bool is_port_of_proxy(const struct pod *pod, __u16 port)
{
	return port && (port == pod->outbound_port || port == pod->inbound_port ||
			port == pod->dns_port || port == pod->tunnel_port);
}

static __always_inline int guard(struct bpf_sock_addr *ctx, const struct original *wanted)
{
	__u64 netns = bpf_get_netns_cookie(ctx);
	struct pod *pod = bpf_map_lookup_elem(&pods, &netns);

	if (!pod || !(pod->flags & POD_GUARD_PORTS) ||
	    !is_port_of_proxy(pod, bpf_ntohs(wanted->port)) || (!is_tcp(ctx) && !is_udp(ctx)) ||
	    is_proxy(pod, ctx->sk, bpf_get_current_uid_gid()))
		return ALLOW;
	count(netns, BIND_REFUSED);
	report_call(netns, pod, BIND_REFUSED, wanted);
	return REFUSE;
}

SEC("cgroup/bind4")
int bind4(struct bpf_sock_addr *ctx)
{
	struct original wanted = {
		.address = mapped(ctx->user_ip4), .port = ctx->user_port, .family = AF_INET};

	return guard(ctx, &wanted);
}

SEC("cgroup/bind6")
int bind6(struct bpf_sock_addr *ctx)
{
	struct original wanted = {.port = ctx->user_port, .family = AF_INET6};

	wanted.address.words[0] = ctx->user_ip6[0];
	wanted.address.words[1] = ctx->user_ip6[1];
	wanted.address.words[2] = ctx->user_ip6[2];
	wanted.address.words[3] = ctx->user_ip6[3];
	return guard(ctx, &wanted);
}

#endif
