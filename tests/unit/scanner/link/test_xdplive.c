/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the XDP program computes is what the campaign computes: order, ports, cookies and
 * frames, for many sizes and seeds. The text of xdplive_arith.h is the program's own, here
 * compiled for the host.
 */
#include "tests/unit/unit.h"

#include "scanner/campaign/cookie.h"
#include "scanner/campaign/permute.h"
#include "scanner/campaign/probe.h"
#include "scanner/link/xdplive_arith.h"

static struct xdplive_order order_of(const struct permute *permute)
{
	struct xdplive_order order = {
		.n = permute->n, .mask = permute->mask, .bits = permute->bits};

	memcpy(order.keys, permute->keys, sizeof(order.keys));
	return order;
}

static void the_order(void **state)
{
	static const uint64_t sizes[] = {1, 2, 3, 5, 17, 255, 256, 257, 4097, 65536, 65537,
		1048577, 16777215, UINT32_MAX};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		struct siphash_key key = siphash_key_seeded(i + 1);
		struct permute permute;
		struct xdplive_order order;

		permute_init(&permute, &key, i, sizes[i]);
		order = order_of(&permute);
		for (uint64_t n = 0; n < 4000; n++) {
			uint64_t position = n * 2654435761u % sizes[i];

			assert_int_equal(
				xdplive_at(&order, position), permute_at(&permute, position));
		}
	}
}

/* All rounds together ask every slot for every port once. */
static void every_port_once(void **state)
{
	static const uint64_t sizes[] = {1, 2, 3, 20, 100};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		for (uint64_t slot = 0; slot < 500; slot++) {
			uint8_t seen[100] = {0};

			for (uint64_t round = 0; round < sizes[i]; round++)
				seen[xdplive_kind(sizes[i], slot * 8191, round)]++;
			for (uint64_t kind = 0; kind < sizes[i]; kind++)
				assert_int_equal(seen[kind], 1);
		}
	}
}

/* A walk that does not end is told from an index. */
static void no_endless_walk(void **state)
{
	struct siphash_key key = siphash_key_seeded(1);
	struct xdplive_order order;
	struct permute permute;

	(void)state;
	permute_init(&permute, &key, 1, 1000);
	order = order_of(&permute);
	order.n = 0;
	assert_true(xdplive_at(&order, 3) == XDPLIVE_NONE);
}

static struct path make_path(struct xdplive_fixed *fixed, const char *source)
{
	static const struct mac ours = {{2, 0, 0, 0, 0, 1}};
	struct path path = {0};
	const struct template *syn = &path.templates[TEMPLATE_SYN];

	assert_int_equal(addr_parse(source, &path.source, NULL), 0);
	assert_int_equal(template_build(TEMPLATE_SYN, LINK_ETHERNET, &ours, &path.source, 61234,
				 &path.templates[TEMPLATE_SYN], NULL),
		0);
	assert_int_equal(syn->size, XDPLIVE_FRAME - 2);
	xdplive_fix(fixed, syn->bytes, syn->size, syn->network_sum, syn->transport_sum);
	assert_int_equal(fixed->source, addr_to_v4(&path.source));
	return path;
}

static void the_frames(void **state)
{
	struct siphash_key key = siphash_key_seeded(20);
	const uint64_t words[2] = {key.k0, key.k1};
	struct xdplive_fixed fixed = {0};
	struct path path = make_path(&fixed, "198.18.0.5");
	struct xdplive_range range = {.mac = {2, 0, 0, 0, 0, 2}};
	uint32_t random = 1;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct probe probe = {.kind = TEMPLATE_SYN, .path = &path};
		_Alignas(8) uint8_t frame[XDPLIVE_FRAME];
		struct link_frame want = {0};
		uint32_t target, cookie_here;

		memset(frame, 0xee, sizeof(frame));
		memcpy(probe.mac.bytes, range.mac, sizeof(range.mac));
		random = random * 1664525 + 1013904223;
		target = random;
		random = random * 1664525 + 1013904223;
		probe.port = (uint16_t)(random >> 12);
		probe.source = path.source;
		probe.target = addr_v4(target);
		probe.cookie =
			cookie(&key, COOKIE_SYN, &probe.source, &probe.target, probe.port);
		cookie_here = xdplive_cookie(words, fixed.source, target, probe.port);
		assert_int_equal(cookie_here, probe.cookie);
		assert_true(probe_build(&probe, &want));
		xdplive_compose(frame, &fixed, &range, target, probe.port, cookie_here);
		assert_memory_equal(frame, want.bytes, want.size);
		assert_int_equal(frame[want.size] | frame[want.size + 1], 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(the_order),
		cmocka_unit_test(every_port_once), cmocka_unit_test(no_endless_walk),
		cmocka_unit_test(the_frames)};

	return RUN(tests);
}
