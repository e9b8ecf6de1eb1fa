/* SPDX-License-Identifier: Apache-2.0 */
/* Built where libbpf or a clang that compiles for BPF is not there: says so. See xdplive.h. */
#include "scanner/link/xdplive.h"

int xdplive_open(
	const struct link_options *options, struct xdplive **ret_xdplive, struct error *reterr)
{
	(void)options, (void)ret_xdplive;
	return error_set(reterr, ERROR_USAGE,
		"no XDP live frames: this program was built without libbpf or a clang for BPF");
}

void xdplive_close(struct xdplive *xdplive)
{
	(void)xdplive;
}

int xdplive_send(struct xdplive *xdplive, struct link_pass *pass, struct error *reterr)
{
	(void)xdplive, (void)pass, (void)reterr;
	return LINK_UNABLE;
}

void xdplive_stats(const struct xdplive *xdplive, struct link_stats *stats)
{
	(void)xdplive, (void)stats;
}
