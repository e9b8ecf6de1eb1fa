/* SPDX-License-Identifier: Apache-2.0 */
/* Neighbour discovery messages and their options; see ndp.h. One row per option. */
#include "scanner/wire/ndp.h"

#include <string.h>

enum {
	OPTION_PREFIX = 3,
	PREFIX_ON_LINK = 0x80,
};

static struct addr read_addr(struct cursor *c)
{
	const uint8_t *bytes = cursor_bytes(c, 16);

	return bytes ? addr_from_bytes(6, bytes) : (struct addr){0};
}

static void read_mac(struct cursor *c, struct mac *mac, bool *has)
{
	const uint8_t *bytes = cursor_bytes(c, sizeof(mac->bytes));

	if (!bytes)
		return;
	memcpy(mac->bytes, bytes, sizeof(mac->bytes));
	*has = true;
}

static void read_source_mac(struct cursor *c, struct ndp *ndp)
{
	read_mac(c, &ndp->source_mac, &ndp->has_source_mac);
}

static void read_target_mac(struct cursor *c, struct ndp *ndp)
{
	read_mac(c, &ndp->target_mac, &ndp->has_target_mac);
}

static void read_prefix(struct cursor *c, struct ndp *ndp)
{
	uint8_t length = cursor_u8(c), flags = cursor_u8(c);
	struct addr base;

	cursor_skip(c, 12);
	base = read_addr(c);
	if (!cursor_ok(c) || length > 128) {
		cursor_fail(c);
		return;
	}
	if (flags & PREFIX_ON_LINK && ndp->n_prefixes < NDP_PREFIXES_MAX)
		ndp->prefixes[ndp->n_prefixes++] = cidr_of(&base, length);
}

/* clang-format off */
static const struct row {
	uint8_t code;
	const char *name;
	size_t min, max; /* of the value, two bytes of head not counted */
	void (*read)(struct cursor *c, struct ndp *ndp);
} rows[] = {
	{1,             "source link-layer address", 6,  6,  read_source_mac},
	{2,             "target link-layer address", 6,  6,  read_target_mac},
	{OPTION_PREFIX, "prefix information",        30, 30, read_prefix},
};
/* clang-format on */

static bool read_options(struct cursor *c, struct ndp *ndp)
{
	while (cursor_left(c)) {
		uint8_t code = cursor_u8(c), length = cursor_u8(c); /* in units of 8 bytes */
		struct cursor body;

		if (!cursor_ok(c) || length == 0)
			return false;
		body = cursor_sub(c, length * 8u - 2);
		if (!cursor_ok(c))
			return false;
		TLV_DISPATCH(rows, code, body, ndp, &ndp->tally);
	}
	return true;
}

static void read_solicitation(struct cursor *c, struct ndp *ndp)
{
	cursor_skip(c, 4);
	ndp->target = read_addr(c);
}

static void read_advertisement(struct cursor *c, struct ndp *ndp)
{
	uint32_t flags = cursor_be32(c);

	ndp->router = flags >> 31;
	ndp->solicited = flags >> 30 & 1;
	ndp->override = flags >> 29 & 1;
	ndp->target = read_addr(c);
}

static void read_router_solicitation(struct cursor *c, struct ndp *ndp)
{
	(void)ndp;
	cursor_skip(c, 4);
}

static void read_router(struct cursor *c, struct ndp *ndp)
{
	cursor_skip(c, 2);
	ndp->lifetime = cursor_be16(c);
	cursor_skip(c, 8);
}

static void read_redirect(struct cursor *c, struct ndp *ndp)
{
	cursor_skip(c, 4);
	ndp->target = read_addr(c);
	cursor_skip(c, 16);
}

bool ndp_read(uint8_t type, const uint8_t *body, size_t size, struct ndp *ret_ndp)
{
	static const struct {
		enum ndp_type type;
		void (*read)(struct cursor *c, struct ndp *ndp);
	} messages[] = {
		{NDP_ROUTER_SOLICITATION, read_router_solicitation},
		{NDP_ROUTER_ADVERTISEMENT, read_router},
		{NDP_NEIGHBOUR_SOLICITATION, read_solicitation},
		{NDP_NEIGHBOUR_ADVERTISEMENT, read_advertisement},
		{NDP_REDIRECT, read_redirect},
	};
	struct cursor c = cursor_of(body, size);

	*ret_ndp = (struct ndp){.type = (enum ndp_type)type};
	for (size_t i = 0; i < ARRAY_SIZE(messages); i++) {
		if (messages[i].type != type)
			continue;
		messages[i].read(&c, ret_ndp);
		return cursor_ok(&c) && read_options(&c, ret_ndp);
	}
	return false;
}
