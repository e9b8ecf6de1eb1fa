/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stations that announce themselves on the link by LLDP, CDP or PROFINET's DCP, or publish
 * there by GOOSE or as sampled values. Their frames carry no address of their own, so they are
 * kept until the end, when the address that they state or their MAC tells whose they are; who
 * has none is told by its MAC. LLDP and CDP are never forwarded (IEEE 802.1AB clause 7.1):
 * where exactly two stations were heard, they are each other's neighbours, if both were there
 * at the same time: captures are joined together.
 */
#include "scanner/listen/listener.h"

#include "common/clock.h"
#include "common/text.h"
#include "scanner/protocol/canonical.h"
#include "scanner/protocol/neighbour.h"
#include "scanner/wire/cdp.h"
#include "scanner/wire/dcp.h"
#include "scanner/wire/goose.h"
#include "scanner/wire/lldp.h"
#include "scanner/wire/sv.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	ID_SIZE = 256,
	TEXT_SIZE = NEIGHBOUR_DESCRIPTION_MAX + 1,
	SHORT_SIZE = 256,
	FACTS_MAX = 10
};

struct neighbour_key {
	const char *source; /* one of the arrays below */
	uint64_t digest;    /* of the sender's MAC and its id */
};

/* One thing that a station says: an attribute and its value as clean text. */
struct fact {
	const char *name;
	char value[SHORT_SIZE];
};

struct neighbour {
	int64_t first_us, last_us, ttl_us; /* heard from, to; and how long that holds */
	struct mac mac;
	struct addr addr; /* for management; family 0 if none was told */
	char id[ID_SIZE], port[ID_SIZE], name[SHORT_SIZE], description[TEXT_SIZE];
	struct fact facts[FACTS_MAX];
	size_t n_facts;
};

static const char source_lldp[] = "lldp", source_cdp[] = "cdp", source_goose[] = "goose",
		  source_sv[] = "sv", source_dcp[] = "dcp";

int neighbours_init(struct listener *l, struct error *reterr)
{
	return part_table(l, LISTEN_NEIGHBOURS_MAX, sizeof(struct neighbour_key),
		sizeof(struct neighbour), NULL, &l->neighbours, reterr);
}

static void keep(char *out, size_t size, const struct view *view)
{
	struct str clean = STR_INIT(size - 1);

	if (view->size)
		text_clean(&clean, view->bytes, view->size, size - 1);
	memcpy(out, clean.data, clean.len + 1);
	str_done(&clean);
}

static void keep_str(char *out, size_t size, const struct str *text)
{
	size_t n = text->len < size ? text->len : size - 1;

	memcpy(out, text->data, n);
	out[n] = 0;
}

/* Where a fact stands, or may; NULL: there is no room. */
static struct fact *fact_at(struct neighbour *n, const char *name)
{
	for (size_t i = 0; i < n->n_facts; i++)
		if (strcmp(n->facts[i].name, name) == 0)
			return &n->facts[i];
	if (n->n_facts == FACTS_MAX)
		return NULL;
	n->facts[n->n_facts].name = name;
	n->facts[n->n_facts].value[0] = 0;
	return &n->facts[n->n_facts++];
}

static void add_fact(struct neighbour *n, const char *name, const struct view *view)
{
	struct fact *fact = view->size ? fact_at(n, name) : NULL;

	if (fact)
		keep(fact->value, SHORT_SIZE, view);
}

static void add_number(struct neighbour *n, const char *name, uint32_t value)
{
	struct fact *fact = fact_at(n, name);

	if (fact)
		snprintf(fact->value, SHORT_SIZE, "%" PRIu32, value);
}

static void add_scratch(struct listener *l, struct neighbour *n, const char *name)
{
	add_fact(n, name, &(struct view){(uint8_t *)l->scratch.data, l->scratch.len});
}

/* The station that sent the frame, under the id in l->scratch. */
static struct neighbour *station_at(struct listener *l, const char *source)
{
	struct neighbour_key key;
	struct neighbour *n;
	char id[ID_SIZE];

	memset(&key, 0, sizeof(key));
	key.source = source;
	keep_str(id, ID_SIZE, &l->scratch);
	str_add(&l->scratch, &l->frame->src_mac, sizeof(l->frame->src_mac));
	key.digest = siphash(&l->hash_key, l->scratch.data, l->scratch.len);
	n = table_find(l->neighbours, &key);
	if (!n) {
		n = table_add(l->neighbours, &key);
		n->first_us = l->now_us;
		n->mac = l->frame->src_mac;
		memcpy(n->id, id, sizeof(id));
	}
	n->last_us = l->now_us;
	return n;
}

/* The same, where what it says now replaces what it said before. */
static struct neighbour *neighbour_at(struct listener *l, const char *source)
{
	struct neighbour *n = station_at(l, source);
	struct neighbour blank = {
		.first_us = n->first_us, .last_us = n->last_us, .mac = n->mac};

	memcpy(blank.id, n->id, sizeof(blank.id));
	*n = blank;
	return n;
}

static void keep_addr(struct neighbour *n, const struct addr *addrs, size_t n_addrs)
{
	for (size_t i = 0; i < n_addrs && !n->addr.family; i++)
		if (statement_is_placeable(&addrs[i]) && !addr_is_loopback(&addrs[i]))
			n->addr = addrs[i];
}

bool neighbours_lldp(struct listener *l, const uint8_t *bytes, size_t size)
{
	struct neighbour *n;
	struct lldp lldp;

	if (!lldp_read(bytes, size, &lldp))
		return false;
	str_reset(&l->scratch);
	lldp_id_format(&l->scratch, &lldp.chassis, LLDP_CHASSIS_MAC, LLDP_CHASSIS_ADDRESS);
	if (lldp.ttl == 0)
		return true;
	n = neighbour_at(l, source_lldp);
	n->ttl_us = lldp.ttl * CLOCK_SECOND;
	str_reset(&l->scratch);
	lldp_id_format(&l->scratch, &lldp.port, LLDP_PORT_MAC, LLDP_PORT_ADDRESS);
	keep_str(n->port, ID_SIZE, &l->scratch);
	keep(n->name, SHORT_SIZE, &lldp.system_name);
	keep(n->description, TEXT_SIZE, &lldp.system_description);
	keep_addr(n, lldp.management, lldp.n_management);
	str_reset(&l->scratch);
	lldp_capabilities_format(&l->scratch, lldp.enabled);
	add_scratch(l, n, "lldp.capabilities");
	add_fact(n, "lldp.name", &lldp.system_name);
	add_fact(n, "lldp.port.description", &lldp.port_description);
	add_fact(n, "lldp.manufacturer", &lldp.manufacturer);
	add_fact(n, "lldp.model", &lldp.model);
	add_fact(n, "lldp.serial", &lldp.serial);
	add_fact(n, "lldp.hardware", &lldp.hardware);
	add_fact(n, "lldp.firmware", &lldp.firmware);
	add_fact(n, "lldp.software", &lldp.software);
	add_fact(n, "lldp.asset", &lldp.asset);
	return true;
}

bool neighbours_cdp(struct listener *l, const uint8_t *bytes, size_t size)
{
	struct neighbour *n;
	struct cdp cdp;

	if (!cdp_read(bytes, size, &cdp))
		return false;
	str_reset(&l->scratch);
	text_clean(&l->scratch, cdp.device.bytes, cdp.device.size, ID_SIZE - 1);
	n = neighbour_at(l, source_cdp);
	n->ttl_us = cdp.ttl * CLOCK_SECOND;
	keep(n->port, ID_SIZE, &cdp.port);
	keep(n->name, SHORT_SIZE, cdp.system_name.size ? &cdp.system_name : &cdp.device);
	keep(n->description, TEXT_SIZE, &cdp.software);
	if (l->frame->kind == FRAME_IP) /* through a tunnel */
		keep_addr(n, &l->frame->src, 1);
	keep_addr(n, cdp.addresses, cdp.n_addresses);
	str_reset(&l->scratch);
	cdp_capabilities_format(&l->scratch, cdp.capabilities);
	add_fact(n, "cdp.device", &cdp.device);
	add_scratch(l, n, "cdp.capabilities");
	add_fact(n, "cdp.platform", &cdp.platform);
	add_fact(n, "cdp.location", &cdp.location);
	return true;
}

bool neighbours_goose(struct listener *l, const uint8_t *bytes, size_t size)
{
	struct neighbour *n;
	struct goose goose;

	if (!goose_read(bytes, size, &goose))
		return false;
	str_reset(&l->scratch);
	text_clean(
		&l->scratch, goose.control_block.bytes, goose.control_block.size, ID_SIZE - 1);
	n = neighbour_at(l, source_goose);
	add_fact(n, "goose.control-block", &goose.control_block);
	add_fact(n, "goose.data-set", &goose.data_set);
	add_fact(n, "goose.id", &goose.id);
	return true;
}

bool neighbours_sv(struct listener *l, const uint8_t *bytes, size_t size)
{
	static const char *const clocks[] = {"none", "local", "global"};
	struct neighbour *n;
	struct sv sv;

	if (!sv_read(bytes, size, &sv))
		return false;
	str_reset(&l->scratch);
	text_clean(&l->scratch, sv.id.bytes, sv.id.size, ID_SIZE - 1);
	n = neighbour_at(l, source_sv);
	add_fact(n, "sv.id", &sv.id);
	add_fact(n, "sv.data-set", &sv.data_set);
	add_number(n, "sv.appid", sv.appid);
	if (sv.rate)
		add_number(n, "sv.rate", sv.rate);
	if (sv.has_synchronisation && sv.synchronisation < ARRAY_SIZE(clocks)) {
		const char *clock = clocks[sv.synchronisation];

		add_fact(n, "sv.synchronised",
			&(struct view){(const uint8_t *)clock, strlen(clock)});
	}
	return true;
}

static void tell_fact(void *context, const char *name, const void *text, size_t size)
{
	add_fact(context, name, &(struct view){text, size});
}

/* A station is told in pieces, by answers to one question and another. */
static void keep_dcp(struct listener *l, struct neighbour *n, const struct dcp *dcp)
{
	dcp_describe(dcp, tell_fact, n);
	if (dcp->name.size)
		keep(n->name, SHORT_SIZE, &dcp->name);
	if (!statement_is_placeable(&dcp->addr) || addr_is_loopback(&dcp->addr))
		return;
	n->addr = dcp->addr;
	hosts_heard(l, &n->addr, 0, &l->frame->src_mac);
	hosts_claimed(l, &n->addr, &l->frame->src_mac);
}

/* Who asks for a station by its name has something to do with it: a controller looks for its
 * devices, and a device sees whether another has its name. */
static void keep_sought(struct neighbour *n, const struct view *name)
{
	struct fact *fact = fact_at(n, "dcp.sought");
	char one[SHORT_SIZE], *at = fact ? fact->value : NULL;
	size_t size;

	keep(one, sizeof(one), name);
	size = strlen(one);
	while (at && *at) {
		size_t left = strcspn(at, " ");

		if (left == size && memcmp(at, one, size) == 0)
			return;
		at += left + (at[left] == ' ');
	}
	if (at && strlen(fact->value) + size + 2 <= SHORT_SIZE && !strchr(one, ' '))
		snprintf(at, SHORT_SIZE - (size_t)(at - fact->value), "%s%s",
			at == fact->value ? "" : " ", one);
}

bool neighbours_dcp(struct listener *l, const uint8_t *bytes, size_t size)
{
	struct neighbour *n;
	struct dcp dcp;

	if (!dcp_read(bytes, size, &dcp))
		return false;
	if (!dcp.states && !dcp.sought.size)
		return true;
	str_reset(&l->scratch);
	n = station_at(l, source_dcp);
	if (dcp.states)
		keep_dcp(l, n, &dcp);
	else
		keep_sought(n, &dcp.sought);
	return true;
}

/* False: it told none. */
static bool read_facts(struct listener *l, const char *source, const struct neighbour *n)
{
	reading_clear(&l->reading);
	reading_add_text(&l->reading,
		source == source_lldp ? "lldp.description" : "cdp.software", n->description);
	reading_add_text(
		&l->reading, source == source_lldp ? "lldp.port" : "cdp.port", n->port);
	for (size_t i = 0; i < n->n_facts; i++)
		reading_add_text(&l->reading, n->facts[i].name, n->facts[i].value);
	neighbour_describe(&l->reading, n->description);
	if (source == source_dcp)
		canonical_match(&l->reading, "dcp.station", (const char *const[]){
			"dcp.vendor_id", "dcp.device_id", "dcp.type", NULL});
	if (l->reading.n_attributes == 0)
		return false;
	reading_add_text(&l->reading, "source", source);
	return true;
}

/* It has no address that was heard of: all that is known goes by its MAC. */
static void say_station(struct listener *l, const char *source, const struct neighbour *n)
{
	struct observation obs = statement_of(l, OBSERVATION_FACT, &n->addr);

	obs.time_us = n->first_us;
	obs.mac = n->mac;
	if (mac_is_zero(&n->mac)) {
		statement_unplaced(l);
	} else if (read_facts(l, source, n)) {
		statement_say_reading(l, obs);
		statement_say_vendor(l, obs);
	}
}

static void say_neighbour(struct listener *l, const char *source, const struct neighbour *n)
{
	struct observation obs = statement_of(l, OBSERVATION_KEY, &n->addr);

	obs.time_us = n->first_us;
	names_add(l, &n->addr, source, n->name, strlen(n->name));
	if (source == source_lldp && n->id[0])
		statement_say_pair(l, obs, "type", "lldp.chassis", "value", n->id);
	obs.kind = OBSERVATION_FACT;
	if (read_facts(l, source, n))
		statement_say_reading(l, obs);
}

static bool at_the_same_time(const struct neighbour *a, const struct neighbour *b)
{
	return a->first_us <= b->last_us + b->ttl_us && b->first_us <= a->last_us + a->ttl_us;
}

static void say_link(struct listener *l, const char *source, const struct neighbour *a,
	const struct neighbour *b)
{
	struct observation obs = statement_of(l, OBSERVATION_LINK, &a->addr);
	const struct attribute attributes[] = {
		{"layer", "l2"}, {"source", source}, {"port", a->port}, {"peer.port", b->port}};

	obs.time_us = a->first_us > b->first_us ? a->first_us : b->first_us;
	obs.peer = b->addr;
	obs.attributes = attributes;
	obs.n_attributes = ARRAY_SIZE(attributes);
	statement_say(l, &obs);
}

/* Says the stations of one protocol, and the link if there are exactly two and none was
 * said. */
static bool finish_source(struct listener *l, const char *source, bool linked)
{
	const struct neighbour *two[2] = {NULL, NULL};
	table_cursor cursor = 0;
	const void *key;
	void *value;
	size_t n = 0;

	while (table_walk(l->neighbours, &cursor, &key, &value)) {
		struct neighbour *neighbour = value;

		if (((const struct neighbour_key *)key)->source != source)
			continue;
		if (n < ARRAY_SIZE(two))
			two[n] = neighbour;
		n++;
		if (!neighbour->addr.family &&
			!hosts_at(l, &neighbour->mac, &neighbour->addr)) {
			l->now_us = neighbour->first_us;
			say_station(l, source, neighbour);
			continue;
		}
		/* it announced itself, then and not now */
		l->now_us = neighbour->first_us;
		hosts_heard(l, &neighbour->addr, 0, NULL);
		say_neighbour(l, source, neighbour);
	}
	if (linked || n != 2 || table_evicted(l->neighbours) || !two[0]->addr.family ||
		!two[1]->addr.family || addr_equal(&two[0]->addr, &two[1]->addr) ||
		strcmp(two[0]->id, two[1]->id) == 0 || !at_the_same_time(two[0], two[1]))
		return linked;
	say_link(l, source, two[0], two[1]);
	return true;
}

void neighbours_finish(struct listener *l)
{
	bool linked = finish_source(l, source_lldp, false);

	finish_source(l, source_cdp, linked);
	finish_source(l, source_goose, true);
	finish_source(l, source_sv, true);
	finish_source(l, source_dcp, true);
}
