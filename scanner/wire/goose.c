/* SPDX-License-Identifier: Apache-2.0 */
/* GOOSE's header and the names in its PDU; see goose.h. BER with definite lengths
 * (X.690, 8.1.3). */
#include "scanner/wire/goose.h"

enum {
	HEADER_SIZE = 8,
	TAG_PDU = 0x61,
	NAME_MAX_SIZE = 129, /* ObjectReference */
};

static size_t read_length(struct cursor *c)
{
	uint8_t first = cursor_u8(c);

	if (first < 0x80)
		return first;
	if (first == 0x81)
		return cursor_u8(c);
	if (first == 0x82)
		return cursor_be16(c);
	cursor_fail(c); /* indefinite, or longer than any frame */
	return 0;
}

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
	{0x80, "gocbRef", 1, NAME_MAX_SIZE, read_control_block},
	{0x82, "datSet",  1, NAME_MAX_SIZE, read_data_set},
	{0x83, "goID",    1, NAME_MAX_SIZE, read_id},
};
/* clang-format on */

bool goose_read(const uint8_t *bytes, size_t size, struct goose *ret_goose)
{
	struct cursor c = cursor_of(bytes, size), pdu;
	uint16_t length;

	*ret_goose = (struct goose){.appid = cursor_be16(&c)};
	length = cursor_be16(&c);
	cursor_skip(&c, 4);
	if (!cursor_ok(&c) || length < HEADER_SIZE)
		return false;
	pdu = cursor_sub(&c, length - (size_t)HEADER_SIZE);
	if (cursor_u8(&pdu) != TAG_PDU)
		return false;
	size = read_length(&pdu);
	pdu = cursor_sub(&pdu, size);
	while (cursor_left(&pdu)) {
		uint8_t tag = cursor_u8(&pdu);
		struct cursor body;

		size = read_length(&pdu);
		body = cursor_sub(&pdu, size);
		if (!cursor_ok(&pdu))
			return false;
		TLV_DISPATCH(rows, tag, body, ret_goose, &ret_goose->tally);
	}
	return cursor_ok(&pdu) && ret_goose->control_block.size > 0;
}
