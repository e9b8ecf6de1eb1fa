/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The XDP program behind xdplive.c: each frame that the kernel hands to it becomes the next SYN
 * of a round and leaves by the interface. What may leave is decided here and not by who asks:
 * the scope's longest-prefix map, the rate, the interface and the frame's headers but for
 * target, port, cookie and next hop are fixed before the asking process gives up its rights.
 * Compiled for BPF; the arithmetic is xdplive_arith.h.
 *
 * Whoever asks has one thread and cannot make another (scanner/priv), so plain additions are
 * enough.
 */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "scanner/link/xdplive_arith.h"

const volatile struct xdplive_fixed fixed = {0};

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC | BPF_F_RDONLY_PROG);
	__uint(max_entries, 1);
	__type(key, struct xdplive_prefix);
	__type(value, uint64_t);
} scope SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, uint32_t);
	__type(value, struct xdplive_range);
} ranges SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, uint32_t);
	__type(value, struct xdplive_round);
} round SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, uint32_t);
	__type(value, struct xdplive_state);
} state SEC(".maps");

/* Reads the clock when the credit is used up: what has become due since, at most `depth_ns` of
 * it; at high rates at least a few frames at once, which then fall due together. */
static __always_inline bool earn(struct xdplive_state *s, uint64_t interval)
{
	uint64_t now = bpf_ktime_get_ns(), earned, least;

	if (interval < fixed.interval_ns)
		interval = fixed.interval_ns;
	if (interval > XDPLIVE_INTERVAL_MAX)
		interval = XDPLIVE_INTERVAL_MAX;
	if (now < s->next_ns)
		return false;
	if (s->next_ns + fixed.depth_ns < now)
		s->next_ns = now - fixed.depth_ns;
	earned = (now - s->next_ns) / interval + 1;
	least = XDPLIVE_TOGETHER_NS / interval;
	if (least > XDPLIVE_TOGETHER)
		least = XDPLIVE_TOGETHER;
	if (earned < least)
		earned = least;
	s->next_ns += earned * interval;
	s->credit = earned;
	return true;
}

/* The last range that begins at or before the slot. */
static __always_inline const struct xdplive_range *range_of(uint64_t n, uint64_t slot)
{
	uint32_t low = 0, high = (uint32_t)n;

	for (int i = 0; i < XDPLIVE_HALVINGS && high - low > 1; i++) {
		uint32_t middle = low + (high - low) / 2;
		const struct xdplive_range *range = bpf_map_lookup_elem(&ranges, &middle);

		if (range && range->first <= slot)
			low = middle;
		else
			high = middle;
	}
	return bpf_map_lookup_elem(&ranges, &low);
}

static __always_inline bool in_scope(uint32_t target)
{
	struct xdplive_prefix key = {32, xdplive_be32(target)};
	const uint64_t *until_ns = bpf_map_lookup_elem(&scope, &key);

	return until_ns && bpf_ktime_get_coarse_ns() < *until_ns;
}

SEC("xdp")
int cadastre_syn(struct xdp_md *ctx)
{
	uint8_t *frame = (uint8_t *)(long)ctx->data, *end = (uint8_t *)(long)ctx->data_end;
	struct xdplive_round *r;
	struct xdplive_state *s;
	const struct xdplive_range *range;
	uint32_t zero = 0, target, cookie;
	uint64_t slot, kind;
	uint16_t port;

	r = bpf_map_lookup_elem(&round, &zero);
	s = bpf_map_lookup_elem(&state, &zero);
	if (!r || !s || frame + XDPLIVE_FRAME > end)
		return XDP_ABORTED;
	barrier_var(end); /* the verifier does not follow an equality */
	if (frame + XDPLIVE_FRAME != end)
		return XDP_ABORTED;
	if (r->position >= r->slots.n) {
		r->position = 0;
		r->round++;
	}
	if (r->round >= r->rounds)
		return XDP_DROP;
	if (!s->credit && !earn(s, r->interval_ns)) {
		s->held++;
		return XDP_DROP;
	}
	slot = xdplive_at(&r->slots, r->position++);
	kind = xdplive_kind(r->rounds, slot, r->round);
	range = range_of(r->n_ranges, slot);
	if (!range || slot == XDPLIVE_NONE || kind >= XDPLIVE_PORTS) {
		s->skipped++;
		return XDP_DROP;
	}
	target = range->base + (uint32_t)(slot - range->first);
	if (!in_scope(target)) {
		s->refused++;
		return XDP_DROP;
	}
	port = r->ports[kind & (XDPLIVE_PORTS - 1)];
	cookie = xdplive_cookie(r->key, fixed.source, target, port);
	xdplive_compose(frame, &fixed, range, target, port, cookie);
	s->credit--;
	s->sent++;
	return bpf_redirect(fixed.ifindex, 0);
}

char license_text[] SEC("license") = "Apache-2.0";
