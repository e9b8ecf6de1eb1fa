/* SPDX-License-Identifier: Apache-2.0 */
/* Reads what identity decides upon; see load.h. Decides nothing and writes nothing. */
#include "inventory/identity/load.h"

#include "inventory/store/queries.h"

#include <stdlib.h>
#include <string.h>

struct place {
	struct addr addr;
	uint32_t endpoint;
};

struct load {
	struct db *db;
	struct identity *identity;
	int64_t batch, realm;
	/* Addresses met, then those that were not, each ascending. */
	struct place *met, *silent;
	size_t n_met, n_silent;
	bool loopback; /* the register knows this machine, whose addresses are of any bundle */
};

int identity_no_memory(struct error *reterr)
{
	return error_set(reterr, ERROR_SYSTEM,
		"no memory to tell assets apart, or more than %d addresses in one bundle",
		IDENTITY_ENDPOINTS_MAX);
}

static void load_done(struct load *load)
{
	free(load->met);
	free(load->silent);
}

static struct key_trust trust_of(const struct db_result *rows, size_t i)
{
	const char *strength = db_get_text(rows, i, 3), *holds = db_get_text(rows, i, 5);

	return (struct key_trust){
		.strength = strcmp(strength, "definitive") == 0 ? KEY_DEFINITIVE
			    : strcmp(strength, "strong") == 0	? KEY_STRONG
								: KEY_WEAK,
		.holds = strcmp(holds, "life") == 0  ? HOLDS_LIFE
			 : strcmp(holds, "one") == 0 ? HOLDS_ONE
						     : HOLDS_MANY,
		.score = (int)db_get_int(rows, i, 4),
		.joins = db_get_bool(rows, i, 6),
		.most = (uint32_t)db_get_int(rows, i, 7),
	};
}

/* Type and value stand in the columns 1 and 2, what is known of them in 3 to 7. */
static uint32_t key_of(struct load *load, const struct db_result *rows, size_t i)
{
	struct key_trust trust = trust_of(rows, i);

	return identity_key(
		load->identity, db_get_text(rows, i, 1), db_get_text(rows, i, 2), &trust);
}

static int compare_places(const void *a, const void *b)
{
	return addr_compare(&((const struct place *)a)->addr, &((const struct place *)b)->addr);
}

static uint32_t find(
	const struct load *load, const struct db_result *rows, size_t i, int column)
{
	struct place wanted;
	const struct place *found = NULL;

	if (!db_get_addr(rows, i, column, &wanted.addr))
		return UINT32_MAX;
	if (load->n_met)
		found = bsearch(
			&wanted, load->met, load->n_met, sizeof(wanted), compare_places);
	if (!found && load->n_silent)
		found = bsearch(
			&wanted, load->silent, load->n_silent, sizeof(wanted), compare_places);
	return found ? found->endpoint : UINT32_MAX;
}

static int run(struct load *load, const struct query *query, struct db_result **ret_rows,
	struct error *reterr)
{
	const struct db_value values[] = {db_int(load->batch), db_int(load->realm)};

	return db_run(load->db, query, values, query->n_params, ret_rows, reterr);
}

/* ---- what was met ------------------------------------------------------------------- */

static int load_endpoints(
	struct load *load, const struct db_result *rows, struct error *reterr)
{
	load->met = calloc(db_rows(rows) + 1, sizeof(*load->met));
	if (!load->met)
		return identity_no_memory(reterr);
	for (size_t i = 0; i < db_rows(rows); i++) {
		struct place *place = &load->met[load->n_met++];
		struct mac mac = {0};

		if (!db_get_addr(rows, i, 0, &place->addr))
			return error_set(reterr, ERROR_INTERNAL, "\"%s\" is no address",
				db_get_text(rows, i, 0));
		if (!db_is_null(rows, i, 1))
			mac_parse(db_get_text(rows, i, 1), &mac, NULL);
		place->endpoint = identity_endpoint(
			load->identity, &place->addr, &mac, db_get_int(rows, i, 4));
		if (place->endpoint == UINT32_MAX)
			return identity_no_memory(reterr);
		/* Most assets have this one address; of others it is told. */
		if (db_get_int(rows, i, 4) &&
			!identity_known_asset(load->identity, db_get_int(rows, i, 4), 1, 0))
			return identity_no_memory(reterr);
		if (!db_is_null(rows, i, 5) &&
			!identity_endpoint_virtual(
				load->identity, place->endpoint, db_get_text(rows, i, 5)))
			return identity_no_memory(reterr);
	}
	qsort(load->met, load->n_met, sizeof(*load->met), compare_places);
	return 0;
}

static int load_keys(struct load *load, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = run(load, &query_intake_identity_keys, &rows, reterr);

	for (size_t i = 0; r == 0 && i < db_rows(rows); i++) {
		uint32_t endpoint = find(load, rows, i, 0);

		if (endpoint == UINT32_MAX)
			return error_set(reterr, ERROR_INTERNAL,
				"an identity key of address \"%s\" has no endpoint",
				db_get_text(rows, i, 0));
		if (!identity_endpoint_key(load->identity, endpoint, key_of(load, rows, i),
			    db_get_bool(rows, i, 8)))
			return identity_no_memory(reterr);
	}
	return r;
}

static int load_mute(struct load *load, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = run(load, &query_intake_identity_mute, &rows, reterr);

	for (size_t i = 0; r == 0 && i < db_rows(rows); i++) {
		uint32_t endpoint = find(load, rows, i, 0);

		if (endpoint != UINT32_MAX &&
			!identity_endpoint_mute(
				load->identity, endpoint, db_get_text(rows, i, 1)))
			return identity_no_memory(reterr);
	}
	return r;
}

/* ---- what is known ------------------------------------------------------------------ */

static int load_known_keys(struct load *load, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = run(load, &query_intake_identity_known_keys, &rows, reterr);

	for (size_t i = 0; r == 0 && i < db_rows(rows); i++)
		if (!identity_known_key(load->identity, db_get_int(rows, i, 0),
			    key_of(load, rows, i), db_get_bool(rows, i, 8),
			    db_get_bool(rows, i, 9)))
			return identity_no_memory(reterr);
	return r;
}

static int load_constraints(struct load *load, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(load->db, &query_intake_identity_constraints,
		DB_VALUES(db_int(load->realm)), &rows, reterr);

	for (size_t i = 0; r == 0 && i < db_rows(rows); i++) {
		int64_t one = db_get_int(rows, i, 1), other = db_get_int(rows, i, 2);

		if (db_get_bool(rows, i, 0)
				? !identity_bind(load->identity, other)
				: one != other && !identity_apart(load->identity, one, other))
			return identity_no_memory(reterr);
	}
	return r;
}

static int load_assets(struct load *load, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL, *loopback = NULL;
	int r = run(load, &query_intake_identity_known_assets, &rows, reterr);

	for (size_t i = 0; r == 0 && i < db_rows(rows); i++)
		if (!identity_known_asset(load->identity, db_get_int(rows, i, 0),
			    (uint32_t)db_get_int(rows, i, 1),
			    db_get_bool(rows, i, 2) ? IDENTITY_RETIRED : 0))
			return identity_no_memory(reterr);
	if (r == 0)
		r = load_constraints(load, reterr);
	if (r == 0)
		r = db_run(load->db, &query_intake_identity_loopback,
			DB_VALUES(db_int(load->realm)), &loopback, reterr);
	if (r < 0)
		return r;
	load->loopback = db_rows(loopback);
	identity_loopback_asset(
		load->identity, load->loopback ? db_get_int(loopback, 0, 0) : 0);
	return 0;
}

static int load_silent(struct load *load, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = run(load, &query_intake_identity_known_addresses, &rows, reterr);

	if (r < 0)
		return r;
	load->silent = calloc(db_rows(rows) + 1, sizeof(*load->silent));
	if (!load->silent)
		return identity_no_memory(reterr);
	for (size_t i = 0; i < db_rows(rows); i++) {
		struct place *place = &load->silent[load->n_silent++];

		if (!db_get_addr(rows, i, 1, &place->addr))
			return error_set(reterr, ERROR_INTERNAL, "\"%s\" is no address",
				db_get_text(rows, i, 1));
		place->endpoint = identity_known_address(load->identity,
			db_get_int(rows, i, 0), &place->addr, db_get_bool(rows, i, 2));
		if (place->endpoint == UINT32_MAX)
			return identity_no_memory(reterr);
	}
	qsort(load->silent, load->n_silent, sizeof(*load->silent), compare_places);
	return 0;
}

static int load_proxied(struct load *load, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = run(load, &query_intake_identity_proxied, &rows, reterr);

	for (size_t i = 0; r == 0 && i < db_rows(rows); i++)
		identity_known_proxied(load->identity, find(load, rows, i, 0));
	return r;
}

/* A sighting is of a key that the asset holds, so its trust is known: the first to name a key
 * says what it is worth. */
static int load_sightings(struct load *load, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL, *lacks = NULL;
	struct key_trust trust = identity_trust(KEY_WEAK);
	int r = run(load, &query_intake_identity_sightings, &rows, reterr);

	for (size_t i = 0; r == 0 && i < db_rows(rows); i++) {
		uint32_t endpoint = find(load, rows, i, 0);
		uint32_t key = identity_key(load->identity, db_get_text(rows, i, 1),
			db_get_text(rows, i, 2), &trust);

		if (endpoint != UINT32_MAX &&
			!identity_known_sighting(load->identity, endpoint, key))
			return identity_no_memory(reterr);
	}
	if (r == 0)
		r = run(load, &query_intake_identity_lacks, &lacks, reterr);
	for (size_t i = 0; r == 0 && i < db_rows(lacks); i++) {
		uint32_t endpoint = find(load, lacks, i, 0);
		uint32_t key = identity_key(load->identity, db_get_text(lacks, i, 1),
			db_get_text(lacks, i, 2), &trust);

		if (endpoint == UINT32_MAX)
			continue;
		if (!identity_endpoint_lacks(
			    load->identity, endpoint, key, db_get_bool(lacks, i, 4)))
			return identity_no_memory(reterr);
		if (db_get_bool(lacks, i, 3))
			identity_endpoint_restless(load->identity, endpoint);
	}
	return r;
}

int identity_load(struct db *db, struct identity *identity, int64_t batch, int64_t realm,
	struct db_result **ret_endpoints, bool *ret_all_met, struct error *reterr)
{
	_cleanup_(load_done) struct load load = {
		.db = db, .identity = identity, .batch = batch, .realm = realm};
	_cleanup_(db_result_freep) struct db_result *endpoints = NULL;
	int r = run(&load, &query_intake_identity_met, NULL, reterr);

	if (r == 0)
		r = run(&load, &query_intake_identity_stations, NULL, reterr);
	if (r == 0)
		r = run(&load, &query_intake_identity_heard, NULL, reterr);
	if (r == 0)
		r = db_run(
			db, &query_intake_identity_at, DB_VALUES(db_int(realm)), NULL, reterr);
	if (r == 0)
		r = run(&load, &query_intake_identity_concerned, NULL, reterr);
	if (r == 0)
		r = db_run(
			db, &query_intake_identity_endpoints, DB_NO_VALUES, &endpoints, reterr);
	if (r == 0)
		r = load_endpoints(&load, endpoints, reterr);
	if (r == 0)
		r = load_keys(&load, reterr);
	if (r == 0)
		r = load_mute(&load, reterr);
	if (r == 0)
		r = load_known_keys(&load, reterr);
	if (r == 0)
		r = load_assets(&load, reterr);
	if (r == 0)
		r = load_silent(&load, reterr);
	if (r == 0)
		r = load_proxied(&load, reterr);
	if (r == 0)
		r = load_sightings(&load, reterr);
	if (r == 0)
		*ret_endpoints = STEAL(endpoints);
	*ret_all_met = load.n_silent == 0 && !load.loopback;
	return r;
}
