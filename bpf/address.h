/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INTERCEPT_ADDRESS_H
#define INTERCEPT_ADDRESS_H

#include <stdbool.h>
#include <bpf/bpf_endian.h>

#include "types.h"

/* linux/socket.h has no families: they are the C library's, which does not exist here. */
#define AF_INET 2
#define AF_INET6 10
#define LOOPBACK4 bpf_htonl(0x7f000001)
#define MAPPED bpf_htonl(0xffff)

/* What a hook on a socket's addresses or options returns; to refuse is EPERM for the caller. */
#define REFUSE 0
#define ALLOW 1

/*
 * Where two branches read different members of a context, clang makes it one read through a chosen
 * pointer, and the verifier refuses a pointer into a context that was moved.
 */
#define READ_BEFORE_BRANCHING() asm volatile("" ::: "memory")

/*
 * What was read before is not taken for the place to write to: clang would keep the address of the
 * member, which is a pointer into the middle of a context again.
 */
#define READ_NO_MORE(ctx) asm volatile("" : "+r"(ctx))

/* A counter that lives in memory, such as a map's key, is one whose value the verifier cannot
 * follow: it sees a loop without end. */
#define KEEP_IN_REGISTER(counter) asm volatile("" : "+r"(counter))

static __always_inline struct address mapped(__u32 ip4)
{
	return (struct address){{0, 0, MAPPED, ip4}};
}

static __always_inline bool is_mapped(const struct address *address)
{
	return !address->words[0] && !address->words[1] && address->words[2] == MAPPED;
}

static __always_inline bool is_loopback(const struct address *address)
{
	if (is_mapped(address))
		return (bpf_ntohl(address->words[3]) >> 24) == 127;
	return !address->words[0] && !address->words[1] && !address->words[2] &&
	       address->words[3] == bpf_htonl(1);
}

/* Member by member: clang 14 was seen to leave out half of an assignment of the whole to a map's
 * value. */
static __always_inline void copy_original(struct original *to, const struct original *from,
					  __u32 side)
{
	to->address.words[0] = from->address.words[0];
	to->address.words[1] = from->address.words[1];
	to->address.words[2] = from->address.words[2];
	to->address.words[3] = from->address.words[3];
	to->port = from->port;
	to->family = from->family;
	to->side = side;
}

/* The kernel takes the unspecified address for loopback, after the hooks ran. */
static __always_inline void unspecified_is_loopback(struct address *address)
{
	if (address->words[0] || address->words[1] || address->words[3])
		return;
	if (!address->words[2])
		address->words[3] = bpf_htonl(1);
	else if (address->words[2] == MAPPED)
		address->words[3] = LOOPBACK4;
}

#endif
