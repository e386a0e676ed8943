/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of a connection that comes to the pod. */
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

static void check_inbound(void)
{
	what_comes_in_is_left_alone_by_interface_by_lo_by_port_and_by_source();
	a_connection_goes_to_the_first_listener_that_takes_it_or_nowhere();
}
