/* SPDX-License-Identifier: Apache-2.0 */
/* The far end of the bench's cable: drops every frame before the network stack sees it. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

SEC("xdp")
int sink(struct xdp_md *ctx)
{
	(void)ctx;
	return XDP_DROP;
}

char license_text[] SEC("license") = "Apache-2.0";
