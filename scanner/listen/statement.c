/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way out of the listener: one observation per distinct statement. What was said is
 * remembered as a keyed 64-bit hash of its content, without time, TTL and raw bytes.
 */
#include "scanner/listen/listener.h"

#include <string.h>

enum { CONTENT_MAX = 256 * 1024 };

int statement_init(struct listener *l, struct error *reterr)
{
	str_init(&l->scratch, CONTENT_MAX);
	return part_table(
		l, LISTEN_STATEMENTS_MAX, sizeof(uint64_t), 0, NULL, &l->statements, reterr);
}

struct observation statement_of(
	const struct listener *l, enum observation_kind kind, const struct addr *addr)
{
	return (struct observation){.kind = kind,
		.method = OBSERVATION_BY_LISTENING,
		.time_us = l->now_us,
		.addr = *addr};
}

static void add_text(struct str *out, const char *text)
{
	if (text)
		str_add(out, text, strlen(text));
	str_addc(out, 0);
}

/* The content that makes two statements the same. */
static uint64_t digest_of(struct listener *l, const struct observation *obs)
{
	struct str *out = &l->scratch;
	uint8_t head[] = {(uint8_t)obs->kind, (uint8_t)obs->transport,
		(uint8_t)(obs->port >> 8), (uint8_t)obs->port};

	str_reset(out);
	str_add(out, head, sizeof(head));
	str_add(out, &obs->addr, sizeof(obs->addr));
	str_add(out, &obs->peer, sizeof(obs->peer));
	str_add(out, &obs->mac, sizeof(obs->mac));
	add_text(out, obs->protocol);
	for (size_t i = 0; i < obs->n_attributes; i++) {
		add_text(out, obs->attributes[i].name);
		add_text(out, obs->attributes[i].value);
	}
	return siphash(&l->hash_key, out->data, out->len);
}

void statement_say(struct listener *l, const struct observation *obs)
{
	uint64_t digest;
	int r;

	if (l->failed)
		return;
	l->counts.statements++;
	digest = digest_of(l, obs);
	if (table_find(l->statements, &digest)) {
		l->counts.repeated++;
		return;
	}
	if (l->counts.observations == LISTEN_OBSERVATIONS_MAX) {
		l->counts.over_limit++;
		return;
	}
	table_add(l->statements, &digest);
	r = l->sink->take(l->sink->context, obs, &l->error);
	if (r < 0) {
		l->failed = r;
		l->counts.statements--;
		return;
	}
	l->counts.observations++;
}

void statement_say_reading(struct listener *l, struct observation obs)
{
	obs.attributes = l->reading.attributes;
	obs.n_attributes = l->reading.n_attributes;
	statement_say(l, &obs);
}

void statement_say_vendor(struct listener *l, struct observation obs)
{
	const char *vendor =
		l->options.vendors ? mac_vendor(l->options.vendors, obs.mac) : NULL;

	if (!vendor)
		return;
	obs.kind = OBSERVATION_FACT;
	statement_say_pair(l, obs, "hw.vendor", vendor, "source", "mac");
}

void statement_say_pair(struct listener *l, struct observation obs, const char *name,
	const char *value, const char *name2, const char *value2)
{
	const struct attribute pair[] = {{name, value}, {name2, value2}};

	obs.attributes = pair;
	obs.n_attributes = ARRAY_SIZE(pair);
	statement_say(l, &obs);
}

void statement_unplaced(struct listener *l)
{
	l->counts.statements++;
	l->counts.unplaced++;
}

bool statement_is_placeable(const struct addr *addr)
{
	uint32_t v4 = addr_to_v4(addr);
	static const struct addr unspecified = {.family = 6};

	if (addr->family == 0 || addr_is_multicast(addr))
		return false;
	if (addr->family == 4)
		return v4 >> 24 != 0 && v4 < 0xf0000000;
	return !addr_equal(addr, &unspecified);
}
