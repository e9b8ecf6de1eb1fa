/* SPDX-License-Identifier: Apache-2.0 */
/* CDP's type-length-values; see cdp.h. One row per type; unknown types are tallied. */
#include "scanner/wire/cdp.h"

#include <string.h>

enum {
	TLV_DEVICE = 1,
	ADDRESSES_MAX = 64, /* walked in one element */
	PROTOCOL_NLPID = 1, /* address forms: ISO NLPID, or IEEE 802.2 */
	PROTOCOL_802_2 = 2,
	NLPID_IP = 0xcc,
	VALUE_MAX = UINT16_MAX - 4,
};

static void read_device(struct cursor *c, struct cdp *cdp)
{
	cdp->device = view_rest(c);
}

static void read_port(struct cursor *c, struct cdp *cdp)
{
	cdp->port = view_rest(c);
}

static void read_software(struct cursor *c, struct cdp *cdp)
{
	cdp->software = view_rest(c);
}

static void read_platform(struct cursor *c, struct cdp *cdp)
{
	cdp->platform = view_rest(c);
}

static void read_vtp_domain(struct cursor *c, struct cdp *cdp)
{
	cdp->vtp_domain = view_rest(c);
}

static void read_system_name(struct cursor *c, struct cdp *cdp)
{
	cdp->system_name = view_rest(c);
}

static void read_location(struct cursor *c, struct cdp *cdp)
{
	cursor_skip(c, 1); /* its kind */
	cdp->location = view_rest(c);
}

static void read_capabilities(struct cursor *c, struct cdp *cdp)
{
	cdp->capabilities = cursor_be32(c);
	cdp->has_capabilities = true;
}

static void read_native_vlan(struct cursor *c, struct cdp *cdp)
{
	cdp->native_vlan = cursor_be16(c) & 0xfff;
}

static struct addr read_address(struct cursor *c)
{
	static const uint8_t ipv6[] = {0xaa, 0xaa, 0x03, 0x00, 0x00, 0x00, 0x86, 0xdd};
	uint8_t form = cursor_u8(c), length = cursor_u8(c);
	const uint8_t *protocol = cursor_bytes(c, length);
	uint16_t size = cursor_be16(c);
	const uint8_t *bytes = cursor_bytes(c, size);

	if (!cursor_ok(c))
		return (struct addr){0};
	if (form == PROTOCOL_NLPID && length == 1 && *protocol == NLPID_IP && size == 4)
		return addr_from_bytes(4, bytes);
	if (form == PROTOCOL_802_2 && length == sizeof(ipv6) && size == 16 &&
		memcmp(protocol, ipv6, sizeof(ipv6)) == 0)
		return addr_from_bytes(6, bytes);
	return (struct addr){0};
}

static void read_addresses(struct cursor *c, struct cdp *cdp)
{
	uint32_t n = cursor_be32(c);

	if (n > ADDRESSES_MAX)
		cursor_fail(c);
	for (uint32_t i = 0; i < n && cursor_ok(c); i++) {
		struct addr addr = read_address(c);

		if (addr.family && cdp->n_addresses < CDP_ADDRESSES_MAX)
			cdp->addresses[cdp->n_addresses++] = addr;
	}
}

/* Where the device is to be managed goes first. */
static void read_management(struct cursor *c, struct cdp *cdp)
{
	struct cdp told = {0};
	size_t kept;

	read_addresses(c, &told);
	kept = CDP_ADDRESSES_MAX - (size_t)told.n_addresses;
	if (kept > cdp->n_addresses)
		kept = cdp->n_addresses;
	memcpy(told.addresses + told.n_addresses, cdp->addresses, kept * sizeof(struct addr));
	memcpy(cdp->addresses, told.addresses, sizeof(cdp->addresses));
	cdp->n_addresses = (uint8_t)(told.n_addresses + kept);
}

/* clang-format off */
static const struct row {
	uint16_t code;
	const char *name;
	size_t min, max; /* of the value */
	void (*read)(struct cursor *c, struct cdp *cdp);
} rows[] = {
	{TLV_DEVICE, "device id",        1, VALUE_MAX, read_device},
	{0x0002, "addresses",            4, VALUE_MAX, read_addresses},
	{0x0003, "port id",              1, VALUE_MAX, read_port},
	{0x0004, "capabilities",         4, 4,         read_capabilities},
	{0x0005, "software version",     1, VALUE_MAX, read_software},
	{0x0006, "platform",             1, VALUE_MAX, read_platform},
	{0x0009, "VTP domain",           0, VALUE_MAX, read_vtp_domain},
	{0x000a, "native VLAN",          2, 2,         read_native_vlan},
	{0x0014, "system name",          1, VALUE_MAX, read_system_name},
	{0x0016, "management addresses", 4, VALUE_MAX, read_management},
	{0x0017, "location",             1, VALUE_MAX, read_location},
};
/* clang-format on */

bool cdp_open(const uint8_t *bytes, size_t size, struct view *ret_message)
{
	static const uint8_t snap[] = {0xaa, 0xaa, 0x03, 0x00, 0x00, 0x0c, 0x20, 0x00};

	if (size < sizeof(snap) || memcmp(bytes, snap, sizeof(snap)) != 0)
		return false;
	*ret_message = (struct view){bytes + sizeof(snap), size - sizeof(snap)};
	return true;
}

bool cdp_read(const uint8_t *bytes, size_t size, struct cdp *ret_cdp)
{
	struct cursor c = cursor_of(bytes, size);

	*ret_cdp = (struct cdp){0};
	ret_cdp->version = cursor_u8(&c);
	ret_cdp->ttl = cursor_u8(&c);
	cursor_skip(&c, 2);
	while (cursor_left(&c)) {
		uint16_t type = cursor_be16(&c), length = cursor_be16(&c);
		struct cursor body;

		if (!cursor_ok(&c) || length < 4)
			return false;
		body = cursor_sub(&c, length - 4u);
		if (!cursor_ok(&c))
			return false;
		TLV_DISPATCH(rows, type, body, ret_cdp, &ret_cdp->tally);
	}
	return cursor_ok(&c) && ret_cdp->device.size > 0;
}

void cdp_capabilities_format(struct str *out, uint32_t bits)
{
	static const char *const names[] = {"router", "transparent-bridge",
		"source-route-bridge", "switch", "host", "igmp", "repeater", "telephone",
		"remotely-managed"};
	const char *space = "";

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (bits & 1u << i) {
			str_addf(out, "%s%s", space, names[i]);
			space = " ";
		}
	}
}
