/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTP/2 as it begins: the settings of the server, and why it goes away. Where only HTTP/2 is
 * spoken, the greeter says the preface and settings without content, and takes its leave; no
 * page is asked for. A server that was asked in HTTP/1.1 and answers so is recognised, too.
 *
 * Reference: RFC 9113, 3.4 (preface), 4.1 (frames), 6.5 (SETTINGS), 6.8 (GOAWAY).
 */
#include "scanner/protocol/protocol.h"

#include "common/cursor.h"
#include "common/packer.h"
#include "common/str.h"

enum {
	FRAME_HEADER = 9,
	FRAME_MAX = 16384, /* the largest that may come unless we allow more */
	FRAME_TYPES = 16,
	SETTINGS = 4,
	GOAWAY = 7,
	SETTING_SIZE = 6,
	SETTINGS_MAX = 32,
	DEBUG_MAX = 256,
};

static const char *const errors[] = {"NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR",
	"FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED", "FRAME_SIZE_ERROR",
	"REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM",
	"INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED"};

struct frame {
	uint8_t type, flags;
	uint32_t stream;
	struct cursor payload;
};

/* The next whole frame. */
static bool frame_next(struct cursor *c, struct frame *ret)
{
	struct cursor rest = *c;
	uint32_t length = cursor_be24(&rest);

	ret->type = cursor_u8(&rest);
	ret->flags = cursor_u8(&rest);
	ret->stream = cursor_be32(&rest);
	if (!cursor_ok(&rest) || length > FRAME_MAX || ret->type >= FRAME_TYPES ||
		ret->stream >> 31)
		return false;
	ret->payload = cursor_sub(&rest, length);
	if (!cursor_ok(&ret->payload))
		return false;
	*c = rest;
	return true;
}

/* Every server begins with its settings; they are for the connection, and none has other bits.
 */
static bool settings_next(struct cursor *c, struct frame *ret)
{
	return frame_next(c, ret) && ret->type == SETTINGS && ret->flags == 0 &&
	       ret->stream == 0 && cursor_left(&ret->payload) % SETTING_SIZE == 0 &&
	       cursor_left(&ret->payload) <= SETTINGS_MAX * SETTING_SIZE;
}

/* Settings without content are nine bytes that might be anything: another frame must follow. */
static bool http2_recognise(const uint8_t *bytes, size_t size)
{
	struct cursor c = cursor_of(bytes, size);
	struct frame first, second;

	return settings_next(&c, &first) &&
	       (cursor_left(&first.payload) > 0 ||
		       (frame_next(&c, &second) && second.stream == 0));
}

static long http2_complete(const uint8_t *bytes, size_t size)
{
	struct cursor c = cursor_of(bytes, size);
	struct frame frame;

	if (settings_next(&c, &frame))
		return (long)c.pos;
	return size >= FRAME_HEADER + SETTINGS_MAX * SETTING_SIZE ? -1 : 0;
}

/* The numbers as they stand, in their order: "1:4096 3:100". */
static void read_settings(struct cursor settings, struct reading *reading)
{
	_cleanup_(str_done) struct str text = STR_INIT(ATTRIBUTE_VALUE_MAX);

	while (cursor_left(&settings) >= SETTING_SIZE) {
		unsigned int id = cursor_be16(&settings);
		uint32_t value = cursor_be32(&settings);

		str_addf(&text, "%s%u:%lu", text.len ? " " : "", id, (unsigned long)value);
	}
	reading_add_text(reading, "http.settings", text.len ? text.data : "none");
}

static void read_goaway(struct cursor payload, struct reading *reading)
{
	uint32_t error;

	cursor_skip(&payload, 4); /* last stream */
	error = cursor_be32(&payload);
	if (!cursor_ok(&payload))
		return;
	if (error < ARRAY_SIZE(errors))
		reading_add_text(reading, "http.goaway", errors[error]);
	else
		reading_add_number(reading, "http.goaway", error);
	reading_add(reading, "http.goaway.debug", cursor_rest(&payload),
		cursor_left(&payload) < DEBUG_MAX ? cursor_left(&payload) : DEBUG_MAX);
}

static void http2_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	struct cursor c = cursor_of(bytes, size);
	struct frame frame;

	if (!settings_next(&c, &frame))
		return;
	read_settings(frame.payload, reading);
	while (frame_next(&c, &frame))
		if (frame.type == GOAWAY && frame.stream == 0)
			read_goaway(frame.payload, reading);
}

/* Of pages of others that followed nothing is kept. */
static size_t http2_overheard(uint8_t *bytes, size_t size)
{
	long n = http2_complete(bytes, size);

	return n > 0 ? (size_t)n : 0;
}

/* ---- builder ------------------------------------------------------------------------------- */

static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
			      "\0\0\0\4\0\0\0\0\0";
/* Settings are acknowledged; no stream was opened, no error. */
static const char farewell[] = "\0\0\0\4\1\0\0\0\0"
			       "\0\0\x08\7\0\0\0\0\0"
			       "\0\0\0\0\0\0\0\0";

static size_t http2_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	(void)host, (void)seed;
	return packer_copy(out, max, preface, sizeof(preface) - 1);
}

static long http2_next(unsigned int said, uint64_t seed, const uint8_t *heard, size_t size,
	uint8_t *out, size_t max)
{
	long complete = http2_complete(heard, size);

	(void)seed;
	if (said != 1 || complete < 0 || max < sizeof(farewell) - 1)
		return -1;
	return complete == 0 ? 0 : (long)packer_copy(out, max, farewell, sizeof(farewell) - 1);
}

static const uint16_t http2_ports[] = {50051, 0};

const struct protocol protocol_http2 = {
	.name = "http2",
	.transport = TRANSPORT_TCP,
	.ports = http2_ports,
	.risk = PROTOCOL_STANDARD,
	.request = http2_request,
	.complete = http2_complete,
	.recognise = http2_recognise,
	.read = http2_read,
	.next = http2_next,
	.overheard = http2_overheard,
	.alpn = "h2",
	.reference = "RFC 9113",
};
