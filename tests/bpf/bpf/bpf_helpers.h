/* SPDX-License-Identifier: Apache-2.0 */
/* In place of libbpf's: what the programs call is in host.h, and their maps are nothing but
 * addresses. */
#ifndef INTERCEPT_TESTS_BPF_HELPERS_H
#define INTERCEPT_TESTS_BPF_HELPERS_H

#include <linux/bpf.h>

#define SEC(name)
#define __noinline __attribute__((noinline))
#define __uint(name, value) int name
#define __type(name, type) int name

void *bpf_map_lookup_elem(void *map, const void *key);
long bpf_map_update_elem(void *map, const void *key, const void *value, __u64 flags);
long bpf_map_delete_elem(void *map, const void *key);
long bpf_sock_hash_update(struct bpf_sock_ops *ctx, void *map, void *key, __u64 flags);
void *bpf_sk_storage_get(void *map, void *sk, void *value, __u64 flags);
long bpf_sk_storage_delete(void *map, void *sk);
long bpf_sk_assign(void *ctx, void *sk, __u64 flags);
long bpf_sk_release(void *sk);
struct bpf_sock *bpf_sk_lookup_tcp(void *ctx, struct bpf_sock_tuple *tuple, __u32 size, __u64 netns,
				   __u64 flags);
long bpf_bind(struct bpf_sock_addr *ctx, struct sockaddr *address, int size);
long bpf_sock_ops_cb_flags_set(struct bpf_sock_ops *ctx, int flags);
__u64 bpf_get_netns_cookie(void *ctx);
__u64 bpf_get_current_uid_gid(void);
__u64 bpf_get_current_pid_tgid(void);
__u64 bpf_get_current_cgroup_id(void);
long bpf_get_current_comm(void *buffer, __u32 size);
__u64 bpf_ktime_get_ns(void);
void bpf_spin_lock(struct bpf_spin_lock *lock);
void bpf_spin_unlock(struct bpf_spin_lock *lock);
void *bpf_ringbuf_reserve(void *ring, __u64 size, __u64 flags);
void bpf_ringbuf_submit(void *record, __u64 flags);

#endif
