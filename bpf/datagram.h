/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Datagrams of sockets that are not connected: each says where to. (Those of a connected socket
 * pass connect4 or connect6 once, and none of this.) Queries for a resolver go to the proxy's,
 * under a source that stands for the resolver; other datagrams pass, are counted or are refused.
 */
#ifndef INTERCEPT_DATAGRAM_H
#define INTERCEPT_DATAGRAM_H

#include "outbound.h"

/* So long after it was last asked nobody waits for a resolver's answer, and its alias may be
 * another's. */
#define ALIAS_LEASE 60
#define ALIAS_TRIES 16

static __always_inline bool is_same_address(const struct address *one, const struct address *other)
{
	return one->words[0] == other->words[0] && one->words[1] == other->words[1] &&
	       one->words[2] == other->words[2] && one->words[3] == other->words[3];
}

static __always_inline __u32 hash_of(const struct address *address)
{
	__u32 hash = address->words[0];

	hash = hash * 0x9e3779b1 ^ address->words[1];
	hash = hash * 0x9e3779b1 ^ address->words[2];
	hash = hash * 0x9e3779b1 ^ address->words[3];
	hash *= 0x9e3779b1;
	return hash >> 16;
}

/*
 * Returns the server's alias in network order, taking one where it has none; 0 where all that it
 * could have are others'. Not static, so that the verifier follows the loop once and not from every
 * state that its caller can be in; it has to be told that there is a server.
 */
__noinline __u32 alias_of(__u64 netns, const struct address *server)
{
	struct alias_key key = {.netns = netns};
	__u32 now = bpf_ktime_get_ns() / NANOSECONDS;
	__u32 hash;

	if (!server)
		return 0;
	hash = hash_of(server);
	for (__u32 try = 0; try < ALIAS_TRIES; try++) {
		struct alias *alias;
		bool is_its_own;

		KEEP_IN_REGISTER(try);
		key.alias = ALIAS_FIRST + (hash + try) % ALIASES;
		alias = bpf_map_lookup_elem(&dns_aliases, &key);
		if (!alias) {
			struct alias fresh = {.asked = now, .server = *server};

			bpf_map_update_elem(&dns_aliases, &key, &fresh, BPF_NOEXIST);
			alias = bpf_map_lookup_elem(&dns_aliases, &key);
			if (!alias)
				return 0;
		}
		bpf_spin_lock(&alias->lock);
		if (now > alias->asked && now - alias->asked > ALIAS_LEASE) {
			alias->server.words[0] = server->words[0];
			alias->server.words[1] = server->words[1];
			alias->server.words[2] = server->words[2];
			alias->server.words[3] = server->words[3];
		}
		is_its_own = is_same_address(&alias->server, server);
		if (is_its_own)
			alias->asked = now;
		bpf_spin_unlock(&alias->lock);
		if (is_its_own)
			return bpf_htonl(key.alias);
	}
	return 0;
}

/* The last word of an alias is the same for both families. */
static __always_inline bool is_alias(const struct address *address)
{
	__u32 last = bpf_ntohl(address->words[3]);

	return !address->words[0] && !address->words[1] &&
	       (!address->words[2] || address->words[2] == MAPPED) && last >= ALIAS_FIRST &&
	       last < ALIAS_FIRST + ALIASES;
}

static __always_inline bool server_of(__u64 netns, const struct address *source,
				      struct address *server)
{
	struct alias_key key = {.netns = netns, .alias = bpf_ntohl(source->words[3])};
	struct alias *alias = bpf_map_lookup_elem(&dns_aliases, &key);

	if (!alias)
		return false;
	bpf_spin_lock(&alias->lock);
	server->words[0] = alias->server.words[0];
	server->words[1] = alias->server.words[1];
	server->words[2] = alias->server.words[2];
	server->words[3] = alias->server.words[3];
	bpf_spin_unlock(&alias->lock);
	return is_mapped(server) == is_mapped(source);
}

/* Whether an answer to whatever source finds this socket. */
static __always_inline bool takes_any_address(const struct bpf_sock *sk)
{
	struct address bound;
	__u32 bound4 = sk->src_ip4;

	bound.words[0] = sk->src_ip6[0];
	bound.words[1] = sk->src_ip6[1];
	bound.words[2] = sk->src_ip6[2];
	bound.words[3] = sk->src_ip6[3];
	READ_BEFORE_BRANCHING();
	if (sk->family == AF_INET)
		return !bound4;
	return !bound.words[0] && !bound.words[1] && !bound.words[3] &&
	       (!bound.words[2] || bound.words[2] == MAPPED);
}

/*
 * Under which source the proxy is asked. A socket that is bound to an address gets answers at no
 * other, and one of IPv6 none at an alias that no route leads to: it is told apart whom it asked
 * only as long as it asks one resolver, and another one is refused.
 */
static __always_inline enum reason ask(struct bpf_sock_addr *ctx, __u64 netns,
				       const struct pod *pod, const struct original *server,
				       __be32 *alias)
{
	struct bpf_sock *sk = ctx->sk;
	struct original *kept;
	enum reason reason;

	if (!sk)
		return OUT_NO_STORAGE_REFUSED;
	reason = check_device(sk, pod, OUT_DNS);
	if (reason != OUT_DNS)
		return reason;
	if (takes_any_address(sk) &&
	    (server->family == AF_INET || (pod->flags & POD_DNS_ALIASES6))) {
		*alias = alias_of(netns, &server->address);
		return *alias ? OUT_DNS : OUT_DNS_REFUSED;
	}
	/* One that is connected, too, hears nobody but whom it is connected to. */
	kept = bpf_sk_storage_get(&originals, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
	if (!kept)
		return OUT_NO_STORAGE_REFUSED;
	if (!kept->side)
		copy_original(kept, server, SIDE_ASKED);
	return is_same_address(&kept->address, &server->address) ? OUT_DNS : OUT_DNS_REFUSED;
}

/* A connected IPv6 socket sends what goes to IPv4 as if it were not connected. */
static __always_inline bool was_decided_when_connected(struct bpf_sock_addr *ctx,
						       const struct original *to)
{
	struct bpf_sock *sk = ctx->sk;

	return sk && sk->state == BPF_TCP_ESTABLISHED && sk->family == AF_INET6 &&
	       sk->dst_ip6[3] == to->address.words[3] && sk->dst_port == to->port;
}

static __always_inline enum reason decide_datagram(struct bpf_sock_addr *ctx, __u64 netns,
						   const struct pod *pod, const struct original *to,
						   __be32 *alias)
{
	enum reason reason = apply_udp_policy(pod, decide_outbound(ctx, pod, to, false));

	if (reason == OUT_DNS)
		reason = ask(ctx, netns, pod, to, alias);
	if (is_counted_for_datagrams(reason)) {
		count(netns, reason);
		report_call(netns, pod, reason, to);
	}
	return reason;
}

/* Answers of the proxy's resolver come from the address that they go to. */
static __always_inline bool is_answer(struct bpf_sock_addr *ctx, const struct pod *pod,
				      const struct address *to)
{
	struct bpf_sock *sk = ctx->sk;

	return (pod->flags & POD_DNS) && sk && sk->src_port == pod->dns_port && is_alias(to);
}

static __always_inline struct pod *pod_with_datagrams(__u64 netns)
{
	struct pod *pod = bpf_map_lookup_elem(&pods, &netns);

	return pod && (pod->flags & POD_OUTBOUND) && concerns_datagrams(pod) ? pod : 0;
}

SEC("cgroup/sendmsg4")
int sendmsg4(struct bpf_sock_addr *ctx)
{
	__u64 netns = bpf_get_netns_cookie(ctx);
	struct pod *pod = pod_with_datagrams(netns);
	struct original to;
	enum reason reason;
	__be32 alias = 0;

	if (!pod || !is_udp(ctx))
		return ALLOW;
	to.address = mapped(ctx->user_ip4);
	to.port = ctx->user_port;
	to.family = AF_INET;
	if (is_answer(ctx, pod, &to.address)) {
		ctx->msg_src_ip4 = to.address.words[3];
		return ALLOW;
	}
	if (was_decided_when_connected(ctx, &to))
		return ALLOW;
	reason = decide_datagram(ctx, netns, pod, &to, &alias);
	READ_NO_MORE(ctx);
	if (reason == OUT_DNS) {
		ctx->user_ip4 = LOOPBACK4;
		ctx->user_port = bpf_htons(pod->dns_port);
		if (alias)
			ctx->msg_src_ip4 = alias;
	}
	return is_refused(reason) ? REFUSE : ALLOW;
}

/* What goes to an IPv4-mapped address passes sendmsg4. */
SEC("cgroup/sendmsg6")
int sendmsg6(struct bpf_sock_addr *ctx)
{
	__u64 netns = bpf_get_netns_cookie(ctx);
	struct pod *pod = pod_with_datagrams(netns);
	struct original to;
	enum reason reason;
	__be32 alias = 0;

	if (!pod || !is_udp(ctx))
		return ALLOW;
	to.address.words[0] = ctx->user_ip6[0];
	to.address.words[1] = ctx->user_ip6[1];
	to.address.words[2] = ctx->user_ip6[2];
	to.address.words[3] = ctx->user_ip6[3];
	to.port = ctx->user_port;
	to.family = AF_INET6;
	if (is_answer(ctx, pod, &to.address)) {
		ctx->msg_src_ip6[0] = 0;
		ctx->msg_src_ip6[1] = 0;
		ctx->msg_src_ip6[2] = 0;
		ctx->msg_src_ip6[3] = to.address.words[3];
		return ALLOW;
	}
	reason = decide_datagram(ctx, netns, pod, &to, &alias);
	READ_NO_MORE(ctx);
	if (reason == OUT_DNS) {
		ctx->user_ip6[0] = 0;
		ctx->user_ip6[1] = 0;
		ctx->user_ip6[2] = 0;
		ctx->user_ip6[3] = bpf_htonl(1);
		ctx->user_port = bpf_htons(pod->dns_port);
		if (alias) {
			ctx->msg_src_ip6[0] = 0;
			ctx->msg_src_ip6[1] = 0;
			ctx->msg_src_ip6[2] = 0;
			ctx->msg_src_ip6[3] = alias;
		}
	}
	return is_refused(reason) ? REFUSE : ALLOW;
}

/* connect(2) with no address leaves what was remembered. */
static __always_inline bool is_connected(const struct bpf_sock *sk, const struct original *kept)
{
	return kept->side == SIDE_CLIENT && sk->state == BPF_TCP_ESTABLISHED;
}

/* Finds the resolver that the proxy answers for. Where it cannot be told, the answer keeps the
 * source that it has, which nobody takes for a resolver's. */
static __always_inline bool find_server(struct bpf_sock_addr *ctx, __u64 netns,
					const struct address *source, struct address *server)
{
	struct pod *pod = pod_with_datagrams(netns);
	struct bpf_sock *sk = ctx->sk;
	struct original *kept;

	if (!pod || !(pod->flags & POD_DNS) || ctx->user_port != bpf_htons(pod->dns_port))
		return false;
	if (is_alias(source))
		return server_of(netns, source, server);
	if (!sk || !range_matches(pod, RULE_RANGE_LOCAL, source))
		return false;
	kept = bpf_sk_storage_get(&originals, sk, 0, 0);
	if (!kept || (kept->side != SIDE_ASKED && !is_connected(sk, kept)) ||
	    is_mapped(&kept->address) != is_mapped(source))
		return false;
	server->words[0] = kept->address.words[0];
	server->words[1] = kept->address.words[1];
	server->words[2] = kept->address.words[2];
	server->words[3] = kept->address.words[3];
	return true;
}

SEC("cgroup/recvmsg4")
int recvmsg4(struct bpf_sock_addr *ctx)
{
	struct address source = mapped(ctx->user_ip4), server;
	bool found;

	found = find_server(ctx, bpf_get_netns_cookie(ctx), &source, &server);
	READ_NO_MORE(ctx);
	if (found) {
		ctx->user_ip4 = server.words[3];
		ctx->user_port = DNS_PORT;
	}
	return ALLOW;
}

/* IPv4 too, where an IPv6 socket receives it. */
SEC("cgroup/recvmsg6")
int recvmsg6(struct bpf_sock_addr *ctx)
{
	struct address source, server;
	bool found;

	source.words[0] = ctx->user_ip6[0];
	source.words[1] = ctx->user_ip6[1];
	source.words[2] = ctx->user_ip6[2];
	source.words[3] = ctx->user_ip6[3];
	found = find_server(ctx, bpf_get_netns_cookie(ctx), &source, &server);
	READ_NO_MORE(ctx);
	if (found) {
		ctx->user_ip6[0] = server.words[0];
		ctx->user_ip6[1] = server.words[1];
		ctx->user_ip6[2] = server.words[2];
		ctx->user_ip6[3] = server.words[3];
		ctx->user_port = DNS_PORT;
	}
	return ALLOW;
}

#endif
