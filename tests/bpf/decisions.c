// SPDX-License-Identifier: Apache-2.0
/* What the programs decide, and what they write. Exits with 0 when every check held. */
#include <arpa/inet.h>
#undef AF_INET
#undef AF_INET6
#undef SOCK_STREAM
#undef SOCK_DGRAM

#include "host.h"

static struct bpf_sock sock4 = {.family = AF_INET}, sock6 = {.family = AF_INET6};

static enum reason decide(struct pod *pod, struct bpf_sock *sk, const char *to, __u16 port)
{
	struct bpf_sock_addr ctx = {.sk = sk};
	struct original original = {.address = address_of(to), .port = bpf_htons(port)};

	original.family = is_mapped(&original.address) ? AF_INET : AF_INET6;
	return decide_outbound(&ctx, pod, &original, true);
}

static void who_calls_is_asked_before_where_to(void)
{
	struct pod *pod = begin(POD_OUTBOUND | POD_OUTBOUND_ALL);

	add_range(pod, RULE_RANGE_LOCAL, "127.0.0.0", 8);
	add_range(pod, RULE_RANGE_LOCAL, "::1", 128);
	add_range(pod, RULE_RANGE_OUT_EXCLUDE, "10.0.0.0", 8);
	add_owner(pod, RULE_UID_PROXY, 1337);
	add_owner(pod, RULE_GROUP_EXCLUDE, 2001);
	exclude_port(pod, RULE_PORT_OUT_EXCLUDE, 22);
	CHECK(decide(pod, &sock4, "192.0.2.1", 80) == OUT_CAPTURED);
	CHECK(decide(pod, &sock4, "10.1.1.1", 80) == OUT_EXCLUDED_RANGE);
	CHECK(decide(pod, &sock6, "::ffff:10.1.1.1", 80) == OUT_EXCLUDED_RANGE);
	CHECK(decide(pod, &sock4, "10.1.1.1", 22) == OUT_EXCLUDED_PORT);
	host.ids = 1337;
	CHECK(decide(pod, &sock4, "10.1.1.1", 80) == OUT_PROXY);
	CHECK(decide(pod, &sock4, "10.1.1.1", 22) == OUT_EXCLUDED_PORT);
	host.ids = 2001ULL << 32;
	CHECK(decide(pod, &sock4, "10.1.1.1", 80) == OUT_EXCLUDED_GROUP);
	/* A uid is no gid. */
	host.ids = 1337ULL << 32;
	CHECK(decide(pod, &sock4, "192.0.2.1", 80) == OUT_CAPTURED);
	pod->flags &= ~POD_OUTBOUND_ALL;
	CHECK(decide(pod, &sock4, "192.0.2.1", 80) == OUT_NOT_INCLUDED);
	pod->flags |= POD_OUTBOUND_ALL | POD_OUTBOUND_GROUPS;
	CHECK(decide(pod, &sock4, "192.0.2.1", 80) == OUT_GROUP_NOT_INCLUDED);
}

static void the_proxy_is_known_by_cgroup_and_by_the_bits_of_its_mark(void)
{
	struct pod *pod = begin(POD_OUTBOUND | POD_OUTBOUND_ALL);
	struct bpf_sock marked = {.family = AF_INET, .mark = 0x5ff};

	host.cgroup = 99;
	CHECK(decide(pod, &marked, "192.0.2.1", 80) == OUT_CAPTURED);
	pod->proxy_mark = 0x500;
	CHECK(decide(pod, &marked, "192.0.2.1", 80) == OUT_CAPTURED);
	pod->proxy_mark_mask = 0xf00;
	CHECK(decide(pod, &marked, "192.0.2.1", 80) == OUT_PROXY);
	CHECK(decide(pod, &sock4, "192.0.2.1", 80) == OUT_CAPTURED);
	CHECK(decide(pod, 0, "192.0.2.1", 80) == OUT_CAPTURED);
	pod->proxy_cgroup = 99;
	CHECK(decide(pod, &sock4, "192.0.2.1", 80) == OUT_PROXY);
}

static void the_families_are_kept_apart(void)
{
	struct pod *pod = begin(POD_OUTBOUND | POD_OUTBOUND_ALL);

	add_range(pod, RULE_RANGE_OUT_EXCLUDE, "::", 0);
	CHECK(decide(pod, &sock6, "2001:db8::1", 80) == OUT_EXCLUDED_RANGE);
	CHECK(decide(pod, &sock6, "::ffff:192.0.2.1", 80) == OUT_CAPTURED);
	CHECK(decide(pod, &sock4, "192.0.2.1", 80) == OUT_CAPTURED);
	add_range(pod, RULE_RANGE_OUT_EXCLUDE, "0.0.0.0", 0);
	CHECK(decide(pod, &sock4, "192.0.2.1", 80) == OUT_EXCLUDED_RANGE);
}

static void nothing_in_particular_is_loopback(void)
{
	struct pod *pod = begin(POD_OUTBOUND | POD_OUTBOUND_ALL);
	const char *local[] = {"0.0.0.0", "::", "127.0.0.1", "::1", "::ffff:0.0.0.0"};

	add_range(pod, RULE_RANGE_LOCAL, "127.0.0.1", 32);
	add_range(pod, RULE_RANGE_LOCAL, "::1", 128);
	for (int index = 0; index < 5; index++)
		CHECK(decide(pod, &sock6, local[index], 80) == OUT_LOCAL);
	CHECK(decide(pod, &sock6, "::2", 80) == OUT_CAPTURED);
	CHECK(decide(pod, &sock6, "::1.0.0.0", 80) == OUT_CAPTURED);
}

static void a_passthrough_comes_from_127_0_0_6_or_from_6_and_the_kernels_filler_is_neither(void)
{
	struct pod *pod = begin(POD_OUTBOUND | POD_OUTBOUND_ALL | POD_SELF_CALLS);
	struct bpf_sock filler = {.family = AF_INET6, .src_ip4 = PASSTHROUGH4};
	struct bpf_sock bound4 = {.family = AF_INET, .src_ip4 = PASSTHROUGH4};
	struct bpf_sock bound6 = {.family = AF_INET6, .src_ip6 = {0, 0, 0, bpf_htonl(6)}};
	struct bpf_sock mapped6 = {.family = AF_INET6, .src_ip6 = {0, 0, MAPPED, PASSTHROUGH4}};

	add_range(pod, RULE_RANGE_LOCAL, "127.0.0.0", 8);
	add_range(pod, RULE_RANGE_LOCAL, "10.77.0.2", 32);
	add_range(pod, RULE_RANGE_LOOPBACK, "127.0.0.1", 32);
	add_owner(pod, RULE_UID_PROXY, 1337);
	host.ids = 1337;
	CHECK(decide(pod, &bound4, "10.77.0.2", 80) == OUT_PASSTHROUGH);
	CHECK(decide(pod, &bound6, "10.77.0.2", 80) == OUT_PASSTHROUGH);
	CHECK(decide(pod, &mapped6, "10.77.0.2", 80) == OUT_PASSTHROUGH);
	CHECK(decide(pod, &filler, "10.77.0.2", 80) == OUT_SELF_CALL);
	CHECK(decide(pod, &sock4, "127.0.0.1", 80) == OUT_PROXY);
	exclude_port(pod, RULE_PORT_SELF_EXCLUDE, 53);
	CHECK(decide(pod, &sock4, "10.77.0.2", 53) == OUT_PROXY);
	/* Only where it would stay in the pod. */
	CHECK(decide(pod, &bound4, "192.0.2.1", 80) == OUT_PROXY);
}

static void a_captured_connection_goes_to_loopback_in_its_own_family(void)
{
	struct bpf_sock_addr ctx = {.sk = &sock6,
				    .type = SOCK_STREAM,
				    .protocol = IPPROTO_TCP,
				    .user_port = bpf_htons(443)};
	struct original *kept;

	begin(POD_OUTBOUND | POD_OUTBOUND_ALL);
	memcpy(ctx.user_ip6, &(struct address){{0, 0, MAPPED, 0x01020304}}, 16);
	CHECK(connect6(&ctx) == ALLOW);
	CHECK(ctx.user_ip6[2] == MAPPED && ctx.user_ip6[3] == LOOPBACK4);
	CHECK(ctx.user_port == bpf_htons(15001));
	kept = bpf_sk_storage_get(&originals, &sock6, 0, 0);
	CHECK(kept && kept->address.words[3] == 0x01020304 && kept->port == bpf_htons(443));
	CHECK(kept && kept->family == AF_INET && kept->side == SIDE_CLIENT);

	memcpy(ctx.user_ip6, &(struct address){{0xfd, 2, 3, 4}}, 16);
	CHECK(connect6(&ctx) == ALLOW && !ctx.user_ip6[2] && ctx.user_ip6[3] == bpf_htonl(1));
	ctx.sk = &sock4;
	ctx.user_ip4 = 0x01020304;
	CHECK(connect4(&ctx) == ALLOW && ctx.user_ip4 == LOOPBACK4);
	CHECK(counted(OUT_CAPTURED) == 3);
	ctx.user_ip4 = 0x01020304;
	ctx.protocol = 132;
	CHECK(connect4(&ctx) == ALLOW && ctx.user_ip4 == 0x01020304);
}

static struct address bound_by(struct bpf_sock *sk, const struct address *to)
{
	struct bpf_sock_addr ctx = {.sk = sk,
				    .family = sk->family,
				    .type = SOCK_STREAM,
				    .protocol = IPPROTO_TCP,
				    .user_port = bpf_htons(443),
				    .user_ip4 = to->words[3]};

	host.bound = (struct address){};
	memcpy(ctx.user_ip6, to, sizeof(*to));
	CHECK((sk->family == AF_INET ? connect4(&ctx) : connect6(&ctx)) == ALLOW);
	return host.bound;
}

static void a_captured_connection_comes_from_the_pods_address_or_from_the_one_it_has(void)
{
	struct pod *pod = begin(POD_OUTBOUND | POD_OUTBOUND_ALL | POD_OUTBOUND_OVER_LO);
	struct bpf_sock bound = {.family = AF_INET, .src_ip4 = 0x0a4d0005};
	struct address far4 = mapped(0x01020304), far6 = {{0xfd, 2, 3, 4}};
	struct address self4 = mapped(bpf_htonl(0x0a4d0002)), self6 = {{0xfd, 0, 0, 2}};
	struct address localhost = mapped(LOOPBACK4);

	CHECK(!bound_by(&sock4, &far4).words[3]);
	pod->source_ipv4 = mapped(bpf_htonl(0x0a4d0009));
	pod->source_ipv6 = (struct address){{0xfd, 0, 0, 9}};
	CHECK(bound_by(&sock4, &far4).words[3] == bpf_htonl(0x0a4d0009));
	CHECK(bound_by(&sock6, &far4).words[3] == bpf_htonl(0x0a4d0009) &&
	      host.bound.words[2] == MAPPED);
	CHECK(bound_by(&sock6, &far6).words[3] == 9 && host.bound.words[0] == 0xfd);
	CHECK(!bound_by(&bound, &far4).words[3]);
	add_range(pod, RULE_RANGE_LOCAL, "127.0.0.0", 8);
	add_range(pod, RULE_RANGE_LOCAL, "10.77.0.2", 32);
	add_range(pod, RULE_RANGE_LOCAL, "fd00::", 8);
	CHECK(bound_by(&sock4, &self4).words[3] == self4.words[3]);
	CHECK(bound_by(&sock6, &self6).words[3] == self6.words[3]);
	CHECK(!bound_by(&sock4, &localhost).words[3]);
}

static void a_connection_passes_a_proxy_that_does_not_listen_only_where_that_was_asked_for(void)
{
	struct pod *pod = begin(POD_OUTBOUND | POD_OUTBOUND_ALL);
	struct bpf_sock listener = {.state = BPF_TCP_LISTEN},
			talks = {.state = BPF_TCP_ESTABLISHED};
	struct bpf_sock_addr ctx = {.sk = &sock4, .type = SOCK_STREAM, .protocol = IPPROTO_TCP};

	ctx.user_ip4 = 0x01020304;
	CHECK(connect4(&ctx) == ALLOW && ctx.user_ip4 == LOOPBACK4);
	pod->flags |= POD_PASS_WITHOUT_LISTENER;
	ctx.user_ip4 = 0x01020304;
	CHECK(connect4(&ctx) == ALLOW && ctx.user_ip4 == 0x01020304);
	host.listener4 = &talks;
	CHECK(connect4(&ctx) == ALLOW && ctx.user_ip4 == 0x01020304);
	CHECK(counted(OUT_NO_LISTENER_PASSED) == 2);
	host.listener4 = &listener;
	CHECK(connect4(&ctx) == ALLOW && ctx.user_ip4 == LOOPBACK4);
	CHECK(!host.held);
}

static void what_cannot_be_captured_is_refused_and_not_passed(void)
{
	struct bpf_sock bound = {.family = AF_INET, .bound_dev_if = 2}, on_lo = {.bound_dev_if = 1};
	struct bpf_sock_addr ctx = {.sk = &bound,
				    .type = SOCK_STREAM,
				    .protocol = IPPROTO_MPTCP,
				    .user_ip4 = 0x01020304};
	struct pod *pod = begin(POD_OUTBOUND | POD_OUTBOUND_ALL);

	CHECK(connect4(&ctx) == REFUSE && ctx.user_ip4 == 0x01020304);
	pod->flags |= POD_PASS_BOUND_DEVICE;
	CHECK(connect4(&ctx) == ALLOW && ctx.user_ip4 == 0x01020304);
	ctx.sk = 0;
	CHECK(connect4(&ctx) == REFUSE);
	ctx.sk = &sock4;
	host.without_memory = true;
	CHECK(connect4(&ctx) == REFUSE && counted(OUT_NO_STORAGE_REFUSED) == 2);
	host.without_memory = false;
	ctx.sk = &on_lo;
	CHECK(connect4(&ctx) == ALLOW && ctx.user_ip4 == LOOPBACK4);
}

static void resolvers_have_aliases_of_their_own_until_nobody_waits_any_more(void)
{
	struct address server = address_of("10.0.0.1"), found, same[ALIAS_TRIES + 1];
	__u32 alike = 0;

	begin(POD_OUTBOUND | POD_DNS | POD_DNS_ALL);
	for (__u32 number = 0; number < 400; number++) {
		struct address alias;

		server.words[3] = bpf_htonl(0x0a000000 + number * 7919);
		alias = mapped(alias_of(NETNS, &server));
		CHECK(is_alias(&alias) && alias_of(NETNS, &server) == alias.words[3]);
		CHECK(server_of(NETNS, &alias, &found) && is_same_address(&found, &server));
		/* Neither another pod's nor the other family's. */
		CHECK(!server_of(NETNS + 1, &alias, &found));
		alias.words[2] = 0;
		CHECK(is_alias(&alias) && !server_of(NETNS, &alias, &found));
	}

	begin(POD_OUTBOUND | POD_DNS | POD_DNS_ALL);
	for (__u32 number = 0; alike <= ALIAS_TRIES; number++) {
		server.words[3] = number;
		if (hash_of(&server) % ALIASES == 5)
			same[alike++] = server;
	}
	for (__u32 index = 0; index < ALIAS_TRIES; index++)
		CHECK(alias_of(NETNS, &same[index]));
	CHECK(!alias_of(NETNS, &same[ALIAS_TRIES]));
	host.now += ALIAS_LEASE * NANOSECONDS;
	CHECK(!alias_of(NETNS, &same[ALIAS_TRIES]));
	host.now += NANOSECONDS;
	server = mapped(alias_of(NETNS, &same[ALIAS_TRIES]));
	CHECK(server.words[3] && server_of(NETNS, &server, &found));
	CHECK(is_same_address(&found, &same[ALIAS_TRIES]) && !host.locked);
	/* A processor whose clock is behind takes nothing away. */
	host.now -= 2 * NANOSECONDS;
	CHECK(alias_of(NETNS, &same[ALIAS_TRIES]) == server.words[3]);
	host.without_memory = true;
	CHECK(!alias_of(NETNS + 1, &same[0]));
}

static void an_alias_is_one_of_1024_addresses(void)
{
	struct address address = mapped(bpf_htonl(ALIAS_FIRST));

	CHECK(is_alias(&address));
	address.words[3] = bpf_htonl(ALIAS_FIRST + ALIASES - 1);
	CHECK(is_alias(&address));
	address.words[3] = bpf_htonl(ALIAS_FIRST + ALIASES);
	CHECK(!is_alias(&address));
	address.words[3] = bpf_htonl(ALIAS_FIRST - 1);
	CHECK(!is_alias(&address));
	address = address_of("::127.53.0.1");
	CHECK(is_alias(&address));
	address.words[0] = 1;
	CHECK(!is_alias(&address));
}

static void a_question_leaves_from_its_alias_and_the_answer_returns_to_the_resolver(void)
{
	struct bpf_sock client = {.family = AF_INET},
			proxy = {.family = AF_INET, .src_port = 15053};
	struct bpf_sock_addr ctx = {.sk = &client,
				    .type = SOCK_DGRAM,
				    .protocol = IPPROTO_UDP,
				    .user_ip4 = 0x35006060,
				    .user_port = DNS_PORT};
	struct pod *pod = begin(POD_OUTBOUND | POD_DNS | POD_DNS_ALL);
	__u32 alias;

	add_range(pod, RULE_RANGE_LOCAL, "127.0.0.0", 8);
	CHECK(sendmsg4(&ctx) == ALLOW && ctx.user_ip4 == LOOPBACK4);
	CHECK(ctx.user_port == bpf_htons(15053) && ctx.msg_src_ip4);
	alias = ctx.msg_src_ip4;
	ctx = (struct bpf_sock_addr){.sk = &proxy, .type = SOCK_DGRAM, .protocol = IPPROTO_UDP};
	ctx.user_ip4 = alias;
	ctx.user_port = bpf_htons(40000);
	CHECK(sendmsg4(&ctx) == ALLOW && ctx.msg_src_ip4 == alias && ctx.user_ip4 == alias);
	ctx = (struct bpf_sock_addr){.sk = &client, .user_ip4 = alias};
	ctx.user_port = bpf_htons(15053);
	CHECK(recvmsg4(&ctx) == ALLOW && ctx.user_ip4 == 0x35006060 && ctx.user_port == DNS_PORT);
	/* From an alias that stands for nobody it keeps its source. */
	ctx.user_ip4 = alias ^ bpf_htonl(1);
	ctx.user_port = bpf_htons(15053);
	CHECK(recvmsg4(&ctx) == ALLOW && ctx.user_ip4 == (alias ^ bpf_htonl(1)));
	CHECK(ctx.user_port == bpf_htons(15053));
	/* One that is bound to an address asks one resolver. */
	client.src_ip4 = 0x0200000a;
	ctx = (struct bpf_sock_addr){.sk = &client, .type = SOCK_DGRAM, .protocol = IPPROTO_UDP};
	ctx.user_ip4 = 0x35006060;
	ctx.user_port = DNS_PORT;
	CHECK(sendmsg4(&ctx) == ALLOW && !ctx.msg_src_ip4);
	ctx.user_ip4 = 0x36006060;
	ctx.user_port = DNS_PORT;
	CHECK(sendmsg4(&ctx) == REFUSE && counted(OUT_DNS_REFUSED) == 1);
}

static enum reason decide_in(const struct pod *pod, const char *from, __u16 port, __u32 device)
{
	struct bpf_sk_lookup ctx = {.local_port = port, .ingress_ifindex = device};
	struct address address = address_of(from);

	ctx.family = is_mapped(&address) ? AF_INET : AF_INET6;
	if (is_mapped(&address))
		ctx.remote_ip4 = address.words[3];
	else
		memcpy(ctx.remote_ip6, &address, 16);
	return decide_inbound(&ctx, pod);
}

static void what_comes_in_is_left_alone_by_interface_by_lo_by_port_and_by_source(void)
{
	struct pod *pod = begin(POD_INBOUND | POD_INBOUND_ALL);

	add_range(pod, RULE_RANGE_LOCAL, "10.77.0.2", 32);
	add_range(pod, RULE_RANGE_IN_EXCLUDE, "fd77::", 64);
	add_owner(pod, RULE_INTERFACE_IN_EXCLUDE, 5);
	exclude_port(pod, RULE_PORT_IN_EXCLUDE, 15021);
	CHECK(decide_in(pod, "10.77.0.1", 80, 2) == IN_CAPTURED);
	CHECK(decide_in(pod, "10.77.0.1", 80, 5) == IN_EXCLUDED_INTERFACE);
	CHECK(decide_in(pod, "10.77.0.1", 80, 1) == IN_LOOPBACK);
	CHECK(decide_in(pod, "10.77.0.2", 80, 2) == IN_LOOPBACK);
	CHECK(decide_in(pod, "10.77.0.1", 15021, 2) == IN_EXCLUDED_PORT);
	CHECK(decide_in(pod, "fd77::9", 80, 2) == IN_EXCLUDED_SOURCE);
	CHECK(decide_in(pod, "fd78::9", 80, 2) == IN_CAPTURED);
	pod->flags &= ~POD_INBOUND_ALL;
	CHECK(decide_in(pod, "10.77.0.1", 80, 2) == IN_NOT_INCLUDED);
	exclude_port(pod, RULE_PORT_IN_INCLUDE, 80);
	CHECK(decide_in(pod, "10.77.0.1", 80, 2) == IN_CAPTURED);
}

static void listen_on(struct bpf_sock *sk, __u32 slot)
{
	struct listener key = {.netns = inbound_netns, .port = 15006, .slot = slot};

	put(&listeners, &key, sizeof(key), &sk, sizeof(sk));
}

static void a_connection_goes_to_the_first_listener_that_takes_it_or_nowhere(void)
{
	struct bpf_sk_lookup ctx4 = {
		.family = AF_INET, .protocol = IPPROTO_TCP, .local_port = 80, .ingress_ifindex = 2};
	struct bpf_sk_lookup ctx6 = ctx4;
	__u64 netns = inbound_netns;
	struct pod *pod;

	begin(POD_INBOUND | POD_INBOUND_ALL);
	pod = (struct pod *)find(&pods, &netns)->value;
	ctx6.family = AF_INET6;
	CHECK(inbound(&ctx4) == SK_DROP && counted(IN_NO_LISTENER_REFUSED) == 1);
	pod->flags |= POD_PASS_WITHOUT_LISTENER;
	CHECK(inbound(&ctx4) == SK_PASS && !host.assigned);
	listen_on(&sock4, 4);
	CHECK(inbound(&ctx4) == SK_PASS && host.assigned == &sock4);
	host.assigned = 0;
	/* A listener of IPv4 takes no IPv6. */
	CHECK(inbound(&ctx6) == SK_PASS && !host.assigned);
	listen_on(&sock6, LISTENER_SLOTS - 1);
	CHECK(inbound(&ctx6) == SK_PASS && host.assigned == &sock6);
	CHECK(inbound(&ctx4) == SK_PASS && host.assigned == &sock4);
	host.unfit = &sock4;
	CHECK(inbound(&ctx4) == SK_PASS && host.assigned == &sock6);
	/* Unfit is not missing: it is refused whatever may pass without a listener. */
	host.unfit = &sock6;
	CHECK(inbound(&ctx6) == SK_DROP && counted(IN_UNFIT_LISTENER_REFUSED) == 1);
	CHECK(!host.held);
	ctx4.protocol = IPPROTO_UDP;
	host.assigned = 0;
	CHECK(inbound(&ctx4) == SK_PASS && !host.assigned);
}

static void an_original_destination_fits_into_the_buffer_or_is_not_written(void)
{
	for (int size = 0; size <= 40; size++) {
		for (int level = 0; level <= SOL_IPV6; level += SOL_IPV6) {
			struct bpf_sockopt ctx = {.sk = &sock4,
						  .level = level,
						  .optname = SO_ORIGINAL_DST,
						  .optlen = size,
						  .retval = -2};
			int needed = level ? 28 : 16;
			struct original *kept;

			begin(0);
			kept = bpf_sk_storage_get(&originals, &sock4, 0, 1);
			*kept = (struct original){mapped(0x01020304), 0x5000, AF_INET, SIDE_SERVER};
			ctx.optval = buffer_of(size);
			ctx.optval_end = ctx.optval + size;
			CHECK(original_destination(&ctx) == 1);
			CHECK(ctx.retval == (size < needed ? -2 : 0));
			CHECK(ctx.optlen == (size < needed ? size : needed));
			/* What the application's socket has is not the proxy's to ask. */
			kept->side = SIDE_CLIENT;
			ctx.retval = -2;
			CHECK(original_destination(&ctx) == 1 && ctx.retval == -2);
		}
	}
}

static void a_client_is_taken_from_the_proxy_alone_and_only_in_full(void)
{
	for (int size = 0; size <= 40; size++) {
		for (int family = 0; family <= AF_INET6; family++) {
			struct bpf_sockopt ctx = {.sk = &sock4, .optname = CLIENT_ADDRESS};
			bool fits = (family == AF_INET && size == 16) ||
				    (family == AF_INET6 && size == 28);
			struct pod *pod = begin(POD_CLIENT_ADDRESS);
			struct original *kept;

			add_owner(pod, RULE_UID_PROXY, 1337);
			ctx.optlen = size;
			ctx.optval = buffer_of(size);
			ctx.optval_end = ctx.optval + size;
			if (size >= 2)
				*(__u16 *)ctx.optval = family;
			CHECK(present_client(&ctx) == (fits ? REFUSE : ALLOW));
			host.ids = 1337;
			CHECK(present_client(&ctx) == ALLOW);
			CHECK(ctx.optlen == (fits ? -1 : size));
			kept = bpf_sk_storage_get(&originals, &sock4, 0, 0);
			CHECK(!kept == !fits && (!kept || kept->side == SIDE_PRESENTED));
			pod->flags = 0;
			ctx.optlen = size;
			CHECK(present_client(&ctx) == ALLOW && ctx.optlen == size);
		}
	}
}

static void a_connection_is_handed_over_once_and_to_the_right_side(void)
{
	struct bpf_sock app = {.family = AF_INET}, proxy = {.family = AF_INET};
	struct bpf_sock_ops client = {.op = BPF_SOCK_OPS_TCP_CONNECT_CB, .family = AF_INET};
	struct bpf_sock_ops server = {.op = BPF_SOCK_OPS_PASSIVE_ESTABLISHED_CB};
	struct original *kept;

	server.family = AF_INET;
	server.sk = &proxy;
	client.sk = &app;
	client.local_ip4 = server.remote_ip4 = 0x0100007f;
	client.remote_ip4 = server.local_ip4 = 0x0200007f;
	client.local_port = 40000;
	server.remote_port = bpf_htonl(40000);
	server.local_port = 15001;
	client.remote_port = bpf_htonl(15001);
	for (enum side side = SIDE_CLIENT; side <= SIDE_ACCEPTED; side++) {
		bool offers = side == SIDE_CLIENT || side == SIDE_PRESENTED;

		begin(POD_OUTBOUND);
		kept = bpf_sk_storage_get(&originals, &app, 0, 1);
		*kept = (struct original){mapped(0x01020304), 0x5000, AF_INET, side};
		hand_over(&client);
		hand_over(&server);
		kept = bpf_sk_storage_get(&originals, &proxy, 0, 0);
		CHECK(!kept == !offers);
		CHECK(!kept || kept->side == (side == SIDE_CLIENT ? SIDE_SERVER : SIDE_ACCEPTED));
		CHECK(!kept || kept->address.words[3] == 0x01020304);
		bpf_sk_storage_delete(&originals, &proxy);
		hand_over(&server);
		CHECK(!bpf_sk_storage_get(&originals, &proxy, 0, 0));
	}
}

static void no_more_events_than_a_seconds_limit_get_out_and_others_are_counted(void)
{
	struct original whom = {.address = mapped(1), .port = 2, .family = AF_INET};
	struct pod *pod = begin(POD_OUTBOUND);

	pod->events_per_second = 3;
	for (int number = 0; number < 5; number++)
		report(NETNS, pod, OUT_UDP_REFUSED, &whom, number % 2);
	CHECK(host.events == 3 && counted(EVENT_LOST) == 2);
	CHECK(host.last_event.process == 0 && !host.last_event.command[0]);
	report(NETNS, pod, OUT_CAPTURED, &whom, true);
	CHECK(counted(EVENT_LOST) == 2);
	host.now += NANOSECONDS;
	pod->flags |= POD_EVENTS_CAPTURED;
	report(NETNS, pod, OUT_CAPTURED, &whom, true);
	report(NETNS, pod, OUT_LOCAL, &whom, true);
	CHECK(host.events == 4 && host.last_event.process == 4242);
	CHECK(!strcmp(host.last_event.command, "somebody"));
	host.ring_full = true;
	report(NETNS, pod, OUT_CAPTURED, &whom, true);
	CHECK(host.events == 4 && counted(EVENT_LOST) == 3);
}

int main(void)
{
	who_calls_is_asked_before_where_to();
	the_proxy_is_known_by_cgroup_and_by_the_bits_of_its_mark();
	the_families_are_kept_apart();
	nothing_in_particular_is_loopback();
	a_passthrough_comes_from_127_0_0_6_or_from_6_and_the_kernels_filler_is_neither();
	a_captured_connection_goes_to_loopback_in_its_own_family();
	a_captured_connection_comes_from_the_pods_address_or_from_the_one_it_has();
	a_connection_passes_a_proxy_that_does_not_listen_only_where_that_was_asked_for();
	what_cannot_be_captured_is_refused_and_not_passed();
	resolvers_have_aliases_of_their_own_until_nobody_waits_any_more();
	an_alias_is_one_of_1024_addresses();
	a_question_leaves_from_its_alias_and_the_answer_returns_to_the_resolver();
	what_comes_in_is_left_alone_by_interface_by_lo_by_port_and_by_source();
	a_connection_goes_to_the_first_listener_that_takes_it_or_nowhere();
	an_original_destination_fits_into_the_buffer_or_is_not_written();
	a_client_is_taken_from_the_proxy_alone_and_only_in_full();
	a_connection_is_handed_over_once_and_to_the_right_side();
	no_more_events_than_a_seconds_limit_get_out_and_others_are_counted();
	printf("%d checks, %d failed\n", checks, failures);
	return failures != 0 || !checks;
}
