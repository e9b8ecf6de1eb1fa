/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An asset file that another organisation gave (assetfile.h). One pass in flat memory. What it
 * says of devices and services becomes observations: the sender's word, so claimed, with the
 * sender as source. What is over is not said again, and what the sender's register attests
 * stays the sender's: it comes by a register file. Both are counted.
 */
#include "inventory/exchange/internal.h"

#include "common/clock.h"
#include "common/text.h"
#include "common/xml/stream.h"

#include <string.h>

#define OURS "urn:cadastre:asset-file:1"
#define AI "http://scap.nist.gov/schema/asset-identification/1.1"
#define FILE_MAX ((uint64_t)16 * 1024 * 1024 * 1024)
#define MARKUP_MAX ((size_t)256 * 1024)
#define TEXT_MAX ((size_t)64 * 1024)
#define DEPTH_MAX 16
#define RECORD_MAX ((size_t)4 * 1024 * 1024) /* bytes of one service with its statements */
#define SOURCE_MAX 200

struct walk {
	struct exchange_sink *sink;
	const char *name;
	char sender[128];
	bool begun, in_device, in_service, in_fact;
	struct addr addr; /* of the device: the first one that it has now */
	long line;
	/* The statement at hand, and the service at hand, which gathers its own. */
	struct arena *arena;
	char *fact_name, *subject, *chapter, *source, *peer;
	int64_t time_us;
	bool over, of_register; /* over: held once; of_register: what people said */
	struct exchange_item service;
	char none[1];
};

static const char *attr(const struct xml_stream_element *e, const char *name)
{
	const char *value = xml_stream_attribute(e, name);

	return value ? value : "";
}

static char *keep(struct walk *walk, const char *text)
{
	char *kept = arena_strdup(walk->arena, text);

	return kept ? kept : walk->none;
}

static int64_t time_of(const struct xml_stream_element *e, const char *name)
{
	int64_t us = 0;

	return clock_parse(attr(e, name), &us, NULL) == 0 ? us : 0;
}

/* "Lanhe Power: snmp" */
static void add_source(struct walk *walk, struct exchange_item *item, const char *source)
{
	char text[SOURCE_MAX * 2];

	snprintf(text, sizeof(text), "%s%s%.*s", walk->sender, *source ? ": " : "", SOURCE_MAX,
		source);
	exchange_attribute_text(item, "source", text);
}

static int put(struct walk *walk, struct exchange_item *item, long line, struct error *reterr)
{
	if (item->failed)
		return error_set(reterr, ERROR_SYSTEM, "%s:%ld: no memory", walk->name, line);
	item->obs.attributes = item->attributes;
	return exchange_put(walk->sink, line, &item->obs, reterr);
}

/* ---- head -------------------------------------------------------------------------------- */

static int begin_document(
	struct walk *walk, const struct xml_stream_element *e, struct error *reterr)
{
	_cleanup_(str_done) struct str sender = STR_INIT(sizeof(walk->sender) - 1);
	char tool[EXCHANGE_TOOL_MAX];

	if (walk->begun)
		return error_set(reterr, ERROR_INPUT,
			"%s:%ld: a second head; an asset file is of one sender", walk->name,
			e->line);
	if (strcmp(attr(e, "version"), "1") != 0)
		return error_set(reterr, ERROR_INPUT,
			"%s:%ld: version \"%.16s\" of the asset file; this program reads version 1",
			walk->name, e->line, attr(e, "version"));
	text_clean(&sender, attr(e, "sender"), strlen(attr(e, "sender")),
		sizeof(walk->sender) - 1);
	snprintf(walk->sender, sizeof(walk->sender), "%s", sender.data);
	if (!*walk->sender)
		return error_set(reterr, ERROR_INPUT,
			"%s:%ld: the file does not say who gives it; af:document needs a sender",
			walk->name, e->line);
	snprintf(tool, sizeof(tool), "asset file of %.110s", walk->sender);
	walk->begun = true;
	return exchange_begin(walk->sink,
		&(struct exchange_origin){.tool = tool, .started_us = time_of(e, "observed")},
		reterr);
}

/* ---- statements -------------------------------------------------------------------------- */

static struct exchange_item item_of(struct walk *walk, enum observation_kind kind)
{
	return (struct exchange_item){.arena = walk->arena,
		.obs = {.kind = kind, .addr = walk->addr, .time_us = walk->time_us}};
}

static void begin_fact(struct walk *walk, const struct xml_stream_element *e)
{
	walk->in_fact = true;
	walk->line = e->line;
	walk->fact_name = keep(walk, attr(e, "name"));
	walk->subject = keep(walk, attr(e, "subject"));
	walk->chapter = keep(walk, attr(e, "chapter"));
	walk->source = keep(walk, attr(e, "source"));
	walk->peer = keep(walk, attr(e, "peer"));
	walk->time_us = time_of(e, "last-seen");
	walk->over = *attr(e, "until") != '\0';
	walk->of_register = strcmp(attr(e, "grade"), "attested") == 0 || !*attr(e, "run");
}

static int put_address(struct walk *walk, const char *mac, struct error *reterr)
{
	struct exchange_item item = item_of(walk, OBSERVATION_HOST);

	if (addr_parse(walk->subject, &item.obs.addr, NULL) < 0) {
		exchange_refuse(walk->sink, "no valid address", walk->line, walk->subject);
		return 0;
	}
	if (*mac && mac_parse(mac, &item.obs.mac, NULL) < 0)
		exchange_refuse(walk->sink, "no valid MAC address", walk->line, mac);
	if (!walk->addr.family)
		walk->addr = item.obs.addr;
	return put(walk, &item, walk->line, reterr);
}

static int put_connection(struct walk *walk, struct error *reterr)
{
	bool path = strncmp(walk->fact_name, "path.", 5) == 0;
	const char *hop = strrchr(walk->fact_name, '.');
	struct exchange_item item = item_of(walk, path ? OBSERVATION_HOP : OBSERVATION_LINK);
	uint64_t distance = 0;

	if (addr_parse(walk->peer, &item.obs.peer, NULL) < 0 ||
		(path && (!hop || !exchange_number(hop + 1, 255, &distance) || !distance))) {
		exchange_refuse(walk->sink, "a connection to no valid address", walk->line,
			walk->peer);
		return 0;
	}
	if (path) {
		item.obs.ttl = (uint8_t)distance;
		addr_parse(walk->subject, &item.obs.addr, NULL);
		return put(walk, &item, walk->line, reterr);
	}
	if (strcmp(walk->fact_name, "l2") != 0 && strcmp(walk->fact_name, "l3") != 0 &&
		strcmp(walk->fact_name, "flow") != 0) {
		exchange_count(walk->sink, "statements_of_register", 1);
		return 0;
	}
	exchange_attribute_text(&item, "layer", walk->fact_name);
	add_source(walk, &item, walk->source);
	return put(walk, &item, walk->line, reterr);
}

static int put_identity(struct walk *walk, const char *value, struct error *reterr)
{
	bool name = strcmp(walk->fact_name, "name") == 0;
	struct exchange_item item = item_of(walk, name ? OBSERVATION_NAME : OBSERVATION_KEY);

	if (name) {
		addr_parse(walk->subject, &item.obs.addr, NULL);
		exchange_attribute_text(&item, "name", value);
		add_source(walk, &item, walk->source);
	} else {
		exchange_attribute_text(&item, "type", walk->fact_name);
		exchange_attribute_text(&item, "value", value);
	}
	return put(walk, &item, walk->line, reterr);
}

static int put_fact(struct walk *walk, const char *value, struct error *reterr)
{
	struct exchange_item item = item_of(walk, OBSERVATION_FACT);

	addr_parse(walk->subject, &item.obs.addr, NULL);
	exchange_attribute_text(&item, walk->fact_name, value);
	add_source(walk, &item, walk->source);
	return put(walk, &item, walk->line, reterr);
}

/* A statement of a device, whose value is at hand now. */
static int end_fact(struct walk *walk, const char *value, struct error *reterr)
{
	if (walk->over) {
		exchange_count(walk->sink, "statements_over", 1);
		return 0;
	}
	if (walk->of_register) {
		exchange_count(walk->sink, "statements_of_register", 1);
		return 0;
	}
	if (strcmp(walk->fact_name, "address") == 0)
		return put_address(walk, value, reterr);
	if (!walk->addr.family) {
		exchange_refuse(walk->sink, "of an asset without an address", walk->line,
			walk->fact_name);
		return 0;
	}
	if (strcmp(walk->chapter, "connections") == 0)
		return put_connection(walk, reterr);
	if (strcmp(walk->chapter, "identification") == 0)
		return put_identity(walk, value, reterr);
	return put_fact(walk, value, reterr);
}

/* ---- services ---------------------------------------------------------------------------- */

static int begin_service(
	struct walk *walk, const struct xml_stream_element *e, struct error *reterr)
{
	static const char *const names[][2] = {{"vendor", "service.vendor"},
		{"product", "service.product"}, {"version", "service.version"},
		{"cpe", "service.cpe23"}};
	struct exchange_item *item = &walk->service;
	char protocol[ATTRIBUTE_NAME_MAX + 1];
	struct observation port;
	uint64_t number;

	walk->line = e->line;
	*item = (struct exchange_item){.arena = walk->arena,
		.obs = {.kind = OBSERVATION_SERVICE, .time_us = time_of(e, "last-seen")}};
	if (addr_parse(attr(e, "address"), &item->obs.addr, NULL) < 0 ||
		!transport_parse(attr(e, "transport"), &item->obs.transport) ||
		!exchange_number(attr(e, "port"), 65535, &number) || !number) {
		exchange_refuse(walk->sink, "a service without address, transport and port",
			e->line, attr(e, "address"));
		return 0;
	}
	item->obs.port = (uint16_t)number;
	walk->in_service = true;
	port = item->obs;
	port.kind = OBSERVATION_PORT;
	if (*attr(e, "protocol")) {
		exchange_name(protocol, attr(e, "protocol"), 32);
		item->obs.protocol = keep(walk, protocol);
	}
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		exchange_attribute_text(item, names[i][1], attr(e, names[i][0]));
	add_source(walk, item, attr(e, "source"));
	return exchange_put(walk->sink, e->line, &port, reterr);
}

static int end_service(struct walk *walk, long line, struct error *reterr)
{
	walk->in_service = false;
	/* Only its source: an open port of which nothing is known. */
	if (!walk->service.obs.protocol && walk->service.obs.n_attributes <= 1)
		return 0;
	return put(walk, &walk->service, line, reterr);
}

/* ---- the stream -------------------------------------------------------------------------- */

static int on_start(void *context, const struct xml_stream_element *e, struct error *reterr)
{
	struct walk *walk = context;

	if (e->depth == 1 && (strcmp(e->name, "assets") != 0 || strcmp(e->space, AI) != 0))
		return error_set(reterr, ERROR_INPUT,
			"%s:%ld: no asset file; its root is ai:assets of %s", walk->name,
			e->line, AI);
	if (strcmp(e->space, OURS) != 0)
		return 0;
	if (strcmp(e->name, "document") == 0)
		return begin_document(walk, e, reterr);
	if (!walk->begun)
		return error_set(reterr, ERROR_INPUT,
			"%s:%ld: statements before the head (af:document), which says whose they are",
			walk->name, e->line);
	if (strcmp(e->name, "device") == 0) {
		walk->in_device = true;
		walk->addr = (struct addr){0};
	} else if (strcmp(e->name, "service") == 0) {
		arena_reset(walk->arena);
		return begin_service(walk, e, reterr);
	} else if (strcmp(e->name, "fact") == 0) {
		if (!walk->in_service)
			arena_reset(walk->arena);
		begin_fact(walk, e);
	} else if (strcmp(e->name, "record") == 0) {
		exchange_count(walk->sink, "statements_of_register", 1);
	}
	return 0;
}

static int on_end(void *context, const char *name, unsigned int depth, const char *text,
	long line, struct error *reterr)
{
	struct walk *walk = context;

	(void)depth;
	if (walk->in_fact && strcmp(name, "fact") == 0) {
		walk->in_fact = false;
		if (walk->in_service && !walk->over)
			exchange_attribute_text(&walk->service, walk->fact_name, text);
		else if (walk->in_device)
			return end_fact(walk, text, reterr);
		else
			exchange_count(walk->sink, "statements_of_register", 1);
	} else if (walk->in_service && strcmp(name, "service") == 0) {
		return end_service(walk, line, reterr);
	} else if (walk->in_device && strcmp(name, "device") == 0) {
		walk->in_device = false;
	}
	return 0;
}

int exchange_read_assetfile(
	int fd, const char *name, struct exchange_sink *sink, struct error *reterr)
{
	static const struct xml_stream_kind kind = {.what = "asset file",
		.max_bytes = FILE_MAX,
		.markup_max = MARKUP_MAX,
		.text_max = TEXT_MAX,
		.depth_max = DEPTH_MAX};
	_cleanup_(arena_freep) struct arena *arena = arena_new(RECORD_MAX);
	struct walk walk = {.sink = sink, .name = name, .arena = arena};
	const struct xml_stream_handler handler = {on_start, on_end, &walk};
	int r;

	if (!arena)
		return error_set(reterr, ERROR_SYSTEM, "%s: no memory", name);
	r = xml_stream(&kind, name, fd, &handler, reterr);
	if (r == 0 && !walk.begun)
		return error_set(reterr, ERROR_INPUT,
			"%s: an Asset Identification file of another maker; only asset files "
			"of cadastre (%s) are read",
			name, OURS);
	return r == XML_STREAM_CUT ? EXCHANGE_CUT : r;
}
