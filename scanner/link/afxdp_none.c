/* SPDX-License-Identifier: Apache-2.0 */
/* Built where libxdp or libbpf is not there: says so. See sender.h. */
#include "scanner/link/sender.h"

int sender_afxdp_open(const struct link_interface *interface, struct sender **ret_sender,
	struct error *reterr)
{
	(void)ret_sender;
	return error_set(reterr, ERROR_USAGE,
		"no AF_XDP on interface %s: this program was built without libxdp",
		interface->name);
}
