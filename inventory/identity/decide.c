/* SPDX-License-Identifier: Apache-2.0 */
/* Feeding identity.h from the database and staging its answers; see decide.h. */
#include "inventory/identity/decide.h"

#include "inventory/identity/identity.h"
#include "inventory/store/queries.h"

#include <string.h>

static int no_memory(struct error *reterr)
{
	return error_set(reterr, ERROR_SYSTEM,
		"no memory to tell assets apart, or more than %d addresses in one bundle",
		IDENTITY_ENDPOINTS_MAX);
}

static enum key_strength strength_of(const char *text)
{
	return strcmp(text, "definitive") == 0 ? KEY_DEFINITIVE
	       : strcmp(text, "strong") == 0   ? KEY_STRONG
					       : KEY_WEAK;
}

/* ---- what was met
 * ------------------------------------------------------------------------------ */

/* The rows are in ascending order of address, and so are the keys: they are walked together. */
static int load_endpoints(struct identity *identity, const struct db_result *endpoints,
	const struct db_result *keys, struct error *reterr)
{
	size_t k = 0;

	for (size_t i = 0; i < db_rows(endpoints); i++) {
		const char *address = db_get_text(endpoints, i, 0);
		struct mac mac = {0};
		struct addr addr;
		uint32_t endpoint;

		if (!db_get_addr(endpoints, i, 0, &addr))
			return error_set(
				reterr, ERROR_INTERNAL, "\"%s\" is no address", address);
		if (!db_is_null(endpoints, i, 1))
			mac_parse(db_get_text(endpoints, i, 1), &mac, NULL);
		endpoint =
			identity_endpoint(identity, &addr, &mac, db_get_int(endpoints, i, 4));
		if (endpoint == UINT32_MAX)
			return no_memory(reterr);
		while (k < db_rows(keys) && strcmp(db_get_text(keys, k, 0), address) == 0) {
			struct key_trust trust = identity_trust(strength_of(db_get_text(keys, k, 3)));
			uint32_t key = identity_key(identity, db_get_text(keys, k, 1),
				db_get_text(keys, k, 2), &trust);

			if (!identity_endpoint_key(identity, endpoint, key, false))
				return no_memory(reterr);
			k++;
		}
	}
	return k == db_rows(keys) ? 0
				  : error_set(reterr, ERROR_INTERNAL,
					    "an identity key of address \"%s\" has no endpoint",
					    db_get_text(keys, k, 0));
}

/* ---- what is known
 * ------------------------------------------------------------------------------- */

static int load_known(struct db *db, struct identity *identity, int64_t batch, int64_t realm,
	struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *keys = NULL, *assets = NULL,
						    *loopback = NULL;
	int r = db_run(db, &query_intake_identity_known_keys,
		DB_VALUES(db_int(batch), db_int(realm)), &keys, reterr);

	if (r == 0)
		r = db_run(db, &query_intake_identity_known_assets,
			DB_VALUES(db_int(batch), db_int(realm)), &assets, reterr);
	if (r == 0)
		r = db_run(db, &query_intake_identity_loopback, DB_VALUES(db_int(realm)),
			&loopback, reterr);
	if (r < 0)
		return r;
	for (size_t i = 0; i < db_rows(keys); i++) {
		struct key_trust trust = identity_trust(strength_of(db_get_text(keys, i, 3)));
		uint32_t key = identity_key(identity, db_get_text(keys, i, 1),
			db_get_text(keys, i, 2), &trust);

		if (!identity_known_key(
			    identity, db_get_int(keys, i, 0), key, db_get_bool(keys, i, 4), false))
			return no_memory(reterr);
	}
	for (size_t i = 0; i < db_rows(assets); i++)
		if (!identity_known_asset(identity, db_get_int(assets, i, 0),
			    (uint32_t)db_get_int(assets, i, 1), 0))
			return no_memory(reterr);
	identity_loopback_asset(identity, db_rows(loopback) ? db_get_int(loopback, 0, 0) : 0);
	return 0;
}

/* ---- answers
 * ----------------------------------------------------------------------------------- */

static int stage_answers(struct db *db, const struct identity *identity, int64_t batch,
	const struct db_result *endpoints, struct identity_counts *counts, struct error *reterr)
{
	_cleanup_(db_copy_freep) struct db_copy *copy = NULL;
	int r = db_copy_new(db, &query_intake_copy_identity, &copy, reterr);

	for (size_t i = 0; r == 0 && i < db_rows(endpoints); i++) {
		struct identity_answer answer = identity_answer(identity, (uint32_t)i);
		struct mac mac = {0};
		struct addr addr;

		db_get_addr(endpoints, i, 0, &addr);
		if (!db_is_null(endpoints, i, 1))
			mac_parse(db_get_text(endpoints, i, 1), &mac, NULL);
		db_copy_row(copy, 8);
		db_copy_int8(copy, batch);
		db_copy_addr(copy, &addr);
		db_copy_int8(copy, answer.asset);
		db_copy_bool(copy, answer.is_new);
		db_copy_text(copy, answer.reason);
		db_copy_mac(copy, &mac);
		db_copy_bool(copy, db_get_bool(endpoints, i, 2));
		db_copy_text(copy, db_get_text(endpoints, i, 3));
		r = db_copy_end_row(copy, reterr);
		counts->addresses++;
	}
	return r < 0 ? r : db_copy_flush(copy, reterr);
}

static int stage_merges(struct db *db, const struct identity *identity, int64_t batch,
	struct identity_counts *counts, struct error *reterr)
{
	_cleanup_(db_copy_freep) struct db_copy *copy = NULL;
	const struct identity_merge *merges;
	size_t n = identity_merges(identity, &merges);
	int r = db_copy_new(db, &query_intake_copy_merge, &copy, reterr);

	for (size_t i = 0; r == 0 && i < n; i++) {
		db_copy_row(copy, 4);
		db_copy_int8(copy, batch);
		db_copy_int8(copy, merges[i].asset);
		db_copy_int8(copy, merges[i].into);
		db_copy_text(copy, merges[i].reason);
		r = db_copy_end_row(copy, reterr);
	}
	counts->merges = n;
	return r < 0 ? r : db_copy_flush(copy, reterr);
}

static int stage_shared(struct db *db, const struct identity *identity, int64_t batch,
	struct identity_counts *counts, struct error *reterr)
{
	_cleanup_(db_copy_freep) struct db_copy *copy = NULL;
	struct identity_shared shared;
	uint32_t at = 0;
	int r = db_copy_new(db, &query_intake_copy_shared, &copy, reterr);

	while (r == 0 && identity_shared_next(identity, &at, &shared)) {
		db_copy_row(copy, 4);
		db_copy_int8(copy, batch);
		db_copy_text(copy, shared.type);
		db_copy_text(copy, shared.value);
		db_copy_text(copy, shared.reason);
		r = db_copy_end_row(copy, reterr);
		counts->shared++;
	}
	return r < 0 ? r : db_copy_flush(copy, reterr);
}

static int resolve(struct db *db, struct identity *identity, struct identity_counts *counts,
	struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *last = NULL;
	int64_t counter, first;
	int r = db_run(db, &query_intake_counter, DB_NO_VALUES, &last, reterr);

	if (r < 0)
		return r;
	if (db_rows(last) != 1)
		return error_set(reterr, ERROR_DATABASE, "the asset counter is missing");
	first = counter = db_get_int(last, 0, 0);
	if (!identity_resolve(identity, &counter))
		return no_memory(reterr);
	counts->assets_new = (uint64_t)(counter - first);
	return db_run(db, &query_intake_counter_set, DB_VALUES(db_int(counter)), NULL, reterr);
}

int identity_decide(struct db *db, int64_t batch, int64_t realm,
	struct identity_counts *ret_counts, struct error *reterr)
{
	_cleanup_(identity_freep) struct identity *identity = identity_new();
	_cleanup_(db_result_freep) struct db_result *endpoints = NULL, *keys = NULL;
	struct identity_counts counts = {0};
	int r;

	if (!identity)
		return no_memory(reterr);
	r = db_run(db, &query_intake_identity_endpoints,
		DB_VALUES(db_int(batch), db_int(realm)), &endpoints, reterr);
	if (r == 0)
		r = db_run(db, &query_intake_identity_keys, DB_VALUES(db_int(batch)), &keys,
			reterr);
	if (r == 0)
		r = load_endpoints(identity, endpoints, keys, reterr);
	if (r == 0)
		r = load_known(db, identity, batch, realm, reterr);
	if (r == 0)
		r = resolve(db, identity, &counts, reterr);
	if (r == 0)
		r = stage_answers(db, identity, batch, endpoints, &counts, reterr);
	if (r == 0)
		r = stage_merges(db, identity, batch, &counts, reterr);
	if (r == 0)
		r = stage_shared(db, identity, batch, &counts, reterr);
	if (r == 0)
		*ret_counts = counts;
	return r;
}
