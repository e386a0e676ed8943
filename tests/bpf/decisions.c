// SPDX-License-Identifier: Apache-2.0
/* What the programs decide, and what they write. Exits with 0 when every check held. */
#include <arpa/inet.h>
#undef AF_INET
#undef AF_INET6
#undef SOCK_STREAM
#undef SOCK_DGRAM

#include "host.h"

static struct bpf_sock sock4 = {.family = AF_INET}, sock6 = {.family = AF_INET6};

#include "outbound_checks.h"
#include "datagrams_checks.h"
#include "inbound_checks.h"
#include "handover_checks.h"

int main(void)
{
	check_outbound();
	check_datagrams();
	check_inbound();
	check_handover();
	printf("%d checks, %d failed\n", checks, failures);
	return failures != 0 || !checks;
}
