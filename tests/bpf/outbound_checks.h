/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of a connection that the pod makes. */
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

static void check_outbound(void)
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
}
