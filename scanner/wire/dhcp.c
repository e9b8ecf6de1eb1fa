/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DHCP's header and options; see dhcp.h. One row per option; unknown options are tallied. Of an
 * option that stands twice the first is kept. Options that overflow into the fields for file
 * and server name (RFC 2132, 9.3) are read from there.
 */
#include "scanner/wire/dhcp.h"

enum {
	OPTION_PAD = 0,
	OPTION_END = 255,
	HARDWARE_ETHERNET = 1,
	SERVER_NAME_SIZE = 64,
	FILE_SIZE = 128,
	OVERLOAD_FILE = 1, /* bits of option 52 */
	OVERLOAD_SERVER_NAME = 2,
};

#define MAGIC 0x63825363

/* The message while its options are read. */
struct reader {
	struct dhcp *dhcp;
	uint8_t overload;
};

static struct addr read_ipv4(struct cursor *c)
{
	uint32_t value = cursor_be32(c);

	return value ? addr_v4(value) : (struct addr){0};
}

static void keep_address(struct cursor *c, struct addr *addr)
{
	struct addr first = read_ipv4(c);

	if (!addr->family)
		*addr = first;
}

static void keep_view(struct cursor *c, struct view *view)
{
	if (!view->size)
		*view = view_rest(c);
}

static void read_netmask(struct cursor *c, struct reader *r)
{
	keep_address(c, &r->dhcp->netmask);
}

static void read_router(struct cursor *c, struct reader *r)
{
	keep_address(c, &r->dhcp->router);
}

static void read_host_name(struct cursor *c, struct reader *r)
{
	keep_view(c, &r->dhcp->host_name);
}

static void read_domain(struct cursor *c, struct reader *r)
{
	keep_view(c, &r->dhcp->domain);
}

static void read_requested(struct cursor *c, struct reader *r)
{
	keep_address(c, &r->dhcp->requested);
}

static void read_lease(struct cursor *c, struct reader *r)
{
	r->dhcp->lease = cursor_be32(c);
}

static void read_overload(struct cursor *c, struct reader *r)
{
	r->overload = cursor_u8(c);
}

static void read_type(struct cursor *c, struct reader *r)
{
	uint8_t type = cursor_u8(c);

	if (type < DHCP_DISCOVER || type > DHCP_INFORM)
		cursor_fail(c);
	else if (r->dhcp->type == DHCP_BOOTP)
		r->dhcp->type = (enum dhcp_type)type;
}

static void read_server_id(struct cursor *c, struct reader *r)
{
	keep_address(c, &r->dhcp->server_id);
}

static void read_parameters(struct cursor *c, struct reader *r)
{
	keep_view(c, &r->dhcp->parameters);
}

static void read_vendor_class(struct cursor *c, struct reader *r)
{
	keep_view(c, &r->dhcp->vendor_class);
}

static void read_client_id(struct cursor *c, struct reader *r)
{
	keep_view(c, &r->dhcp->client_id);
}

static void read_fqdn(struct cursor *c, struct reader *r)
{
	uint8_t flags = cursor_u8(c);

	cursor_skip(c, 2);
	if (!(flags & 4)) /* 4: in the form of DNS, which nobody but servers sends */
		keep_view(c, &r->dhcp->fqdn);
}

/* clang-format off */
static const struct row {
	uint8_t code;
	const char *name;
	size_t min, max; /* of the value */
	void (*read)(struct cursor *c, struct reader *r);
} rows[] = {
	{1,  "subnet mask",       4, 4,   read_netmask},
	{3,  "router",            4, 252, read_router},
	{12, "host name",         1, 255, read_host_name},
	{15, "domain name",       1, 255, read_domain},
	{50, "requested address", 4, 4,   read_requested},
	{51, "lease time",        4, 4,   read_lease},
	{52, "overload",          1, 1,   read_overload},
	{53, "message type",      1, 1,   read_type},
	{54, "server identifier", 4, 4,   read_server_id},
	{55, "parameter list",    1, 255, read_parameters},
	{60, "vendor class",      1, 255, read_vendor_class},
	{61, "client identifier", 2, 255, read_client_id},
	{81, "client FQDN",       3, 255, read_fqdn},
};
/* clang-format on */

/* Reads options to their end mark. False if one runs past the field. */
static bool read_options(struct cursor *c, struct reader *r)
{
	while (cursor_left(c)) {
		uint8_t code = cursor_u8(c), length;
		struct cursor body;

		if (code == OPTION_PAD)
			continue;
		if (code == OPTION_END)
			break;
		length = cursor_u8(c);
		body = cursor_sub(c, length);
		if (!cursor_ok(c))
			return false;
		TLV_DISPATCH(rows, code, body, r, &r->dhcp->tally);
	}
	return true;
}

bool dhcp_read(const uint8_t *bytes, size_t size, struct dhcp *ret_dhcp)
{
	struct cursor c = cursor_of(bytes, size), server_name, file, mac;
	struct reader r = {.dhcp = ret_dhcp};
	uint8_t op, hardware, hardware_size;

	*ret_dhcp = (struct dhcp){0};
	op = cursor_u8(&c);
	hardware = cursor_u8(&c);
	hardware_size = cursor_u8(&c);
	cursor_skip(&c, 1);
	ret_dhcp->xid = cursor_be32(&c);
	cursor_skip(&c, 4);
	ret_dhcp->client = read_ipv4(&c);
	ret_dhcp->yours = read_ipv4(&c);
	ret_dhcp->server = read_ipv4(&c);
	ret_dhcp->relay = read_ipv4(&c);
	mac = cursor_sub(&c, 16);
	server_name = cursor_sub(&c, SERVER_NAME_SIZE);
	file = cursor_sub(&c, FILE_SIZE);
	if (!cursor_ok(&c) || (op != 1 && op != 2))
		return false;
	ret_dhcp->reply = op == 2;
	for (size_t i = 0; hardware == HARDWARE_ETHERNET && hardware_size == 6 && i < 6; i++)
		ret_dhcp->mac.bytes[i] = cursor_u8(&mac);
	if (cursor_left(&c) < 4)
		return true; /* BOOTP without a vendor area */
	if (cursor_be32(&c) != MAGIC)
		return false;
	if (!read_options(&c, &r))
		return false;
	if (r.overload & OVERLOAD_FILE && !read_options(&file, &r))
		return false;
	return !(r.overload & OVERLOAD_SERVER_NAME) || read_options(&server_name, &r);
}
