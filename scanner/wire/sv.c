/* SPDX-License-Identifier: Apache-2.0 */
/* The names in the first unit of a message of sampled values; see sv.h. */
#include "scanner/wire/sv.h"

#include "scanner/wire/iec61850.h"

enum { TAG_PDU = 0x60, TAG_UNITS = 0xa2 };

static void read_id(struct cursor *c, struct sv *sv)
{
	sv->id = view_rest(c);
}

static void read_data_set(struct cursor *c, struct sv *sv)
{
	sv->data_set = view_rest(c);
}

static void read_revision(struct cursor *c, struct sv *sv)
{
	sv->revision = cursor_be32(c);
}

static void read_synchronisation(struct cursor *c, struct sv *sv)
{
	sv->synchronisation = cursor_u8(c);
	sv->has_synchronisation = true;
}

static void read_rate(struct cursor *c, struct sv *sv)
{
	sv->rate = cursor_be16(c);
}

/* clang-format off */
static const struct row {
	uint8_t code;
	const char *name;
	size_t min, max;
	void (*read)(struct cursor *c, struct sv *sv);
} rows[] = {
	{0x80, "svID",     1, IEC61850_NAME_MAX, read_id},
	{0x81, "datSet",   1, IEC61850_NAME_MAX, read_data_set},
	{0x83, "confRev",  4, 4,                 read_revision},
	{0x85, "smpSynch", 1, 1,                 read_synchronisation},
	{0x86, "smpRate",  2, 2,                 read_rate},
};
/* clang-format on */

bool sv_read(const uint8_t *bytes, size_t size, struct sv *ret_sv)
{
	struct cursor pdu, unit = {.failed = true};
	uint32_t length;

	*ret_sv = (struct sv){0};
	pdu = iec61850_pdu(bytes, size, TAG_PDU, &ret_sv->appid);
	while (cursor_left(&pdu)) {
		uint8_t tag = ber_head(&pdu, &length);
		struct cursor body = cursor_sub(&pdu, length);

		if (tag != TAG_UNITS)
			continue;
		unit = ber_element(&body, BER_SEQUENCE);
		break;
	}
	while (cursor_left(&unit)) {
		uint8_t tag = ber_head(&unit, &length);
		struct cursor body = cursor_sub(&unit, length);

		if (!cursor_ok(&unit))
			return false;
		TLV_DISPATCH(rows, tag, body, ret_sv, &ret_sv->tally);
	}
	return cursor_ok(&unit) && ret_sv->id.size > 0;
}
