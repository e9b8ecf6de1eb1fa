/* SPDX-License-Identifier: Apache-2.0 */
/*
 * X11: the set-up of a connection, without authorisation. A server that lets everybody in says
 * what it is, another why not; the connection ends there. No window is looked at and no event
 * is asked for.
 *
 * Reference: X Window System Protocol, version 11, chapter 8 (connection setup) and appendix B.
 */
#include "scanner/protocol/protocol.h"

#include "common/cursor.h"
#include "common/packer.h"

#include <stdio.h>
#include <string.h>

enum {
	REFUSED = 0,
	OPEN = 1,
	MORE = 2,
	MAJOR = 11,
	HEAD = 8,
	FIXED = 32,
	VENDOR_MAX = 128
};

/* Least significant byte first, version 11.0, no way to authorise, nothing to prove it. */
static const uint8_t question[] = {'l', 0, MAJOR, 0, 0, 0, 0, 0, 0, 0, 0, 0};

struct setup {
	uint8_t status;
	size_t size;	    /* of all */
	struct cursor text; /* the vendor, or the reason */
	uint32_t release;
};

static uint16_t number(struct cursor *c, bool little)
{
	return little ? cursor_le16(c) : cursor_be16(c);
}

/* The head, in either order of bytes, and the text behind it: 1; 0: not all of them are here;
 * -1: this is none. */
static int open_setup(const uint8_t *bytes, size_t size, struct setup *ret)
{
	struct cursor c = cursor_of(bytes, size);
	uint8_t reason;
	uint16_t length, vendor;
	bool little;

	ret->status = cursor_u8(&c);
	reason = cursor_u8(&c);
	little = size > 2 && bytes[2] == MAJOR;
	if ((size > 0 && ret->status > MORE) ||
		(number(&c, little) != MAJOR && cursor_ok(&c)) ||
		(number(&c, little) != 0 && cursor_ok(&c)))
		return -1;
	length = number(&c, little);
	if (!cursor_ok(&c))
		return 0;
	ret->size = HEAD + (size_t)length * 4;
	if (ret->status == REFUSED) {
		if (reason == 0 || (reason + 3) / 4 != length)
			return -1;
		ret->text = cursor_sub(&c, reason);
		return cursor_ok(&c) ? 1 : 0;
	}
	if (ret->status == MORE) {
		ret->text = cursor_sub(&c, (size_t)length * 4);
		return length == 0 || length > VENDOR_MAX ? -1 : cursor_ok(&c) ? 1 : 0;
	}
	ret->release = little ? cursor_le32(&c) : cursor_be32(&c);
	cursor_skip(&c, 12);
	vendor = number(&c, little);
	cursor_skip(&c, 2);
	/* at least one screen and one format of pixels */
	if (cursor_left(&c) >= 2 && (cursor_u8(&c) == 0 || cursor_u8(&c) == 0))
		return -1;
	cursor_seek(&c, HEAD + FIXED);
	if (vendor == 0 || vendor > VENDOR_MAX ||
		ret->size < HEAD + FIXED + (size_t)vendor + 8 + 40)
		return cursor_ok(&c) ? -1 : 0;
	ret->text = cursor_sub(&c, vendor);
	return cursor_ok(&c) ? 1 : 0;
}

static bool x11_recognise(const uint8_t *bytes, size_t size)
{
	struct setup setup;

	if (open_setup(bytes, size, &setup) != 1)
		return false;
	/* a word or a sentence, and its padding */
	while (cursor_left(&setup.text) > 0) {
		uint8_t c = cursor_u8(&setup.text);

		if (c >= 0x7f || (c < ' ' && c != '\n' && c != '\0'))
			return false;
	}
	return true;
}

static long x11_complete(const uint8_t *bytes, size_t size)
{
	struct setup setup;
	int whole = open_setup(bytes, size, &setup);

	if (whole < 1)
		return whole;
	return size >= setup.size ? (long)setup.size : 0;
}

/* X.Org writes 12101007 for 1.21.1.7, which it calls 21.1.7, and 11906000 for 1.19.6. */
static void read_release(const struct setup *setup, struct reading *reading)
{
	uint32_t r = setup->release;
	char text[VENDOR_MAX + 32];
	int n;

	reading_add_number(reading, "x11.release", r);
	n = snprintf(text, sizeof(text), "%.*s ", (int)cursor_left(&setup->text),
		(const char *)cursor_rest(&setup->text));
	if (r / 10000000 == 1 && r / 100000 % 100 >= 21)
		n += snprintf(text + n, sizeof(text) - (size_t)n, "%u.%u.%u", r / 100000 % 100,
			r / 1000 % 100, r % 1000);
	else
		n += snprintf(text + n, sizeof(text) - (size_t)n, "%u.%u.%u", r / 10000000,
			r / 100000 % 100, r / 1000 % 100);
	reading_match(reading, "x11.release", text, (size_t)n);
	reading_match(
		reading, "x11.vendor", cursor_rest(&setup->text), cursor_left(&setup->text));
}

static void x11_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	static const char *const access[] = {[REFUSED] = "refused",
		[OPEN] = "open to everybody",
		[MORE] = "asks for authorisation"};
	struct setup setup;

	if (!x11_recognise(bytes, size) || open_setup(bytes, size, &setup) != 1)
		return;
	reading_add_text(reading, "x11.access", access[setup.status]);
	reading_add(reading, setup.status == OPEN ? "x11.vendor" : "x11.reason",
		cursor_rest(&setup.text), cursor_left(&setup.text));
	if (setup.status == OPEN)
		read_release(&setup, reading);
}

/* What follows is what a user sees and types. */
static size_t x11_overheard(uint8_t *bytes, size_t size)
{
	struct setup setup;

	if (open_setup(bytes, size, &setup) != 1)
		return 0;
	return size < setup.size ? size : setup.size;
}

static size_t x11_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	(void)host;
	(void)seed;
	return packer_copy(out, max, question, sizeof(question));
}

static const uint16_t x11_ports[] = {6000, 6001, 6002, 6003, 0};

const struct protocol protocol_x11 = {
	.name = "x11",
	.transport = TRANSPORT_TCP,
	.ports = x11_ports,
	.risk = PROTOCOL_STANDARD,
	.request = x11_request,
	.complete = x11_complete,
	.recognise = x11_recognise,
	.read = x11_read,
	.overheard = x11_overheard,
	.reference = "X11, chapter 8",
};
