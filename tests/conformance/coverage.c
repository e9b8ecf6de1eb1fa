/* SPDX-License-Identifier: Apache-2.0 */
/* Every protocol that the scanner knows, a line each: name, transport, ports, risk of what is asked, whether
 * anything is asked, how much is kept of what is overheard, reference; for docs/coverage.md. */
#include "scanner/protocol/protocol.h"

#include <stdio.h>

int main(void)
{
	static const char *const risks[] = {[PROTOCOL_PASSIVE] = "safe", [PROTOCOL_SAFE] = "safe",
		[PROTOCOL_STANDARD] = "standard", [PROTOCOL_THOROUGH] = "thorough"};
	size_t n;
	const struct protocol *const *all = protocols_all(&n);

	for (size_t i = 0; i < n; i++) {
		const struct protocol *p = all[i];
		const char *begins = p->request ? "asks" : p->next ? "answers" : p->secured ? "asks" : "listens";

		printf("%s\t%s\t", p->name, p->transport == TRANSPORT_UDP ? "UDP" : "TCP");
		for (const uint16_t *port = p->ports; port && *port; port++)
			printf("%s%u", port == p->ports ? "" : ", ", *port);
		printf("\t%s\t%s\t%s\t%s\n", risks[p->risk], begins, p->overheard ? "part" : "all", p->reference);
	}
	return 0;
}
