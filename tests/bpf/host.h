/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel as far as the programs of bpf/ call it, so that they run as plain C: every path of a
 * decision in a second, with the compiler's checks for undefined behaviour and with buffers that
 * end where no memory is. Whether the kernel does the same is what tests/netns asks.
 */
#ifndef INTERCEPT_TESTS_HOST_H
#define INTERCEPT_TESTS_HOST_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../bpf/capture.bpf.c"

#define NETNS 7
#define ENTRIES 8192

static struct {
	__u64 ids, cgroup, now;
	/* What the kernel would not stand: a helper called under a lock, a socket never given back.
	 */
	bool locked;
	int held;
	bool without_memory, ring_full;
	const struct bpf_sock *unfit, *assigned;
	/* What stands on loopback, and where a socket was bound to. */
	struct bpf_sock *listener4, *listener6;
	struct address bound;
	struct event last_event;
	int events;
} host;

static struct entry {
	const void *map;
	__u8 key[64], value[512];
	bool used;
} entries[ENTRIES];

static int failures, checks;

#define CHECK(what)                                                                                \
	do {                                                                                       \
		checks++;                                                                          \
		if (!(what)) {                                                                     \
			failures++;                                                                \
			printf("%s:%d: %s: %s\n", __FILE__, __LINE__, __func__, #what);            \
		}                                                                                  \
	} while (0)

static size_t key_size(const void *map)
{
	return map == &port_rules    ? sizeof(struct port_rule)
	       : map == &range_rules ? sizeof(struct range_rule)
	       : map == &owner_rules ? sizeof(struct owner_rule)
	       : map == &pending     ? sizeof(struct connection)
	       : map == &listeners   ? sizeof(struct listener)
	       : map == &dns_aliases ? sizeof(struct alias_key)
				     : sizeof(__u64);
}

static bool is_trie(const void *map)
{
	return map == &port_rules || map == &range_rules;
}

static bool key_matches(const struct entry *entry, const void *map, const void *key)
{
	__u32 bits;

	if (!entry->used || entry->map != map)
		return false;
	if (!is_trie(map))
		return !memcmp(entry->key, key, key_size(map));
	memcpy(&bits, entry->key, sizeof(bits));
	for (__u32 bit = 0; bit < bits; bit++) {
		__u8 differs = entry->key[4 + bit / 8] ^ ((const __u8 *)key)[4 + bit / 8];

		if (differs & (0x80 >> bit % 8))
			return false;
	}
	return true;
}

static struct entry *find(const void *map, const void *key)
{
	for (int index = 0; index < ENTRIES && entries[index].map; index++) {
		if (key_matches(&entries[index], map, key))
			return &entries[index];
	}
	return 0;
}

static void put(const void *map, const void *key, size_t keys, const void *value, size_t values)
{
	for (int index = 0; index < ENTRIES; index++) {
		struct entry *entry = &entries[index];

		if (entry->used)
			continue;
		entry->map = map;
		entry->used = true;
		memset(entry->key, 0, sizeof(entry->key));
		memset(entry->value, 0, sizeof(entry->value));
		memcpy(entry->key, key, keys);
		memcpy(entry->value, value, values);
		return;
	}
	abort();
}

static size_t value_size(const void *map)
{
	return map == &pending	       ? sizeof(struct original)
	       : map == &dns_aliases   ? sizeof(struct alias)
	       : map == &event_windows ? sizeof(struct event_window)
				       : sizeof(__u64);
}

static void may_call(void)
{
	if (host.locked)
		abort();
}

void *bpf_map_lookup_elem(void *map, const void *key)
{
	struct entry *entry = find(map, key);
	struct bpf_sock *sk;

	may_call();
	if (!entry || map != &listeners)
		return entry ? entry->value : 0;
	memcpy(&sk, entry->value, sizeof(sk));
	host.held++;
	return sk;
}

long bpf_map_update_elem(void *map, const void *key, const void *value, __u64 flags)
{
	struct entry *entry = find(map, key);

	may_call();
	if (host.without_memory)
		return -12;
	if (entry && flags == BPF_NOEXIST)
		return -17;
	if (entry)
		memcpy(entry->value, value, value_size(map));
	else
		put(map, key, key_size(map), value, value_size(map));
	return 0;
}

long bpf_map_delete_elem(void *map, const void *key)
{
	struct entry *entry = find(map, key);

	may_call();
	if (entry)
		entry->used = false;
	return entry ? 0 : -2;
}

long bpf_sock_hash_update(struct bpf_sock_ops *ctx, void *map, void *key, __u64 flags)
{
	struct bpf_sock *sk = ctx->sk;

	return flags == BPF_NOEXIST && find(map, key) ? -17 : (put(map, key, 16, &sk, 8), 0);
}

void *bpf_sk_storage_get(void *map, void *sk, void *value, __u64 flags)
{
	struct original fresh = {0};
	struct entry *entry = find(map, &sk);

	(void)value;
	may_call();
	if (!entry && flags && !host.without_memory) {
		put(map, &sk, sizeof(sk), &fresh, sizeof(fresh));
		entry = find(map, &sk);
	}
	return entry ? entry->value : 0;
}

long bpf_sk_storage_delete(void *map, void *sk)
{
	return bpf_map_delete_elem(map, &sk);
}

long bpf_sk_assign(void *ctx, void *sk, __u64 flags)
{
	(void)ctx;
	(void)flags;
	if (sk == host.unfit)
		return -94;
	host.assigned = sk;
	return 0;
}

long bpf_sk_release(void *sk)
{
	(void)sk;
	return --host.held;
}

struct bpf_sock *bpf_sk_lookup_tcp(void *ctx, struct bpf_sock_tuple *tuple, __u32 size, __u64 netns,
				   __u64 flags)
{
	bool ip4 = size == sizeof(tuple->ipv4);
	struct bpf_sock *sk = ip4 ? host.listener4 : host.listener6;

	if (!ctx || netns != (__u64)BPF_F_CURRENT_NETNS || flags)
		abort();
	if (ip4 ? tuple->ipv4.daddr != LOOPBACK4 : tuple->ipv6.daddr[3] != bpf_htonl(1))
		abort();
	host.held += !!sk;
	return sk;
}

/* The kernel takes an address of the socket's family alone. */
long bpf_bind(struct bpf_sock_addr *ctx, struct sockaddr *address, int size)
{
	const struct sockaddr_in6 *in6 = (const void *)address;
	const struct sockaddr_in *in = (const void *)address;

	if (ctx->sk->family == AF_INET) {
		if (size != sizeof(*in) || in->sin_family != AF_INET || in->sin_port)
			abort();
		host.bound = mapped(in->sin_addr.s_addr);
		return 0;
	}
	if (size != sizeof(*in6) || in6->sin6_family != AF_INET6 || in6->sin6_port)
		abort();
	memcpy(&host.bound, &in6->sin6_addr, sizeof(host.bound));
	return 0;
}

long bpf_sock_ops_cb_flags_set(struct bpf_sock_ops *ctx, int flags)
{
	ctx->bpf_sock_ops_cb_flags = flags;
	return 0;
}

__u64 bpf_get_netns_cookie(void *ctx)
{
	return ctx ? NETNS : 0;
}

__u64 bpf_get_current_uid_gid(void)
{
	return host.ids;
}

__u64 bpf_get_current_pid_tgid(void)
{
	return 4242ULL << 32;
}

__u64 bpf_get_current_cgroup_id(void)
{
	return host.cgroup;
}

long bpf_get_current_comm(void *buffer, __u32 size)
{
	return !strncpy(buffer, "somebody", size);
}

__u64 bpf_ktime_get_ns(void)
{
	may_call();
	return host.now;
}

void bpf_spin_lock(struct bpf_spin_lock *lock)
{
	may_call();
	host.locked = lock;
}

void bpf_spin_unlock(struct bpf_spin_lock *lock)
{
	host.locked = !lock;
}

void *bpf_ringbuf_reserve(void *ring, __u64 size, __u64 flags)
{
	(void)ring;
	(void)flags;
	/* The kernel's is not cleared either. */
	memset(&host.last_event, 0xa5, sizeof(host.last_event));
	return host.ring_full || size != sizeof(host.last_event) ? 0 : &host.last_event;
}

void bpf_ringbuf_submit(void *record, __u64 flags)
{
	(void)record;
	(void)flags;
	host.events++;
}

/* A new world, with this pod and without rules. Returns the pod, which may be changed. */
static struct pod *begin(__u32 flags)
{
	__u64 netns[] = {NETNS, inbound_netns};
	struct pod pod = {.id = 3,
			  .flags = flags,
			  .outbound_port = 15001,
			  .inbound_port = 15006,
			  .dns_port = 15053,
			  .tunnel_port = 15008};
	struct counters counters = {0};

	memset(&host, 0, sizeof(host));
	memset(entries, 0, sizeof(entries));
	host.now = 1000 * NANOSECONDS;
	for (int index = 1; index >= 0; index--) {
		put(&pods, &netns[index], 8, &pod, sizeof(pod));
		put(&pod_counters, &netns[index], 8, &counters, sizeof(counters));
	}
	return (struct pod *)find(&pods, &netns[0])->value;
}

static __u64 counted(enum reason reason)
{
	__u64 netns[] = {NETNS, inbound_netns};

	return ((struct counters *)find(&pod_counters, &netns[0])->value)->by_reason[reason] +
	       ((struct counters *)find(&pod_counters, &netns[1])->value)->by_reason[reason];
}

static struct address address_of(const char *text)
{
	struct address address = {{0}};

	if (inet_pton(AF_INET, text, &address.words[3]) == 1)
		address.words[2] = MAPPED;
	else if (inet_pton(AF_INET6, text, &address) != 1)
		abort();
	return address;
}

static void exclude_port(struct pod *pod, enum rule rule, __u16 port)
{
	struct port_rule key = {
		.prefix = PORT_BITS, .pod = pod->id, .rule = rule, .port = bpf_htons(port)};

	pod->rules |= 1U << rule;
	put(&port_rules, &key, sizeof(key), &key, 4);
}

static void add_range(struct pod *pod, enum rule rule, const char *network, int length)
{
	struct range_rule key = {.pod = pod->id, .rule = rule, .address = address_of(network)};

	key.family = is_mapped(&key.address) ? AF_INET : AF_INET6;
	key.prefix = 64 + (key.family == AF_INET ? 96 : 0) + length;
	pod->rules |= 1U << rule;
	put(&range_rules, &key, sizeof(key), &key, 4);
}

static void add_owner(struct pod *pod, enum rule rule, __u32 owner)
{
	struct owner_rule key = {.pod = pod->id, .rule = rule, .owner = owner};

	pod->rules |= 1U << rule;
	put(&owner_rules, &key, sizeof(key), &key, 4);
}

/* A buffer of this size behind which there is nothing: one byte too many is a signal. */
static void *buffer_of(size_t size)
{
	static __u8 *page;
	size_t length = sysconf(_SC_PAGESIZE);

	if (!page) {
		page = mmap(0, 2 * length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			    0);
		if (page == MAP_FAILED || mprotect(page + length, length, PROT_NONE))
			abort();
	}
	return memset(page + length - size, 0, size);
}

#endif
