/* SPDX-License-Identifier: Apache-2.0 */
/* From the application's socket to the one that the proxy accepted, and the other way round: both
 * are in this namespace, and see each other's ports. */
#ifndef INTERCEPT_HANDOVER_H
#define INTERCEPT_HANDOVER_H

#include "events.h"
#include "rules.h"

#define SOL_IP 0
#define SOL_IPV6 41
#define SO_ORIGINAL_DST 80
/* Of no kernel: how the proxy says, on its socket to the application and before it connects, whom
 * the application is to take for its client (struct sockaddr_in or sockaddr_in6, at SOL_IP). */
#define CLIENT_ADDRESS 0x6542
/* From here on the kernel shows a program no more of a socket option. */
#define PAGE 4096

static __always_inline void read_addresses(struct bpf_sock_ops *ctx, struct address *local,
					   struct address *remote)
{
	__u32 local4 = ctx->local_ip4, remote4 = ctx->remote_ip4;

	local->words[0] = ctx->local_ip6[0];
	local->words[1] = ctx->local_ip6[1];
	local->words[2] = ctx->local_ip6[2];
	local->words[3] = ctx->local_ip6[3];
	remote->words[0] = ctx->remote_ip6[0];
	remote->words[1] = ctx->remote_ip6[1];
	remote->words[2] = ctx->remote_ip6[2];
	remote->words[3] = ctx->remote_ip6[3];
	READ_BEFORE_BRANCHING();
	if (ctx->family == AF_INET) {
		*local = mapped(local4);
		*remote = mapped(remote4);
	}
}

/* What this side of a connection has for the other one. */
static __always_inline struct original *offer_of(struct bpf_sock_ops *ctx)
{
	struct bpf_sock *sk = ctx->sk;
	struct original *original;

	if (!sk)
		return 0;
	original = bpf_sk_storage_get(&originals, sk, 0, 0);
	return original && (original->side == SIDE_CLIENT || original->side == SIDE_PRESENTED)
		       ? original
		       : 0;
}

static __always_inline struct connection connection_of_client(struct bpf_sock_ops *ctx)
{
	struct connection connection = {.netns = bpf_get_netns_cookie(ctx),
					.source_port = ctx->local_port,
					.destination_port = bpf_ntohl(ctx->remote_port)};

	read_addresses(ctx, &connection.source, &connection.destination);
	return connection;
}

/* The source port is chosen and the SYN is not out: the other side cannot have accepted yet. */
static __always_inline void offer(struct bpf_sock_ops *ctx)
{
	struct original *original = offer_of(ctx);
	struct connection connection;
	struct original copy;

	if (!original)
		return;
	copy_original(&copy, original, original->side);
	connection = connection_of_client(ctx);
	bpf_map_update_elem(&pending, &connection, &copy, BPF_ANY);
	bpf_sock_ops_cb_flags_set(ctx, ctx->bpf_sock_ops_cb_flags | BPF_SOCK_OPS_STATE_CB_FLAG);
}

static __always_inline void take(struct bpf_sock_ops *ctx)
{
	struct connection connection = {.netns = bpf_get_netns_cookie(ctx),
					.source_port = bpf_ntohl(ctx->remote_port),
					.destination_port = ctx->local_port};
	struct original *offered, *kept;
	struct bpf_sock *sk;

	read_addresses(ctx, &connection.destination, &connection.source);
	offered = bpf_map_lookup_elem(&pending, &connection);
	if (!offered)
		return;
	sk = ctx->sk;
	kept = sk ? bpf_sk_storage_get(&originals, sk, 0, BPF_SK_STORAGE_GET_F_CREATE) : 0;
	if (kept)
		copy_original(kept, offered,
			      offered->side == SIDE_CLIENT ? SIDE_SERVER : SIDE_ACCEPTED);
	bpf_map_delete_elem(&pending, &connection);
}

/* A refused connection was never taken. */
static __always_inline void withdraw(struct bpf_sock_ops *ctx)
{
	struct connection connection;

	if (!offer_of(ctx))
		return;
	connection = connection_of_client(ctx);
	bpf_map_delete_elem(&pending, &connection);
}

static __always_inline void register_listener(struct bpf_sock_ops *ctx)
{
	__u64 netns = bpf_get_netns_cookie(ctx);
	struct pod *pod = bpf_map_lookup_elem(&pods, &netns);
	struct listener key = {.netns = netns, .port = ctx->local_port};
	__u32 first = ctx->family == AF_INET6;

	if (!pod || key.port != pod->inbound_port)
		return;
	/* A slot that is taken stays with its listener, so that one that closes takes none of its
	 * siblings along. */
	for (__u32 slot = 0; slot < LISTENER_SLOTS; slot += 2) {
		KEEP_IN_REGISTER(slot);
		key.slot = slot + first;
		if (!bpf_sock_hash_update(ctx, &listeners, &key, BPF_NOEXIST))
			return;
	}
	count(netns, LISTENER_NOT_REGISTERED);
}

SEC("sockops")
int hand_over(struct bpf_sock_ops *ctx)
{
	switch (ctx->op) {
	case BPF_SOCK_OPS_TCP_CONNECT_CB:
		offer(ctx);
		break;
	case BPF_SOCK_OPS_PASSIVE_ESTABLISHED_CB:
		take(ctx);
		break;
	case BPF_SOCK_OPS_STATE_CB:
		if (ctx->args[1] == BPF_TCP_CLOSE)
			withdraw(ctx);
		break;
	case BPF_SOCK_OPS_TCP_LISTEN_CB:
		register_listener(ctx);
		break;
	}
	return 1;
}

/* As conntrack answers it: IPv4 at SOL_IP, IPv6 at SOL_IPV6, and an IPv4-mapped one at both. */
SEC("cgroup/getsockopt")
int original_destination(struct bpf_sockopt *ctx)
{
	struct sockaddr_in *in = ctx->optval;
	struct sockaddr_in6 *in6 = ctx->optval;
	struct original *original;

	/* Too large to be shown: 0 leaves the kernel's own answer alone. */
	if (ctx->optlen > PAGE) {
		ctx->optlen = 0;
		return 1;
	}
	if (ctx->optname != SO_ORIGINAL_DST || (ctx->level != SOL_IP && ctx->level != SOL_IPV6) ||
	    !ctx->sk)
		return 1;
	original = bpf_sk_storage_get(&originals, ctx->sk, 0, 0);
	if (!original || original->side != SIDE_SERVER)
		return 1;
	if (ctx->level == SOL_IP) {
		if (original->family != AF_INET || (void *)(in + 1) > ctx->optval_end)
			return 1;
		*in = (struct sockaddr_in){.sin_family = AF_INET,
					   .sin_port = original->port,
					   .sin_addr.s_addr = original->address.words[3]};
		ctx->optlen = sizeof(*in);
	} else {
		if ((void *)(in6 + 1) > ctx->optval_end)
			return 1;
		in6->sin6_family = AF_INET6;
		in6->sin6_port = original->port;
		in6->sin6_flowinfo = 0;
		in6->sin6_addr.s6_addr32[0] = original->address.words[0];
		in6->sin6_addr.s6_addr32[1] = original->address.words[1];
		in6->sin6_addr.s6_addr32[2] = original->address.words[2];
		in6->sin6_addr.s6_addr32[3] = original->address.words[3];
		in6->sin6_scope_id = 0;
		ctx->optlen = sizeof(*in6);
	}
	ctx->retval = 0;
	return 1;
}

/* Returns false where it is neither struct in full. */
static __always_inline bool read_client(struct bpf_sockopt *ctx, struct original *client)
{
	struct sockaddr_in *in = ctx->optval;
	struct sockaddr_in6 *in6 = ctx->optval;

	if (ctx->optlen == sizeof(*in) && (void *)(in + 1) <= ctx->optval_end &&
	    in->sin_family == AF_INET) {
		client->address = mapped(in->sin_addr.s_addr);
		client->port = in->sin_port;
	} else if (ctx->optlen == sizeof(*in6) && (void *)(in6 + 1) <= ctx->optval_end &&
		   in6->sin6_family == AF_INET6) {
		client->address.words[0] = in6->sin6_addr.s6_addr32[0];
		client->address.words[1] = in6->sin6_addr.s6_addr32[1];
		client->address.words[2] = in6->sin6_addr.s6_addr32[2];
		client->address.words[3] = in6->sin6_addr.s6_addr32[3];
		client->port = in6->sin6_port;
	} else {
		return false;
	}
	client->family = is_mapped(&client->address) ? AF_INET : AF_INET6;
	return true;
}

/* What is not for this program goes on to the kernel, which does not know the option either. */
SEC("cgroup/setsockopt")
int present_client(struct bpf_sockopt *ctx)
{
	__u64 netns;
	struct original client;
	struct original *kept;
	struct pod *pod;

	if (ctx->level != SOL_IP || ctx->optname != CLIENT_ADDRESS) {
		/* Too large to be shown: 0 lets the kernel read the caller's own. */
		if (ctx->optlen > PAGE)
			ctx->optlen = 0;
		return ALLOW;
	}
	netns = bpf_get_netns_cookie(ctx);
	pod = bpf_map_lookup_elem(&pods, &netns);
	if (!pod || !(pod->flags & POD_CLIENT_ADDRESS) || !ctx->sk || !read_client(ctx, &client))
		return ALLOW;
	if (!is_proxy(pod, ctx->sk, bpf_get_current_uid_gid())) {
		count(netns, CLIENT_ADDRESS_REFUSED);
		report_call(netns, pod, CLIENT_ADDRESS_REFUSED, &client);
		return REFUSE;
	}
	kept = bpf_sk_storage_get(&originals, ctx->sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
	if (!kept)
		return REFUSE;
	copy_original(kept, &client, SIDE_PRESENTED);
	ctx->optlen = -1;
	return ALLOW;
}

#endif
