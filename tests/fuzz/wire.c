/* SPDX-License-Identifier: Apache-2.0 */
/* Targets: frames and what stands in them, message by message, and the listener that reads them
 * one after the other. */
#include "tests/fuzz/fuzz.h"

#include "common/text.h"
#include "scanner/listen/listener.h"
#include "scanner/wire/cdp.h"
#include "scanner/wire/dcp.h"
#include "scanner/wire/dhcp.h"
#include "scanner/wire/goose.h"
#include "scanner/wire/lldp.h"
#include "scanner/wire/nbns.h"
#include "scanner/wire/ndp.h"
#include "scanner/wire/sv.h"

#include <string.h>

enum { FRAMES_MAX = 64, TEXT_MAX = 4096 };

static const enum frame_link links[] = {FRAME_LINK_ETHERNET, FRAME_LINK_NULL, FRAME_LINK_RAW,
	FRAME_LINK_LOOP, FRAME_LINK_SLL, FRAME_LINK_SLL2, FRAME_LINK_IPV4, FRAME_LINK_IPV6};

/* A view stands within the bytes that were read. */
static void within(const void *view, size_t n, const uint8_t *bytes, size_t size)
{
	const uint8_t *at = view;

	HOLDS(n == 0 || (at >= bytes && n <= size && (size_t)(at - bytes) <= size - n));
}

static void view_holds(const struct view *view, const uint8_t *bytes, size_t size)
{
	within(view->bytes, view->size, bytes, size);
}

static void tally_holds(const struct tlv_tally *tally)
{
	HOLDS(tally->elements == tally->read + tally->refused + tally->unknown);
}

/* The first byte picks the link type. */
bool fuzz_frame(const uint8_t *bytes, size_t size)
{
	struct frame frame;
	enum frame_verdict verdict;

	if (size == 0)
		return false;
	verdict =
		frame_decode(links[bytes[0] % ARRAY_SIZE(links)], bytes + 1, size - 1, &frame);
	HOLDS(frame.payload);
	HOLDS(frame.n_vlans <= ARRAY_SIZE(frame.vlans));
	within(frame.payload, frame.payload_size, bytes, size);
	within(frame.tcp_options, frame.tcp_options_size, bytes, size);
	return verdict == FRAME_OK;
}

static void clean_str(struct str *text)
{
	HOLDS(text_is_clean(text->data, text->len));
	str_done(text);
}

bool fuzz_lldp(const uint8_t *bytes, size_t size)
{
	struct str text = STR_INIT(TEXT_MAX);
	struct lldp lldp;

	if (!lldp_read(bytes, size, &lldp))
		return false;
	HOLDS(lldp.n_management <= LLDP_MANAGEMENT_MAX);
	view_holds(&lldp.system_name, bytes, size);
	view_holds(&lldp.chassis.value, bytes, size);
	view_holds(&lldp.asset, bytes, size);
	tally_holds(&lldp.tally);
	lldp_id_format(&text, &lldp.chassis, LLDP_CHASSIS_MAC, LLDP_CHASSIS_ADDRESS);
	lldp_id_format(&text, &lldp.port, LLDP_PORT_MAC, LLDP_PORT_ADDRESS);
	lldp_capabilities_format(&text, lldp.capabilities);
	clean_str(&text);
	return true;
}

/* From the DSAP on. */
bool fuzz_cdp(const uint8_t *bytes, size_t size)
{
	struct str text = STR_INIT(TEXT_MAX);
	struct view message;
	struct cdp cdp;

	if (!cdp_open(bytes, size, &message))
		return false;
	view_holds(&message, bytes, size);
	if (!cdp_read(message.bytes, message.size, &cdp))
		return false;
	HOLDS(cdp.n_addresses <= CDP_ADDRESSES_MAX);
	view_holds(&cdp.device, bytes, size);
	view_holds(&cdp.location, bytes, size);
	tally_holds(&cdp.tally);
	cdp_capabilities_format(&text, cdp.capabilities);
	clean_str(&text);
	return true;
}

static void tell(void *context, const char *name, const void *text, size_t size)
{
	(void)context;
	HOLDS(*name && (size == 0 || text));
}

/* The payload behind the ethertype. */
bool fuzz_dcp(const uint8_t *bytes, size_t size)
{
	struct str text = STR_INIT(TEXT_MAX);
	struct dcp dcp;

	dcp_is(bytes, size);
	if (!dcp_read(bytes, size, &dcp))
		return false;
	view_holds(&dcp.sought, bytes, size);
	view_holds(&dcp.name, bytes, size);
	view_holds(&dcp.type, bytes, size);
	view_holds(&dcp.alias, bytes, size);
	tally_holds(&dcp.tally);
	dcp_describe(&dcp, tell, NULL);
	dcp_role_format(&text, dcp.role);
	clean_str(&text);
	return true;
}

bool fuzz_sv(const uint8_t *bytes, size_t size)
{
	struct sv sv;

	if (!sv_read(bytes, size, &sv))
		return false;
	view_holds(&sv.id, bytes, size);
	view_holds(&sv.data_set, bytes, size);
	tally_holds(&sv.tally);
	return true;
}

bool fuzz_dhcp(const uint8_t *bytes, size_t size)
{
	struct dhcp dhcp;

	if (!dhcp_read(bytes, size, &dhcp))
		return false;
	view_holds(&dhcp.host_name, bytes, size);
	view_holds(&dhcp.vendor_class, bytes, size);
	view_holds(&dhcp.client_id, bytes, size);
	view_holds(&dhcp.fqdn, bytes, size);
	tally_holds(&dhcp.tally);
	return true;
}

bool fuzz_goose(const uint8_t *bytes, size_t size)
{
	struct goose goose;

	if (!goose_read(bytes, size, &goose))
		return false;
	view_holds(&goose.control_block, bytes, size);
	view_holds(&goose.data_set, bytes, size);
	view_holds(&goose.id, bytes, size);
	tally_holds(&goose.tally);
	return true;
}

/* The first byte is the type. */
bool fuzz_ndp(const uint8_t *bytes, size_t size)
{
	struct ndp ndp;

	if (size == 0 || !ndp_read(bytes[0], bytes + 1, size - 1, &ndp))
		return false;
	HOLDS(ndp.n_prefixes <= NDP_PREFIXES_MAX);
	tally_holds(&ndp.tally);
	return true;
}

static void name_holds(const struct dns_name *name)
{
	HOLDS(name->size <= DNS_TEXT_MAX && name->text[name->size] == '\0');
}

/* Every question and record of a message; they end. */
bool fuzz_dns_names(const uint8_t *bytes, size_t size)
{
	static struct dns_question question;
	static struct dns_record record;
	struct dns_message message;
	struct addr addr;
	size_t n = 0;

	if (!dns_open(bytes, size, &message))
		return false;
	while (dns_next_question(&message, &question) == DNS_OK) {
		name_holds(&question.name);
		HOLDS(++n <= message.questions);
	}
	for (n = 0; dns_next_record(&message, &record) == DNS_OK; n++) {
		HOLDS(n <= (size_t)message.answers + message.authorities + message.additionals);
		name_holds(&record.name);
		name_holds(&record.target);
		view_holds(&record.data, bytes, size);
		dns_reverse_addr(&record.name, &addr);
		dns_name_ends(&record.name, ".local");
	}
	return n > 0;
}

bool fuzz_nbns(const uint8_t *bytes, size_t size)
{
	static struct dns_record record;
	struct dns_message message;
	struct nbns_status status;
	struct nbns_name name;
	struct addr addr;
	bool group, taken = false;

	if (!dns_open(bytes, size, &message))
		return false;
	while (dns_next_record(&message, &record) == DNS_OK) {
		if (nbns_decode_name(&record.name, &name))
			HOLDS(strnlen(name.text, sizeof(name.text)) <= NBNS_NAME_MAX);
		if (nbns_status_read(&record.data, &status)) {
			HOLDS(status.n_names <= NBNS_NAMES_MAX &&
				status.n_names <= status.n_stated);
			taken = true;
		}
		taken |= nbns_address_read(&record.data, &addr, &group);
	}
	return taken;
}

static int take(void *context, const struct observation *obs, struct error *reterr)
{
	uint64_t *n = context;

	(void)reterr;
	++*n;
	HOLDS(obs->n_attributes <= OBSERVATION_ATTRIBUTES_MAX);
	HOLDS(obs->raw_size <= OBSERVATION_RAW_MAX);
	/* A station of the link of which no address is known is told by its MAC. */
	HOLDS(obs->addr.family == 4 || obs->addr.family == 6 ||
		(obs->addr.family == 0 && obs->kind == OBSERVATION_FACT &&
			!mac_is_zero(&obs->mac)));
	HOLDS(!addr_is_multicast(&obs->addr));
	for (size_t i = 0; i < obs->n_attributes; i++)
		HOLDS(text_is_clean(
			obs->attributes[i].value, strlen(obs->attributes[i].value)));
	return 0;
}

/* Frames one after the other: two bytes of size, then as many of frame. So little room that
 * things are let go of after some frames, and that a listener is made soon. */
bool fuzz_listener(const uint8_t *bytes, size_t size)
{
	const struct listen_options options = {.seed = 1, .room = 8};
	struct cursor c = cursor_of(bytes, size);
	struct listener *listener;
	const struct listen_counts *counts;
	uint64_t n = 0;
	const struct observation_sink sink = {take, &n};

	HOLDS(listener_new(&options, &sink, &listener, NULL) == 0);
	for (size_t i = 0; i < FRAMES_MAX && cursor_left(&c) > 2; i++) {
		size_t left, at = cursor_be16(&c);
		uint8_t *copy;

		left = cursor_left(&c);
		at = at < left ? at : left;
		copy = malloc(at ? at : 1);
		HOLDS(copy);
		if (at > 0)
			memcpy(copy, cursor_bytes(&c, at), at);
		HOLDS(listener_frame(listener, FRAME_LINK_ETHERNET, copy, at, (int64_t)i * 1000,
			      NULL) == 0);
		free(copy);
	}
	HOLDS(listener_finish(listener, NULL) == 0);
	counts = &listener->counts;
	HOLDS(counts->frames == counts->taken + counts->unread + counts->martian +
					counts->over_budget + counts->truncated +
					counts->malformed + counts->unknown_link);
	HOLDS(counts->messages == counts->messages_read + counts->messages_refused);
	HOLDS(counts->statements == counts->observations + counts->repeated +
					    counts->over_limit + counts->unplaced);
	HOLDS(counts->observations == n);
	listener_free(listener);
	return n > 0;
}
