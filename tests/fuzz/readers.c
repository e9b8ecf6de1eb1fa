/* SPDX-License-Identifier: Apache-2.0 */
/* Targets: what the protocols share (certificates, host keys, header fields, NTLM), a TLS
 * channel, the conversation that the greeter leads, and the answers of reverse DNS. */
#include "tests/fuzz/fuzz.h"

#include "common/cursor.h"
#include "scanner/protocol/certificate.h"
#include "scanner/protocol/conversation.h"
#include "scanner/protocol/fields.h"
#include "scanner/protocol/hostkey.h"
#include "scanner/protocol/ntlm.h"
#include "scanner/protocol/reverse.h"
#include "scanner/protocol/serverhello.h"
#include "scanner/protocol/web.h"

#include <string.h>

bool fuzz_certificate(const uint8_t *bytes, size_t size)
{
	struct reading *reading = fuzz_reading();

	certificate_read(bytes, size, reading);
	fuzz_reading_holds(reading);
	return reading->n_attributes > 0;
}

bool fuzz_ntlm(const uint8_t *bytes, size_t size)
{
	struct reading *reading = fuzz_reading();
	uint8_t *copy = malloc(size ? size : 1);

	HOLDS(copy);
	if (size > 0)
		memcpy(copy, bytes, size);
	ntlm_forget(copy, size);
	ntlm_read(copy, size, reading);
	fuzz_reading_holds(reading);
	free(copy);
	reading = fuzz_reading();
	ntlm_read(bytes, size, reading);
	fuzz_reading_holds(reading);
	return reading->n_attributes > 0;
}

/* Up to its empty line, and then what is kept of it, which says the same. */
bool fuzz_fields(const uint8_t *bytes, size_t size)
{
	static const struct field fields[] = {{"Server", "http.server", "http_header.server"},
		{"Via", "sip.via", NULL}, {"CSeq", "sip.cseq", NULL}};
	struct reading *reading = fuzz_reading();
	uint8_t *copy = malloc(size ? size : 1);
	size_t n, attributes;

	HOLDS(copy);
	if (size > 0)
		memcpy(copy, bytes, size);
	fields_read((struct span){bytes, size}, fields, ARRAY_SIZE(fields), reading);
	fuzz_reading_holds(reading);
	attributes = reading->n_attributes;
	n = fields_keep(copy, size, fields, ARRAY_SIZE(fields));
	HOLDS(n <= size);
	reading = fuzz_reading();
	fields_read((struct span){copy, n}, fields, ARRAY_SIZE(fields), reading);
	fuzz_reading_holds(reading);
	free(copy);
	return attributes > 0;
}

/* Key, signature and data, each behind two bytes of size. */
bool fuzz_hostkey(const uint8_t *bytes, size_t size)
{
	struct cursor c = cursor_of(bytes, size);
	struct span spans[3];

	for (size_t i = 0; i < ARRAY_SIZE(spans); i++) {
		struct cursor part = cursor_sub(&c, cursor_be16(&c));

		if (!cursor_ok(&part))
			return false;
		spans[i] = (struct span){cursor_rest(&part), cursor_left(&part)};
	}
	return hostkey_verify(spans[0], spans[1], spans[2]);
}

bool fuzz_channel(const uint8_t *bytes, size_t size)
{
	struct channel *channel = channel_new(NULL);
	struct reading *reading = fuzz_reading();
	uint8_t room[1024];
	bool taken;

	HOLDS(channel);
	channel_feed(channel, NULL, 0);
	HOLDS(channel_output(channel, room, sizeof(room)) <= sizeof(room));
	channel_feed(channel, bytes, size);
	HOLDS(channel_output(channel, room, sizeof(room)) <= sizeof(room));
	HOLDS(channel_read(channel, room, sizeof(room)) <= sizeof(room));
	channel_describe(channel, reading);
	fuzz_reading_holds(reading);
	HOLDS(channel_certificate(channel, room, sizeof(room)) <= sizeof(room));
	taken = !channel_has_failed(channel);
	channel_close(channel);
	channel_free(channel);
	return taken;
}

/* What the greeter does after each step: takes away what is to be sent. */
static void sends(struct conversation *c)
{
	HOLDS(c->out_size <= sizeof(c->out) && c->heard_size <= sizeof(c->heard));
	HOLDS(c->wake_us <= c->deadline_us + CONVERSATION_DRAIN_US);
	c->out_size = c->out_sent = 0;
}

/* The first byte picks the protocol whose port is asked; then each reply has two bytes of size
 * in front of it. Size 0: the timer runs out. */
bool fuzz_conversation(const uint8_t *bytes, size_t size)
{
	static struct conversation c;
	struct greet_target target = {.addr = addr_v4(0xc6120001)}, next;
	struct reading *reading = fuzz_reading();
	struct cursor cursor = cursor_of(bytes, size);
	uint8_t pick = cursor_u8(&cursor);
	size_t n;
	int64_t now_us = 0;
	const struct protocol *const *all = protocols_all(&n);
	const char *name;

	target.transport = all[pick % n]->transport;
	target.port = all[pick % n]->ports[0];
	conversation_begin(&c, &target, PROTOCOL_STANDARD, 1, 0, 60 * CLOCK_SECOND);
	conversation_connected(&c, now_us);
	sends(&c);
	while (c.stage != CONVERSATION_ENDING && cursor_left(&cursor) >= 2) {
		size_t left, part = cursor_be16(&cursor);
		const uint8_t *reply;

		left = cursor_left(&cursor);
		part = part < left ? part : left;
		now_us += CLOCK_SECOND;
		reply = cursor_bytes(&cursor, part);
		if (part == 0)
			conversation_timer(&c, now_us);
		else
			conversation_heard(&c, reply, part, now_us);
		sends(&c);
	}
	conversation_closed(&c, now_us);
	if (conversation_otherwise(&c, &next))
		HOLDS(next.port == target.port && (next.expected || next.inside));
	name = conversation_read(&c, reading);
	fuzz_reading_holds(reading);
	conversation_done(&c);
	return name != NULL;
}

bool fuzz_serverhello(const uint8_t *bytes, size_t size)
{
	struct reading *reading = fuzz_reading();
	struct serverhello hello;

	if (!serverhello_parse(cursor_of(bytes, size), &hello))
		return false;
	serverhello_describe(&hello, reading);
	fuzz_reading_holds(reading);
	return true;
}

/* The replies of a web server, in pieces of as many bytes as the first byte says: of what comes
 * nothing is taken twice, the pages that are kept are no more than what came, requests fit. */
bool fuzz_web(const uint8_t *bytes, size_t size)
{
	struct web *web = web_new("198.18.0.1", 80, false);
	struct reading *reading = fuzz_reading();
	uint8_t out[PROTOCOL_REQUEST_MAX], *pages = malloc(size ? size : 1);
	size_t kept = 0, at = 1, page, piece = size ? bytes[0] + 1u : 1;
	long asked = 0;

	HOLDS(web && pages && web_next(web, 0, out, sizeof(out)) > 0);
	while (at < size && asked >= 0) {
		size_t n = size - at < piece ? size - at : piece,
		       taken = web_take(web, bytes + at, n, &page);

		HOLDS(taken <= n && page <= taken);
		memcpy(pages + kept, bytes + at, page);
		kept += page;
		HOLDS(web_last(web) <= kept);
		asked = web_next(web, kept, out, sizeof(out));
		HOLDS(asked >= -1 && asked <= (long)sizeof(out));
		at += taken;
		if (taken == 0 && asked <= 0)
			break;
	}
	web_is_done(web);
	web_describe(web, pages, kept, reading);
	fuzz_reading_holds(reading);
	free(pages);
	web_free(web);
	return kept > 0;
}

/* The first byte: which of two addresses the question was about. */
bool fuzz_reverse(const uint8_t *bytes, size_t size)
{
	struct addr addr = addr_v4(0xc6120001);
	char lower[READING_HOST_NAME_MAX + 1];
	struct reverse_names names;
	enum reverse_outcome outcome;

	if (size == 0)
		return false;
	if (bytes[0] & 1)
		addr = (struct addr){6, {0x20, 0x01, 0x0d, 0xb8}};
	outcome = reverse_read(bytes + 1, size - 1, &addr, 0x1234, &names);
	if (outcome != REVERSE_NAMED)
		return false;
	HOLDS(names.n > 0 && names.n <= REVERSE_NAMES_MAX);
	for (size_t i = 0; i < names.n; i++)
		HOLDS(reading_host_name(names.names[i], strlen(names.names[i]), lower) &&
			strcmp(lower, names.names[i]) == 0);
	return true;
}
