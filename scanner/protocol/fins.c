/* SPDX-License-Identifier: Apache-2.0 */
/*
 * FINS over UDP: the controller's own data, command 0501, which only reads. The sender's node
 * number is the same in every request, since controllers may note from which address a node
 * speaks. No memory is read and no mode changed.
 *
 * Reference: OMRON W342 (CS and CJ, communications commands): FINS frames, command 05 01; OMRON
 * W421 (Ethernet units): FINS/UDP.
 */
#include "scanner/protocol/protocol.h"

#include "common/cursor.h"
#include "common/packer.h"
#include "scanner/protocol/canonical.h"

#include <stdio.h>

enum {
	COMMAND = 0x80,       /* through gateways, an answer is wanted */
	RESPONSE = 0xc0,
	GATEWAYS = 2,
	GATEWAYS_MOST = 7,
	NODE = 0x63,
	CONTROLLER_DATA_READ = 0x0501,
	MODEL_SIZE = 20,
	VERSION_SIZE = 20,
	SYSTEM_SIZE = 40,
};

/* The end code and the data of an answer; failed if it is none. */
static struct cursor open_answer(const uint8_t *bytes, size_t size, uint8_t *ret_service,
	uint8_t ret_source[3])
{
	struct cursor c = cursor_of(bytes, size);
	uint8_t control = cursor_u8(&c), reserved = cursor_u8(&c), gateways = cursor_u8(&c);

	cursor_skip(&c, 3); /* to whom */
	for (int i = 0; i < 3; i++)
		ret_source[i] = cursor_u8(&c);
	*ret_service = cursor_u8(&c);
	if ((control & 0xfe) != RESPONSE || reserved != 0 || gateways > GATEWAYS_MOST ||
		cursor_be16(&c) != CONTROLLER_DATA_READ || cursor_left(&c) < 2)
		cursor_fail(&c);
	return c;
}

static bool fins_recognise(const uint8_t *bytes, size_t size)
{
	uint8_t service, source[3];
	struct cursor c = open_answer(bytes, size, &service, source);

	return cursor_ok(&c);
}

static long fins_complete(const uint8_t *bytes, size_t size)
{
	return fins_recognise(bytes, size) ? (long)size : -1;
}

/* How much memory there is, behind what is the system's own. */
static void read_areas(struct cursor *c, struct reading *reading)
{
	uint16_t program;

	cursor_skip(c, SYSTEM_SIZE);
	program = cursor_be16(c);
	cursor_skip(c, 1);
	if (cursor_left(c) < 2)
		return;
	reading_add_number(reading, "fins.program_kwords", program);
	reading_add_number(reading, "fins.data_words", cursor_be16(c));
}

static void fins_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	uint8_t service, source[3];
	struct cursor c = open_answer(bytes, size, &service, source);
	uint16_t end = cursor_be16(&c);
	const uint8_t *model, *version;
	char text[32];

	if (!cursor_ok(&c))
		return;
	snprintf(text, sizeof(text), "%u.%u.%u", source[0], source[1], source[2]);
	reading_add_text(reading, "fins.node", text);
	snprintf(text, sizeof(text), "0x%04x", end);
	reading_add_text(reading, "fins.end_code", text);
	model = cursor_bytes(&c, MODEL_SIZE);
	version = cursor_bytes(&c, VERSION_SIZE);
	if (!version)
		return;
	reading_add(reading, "fins.model", model, MODEL_SIZE);
	reading_add(reading, "fins.version", version, VERSION_SIZE);
	read_areas(&c, reading);
	canonical_match(reading, "fins.controller", (const char *const[]){"fins.model",
		"fins.version", NULL});
}

static size_t fins_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	const uint8_t bytes[] = {COMMAND, 0, GATEWAYS, 0, 0, 0, 0, NODE, 0, (uint8_t)seed,
		CONTROLLER_DATA_READ >> 8, CONTROLLER_DATA_READ & 0xff, 0};
	struct packer p = packer_of(out, max);

	(void)host;
	packer_bytes(&p, bytes, sizeof(bytes));
	return packer_ok(&p) ? p.pos : 0;
}

/* The service id is the sender's to choose, and comes back. */
static bool fins_repeats(const uint8_t *reply, size_t size, uint64_t seed)
{
	uint8_t service, source[3];
	struct cursor c = open_answer(reply, size, &service, source);

	return cursor_ok(&c) && service == (uint8_t)seed;
}

static const uint16_t fins_ports[] = {9600, 0};

const struct protocol protocol_fins = {
	.name = "fins",
	.transport = TRANSPORT_UDP,
	.ports = fins_ports,
	.risk = PROTOCOL_SAFE,
	.request = fins_request,
	.repeats = fins_repeats,
	.complete = fins_complete,
	.recognise = fins_recognise,
	.read = fins_read,
	.reference = "OMRON W342, command 05 01",
};
