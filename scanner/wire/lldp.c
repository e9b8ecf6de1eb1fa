/* SPDX-License-Identifier: Apache-2.0 */
/* LLDP's type-length-values; see lldp.h. One row per type; unknown types are tallied. */
#include "scanner/wire/lldp.h"

#include "common/text.h"

#include <string.h>

enum {
	TLV_END = 0,
	TLV_CHASSIS = 1,
	TLV_PORT = 2,
	TLV_TTL = 3,
	TLV_ORGANISATION = 127,
	ID_MAX = 256,    /* subtype and 255 bytes */
	FAMILY_IPV4 = 1, /* IANA address family numbers */
	FAMILY_IPV6 = 2,
	ID_TEXT_MAX = 255,
};

/* clang-format off */
#define OUI_8021 0x0080c2
#define OUI_MED  0x0012bb
#define SUBTYPE(oui, n) ((uint32_t)(oui) << 8 | (n))
/* clang-format on */

static void read_id(struct cursor *c, struct lldp_id *id)
{
	id->subtype = cursor_u8(c);
	id->value = view_rest(c);
}

static void read_chassis(struct cursor *c, struct lldp *l)
{
	read_id(c, &l->chassis);
}

static void read_port(struct cursor *c, struct lldp *l)
{
	read_id(c, &l->port);
}

static void read_ttl(struct cursor *c, struct lldp *l)
{
	l->ttl = cursor_be16(c);
}

static void read_port_description(struct cursor *c, struct lldp *l)
{
	l->port_description = view_rest(c);
}

static void read_system_name(struct cursor *c, struct lldp *l)
{
	l->system_name = view_rest(c);
}

static void read_system_description(struct cursor *c, struct lldp *l)
{
	l->system_description = view_rest(c);
}

static void read_capabilities(struct cursor *c, struct lldp *l)
{
	l->capabilities = cursor_be16(c);
	l->enabled = cursor_be16(c);
	l->has_capabilities = true;
}

/* An address of a family that is not IP's (a MAC, a DNS name) is passed over. */
static struct addr read_family_address(uint8_t family, const uint8_t *bytes, size_t size)
{
	if (family == FAMILY_IPV4 && size == 4)
		return addr_from_bytes(4, bytes);
	if (family == FAMILY_IPV6 && size == 16)
		return addr_from_bytes(6, bytes);
	return (struct addr){0};
}

static void read_management(struct cursor *c, struct lldp *l)
{
	uint8_t length = cursor_u8(c), family;
	const uint8_t *bytes;
	struct addr addr;

	if (length < 2 || length > 32) {
		cursor_fail(c);
		return;
	}
	family = cursor_u8(c);
	bytes = cursor_bytes(c, length - 1u);
	if (!bytes)
		return;
	addr = read_family_address(family, bytes, length - 1u);
	if (addr.family && l->n_management < LLDP_MANAGEMENT_MAX)
		l->management[l->n_management++] = addr;
}

static void read_port_vlan(struct cursor *c, struct lldp *l)
{
	l->port_vlan = cursor_be16(c) & 0xfff;
}

static void read_hardware(struct cursor *c, struct lldp *l)
{
	l->hardware = view_rest(c);
}

static void read_firmware(struct cursor *c, struct lldp *l)
{
	l->firmware = view_rest(c);
}

static void read_software(struct cursor *c, struct lldp *l)
{
	l->software = view_rest(c);
}

static void read_serial(struct cursor *c, struct lldp *l)
{
	l->serial = view_rest(c);
}

static void read_manufacturer(struct cursor *c, struct lldp *l)
{
	l->manufacturer = view_rest(c);
}

static void read_model(struct cursor *c, struct lldp *l)
{
	l->model = view_rest(c);
}

static void read_asset(struct cursor *c, struct lldp *l)
{
	l->asset = view_rest(c);
}

struct row {
	uint32_t code; /* type; of an organisation's: OUI and subtype */
	const char *name;
	size_t min, max; /* of the value */
	void (*read)(struct cursor *c, struct lldp *l);
};

/* clang-format off */
static const struct row rows[] = {
	{TLV_CHASSIS, "chassis id",           2, ID_MAX, read_chassis},
	{TLV_PORT,    "port id",              2, ID_MAX, read_port},
	{TLV_TTL,     "time to live",         2, 511, read_ttl},
	{4,           "port description",     0, 255, read_port_description},
	{5,           "system name",          0, 255, read_system_name},
	{6,           "system description",   0, 255, read_system_description},
	{7,           "system capabilities",  4, 4,   read_capabilities},
	{8,           "management address",   9, 167, read_management},
};

static const struct row organisation_rows[] = {
	{SUBTYPE(OUI_8021, 1), "port VLAN id",      2, 2,  read_port_vlan},
	{SUBTYPE(OUI_MED, 5),  "hardware revision", 0, 32, read_hardware},
	{SUBTYPE(OUI_MED, 6),  "firmware revision", 0, 32, read_firmware},
	{SUBTYPE(OUI_MED, 7),  "software revision", 0, 32, read_software},
	{SUBTYPE(OUI_MED, 8),  "serial number",     0, 32, read_serial},
	{SUBTYPE(OUI_MED, 9),  "manufacturer",      0, 32, read_manufacturer},
	{SUBTYPE(OUI_MED, 10), "model",             0, 32, read_model},
	{SUBTYPE(OUI_MED, 11), "asset id",          0, 32, read_asset},
};
/* clang-format on */

static void read_organisation(struct cursor *c, struct lldp *l)
{
	uint32_t code = cursor_be24(c) << 8 | cursor_u8(c);

	if (!cursor_ok(c)) {
		l->tally.elements++;
		l->tally.refused++;
		return;
	}
	TLV_DISPATCH(organisation_rows, code, cursor_of(cursor_rest(c), cursor_left(c)), l,
		&l->tally);
}

bool lldp_read(const uint8_t *bytes, size_t size, struct lldp *ret_lldp)
{
	struct cursor c = cursor_of(bytes, size);

	*ret_lldp = (struct lldp){0};
	for (unsigned int i = 1; cursor_left(&c); i++) {
		uint16_t head = cursor_be16(&c);
		unsigned int type = head >> 9;
		struct cursor body = cursor_sub(&c, head & 511);

		if (!cursor_ok(&c))
			return false;
		/* the first three come once, in this order (clause 8.2) */
		if ((i <= TLV_TTL) != (type >= TLV_CHASSIS && type <= TLV_TTL) ||
			(i <= TLV_TTL && type != i))
			return false;
		if (type == TLV_END)
			break;
		if (type == TLV_ORGANISATION)
			read_organisation(&body, ret_lldp);
		else
			TLV_DISPATCH(rows, type, body, ret_lldp, &ret_lldp->tally);
		if (i <= TLV_TTL && ret_lldp->tally.refused)
			return false;
	}
	return ret_lldp->tally.elements >= TLV_TTL;
}

void lldp_id_format(struct str *out, const struct lldp_id *id, uint8_t mac, uint8_t address)
{
	const struct view *v = &id->value;
	char text[ADDR_TEXT_MAX];

	if (id->subtype == mac && v->size == 6) {
		struct mac m;

		memcpy(m.bytes, v->bytes, sizeof(m.bytes));
		str_adds(out, mac_format(&m, text));
		return;
	}
	if (id->subtype == address && v->size > 1) {
		struct addr addr = read_family_address(v->bytes[0], v->bytes + 1, v->size - 1);

		if (addr.family) {
			str_adds(out, addr_format(&addr, text));
			return;
		}
	}
	if (v->size)
		text_clean(out, v->bytes, v->size, ID_TEXT_MAX);
}

void lldp_capabilities_format(struct str *out, uint16_t bits)
{
	static const char *const names[] = {"other", "repeater", "bridge", "wlan-ap", "router",
		"telephone", "docsis", "station", "c-vlan", "s-vlan", "tpmr"};
	const char *space = "";

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (bits & 1u << i) {
			str_addf(out, "%s%s", space, names[i]);
			space = " ";
		}
	}
}
