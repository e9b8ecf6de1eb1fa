/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NetBIOS: the node status of one address, which is its table of names and the address of its
 * adapter. No name is registered, claimed or released.
 *
 * References: RFC 1001, 15.1.4 (node status), RFC 1002, 4.2.17 (request) and 4.2.18 (response).
 */
#include "scanner/protocol/protocol.h"

#include "common/str.h"
#include "scanner/protocol/question.h"
#include "scanner/wire/nbns.h"

#include <string.h>

enum {
	DOMAIN_MASTER = 0x1b,
	DOMAIN_CONTROLLERS = 0x1c,
};

/* The name of every node, "*" and zero bytes, in half-bytes as letters (RFC 1001, 14.1). */
static const uint8_t question[] = "\x20" "CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" "\0\0\x21\0\x01";

/* The first record of a response is the status of a node. */
static bool parse(const uint8_t *bytes, size_t size, struct nbns_status *ret_status)
{
	struct dns_message message;
	struct dns_record record;
	struct nbns_name name;

	return dns_open(bytes, size, &message) && message.response && message.opcode == 0 &&
		message.rcode == 0 && message.answers > 0 &&
		dns_next_record(&message, &record) == DNS_OK && record.type == DNS_NBSTAT &&
		nbns_decode_name(&record.name, &name) &&
		nbns_status_read(&record.data, ret_status);
}

static bool netbios_recognise(const uint8_t *bytes, size_t size)
{
	struct nbns_status status;

	return parse(bytes, size, &status);
}

static long netbios_complete(const uint8_t *bytes, size_t size)
{
	return netbios_recognise(bytes, size) ? (long)size : -1;
}

static void read_name(const struct nbns_name *name, struct str *all, struct reading *reading)
{
	if (all->len > 0)
		str_addc(all, ' ');
	str_addf(all, "%s<%02x>", name->text, name->suffix);
	if (name->suffix == NBNS_WORKSTATION) {
		reading_add_text(reading, name->group ? "nbns.workgroup" : "nbns.name",
			name->text);
		if (!name->group)
			reading_name(reading, "nbns", name->text, strlen(name->text));
	} else if (name->suffix == NBNS_SERVER && !name->group) {
		reading_add_text(reading, "nbns.file_server", "yes");
	} else if (name->suffix == DOMAIN_CONTROLLERS && name->group) {
		reading_add_text(reading, "nbns.domain", name->text);
		reading_add_text(reading, "nbns.domain_controller", "yes");
	} else if (name->suffix == DOMAIN_MASTER && !name->group) {
		reading_add_text(reading, "nbns.domain_master", "yes");
	}
}

static void netbios_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	_cleanup_(str_done) struct str all = STR_INIT(ATTRIBUTE_VALUE_MAX);
	struct nbns_status status;
	char mac[MAC_TEXT_MAX];

	if (!parse(bytes, size, &status))
		return;
	for (size_t i = 0; i < status.n_names; i++)
		read_name(&status.names[i], &all, reading);
	reading_add(reading, "nbns.names", all.data, all.len);
	if (!mac_is_zero(&status.mac))
		reading_add_text(reading, "nbns.mac", mac_format(&status.mac, mac));
}

static size_t netbios_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	struct packer p = packer_of(out, max);

	(void)host;
	question_begin(&p, (uint16_t)seed);
	packer_bytes(&p, question, sizeof(question) - 1);
	return packer_ok(&p) ? p.pos : 0;
}

/* The id of the transaction (RFC 1002, 4.2.1.1). */
static bool netbios_repeats(const uint8_t *reply, size_t size, uint64_t seed)
{
	return question_answered(reply, size, (uint16_t)seed);
}

static const uint16_t netbios_ports[] = {NBNS_PORT, 0};

const struct protocol protocol_netbios = {
	.name = "netbios",
	.transport = TRANSPORT_UDP,
	.ports = netbios_ports,
	.risk = PROTOCOL_SAFE,
	.request = netbios_request,
	.repeats = netbios_repeats,
	.complete = netbios_complete,
	.recognise = netbios_recognise,
	.read = netbios_read,
	.reference = "RFC 1002, 4.2.17 and 4.2.18",
};
