/* SPDX-License-Identifier: Apache-2.0 */
/* What the proxy and the application are told about a connection, and what is reported. */
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

static void check_handover(void)
{
	an_original_destination_fits_into_the_buffer_or_is_not_written();
	a_client_is_taken_from_the_proxy_alone_and_only_in_full();
	a_connection_is_handed_over_once_and_to_the_right_side();
	no_more_events_than_a_seconds_limit_get_out_and_others_are_counted();
}
