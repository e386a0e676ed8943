/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INTERCEPT_MAPS_H
#define INTERCEPT_MAPS_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "types.h"

/* A kubelet runs 110 pods by default and some hundreds at most. */
#define MAX_PODS 4096
#define MAX_RULES 262144
/* All aliases of 256 pods; few pods ask more than three resolvers. */
#define MAX_ALIASES 262144
/* Bytes; a power of two and whole pages, of whatever size. */
#define EVENTS_SIZE 262144
/* Connections whose SYN is out and which the proxy has not accepted yet; the oldest gives way. */
#define MAX_PENDING 65536

/* Enrolment: a namespace that is not here is left alone. The key is the namespace's cookie. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_PODS);
	__type(key, __u64);
	__type(value, struct pod);
} pods SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, MAX_PODS);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u64);
	__type(value, struct counters);
} pod_counters SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, MAX_RULES);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct port_rule);
	__type(value, __u32);
} port_rules SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, MAX_RULES);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct range_rule);
	__type(value, __u32);
} range_rules SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_RULES);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct owner_rule);
	__type(value, __u32);
} owner_rules SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct original);
} originals SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, MAX_PENDING);
	__type(key, struct connection);
	__type(value, struct original);
} pending SEC(".maps");

/* The proxy's inbound listeners. The kernel removes one when it closes. Four for each pod, taken
 * together. */
struct {
	__uint(type, BPF_MAP_TYPE_SOCKHASH);
	__uint(max_entries, 4 * MAX_PODS);
	__type(key, struct listener);
	__type(value, __u64);
} listeners SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_ALIASES);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct alias_key);
	__type(value, struct alias);
} dns_aliases SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_PODS);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u64);
	__type(value, struct event_window);
} event_windows SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, EVENTS_SIZE);
} events SEC(".maps");

static __always_inline void count(__u64 netns, enum reason reason)
{
	struct counters *counters = bpf_map_lookup_elem(&pod_counters, &netns);

	if (counters && reason < REASONS)
		counters->by_reason[reason]++;
}

#endif
