// SPDX-License-Identifier: Apache-2.0
/* One object, and only contexts that the kernel promises to keep (UAPI): the same file loads on
 * every kernel since 5.17. */
#include <linux/bpf.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <bpf/bpf_helpers.h>

#include "outbound.h"
#include "datagram.h"
#include "bind.h"
#include "handover.h"
#include "inbound.h"

/* No helper that is called here asks for the GPL. */
char _license[] SEC("license") = "Apache-2.0";
