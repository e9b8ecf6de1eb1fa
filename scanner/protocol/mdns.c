/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Multicast DNS, asked of one address: which kinds of service it offers. The question comes
 * from a port that is not 5353, so that the answer comes to us alone and repeats id and
 * question; it is never sent to the group. Hosts answer it on their own link only.
 *
 * References: RFC 6762 (5.5 questions by unicast, 6.7 answers to others, 18 fields), RFC 6763
 * (9 kinds of service, 6 text records).
 */
#include "scanner/protocol/protocol.h"

#include "common/str.h"
#include "scanner/protocol/question.h"
#include "scanner/wire/dns.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
	RECORDS_MAX = 64,
	STRINGS_MAX = 16, /* of one text record */
	CLASS_INTERNET = 1,
	KINDS_MAX = 48,
	KIND_SIZE = 40, /* RFC 6335, 5.1: 15 characters, "_", "._tcp" */
};

#define KINDS "_services._dns-sd._udp.local"

struct kinds {
	char text[KINDS_MAX][KIND_SIZE];
	size_t n;
};

static const uint8_t question[] = "\x09_services\x07_dns-sd\x04_udp\x05local\0\0\x0c\0\x01";

static long mdns_complete(const uint8_t *bytes, size_t size)
{
	return question_is_multicast(bytes, size) ? (long)size : -1;
}

/* The model of a device (RFC 6763, 6: strings behind their sizes). */
static void read_device_info(const struct dns_record *record, struct reading *reading)
{
	struct cursor c = cursor_of(record->data.bytes, record->data.size);

	for (int i = 0; i < STRINGS_MAX && cursor_left(&c) > 0; i++) {
		uint8_t n = cursor_u8(&c);
		const uint8_t *text = cursor_bytes(&c, n);

		if (!text || n <= 6 || strncasecmp((const char *)text, "model=", 6) != 0)
			continue;
		reading_add(reading, "mdns.model", text + 6, n - 6u);
		reading_match(reading, "mdns.device-info.txt", text, n);
	}
}

/* One kind of service: "_ipp._tcp.local" is "_ipp._tcp". */
static void take_kind(const struct dns_record *record, struct kinds *kinds)
{
	static const char domain[] = ".local";
	size_t n = record->target.size;

	if (dns_name_ends(&record->target, domain))
		n -= strlen(domain);
	if (kinds->n == KINDS_MAX || n == 0 || n >= sizeof(kinds->text[0]))
		return;
	memcpy(kinds->text[kinds->n], record->target.text, n);
	kinds->text[kinds->n++][n] = '\0';
}

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* In the order of the alphabet: answers have them in any, and the same host is to say the
 * same. */
static void add_kinds(struct kinds *kinds, struct reading *reading)
{
	_cleanup_(str_done) struct str line = STR_INIT(ATTRIBUTE_VALUE_MAX);

	qsort(kinds->text, kinds->n, sizeof(kinds->text[0]), by_text);
	for (size_t i = 0; i < kinds->n; i++) {
		if (i > 0 && strcmp(kinds->text[i - 1], kinds->text[i]) == 0)
			continue;
		if (line.len > 0)
			str_addc(&line, ',');
		str_adds(&line, kinds->text[i]);
	}
	reading_add(reading, "mdns.services", line.data, line.len);
}

static void read_record(const struct dns_record *record, struct kinds *kinds,
	struct reading *reading)
{
	if (record->type == DNS_TXT && dns_name_ends(&record->name, "._device-info._tcp.local"))
		read_device_info(record, reading);
	if (!record->known)
		return;
	if (record->type == DNS_PTR && strcasecmp(record->name.text, KINDS) == 0)
		take_kind(record, kinds);
	if (!reading->asked)
		return; /* whose addresses these are, names.c of the listener knows */
	if (record->type == DNS_A || record->type == DNS_AAAA)
		reading_name(reading, "mdns", record->name.text, record->name.size);
	else if (record->type == DNS_SRV)
		reading_name(reading, "mdns", record->target.text, record->target.size);
}

static void mdns_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	struct kinds kinds = {.n = 0};
	struct dns_message message;
	struct dns_record record;

	if (!question_is_multicast(bytes, size) || !dns_open(bytes, size, &message))
		return;
	for (int i = 0; i < RECORDS_MAX && dns_next_record(&message, &record) == DNS_OK; i++)
		if (record.class == CLASS_INTERNET)
			read_record(&record, &kinds, reading);
	add_kinds(&kinds, reading);
}

static size_t mdns_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	struct packer p = packer_of(out, max);

	(void)host;
	question_begin(&p, (uint16_t)seed);
	packer_bytes(&p, question, sizeof(question) - 1);
	return packer_ok(&p) ? p.pos : 0;
}

/* An answer to a port of its own repeats the id (6.7). */
static bool mdns_repeats(const uint8_t *reply, size_t size, uint64_t seed)
{
	return question_answered(reply, size, (uint16_t)seed);
}

static const uint16_t mdns_ports[] = {DNS_MDNS_PORT, 0};

const struct protocol protocol_mdns = {
	.name = "mdns",
	.transport = TRANSPORT_UDP,
	.ports = mdns_ports,
	.risk = PROTOCOL_SAFE,
	.request = mdns_request,
	.repeats = mdns_repeats,
	.complete = mdns_complete,
	.recognise = question_is_multicast,
	.read = mdns_read,
	.reference = "RFC 6762, RFC 6763",
};
