/* SPDX-License-Identifier: Apache-2.0 */
/* What was refused, and on demand what was captured, for whoever reads along. Counters say how
 * often, events whose. */
#ifndef INTERCEPT_EVENTS_H
#define INTERCEPT_EVENTS_H

#include "address.h"
#include "maps.h"

#define NANOSECONDS 1000000000ULL

static __always_inline bool is_refused(enum reason reason)
{
	switch (reason) {
	case OUT_BOUND_DEVICE_REFUSED:
	case OUT_NO_STORAGE_REFUSED:
	case OUT_DNS_REFUSED:
	case OUT_UDP_REFUSED:
	case IN_NO_LISTENER_REFUSED:
	case IN_UNFIT_LISTENER_REFUSED:
	case BIND_REFUSED:
	case CLIENT_ADDRESS_REFUSED:
		return true;
	default:
		return false;
	}
}

static __always_inline bool is_redirected(enum reason reason)
{
	return reason == OUT_CAPTURED || reason == OUT_SELF_CALL || reason == OUT_DNS;
}

/* Several processors may count one second's events at once: then a few more get out. */
static __always_inline bool is_within_limit(__u64 netns, __u32 limit)
{
	struct event_window *window = bpf_map_lookup_elem(&event_windows, &netns);
	__u32 now = bpf_ktime_get_ns() / NANOSECONDS;

	if (!window) {
		struct event_window fresh = {.second = now};

		bpf_map_update_elem(&event_windows, &netns, &fresh, BPF_NOEXIST);
		window = bpf_map_lookup_elem(&event_windows, &netns);
		if (!window)
			return false;
	}
	if (window->second != now) {
		window->second = now;
		window->sent = 0;
	}
	if (window->sent >= limit)
		return false;
	window->sent++;
	return true;
}

static __always_inline void report(__u64 netns, const struct pod *pod, enum reason reason,
				   const struct original *whom, bool called)
{
	struct event *event;

	if (!pod->events_per_second ||
	    (!is_refused(reason) && !((pod->flags & POD_EVENTS_CAPTURED) &&
				      (is_redirected(reason) || reason == IN_CAPTURED))))
		return;
	event = is_within_limit(netns, pod->events_per_second)
			? bpf_ringbuf_reserve(&events, sizeof(*event), 0)
			: 0;
	if (!event) {
		count(netns, EVENT_LOST);
		return;
	}
	event->time = bpf_ktime_get_ns();
	event->netns = netns;
	event->reason = reason;
	event->process = 0;
	event->uid = 0;
	event->family = whom->family;
	event->port = whom->port;
	event->address.words[0] = whom->address.words[0];
	event->address.words[1] = whom->address.words[1];
	event->address.words[2] = whom->address.words[2];
	event->address.words[3] = whom->address.words[3];
	__builtin_memset(event->command, 0, sizeof(event->command));
	if (called) {
		event->process = bpf_get_current_pid_tgid() >> 32;
		event->uid = bpf_get_current_uid_gid();
		bpf_get_current_comm(event->command, sizeof(event->command));
	}
	bpf_ringbuf_submit(event, 0);
}

/* By a system call of the process that runs now. */
static __always_inline void report_call(__u64 netns, const struct pod *pod, enum reason reason,
					const struct original *to)
{
	report(netns, pod, reason, to, true);
}

#endif
