/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of a pod. None is looked up that the pod has none of. */
#ifndef INTERCEPT_RULES_H
#define INTERCEPT_RULES_H

#include "address.h"
#include "maps.h"

#define PORT_BITS (8 * (sizeof(struct port_rule) - sizeof(__u32)))
#define RANGE_BITS (8 * (sizeof(struct range_rule) - sizeof(__u32)))

static __always_inline bool has_rule(const struct pod *pod, enum rule rule)
{
	return pod->rules & (1U << rule);
}

/* port: network order. */
static __always_inline bool port_matches(const struct pod *pod, enum rule rule, __be16 port)
{
	struct port_rule key = {.prefix = PORT_BITS, .pod = pod->id, .rule = rule, .port = port};

	return has_rule(pod, rule) && bpf_map_lookup_elem(&port_rules, &key);
}

static __always_inline bool range_matches(const struct pod *pod, enum rule rule,
					  const struct address *address)
{
	struct range_rule key = {.prefix = RANGE_BITS,
				 .pod = pod->id,
				 .rule = rule,
				 .family = is_mapped(address) ? AF_INET : AF_INET6,
				 .address = *address};

	return has_rule(pod, rule) && bpf_map_lookup_elem(&range_rules, &key);
}

static __always_inline bool owner_matches(const struct pod *pod, enum rule rule, __u32 owner)
{
	struct owner_rule key = {.pod = pod->id, .rule = rule, .owner = owner};

	return has_rule(pod, rule) && bpf_map_lookup_elem(&owner_rules, &key);
}

/* Whoever runs as the proxy, in its cgroup, or with a socket that carries its mark. */
static __always_inline bool is_proxy(const struct pod *pod, const struct bpf_sock *sk, __u64 ids)
{
	if (pod->proxy_cgroup && bpf_get_current_cgroup_id() == pod->proxy_cgroup)
		return true;
	if (owner_matches(pod, RULE_UID_PROXY, (__u32)ids) ||
	    owner_matches(pod, RULE_GID_PROXY, ids >> 32))
		return true;
	return pod->proxy_mark_mask && sk && (sk->mark & pod->proxy_mark_mask) == pod->proxy_mark;
}

#endif
