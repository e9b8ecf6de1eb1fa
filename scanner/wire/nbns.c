/* SPDX-License-Identifier: Apache-2.0 */
/* NetBIOS names, node status and addresses; see nbns.h. */
#include "scanner/wire/nbns.h"

#include <string.h>

enum {
	ENCODED_SIZE = 32,
	RAW_SIZE = 16, /* 15 bytes of name and the suffix */
	FLAG_GROUP = 0x8000,
	FLAG_ACTIVE = 0x0400,
};

/* Takes 16 raw bytes apart: padding is spaces, or NULs from some senders. */
static bool take_name(const uint8_t *raw, struct nbns_name *ret_name)
{
	size_t size = NBNS_NAME_MAX;

	*ret_name = (struct nbns_name){.suffix = raw[NBNS_NAME_MAX]};
	while (size && (raw[size - 1] == ' ' || raw[size - 1] == 0))
		size--;
	memcpy(ret_name->text, raw, size);
	return size && strlen(ret_name->text) == size;
}

bool nbns_decode_name(const struct dns_name *name, struct nbns_name *ret_name)
{
	uint8_t raw[RAW_SIZE];

	/* a scope may follow the name as further labels */
	if (name->size < ENCODED_SIZE ||
		(name->text[ENCODED_SIZE] && name->text[ENCODED_SIZE] != '.'))
		return false;
	for (size_t i = 0; i < RAW_SIZE; i++) {
		uint8_t high = (uint8_t)(name->text[2 * i] - 'A');
		uint8_t low = (uint8_t)(name->text[2 * i + 1] - 'A');

		if (high > 15 || low > 15)
			return false;
		raw[i] = (uint8_t)(high << 4 | low);
	}
	return take_name(raw, ret_name);
}

bool nbns_status_read(const struct view *data, struct nbns_status *ret_status)
{
	struct cursor c = cursor_of(data->bytes, data->size);
	struct nbns_status *s = ret_status;

	*s = (struct nbns_status){.n_stated = cursor_u8(&c)};
	for (int i = 0; i < s->n_stated; i++) {
		const uint8_t *raw = cursor_bytes(&c, RAW_SIZE);
		uint16_t flags = cursor_be16(&c);
		struct nbns_name name;

		if (!cursor_ok(&c))
			return false;
		if (!(flags & FLAG_ACTIVE) || !take_name(raw, &name) ||
			s->n_names == NBNS_NAMES_MAX)
			continue;
		name.group = flags & FLAG_GROUP;
		s->names[s->n_names++] = name;
	}
	for (size_t i = 0; i < sizeof(s->mac.bytes); i++)
		s->mac.bytes[i] = cursor_u8(&c);
	return cursor_ok(&c);
}

bool nbns_address_read(const struct view *data, struct addr *ret_addr, bool *ret_group)
{
	struct cursor c = cursor_of(data->bytes, data->size);
	bool group = cursor_be16(&c) & FLAG_GROUP;
	const uint8_t *bytes = cursor_bytes(&c, 4);

	if (!bytes)
		return false;
	*ret_group = group;
	*ret_addr = addr_from_bytes(4, bytes);
	return true;
}
