/* SPDX-License-Identifier: Apache-2.0 */
/* See endpoints.h. Addresses met stand in sets of WAYS, each in the emptier of two that it may
 * stand in (Azar, Broder, Karlin and Upfal, 1999), so that nearly all places are used before
 * one is short. Where both are full the first gives way: a scan goes round and round over its
 * addresses, and so most keep their places. */
#include "inventory/intake/endpoints.h"

#include "common/siphash.h"

#include <stdlib.h>
#include <string.h>

#define WAYS 8
#define SETS (ENDPOINTS_MAX / WAYS)
#define PORTS_MAX (1 << 30)

struct met {
	struct addr addr;
	struct mac mac;
	bool partial, spoke;
	uint8_t methods; /* bits; 0: the place is free */
	int32_t ports;
	int64_t sum_all, sum_greeted;
};

/* Said at once, each time that it differs from what was said before from this place. */
struct mention {
	struct addr addr;
	struct mac mac;
	bool makes;
	const char *method; /* of static storage: it is compared as a pointer */
};

struct endpoints {
	struct db_copy *copy;
	int64_t batch;
	struct siphash_key secret; /* strangers choose the addresses */
	struct met *newest;
	struct mention mentions[MENTIONS_MAX];
	uint16_t tags[SETS][WAYS]; /* bits of the hash of who is at a place; 0: it is free */
	struct met met[SETS][WAYS];
};

struct endpoints *endpoints_new(struct db_copy *copy, int64_t batch)
{
	struct endpoints *endpoints = calloc(1, sizeof(*endpoints));

	if (!endpoints)
		return NULL;
	endpoints->copy = copy;
	endpoints->batch = batch;
	if (siphash_key_random(&endpoints->secret, NULL) < 0) {
		free(endpoints);
		return NULL;
	}
	return endpoints;
}

void endpoints_free(struct endpoints *endpoints)
{
	free(endpoints);
}

static int say(struct endpoints *endpoints, const struct met *met, bool up, bool makes,
	const char *method, bool alone, struct error *reterr)
{
	struct db_copy *copy = endpoints->copy;

	db_copy_row(copy, 12);
	db_copy_int8(copy, endpoints->batch);
	db_copy_addr(copy, &met->addr);
	db_copy_mac(copy, &met->mac);
	db_copy_bool(copy, up);
	db_copy_bool(copy, makes);
	db_copy_text(copy, method);
	db_copy_int4(copy, met->ports);
	db_copy_int8(copy, met->sum_all);
	db_copy_int8(copy, met->sum_greeted);
	db_copy_bool(copy, met->partial);
	db_copy_bool(copy, met->spoke);
	db_copy_bool(copy, alone);
	return db_copy_end_row(copy, reterr);
}

/* Of several methods the one that intake_identity_endpoints.sql would choose: a trace, else the
 * first by name. */
static const char *best_method(const struct met *met)
{
	const char *best = NULL;

	if (met->methods & 1u << OBSERVATION_BY_TRACE)
		return observation_method_name(OBSERVATION_BY_TRACE);
	for (int i = 0; i < OBSERVATION_METHOD_N; i++) {
		const char *name = observation_method_name((enum observation_method)i);

		if (met->methods & 1u << i && (!best || strcmp(name, best) < 0))
			best = name;
	}
	return best;
}

/* `last`: of all that are remembered, each of another address. */
static int push_out(
	struct endpoints *endpoints, struct met *met, bool last, struct error *reterr)
{
	int r = met->methods
			? say(endpoints, met, true, true, best_method(met), last, reterr)
			: 0;

	*met = (struct met){0};
	return r;
}

/* The way at which the address stands in a set, or WAYS. Tags are close together, what they are
 * of is not: only where they agree is it looked at. */
static int look(const struct endpoints *endpoints, size_t set, uint16_t tag,
	const struct addr *addr, int *ret_free)
{
	*ret_free = 0;
	for (int i = 0; i < WAYS; i++) {
		if (endpoints->tags[set][i] == tag &&
			addr_equal(&endpoints->met[set][i].addr, addr))
			return i;
		*ret_free += !endpoints->tags[set][i];
	}
	return WAYS;
}

/* A place for an address that has none, in a set with so many free ones. */
static int make_room(struct endpoints *endpoints, size_t set, uint16_t tag, int n_free,
	struct met **ret_met, struct error *reterr)
{
	int way = 0, r = 0;

	while (n_free && endpoints->tags[set][way])
		way++;
	*ret_met = &endpoints->met[set][way];
	if (!n_free)
		r = push_out(endpoints, *ret_met, false, reterr);
	endpoints->tags[set][way] = tag;
	return r;
}

/* The place of the address. */
static int find(struct endpoints *endpoints, const struct addr *addr, struct met **ret_met,
	struct error *reterr)
{
	uint64_t hash = siphash(&endpoints->secret, addr, sizeof(*addr));
	const size_t sets[] = {hash % SETS, (hash >> 32) % SETS};
	uint16_t tag = (uint16_t)(hash >> 48 | 1);
	int n_free[2], r;

	for (int i = 0; i < 2; i++) {
		int way = look(endpoints, sets[i], tag, addr, &n_free[i]);

		if (way < WAYS) {
			*ret_met = &endpoints->met[sets[i]][way];
			return 0;
		}
	}
	r = make_room(endpoints, sets[n_free[1] > n_free[0]], tag,
		n_free[1] > n_free[0] ? n_free[1] : n_free[0], ret_met, reterr);
	if (r == 0)
		(*ret_met)->addr = *addr;
	return r;
}

int endpoints_met(struct endpoints *endpoints, const struct addr *addr, const struct mac *mac,
	enum observation_method method, struct error *reterr)
{
	struct met *met = endpoints->newest;
	int r = 0;

	/* What greets at one address follows one another. */
	if (!met || !met->methods || !addr_equal(&met->addr, addr))
		r = find(endpoints, addr, &met, reterr);
	if (r < 0)
		return r;
	if (!mac_is_zero(mac) && memcmp(&met->mac, mac, sizeof(*mac)) != 0) {
		if (!mac_is_zero(&met->mac)) {
			r = push_out(endpoints, met, false, reterr);
			if (r < 0)
				return r;
			met->addr = *addr;
		}
		met->mac = *mac;
	}
	met->methods |= (uint8_t)(1u << method);
	endpoints->newest = met;
	return 0;
}

/* Sums may turn over if a bundle says the same without end; then they differ, and the services
 * are compared one by one. */
static int64_t plus(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a + (uint64_t)b);
}

void endpoints_port(struct endpoints *endpoints, int64_t port)
{
	struct met *met = endpoints->newest;

	met->ports += met->ports < PORTS_MAX;
	met->sum_all = plus(met->sum_all, port);
}

void endpoints_greeted(
	struct endpoints *endpoints, const struct greeting *greeting)
{
	struct met *met = endpoints->newest;

	met->sum_all = plus(met->sum_all, greeting->content - greeting->port);
	met->sum_greeted = plus(met->sum_greeted, greeting->content);
	met->partial |= greeting->partial;
	met->spoke |= greeting->spoke;
}

int endpoints_spoken(struct endpoints *endpoints, const struct addr *addr,
	const struct mac *mac, bool makes, const char *method, struct error *reterr)
{
	const struct met row = {.addr = *addr, .mac = *mac};
	struct mention *held =
		&endpoints->mentions[siphash(&endpoints->secret, addr, sizeof(*addr)) %
				     MENTIONS_MAX];

	if (held->method == method && held->makes == makes && addr_equal(&held->addr, addr) &&
		memcmp(&held->mac, mac, sizeof(*mac)) == 0)
		return 0;
	*held = (struct mention){*addr, *mac, makes, method};
	return say(endpoints, &row, false, makes, method, false, reterr);
}

int endpoints_end(struct endpoints *endpoints, struct error *reterr)
{
	for (size_t i = 0; i < SETS; i++)
		for (size_t j = 0; j < WAYS; j++) {
			int r = push_out(endpoints, &endpoints->met[i][j], true, reterr);

			if (r < 0)
				return r;
		}
	return 0;
}
