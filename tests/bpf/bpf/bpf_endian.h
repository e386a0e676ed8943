/* SPDX-License-Identifier: Apache-2.0 */
/* In place of libbpf's: see host.h. */
#ifndef INTERCEPT_TESTS_BPF_ENDIAN_H
#define INTERCEPT_TESTS_BPF_ENDIAN_H

#define bpf_htons(value) __builtin_bswap16(value)
#define bpf_ntohs(value) __builtin_bswap16(value)
#define bpf_htonl(value) __builtin_bswap32(value)
#define bpf_ntohl(value) __builtin_bswap32(value)

#endif
