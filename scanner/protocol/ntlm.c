/* SPDX-License-Identifier: Apache-2.0 */
/* What a server says of itself in the second message of NTLM; see ntlm.h. */
#include "scanner/protocol/ntlm.h"

#include "common/cursor.h"
#include "common/text.h"
#include "common/str.h"

#include <stdio.h>
#include <string.h>

enum {
	TARGET_INFO_AT = 40,
	VERSION_AT = 48,
	CHALLENGE_AT = 24,
	CHALLENGE_SIZE = 8,
	HAS_VERSION = 0x02000000,
	PAIRS_MAX = 16,
	TEXT_MAX = 512,
};

/* Unicode, NTLM with extended session security, the target asked for; no domain and no
 * workstation. The version is that of no Windows. */
const uint8_t ntlm_negotiate[NTLM_NEGOTIATE_SIZE] = {'N', 'T', 'L', 'M', 'S', 'S', 'P', 0, 1, 0,
	0, 0, 0x05, 0x82, 0x08, 0xa2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0x0f};

static const char signature[] = "NTLMSSP\0\2\0\0"; /* with its own NUL, the type of CHALLENGE */

static const struct {
	uint16_t id;
	const char *attribute;
} pairs[] = {{1, "ntlm.computer"}, {2, "ntlm.domain"}, {3, "ntlm.dns_computer"},
	{4, "ntlm.dns_domain"}, {5, "ntlm.forest"}};

/* UTF-16, little-endian, as UTF-8. What is no character becomes none. */
static void add_text(struct str *out, const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i + 1 < size; i += 2) {
		uint32_t c = (uint32_t)bytes[i] | (uint32_t)bytes[i + 1] << 8;

		if (c >= 0xd800 && c < 0xdc00 && i + 3 < size) {
			uint32_t low = (uint32_t)bytes[i + 2] | (uint32_t)bytes[i + 3] << 8;

			if (low < 0xdc00 || low > 0xdfff)
				continue;
			c = 0x10000 + ((c & 0x3ff) << 10 | (low & 0x3ff));
			i += 2;
		}
		text_add_character(out, c);
	}
}

static void read_pairs(struct cursor c, struct reading *reading)
{
	for (size_t n = 0; n < PAIRS_MAX && cursor_left(&c) >= 4; n++) {
		uint16_t id = cursor_le16(&c), size = cursor_le16(&c);
		const uint8_t *value = cursor_bytes(&c, size);

		for (size_t i = 0; value && i < ARRAY_SIZE(pairs); i++) {
			struct str text = STR_INIT(TEXT_MAX);

			if (pairs[i].id == id) {
				add_text(&text, value, size);
				reading_add(reading, pairs[i].attribute, text.data, text.len);
			}
			str_done(&text);
		}
		if (id == 0)
			return;
	}
}

static void read_version(struct cursor c, struct reading *reading)
{
	unsigned int major = cursor_u8(&c), minor = cursor_u8(&c), build = cursor_le16(&c);
	char text[32];

	if (!cursor_ok(&c))
		return;
	snprintf(text, sizeof(text), "%u.%u.%u", major, minor, build);
	reading_add_text(reading, "ntlm.build", text);
	reading_match(reading, "ntlm.build", text, strlen(text));
}

static const uint8_t *find(const uint8_t *bytes, size_t size)
{
	return size ? memmem(bytes, size, signature, sizeof(signature)) : NULL;
}

void ntlm_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	const uint8_t *at = find(bytes, size);
	struct cursor c, fields;
	const char *name;
	uint32_t flags;
	size_t length, offset;

	if (!at)
		return;
	c = cursor_of(at, size - (size_t)(at - bytes));
	cursor_skip(&c, 20);
	flags = cursor_le32(&c);
	fields = c;
	cursor_seek(&fields, TARGET_INFO_AT);
	length = cursor_le16(&fields);
	cursor_skip(&fields, 2);
	offset = cursor_le32(&fields);
	if (!cursor_ok(&fields))
		return;
	if (flags & HAS_VERSION) {
		cursor_seek(&c, VERSION_AT);
		read_version(c, reading);
	}
	if (length) {
		fields = cursor_of(at, size - (size_t)(at - bytes));
		cursor_seek(&fields, offset);
		read_pairs(cursor_sub(&fields, length), reading);
	}
	name = reading_get(reading, "ntlm.dns_computer");
	if (!name)
		name = reading_get(reading, "ntlm.computer");
	if (name)
		reading_name(reading, "ntlm", name, strlen(name));
}

void ntlm_forget(uint8_t *bytes, size_t size)
{
	const uint8_t *at = find(bytes, size);

	if (at && size - (size_t)(at - bytes) >= CHALLENGE_AT + CHALLENGE_SIZE)
		memset(bytes + (at - bytes) + CHALLENGE_AT, 0, CHALLENGE_SIZE);
}
