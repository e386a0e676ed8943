/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of a question to a resolver, and of its answer. */
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

static void check_datagrams(void)
{
	resolvers_have_aliases_of_their_own_until_nobody_waits_any_more();
	an_alias_is_one_of_1024_addresses();
	a_question_leaves_from_its_alias_and_the_answer_returns_to_the_resolver();
}
