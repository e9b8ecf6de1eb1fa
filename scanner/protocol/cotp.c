/* SPDX-License-Identifier: Apache-2.0 */
/* Packets of ISO transport; see cotp.h. */
#include "scanner/protocol/cotp.h"

#include "common/packer.h"

enum { VERSION = 3, HEAD = 4, LEAST = 7, LAST_PART = 0x80, PACKETS_LOOKED_AT = 2 };

struct cursor cotp_next(struct cursor *c)
{
	uint8_t version = cursor_u8(c), reserved = cursor_u8(c);
	uint16_t length = cursor_be16(c);

	if (version != VERSION || reserved != 0 || length < LEAST || length > COTP_PACKET_MAX)
		cursor_fail(c);
	return cursor_sub(c, length - (size_t)HEAD);
}

uint8_t cotp_code(const struct cursor *content)
{
	return cursor_left(content) >= 2 ? cursor_rest(content)[1] & 0xf0 : 0;
}

struct cursor cotp_data(struct cursor content)
{
	uint8_t length = cursor_u8(&content), code = cursor_u8(&content);

	if (length != 2 || code != COTP_DATA || cursor_u8(&content) != LAST_PART)
		cursor_fail(&content);
	return content;
}

struct cursor cotp_first_data(const uint8_t *bytes, size_t size)
{
	struct cursor c = cursor_of(bytes, size), content = {.failed = true};

	for (int i = 0; i < PACKETS_LOOKED_AT; i++) {
		content = cotp_next(&c);
		if (cotp_code(&content) != COTP_CONFIRM)
			break;
	}
	return cotp_data(content);
}

long cotp_complete(const uint8_t *bytes, size_t size)
{
	struct cursor c = cursor_of(bytes, size);
	struct cursor content = cotp_next(&c);

	if (cursor_ok(&content))
		return (long)c.pos;
	return (size > 0 && bytes[0] != VERSION) || (size > 1 && bytes[1] != 0) ||
			       size > COTP_PACKET_MAX
		       ? -1
		       : 0;
}

long cotp_disconnect(const uint8_t *heard, size_t size, uint8_t *out, size_t max)
{
	struct cursor c = cursor_of(heard, size);
	struct cursor confirm = cotp_next(&c);
	struct packer p = packer_of(out, max);
	uint16_t theirs;

	cursor_skip(&confirm, 4); /* length, code, our reference */
	theirs = cursor_be16(&confirm);
	packer_be32(&p, 0x0300000b);
	packer_u8(&p, 6);
	packer_u8(&p, 0x80);
	packer_be16(&p, theirs);
	packer_be16(&p, 1);
	packer_u8(&p, 0);
	return packer_ok(&p) ? (long)p.pos : -1;
}
