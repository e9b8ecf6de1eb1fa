/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTP/2 with prior knowledge (RFC 9113, 3.3): the preface, settings that keep the answer
 * small, and the one GET of "/" that a server of HTTP/1.1 is asked, too. The settings of the
 * server are read, the header and the title of its page as over HTTP/1.1, and why it goes
 * away. So are servers asked that speak nothing else inside TLS, and those that answered a
 * request in HTTP/1.1 like this. On other ports than its own whoever tells settings before
 * anything is asked tells no more. No page further and no icon is asked for, and nothing may
 * be pushed.
 *
 * References: RFC 9113, 3.4 (preface), 4.1 (frames), 6 (kinds of frames), 8 (messages); RFC
 * 7541 (header blocks).
 */
#include "scanner/protocol/hpack.h"
#include "scanner/protocol/http.h"

#include "common/cursor.h"
#include "common/packer.h"
#include "common/str.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	FRAME_HEADER = 9,
	FRAME_MAX = 16384, /* the largest that may come unless we allow more */
	FRAME_TYPES = 16,  /* that are known, or nearly */
	SETTING_SIZE = 6,
	SETTINGS_MAX = 32,
	DEBUG_MAX = 256,
	STREAM = 1,		   /* of our only request */
	TEXT_MAX = HPACK_LIST_MAX, /* of a header in lines, which takes less than the bound
				      counts */
};

enum frame_type {
	DATA = 0,
	HEADERS = 1,
	RST_STREAM = 3,
	SETTINGS = 4,
	PUSH_PROMISE = 5,
	GOAWAY = 7,
	CONTINUATION = 9
};

enum frame_flag {
	END_STREAM = 0x01,
	ACK = 0x01,
	END_HEADERS = 0x04,
	PADDED = 0x08,
	PRIORITY = 0x20
};

static const char *const errors[] = {"NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR",
	"FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED", "FRAME_SIZE_ERROR",
	"REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM",
	"INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED"};

/* ---- frames ------------------------------------------------------------------------------ */

struct frame {
	uint8_t type, flags;
	uint32_t stream;
	struct cursor payload; /* failed: it is not all here, and `begun` is what is */
	struct span begun;
};

/* The header of the next frame, and as much of its payload as is there. False: no frame begins
 * here. */
static bool frame_begin(struct cursor *c, struct frame *ret)
{
	struct cursor rest = *c;
	uint32_t length = cursor_be24(&rest);

	ret->type = cursor_u8(&rest);
	ret->flags = cursor_u8(&rest);
	ret->stream = cursor_be32(&rest);
	if (!cursor_ok(&rest) || length > FRAME_MAX || ret->stream >> 31)
		return false;
	ret->begun = (struct span){cursor_rest(&rest), cursor_left(&rest)};
	if (ret->begun.size > length)
		ret->begun.size = length;
	ret->payload = cursor_sub(&rest, length);
	*c = rest;
	return true;
}

/* The next whole frame. */
static bool frame_next(struct cursor *c, struct frame *ret)
{
	struct cursor rest = *c;

	if (!frame_begin(&rest, ret) || !cursor_ok(&ret->payload))
		return false;
	*c = rest;
	return true;
}

/* Every server begins with its settings; they are for the connection, and none has other
 * bits. */
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
		       (frame_next(&c, &second) && second.stream == 0 &&
			       second.type < FRAME_TYPES));
}

static long http2_complete(const uint8_t *bytes, size_t size)
{
	struct cursor c = cursor_of(bytes, size);
	struct frame frame;

	if (settings_next(&c, &frame))
		return (long)c.pos;
	return size >= FRAME_HEADER + SETTINGS_MAX * SETTING_SIZE ? -1 : 0;
}

/* ---- the answer -------------------------------------------------------------------------- */

/* What came on our stream, as HTTP/1.1 would have put it: a status line, fields in lines, the
 * page. */
struct answer {
	struct hpack *hpack;
	const char *fault; /* why it is none, as far as it was heard */
	bool open;	   /* a header block goes on */
	bool last;	   /* it is the last thing of the stream */
	bool headed;	   /* the header is whole: of a block that follows it nothing is read */
	bool over;	   /* nothing more comes that is wanted */
	bool reset;
	uint32_t reason; /* of the reset */
	unsigned int status;
	size_t head; /* bytes of `text` before the page */
	size_t size;
	char text[TEXT_MAX + HTTP_BODY_MAX];
};

static void append(struct answer *a, const void *bytes, size_t size)
{
	if (size > sizeof(a->text) - a->size)
		size = sizeof(a->text) - a->size;
	memcpy(a->text + a->size, bytes, size);
	a->size += size;
}

static bool is_name(struct span name)
{
	for (size_t i = 0; i < name.size; i++)
		if (!isgraph(name.bytes[i]) || isupper(name.bytes[i]) || name.bytes[i] == ':')
			return false;
	return name.size > 0;
}

/* What would make two lines of one (RFC 9113, 8.2.1). */
static bool is_value(struct span value)
{
	return !memchr(value.bytes, '\r', value.size) &&
	       !memchr(value.bytes, '\n', value.size) && !memchr(value.bytes, '\0', value.size);
}

static bool is_status(struct span name, struct span value)
{
	return name.size == 7 && memcmp(name.bytes, ":status", 7) == 0 && value.size == 3 &&
	       value.bytes[0] >= '1' && value.bytes[0] <= '5' && isdigit(value.bytes[1]) &&
	       isdigit(value.bytes[2]);
}

/* The status comes first and once; nothing else of its kind is known in answers (8.3.2). */
static void take_field(void *context, struct span name, struct span value)
{
	struct answer *a = context;
	char line[32];

	if (a->fault)
		return;
	if (!a->status && is_status(name, value)) {
		a->status = (unsigned int)(value.bytes[0] - '0') * 100 +
			    (unsigned int)(value.bytes[1] - '0') * 10 +
			    (unsigned int)(value.bytes[2] - '0');
		append(a, line,
			(size_t)snprintf(line, sizeof(line), "HTTP/2.0 %u\r\n", a->status));
	} else if (!a->status || !is_name(name) || !is_value(value)) {
		a->fault = "a header field that is none";
	} else {
		append(a, name.bytes, name.size);
		append(a, ": ", 2);
		append(a, value.bytes, value.size);
		append(a, "\r\n", 2);
	}
}

/* Takes padding and priority off. */
static bool unwrap(const struct frame *frame, struct span *ret)
{
	size_t pad = 0, skip = 0;

	*ret = frame->begun;
	if ((frame->flags & PADDED) && frame->type != CONTINUATION) {
		if (ret->size < 1)
			return false;
		pad = ret->bytes[0];
		skip = 1;
	}
	if (frame->type == HEADERS && (frame->flags & PRIORITY))
		skip += 5;
	if (!cursor_ok(&frame->payload))
		pad = 0; /* it stands behind what is here */
	if (skip + pad > ret->size)
		return false;
	ret->bytes += skip;
	ret->size -= skip + pad;
	return true;
}

/* A block is whole: one that only says that another follows is forgotten. */
static void end_block(struct answer *a)
{
	a->open = false;
	if (!a->status)
		a->fault = "a header without status";
	else if (a->status >= 200)
		a->headed = true;
	else if (a->last)
		a->fault = "an end before the answer";
	if (a->headed) {
		append(a, "\r\n", 2);
		a->head = a->size;
		a->over = a->last;
	} else {
		a->status = 0;
		a->size = 0;
	}
}

static void take_block(struct answer *a, const struct frame *frame)
{
	struct span piece;
	bool end = frame->flags & END_HEADERS;

	if (frame->stream != STREAM || !unwrap(frame, &piece)) {
		a->fault = "a header that nobody asked for";
		return;
	}
	if (frame->type == HEADERS && a->headed) { /* what stands behind the page is not read */
		a->over = true;
		return;
	}
	if (frame->type == HEADERS)
		a->last = frame->flags & END_STREAM;
	a->open = true;
	if (!hpack_take(a->hpack, piece, end, take_field, a) && !a->fault)
		a->fault = "a header block that is none, or too large";
	if (end && !a->fault)
		end_block(a);
}

static void take_data(struct answer *a, const struct frame *frame)
{
	struct span piece;

	if (frame->stream != STREAM || !a->headed || !unwrap(frame, &piece)) {
		a->fault = "a page that nobody asked for";
		return;
	}
	if (piece.size > a->head + HTTP_BODY_MAX - a->size)
		piece.size = a->head + HTTP_BODY_MAX - a->size;
	append(a, piece.bytes, piece.size);
	a->over = (frame->flags & END_STREAM && cursor_ok(&frame->payload)) ||
		  a->size >= a->head + HTTP_BODY_MAX ||
		  span_find((struct span){(uint8_t *)a->text + a->head, a->size - a->head},
			  "</title>");
}

static void take_goodbye(struct answer *a, const struct frame *frame)
{
	struct cursor c = frame->payload;

	if (frame->type == RST_STREAM && frame->stream == STREAM) {
		a->reason = cursor_be32(&c);
		a->reset = a->over = cursor_ok(&c);
	} else if (frame->type == GOAWAY) {
		uint32_t stream = cursor_be32(&c), error = cursor_be32(&c);

		a->over |= stream < STREAM || error != 0;
	}
}

/* Only a page may be told of before its frame is whole. */
static void take_frame(struct answer *a, const struct frame *frame)
{
	bool whole = cursor_ok(&frame->payload);

	if (a->open != (frame->type == CONTINUATION))
		a->fault = "a header block that is interrupted";
	else if (frame->type == PUSH_PROMISE)
		a->fault = "a push, which was not allowed";
	else if (frame->type == DATA)
		take_data(a, frame);
	else if (whole && (frame->type == HEADERS || frame->type == CONTINUATION))
		take_block(a, frame);
	else if (whole)
		take_goodbye(a, frame);
}

/* The answer as far as it was heard; NULL without memory. */
static struct answer *answer_of(const uint8_t *bytes, size_t size)
{
	struct cursor c = cursor_of(bytes, size);
	struct answer *a = calloc(1, sizeof(*a));
	struct frame frame;

	if (a)
		a->hpack = hpack_new();
	if (!a || !a->hpack) {
		free(a);
		return NULL;
	}
	while (!a->fault && !a->over && frame_begin(&c, &frame))
		take_frame(a, &frame);
	if (!a->fault && !a->over && cursor_left(&c) >= FRAME_HEADER)
		a->fault = "a frame that is none";
	return a;
}

static void answer_free(struct answer *a)
{
	if (!a)
		return;
	hpack_free(a->hpack);
	free(a);
}
CLEANUP_DEFINE(struct answer, answer_free)

/* ---- readers ----------------------------------------------------------------------------- */

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

static void add_error(struct reading *reading, const char *attribute, uint32_t error)
{
	if (error < ARRAY_SIZE(errors))
		reading_add_text(reading, attribute, errors[error]);
	else
		reading_add_number(reading, attribute, error);
}

static void read_goaway(struct cursor payload, struct reading *reading)
{
	uint32_t error;

	cursor_skip(&payload, 4); /* last stream */
	error = cursor_be32(&payload);
	if (!cursor_ok(&payload))
		return;
	add_error(reading, "http.goaway", error);
	reading_add(reading, "http.goaway.debug", cursor_rest(&payload),
		cursor_left(&payload) < DEBUG_MAX ? cursor_left(&payload) : DEBUG_MAX);
}

/* An answer that is none in one place is none. */
static void read_answer(const uint8_t *bytes, size_t size, struct reading *reading)
{
	_cleanup_(answer_freep) struct answer *a = answer_of(bytes, size);

	if (!a)
		return;
	if (a->fault)
		reading_add_text(reading, "http.fault", a->fault);
	else if (a->headed)
		http_read_reply((const uint8_t *)a->text, a->size, reading);
	if (a->reset)
		add_error(reading, "http.reset", a->reason);
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
	if (reading->asked)
		read_answer(bytes, size, reading);
}

/* Of pages of others that followed nothing is kept. */
static size_t http2_overheard(uint8_t *bytes, size_t size)
{
	long n = http2_complete(bytes, size);

	return n > 0 ? (size_t)n : 0;
}

/* Header blocks, in which log-ins stand packed, are overwritten whole, and so is what is no
 * frame: what was read of them is in the fields. */
static void http2_cover(uint8_t *bytes, size_t size)
{
	struct cursor c = cursor_of(bytes, size);
	struct frame frame;

	while (frame_begin(&c, &frame))
		if (frame.type == HEADERS || frame.type == CONTINUATION ||
			frame.type == PUSH_PROMISE)
			memset(bytes + (frame.begun.bytes - bytes), 0, frame.begun.size);
	if (cursor_ok(&c))
		memset(bytes + c.pos, 0, size - c.pos);
}

/* ---- builder ----------------------------------------------------------------------------- */

static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/* No push; so much of a page, for the server may send no more; a header of this size. */
static const struct {
	uint16_t id;
	uint32_t value;
} our_settings[] = {{2, 0}, {4, HTTP_BODY_MAX}, {6, HPACK_LIST_MAX}};
static const char acknowledgement[] = "\0\0\0\4\1\0\0\0\0";
/* No stream of the server's was taken, no error. */
static const char farewell[] = "\0\0\x08\7\0\0\0\0\0"
			       "\0\0\0\0\0\0\0\0";

static void put_settings(struct packer *p)
{
	packer_u8(p, 0);
	packer_be16(p, ARRAY_SIZE(our_settings) * SETTING_SIZE);
	packer_u8(p, SETTINGS);
	packer_u8(p, 0);
	packer_be32(p, 0);
	for (size_t i = 0; i < ARRAY_SIZE(our_settings); i++) {
		packer_be16(p, our_settings[i].id);
		packer_be32(p, our_settings[i].value);
	}
}

/* A field by its number in the static table, not to be kept in the other (RFC 7541, 6.2.2). */
static void put_field(struct packer *p, unsigned int number, const char *value)
{
	if (number < 15) {
		packer_u8(p, (uint8_t)number);
	} else {
		packer_u8(p, 15);
		packer_u8(p, (uint8_t)(number - 15));
	}
	packer_u8(p, (uint8_t)strlen(value)); /* below 127 */
	packer_bytes(p, value, strlen(value));
}

enum {
	GET = 0x82,
	ROOT = 0x84,
	HTTP = 0x86,
	HTTPS = 0x87,
	AUTHORITY = 1,
	ACCEPT = 19,
	USER_AGENT = 58
};

static size_t ask(uint8_t *out, size_t max, const char *host, uint8_t scheme)
{
	struct packer p = packer_of(out, max);
	char authority[HTTP_AUTHORITY_MAX];
	size_t length;

	http_authority(host, authority);
	packer_bytes(&p, preface, sizeof(preface) - 1);
	put_settings(&p);
	length = p.pos + 1;
	packer_zero(&p, 3);
	packer_u8(&p, HEADERS);
	packer_u8(&p, END_STREAM | END_HEADERS);
	packer_be32(&p, STREAM);
	packer_u8(&p, GET);
	packer_u8(&p, scheme);
	packer_u8(&p, ROOT);
	put_field(&p, AUTHORITY, authority);
	put_field(&p, USER_AGENT, "cadastre/" CADASTRE_VERSION);
	put_field(&p, ACCEPT, "*/*");
	packer_patch_be16(&p, length, (uint16_t)(p.pos - length + 1 - FRAME_HEADER));
	return packer_ok(&p) ? p.pos : 0;
}

static size_t http2_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	(void)seed;
	return ask(out, max, host, HTTP);
}

static size_t http2_request_inside(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	(void)seed;
	return ask(out, max, host, HTTPS);
}

/* The answer is over, or will never be one. */
static bool is_over(const uint8_t *heard, size_t size)
{
	_cleanup_(answer_freep) struct answer *a = answer_of(heard, size);

	return !a || a->over || a->fault;
}

/* Settings are acknowledged as soon as they are here; once the answer is, we take our leave. */
static long http2_next(unsigned int said, uint64_t seed, const uint8_t *heard, size_t size,
	uint8_t *out, size_t max)
{
	long complete = http2_complete(heard, size);

	(void)seed;
	if (said < 1 || said > 2 || complete < 0)
		return -1;
	if (complete == 0 || (said == 2 && !is_over(heard, size)))
		return 0;
	if (said == 1)
		return (long)packer_copy(
			out, max, acknowledgement, sizeof(acknowledgement) - 1);
	return (long)packer_copy(out, max, farewell, sizeof(farewell) - 1);
}

static const uint16_t http2_ports[] = {50051, 0};

const struct protocol protocol_http2 = {
	.name = "http2",
	.transport = TRANSPORT_TCP,
	.ports = http2_ports,
	.risk = PROTOCOL_SAFE,
	.request = http2_request,
	.request_inside = http2_request_inside,
	.complete = http2_complete,
	.recognise = http2_recognise,
	.read = http2_read,
	.next = http2_next,
	.overheard = http2_overheard,
	.cover = http2_cover,
	.alpn = "h2",
	.reference = "RFC 9113",
};
