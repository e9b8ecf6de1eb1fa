/* SPDX-License-Identifier: Apache-2.0 */
/* DCP's header and blocks; see dcp.h. One row per block that is read; unknown ones are tallied.
 */
#include "scanner/wire/dcp.h"

#include <stdio.h>
#include <string.h>

enum {
	FRAME_HELLO = 0xfefc,
	FRAME_GET_SET = 0xfefd,
	FRAME_IDENTIFY = 0xfefe,
	FRAME_IDENTIFY_ANSWER = 0xfeff,
	SERVICE_GET = 3,
	SERVICE_HELLO = 6,
	TYPE_REQUEST = 0,
	TYPE_SUCCESS = 1,
	INFO_SIZE = 2,
	IP_KNOWN = 3, /* set, or set by DHCP; in the information in front */
	IP_CONFLICT = 0x80,
	NAME_MOST = 240, /* NameOfStation; the others are no longer */
};

#define BLOCK(option, suboption) ((option) << 8 | (suboption))

static void read_ip(struct cursor *c, struct dcp *dcp)
{
	uint16_t info = cursor_be16(c);
	const uint8_t *bytes = cursor_bytes(c, 12); /* address, mask, gateway */
	static const struct addr none = {.family = 4};
	struct addr addr, gateway;

	if (!bytes || !(info & IP_KNOWN) || info & IP_CONFLICT)
		return;
	addr = addr_from_bytes(4, bytes);
	gateway = addr_from_bytes(4, bytes + 8);
	if (!addr_equal(&addr, &none))
		dcp->addr = addr;
	if (!addr_equal(&gateway, &none) && !addr_equal(&gateway, &addr))
		dcp->gateway = gateway;
}

/* Behind the information; some fill a field of their own with zeros. */
static struct view read_text(struct cursor *c)
{
	struct view text;
	const uint8_t *end;

	cursor_skip(c, INFO_SIZE);
	text = view_rest(c);
	end = text.size ? memchr(text.bytes, 0, text.size) : NULL;
	if (end)
		text.size = (size_t)(end - text.bytes);
	return text;
}

static void read_type(struct cursor *c, struct dcp *dcp)
{
	dcp->type = read_text(c);
}

static void read_name(struct cursor *c, struct dcp *dcp)
{
	dcp->name = read_text(c);
}

static void read_alias(struct cursor *c, struct dcp *dcp)
{
	dcp->alias = read_text(c);
}

static void read_device(struct cursor *c, struct dcp *dcp)
{
	cursor_skip(c, INFO_SIZE);
	dcp->vendor = cursor_be16(c);
	dcp->device = cursor_be16(c);
	dcp->has_device = true;
}

static void read_role(struct cursor *c, struct dcp *dcp)
{
	cursor_skip(c, INFO_SIZE);
	dcp->role = cursor_u8(c);
	dcp->has_role = true;
}

static void read_instance(struct cursor *c, struct dcp *dcp)
{
	cursor_skip(c, INFO_SIZE);
	dcp->instance = cursor_be16(c);
	dcp->has_instance = true;
}

/* clang-format off */
static const struct row {
	unsigned int code;
	const char *name;
	size_t min, max; /* with the information in front */
	void (*read)(struct cursor *c, struct dcp *dcp);
} rows[] = {
	{BLOCK(1, 2), "IP parameter",    INFO_SIZE + 12, INFO_SIZE + 12,        read_ip},
	{BLOCK(2, 1), "type of station", INFO_SIZE + 1,  INFO_SIZE + NAME_MOST, read_type},
	{BLOCK(2, 2), "NameOfStation",   INFO_SIZE,      INFO_SIZE + NAME_MOST, read_name},
	{BLOCK(2, 3), "device id",       INFO_SIZE + 4,  INFO_SIZE + 4,         read_device},
	{BLOCK(2, 4), "device role",     INFO_SIZE + 1,  INFO_SIZE + 2,         read_role},
	{BLOCK(2, 6), "alias name",      INFO_SIZE + 1,  INFO_SIZE + NAME_MOST, read_alias},
	{BLOCK(2, 7), "device instance", INFO_SIZE + 2,  INFO_SIZE + 2,         read_instance},
};
/* clang-format on */

bool dcp_is(const uint8_t *bytes, size_t size)
{
	struct cursor c = cursor_of(bytes, size);
	uint16_t frame = cursor_be16(&c);

	return cursor_ok(&c) && frame >= FRAME_HELLO && frame <= FRAME_IDENTIFY_ANSWER;
}

/* Who states something of itself: an answer to Identify, one to Get, a Hello. */
static bool states(uint16_t frame, uint8_t service, uint8_t type)
{
	if (frame == FRAME_HELLO)
		return service == SERVICE_HELLO && type == TYPE_REQUEST;
	if (frame == FRAME_GET_SET)
		return service == SERVICE_GET && type == TYPE_SUCCESS;
	return frame == FRAME_IDENTIFY_ANSWER && service == DCP_IDENTIFY &&
	       type == TYPE_SUCCESS;
}

/* Filters of a question have no information in front. */
static void read_question(struct cursor blocks, struct dcp *dcp)
{
	while (cursor_left(&blocks)) {
		unsigned int code = cursor_be16(&blocks);
		uint16_t n = cursor_be16(&blocks);
		struct cursor body = cursor_sub(&blocks, n);

		if (code == BLOCK(2, 2) && cursor_left(&body) && n <= NAME_MOST)
			dcp->sought = view_rest(&body);
		if (n & 1)
			cursor_skip(&blocks, 1);
	}
}

bool dcp_read(const uint8_t *bytes, size_t size, struct dcp *ret_dcp)
{
	struct cursor c = cursor_of(bytes, size), blocks;
	uint16_t frame = cursor_be16(&c), length;
	uint8_t type;

	*ret_dcp = (struct dcp){.service = cursor_u8(&c)};
	type = cursor_u8(&c);
	ret_dcp->xid = cursor_be32(&c);
	cursor_skip(&c, 2); /* how long answers may be put off */
	length = cursor_be16(&c);
	blocks = cursor_sub(&c, length);
	if (!cursor_ok(&blocks))
		return false;
	ret_dcp->states = states(frame, ret_dcp->service, type);
	if (frame == FRAME_IDENTIFY && ret_dcp->service == DCP_IDENTIFY && type == TYPE_REQUEST)
		read_question(blocks, ret_dcp);
	while (ret_dcp->states && cursor_left(&blocks)) {
		unsigned int code = cursor_be16(&blocks);
		uint16_t n = cursor_be16(&blocks);
		struct cursor body = cursor_sub(&blocks, n);

		if (!cursor_ok(&blocks))
			return false;
		if (n & 1 && cursor_left(&blocks))
			cursor_skip(&blocks, 1); /* blocks begin at even places */
		TLV_DISPATCH(rows, code, body, ret_dcp, &ret_dcp->tally);
	}
	return true;
}

void dcp_role_format(struct str *out, uint8_t role)
{
	static const char *const names[] = {
		"device", "controller", "multidevice", "supervisor"};
	const char *space = "";

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (role & 1u << i) {
			str_addf(out, "%s%s", space, names[i]);
			space = " ";
		}
	}
}

struct teller {
	void (*tell)(void *context, const char *name, const void *text, size_t size);
	void *context;
};

static void tell_view(const struct teller *t, const char *name, const struct view *view)
{
	if (view->size)
		t->tell(t->context, name, view->bytes, view->size);
}

static void tell_number(const struct teller *t, bool has, const char *name, unsigned int value)
{
	char text[16];

	if (has)
		t->tell(t->context, name, text,
			(size_t)snprintf(text, sizeof(text), "%u", value));
}

void dcp_describe(const struct dcp *dcp,
	void (*tell)(void *context, const char *name, const void *text, size_t size),
	void *context)
{
	const struct teller t = {tell, context};
	struct str role = STR_INIT(64);
	char text[ADDR_TEXT_MAX];

	tell_view(&t, "dcp.name", &dcp->name);
	tell_view(&t, "dcp.type", &dcp->type);
	tell_view(&t, "dcp.alias", &dcp->alias);
	tell_number(&t, dcp->has_device, "dcp.vendor_id", dcp->vendor);
	tell_number(&t, dcp->has_device, "dcp.device_id", dcp->device);
	tell_number(&t, dcp->has_instance, "dcp.instance", dcp->instance);
	dcp_role_format(&role, dcp->role);
	tell_view(&t, "dcp.role", &(struct view){(const uint8_t *)role.data, role.len});
	if (dcp->gateway.family) {
		addr_format(&dcp->gateway, text);
		tell(context, "dcp.gateway", text, strlen(text));
	}
	str_done(&role);
}
