/* SPDX-License-Identifier: Apache-2.0 */
/* GOOSE's header and the names in its PDU; see goose.h. BER with definite lengths
 * (X.690, 8.1.3). */
#include "scanner/wire/goose.h"

#include "scanner/wire/iec61850.h"

enum { TAG_PDU = 0x61 };

static void read_control_block(struct cursor *c, struct goose *g)
{
	g->control_block = view_rest(c);
}

static void read_data_set(struct cursor *c, struct goose *g)
{
	g->data_set = view_rest(c);
}

static void read_id(struct cursor *c, struct goose *g)
{
	g->id = view_rest(c);
}

/* clang-format off */
static const struct row {
	uint8_t code;
	const char *name;
	size_t min, max;
	void (*read)(struct cursor *c, struct goose *g);
} rows[] = {
	{0x80, "gocbRef", 1, IEC61850_NAME_MAX, read_control_block},
	{0x82, "datSet",  1, IEC61850_NAME_MAX, read_data_set},
	{0x83, "goID",    1, IEC61850_NAME_MAX, read_id},
};
/* clang-format on */

bool goose_read(const uint8_t *bytes, size_t size, struct goose *ret_goose)
{
	struct cursor pdu;

	*ret_goose = (struct goose){0};
	pdu = iec61850_pdu(bytes, size, TAG_PDU, &ret_goose->appid);
	while (cursor_left(&pdu)) {
		uint32_t length;
		uint8_t tag = ber_head(&pdu, &length);
		struct cursor body = cursor_sub(&pdu, length);

		if (!cursor_ok(&pdu))
			return false;
		TLV_DISPATCH(rows, tag, body, ret_goose, &ret_goose->tally);
	}
	return cursor_ok(&pdu) && ret_goose->control_block.size > 0;
}
