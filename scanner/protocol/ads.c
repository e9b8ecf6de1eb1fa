/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ADS over UDP: what a TwinCAT system says of itself, service 1. It is sent in its right form
 * because older systems do not bear another (CVE-2019-5636). No route is added and no variable
 * read.
 *
 * References: the open source library of the maker (github.com/Beckhoff/ADS) for the form:
 * cookie, invoke id, service, AMS address, then tagged values, all little-endian; and for the
 * tag of the name. It asks with AMS port 0 and invoke id 0, we with port 10000 and an id of our
 * own. The tags 3, 4 and 18 are as public tools describe answers that they observed.
 */
#include "scanner/protocol/protocol.h"

#include "common/cursor.h"
#include "common/packer.h"
#include "scanner/protocol/canonical.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	COOKIE = 0x71146603,
	SERVER_INFORMATION = 1,
	SYSTEM_SERVICE = 10000,
	TAGS_MAX = 32,
	TAG_VERSION = 3,
	TAG_SYSTEM = 4,
	TAG_NAME = 5,
	TAG_FINGERPRINT = 18,
	SYSTEM_SIZE = 276, /* OSVERSIONINFOW, which states its own size */
};

#define ANSWER (0x80000000u | SERVER_INFORMATION)

/* The AMS address and what follows; failed if it is no answer. */
static struct cursor open_answer(const uint8_t *bytes, size_t size)
{
	struct cursor c = cursor_of(bytes, size);
	uint32_t cookie = cursor_le32(&c);

	cursor_skip(&c, 4); /* invoke id */
	if (cookie != COOKIE || cursor_le32(&c) != ANSWER || cursor_left(&c) < 12)
		cursor_fail(&c);
	return c;
}

static bool ads_recognise(const uint8_t *bytes, size_t size)
{
	struct cursor c = open_answer(bytes, size);

	return cursor_ok(&c);
}

static long ads_complete(const uint8_t *bytes, size_t size)
{
	return ads_recognise(bytes, size) ? (long)size : -1;
}

static void read_system(struct cursor c, struct reading *reading)
{
	uint32_t stated = cursor_le32(&c), major = cursor_le32(&c), minor = cursor_le32(&c),
		 build = cursor_le32(&c), platform = cursor_le32(&c);
	char text[48];

	if (!cursor_ok(&c) || stated != SYSTEM_SIZE)
		return;
	snprintf(text, sizeof(text), "%" PRIu32 ".%" PRIu32 ".%" PRIu32, major, minor, build);
	reading_add_text(reading, "ads.system", text);
	reading_add_number(reading, "ads.platform", platform);
}

static void read_tag(uint16_t tag, struct cursor c, struct reading *reading)
{
	const char *value = (const char *)cursor_rest(&c);
	size_t n = strnlen(value, cursor_left(&c));
	char text[24];

	if (tag == TAG_NAME) {
		reading_add(reading, "ads.name", value, n);
		reading_name(reading, "ads", value, n);
	} else if (tag == TAG_FINGERPRINT) {
		reading_add(reading, "ads.fingerprint", value, n);
	} else if (tag == TAG_SYSTEM) {
		read_system(c, reading);
	} else if (tag == TAG_VERSION && cursor_left(&c) >= 4) {
		uint8_t major = cursor_u8(&c), minor = cursor_u8(&c);

		snprintf(text, sizeof(text), "%u.%u.%u", major, minor, cursor_le16(&c));
		reading_add_text(reading, "ads.version", text);
	}
}

static void ads_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	uint32_t tags;
	struct cursor c = open_answer(bytes, size);
	const uint8_t *id = cursor_bytes(&c, 6);
	char text[32];

	if (!id)
		return;
	snprintf(text, sizeof(text), "%u.%u.%u.%u.%u.%u", id[0], id[1], id[2], id[3], id[4],
		id[5]);
	reading_add_text(reading, "ads.net_id", text);
	cursor_skip(&c, 2); /* port */
	tags = cursor_le32(&c);
	for (uint32_t i = 0; i < tags && i < TAGS_MAX && cursor_left(&c) >= 4; i++) {
		uint16_t tag = cursor_le16(&c);
		struct cursor value = cursor_sub(&c, cursor_le16(&c));

		if (cursor_ok(&value))
			read_tag(tag, value, reading);
	}
	canonical_match(reading, "ads.system",
		(const char *const[]){
			"ads.version", "ads.system", "ads.platform", "ads.name", NULL});
}

static size_t ads_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	struct packer p = packer_of(out, max);

	(void)host;
	packer_le32(&p, COOKIE);
	packer_le32(&p, (uint32_t)seed);
	packer_le32(&p, SERVER_INFORMATION);
	packer_zero(&p, 6); /* nobody's AMS address */
	packer_le16(&p, SYSTEM_SERVICE);
	packer_le32(&p, 0);
	return packer_ok(&p) ? p.pos : 0;
}

static const uint16_t ads_ports[] = {48899, 0};

/* That a system brings back an invoke id other than zero is not proven: it is not waited
 * for. */
const struct protocol protocol_ads = {
	.name = "ads",
	.transport = TRANSPORT_UDP,
	.ports = ads_ports,
	.risk = PROTOCOL_SAFE,
	.request = ads_request,
	.complete = ads_complete,
	.recognise = ads_recognise,
	.read = ads_read,
	.reference = "Beckhoff ADS library, UDP server information",
};
