/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Boundaries asked for: a version with its members and notes, as it was at any time; lists of
 * versions; and what two versions do not have in common. Nothing is derived here.
 */
#include "inventory/boundary/store.h"

#include "common/model/estate.h"
#include "inventory/questions/moment.h"
#include "inventory/store/handle.h"
#include "inventory/store/queries.h"

#include <stdlib.h>
#include <string.h>

bool boundary_is_controller(const char *role)
{
	return asset_role_parse(role) == ASSET_ROLE_CONTROLLER;
}

/* ---- versions ----------------------------------------------------------------------- */

#define FLOW_MAX 4096
enum { ALL_VERSIONS = -1 };

static int find_versions(struct db *db, const struct boundary_which *which, int version,
	struct db_result **ret_rows, struct error *reterr)
{
	return db_run(db, &query_boundary_versions,
		DB_VALUES(db_text(which->id ? NULL : which->realm),
			db_text(which->id ? NULL : which->system),
			db_text(which->id ? NULL : which->kind),
			which->id || version == ALL_VERSIONS ? db_null() : db_int(version),
			which->id ? db_int(which->id) : db_null()),
		ret_rows, reterr);
}

static struct boundary_version version_of(const struct db_result *rows, size_t i)
{
	return (struct boundary_version){.id = db_get_int(rows, i, 0),
		.realm = db_get_text(rows, i, 1),
		.system = db_get_text(rows, i, 2),
		.kind = db_get_text(rows, i, 3),
		.version = (int)db_get_int(rows, i, 4),
		.sha256 = db_get_text(rows, i, 5),
		.rule = db_get_text(rows, i, 6),
		.basis = db_get_text(rows, i, 7),
		.businesses = db_get_text(rows, i, 8),
		.n_members = (uint32_t)db_get_int(rows, i, 9),
		.n_notes = (uint32_t)db_get_int(rows, i, 10),
		.official = db_get_text(rows, i, 11),
		.decision_no = db_get_text(rows, i, 12),
		.run_id = db_get_int(rows, i, 13),
		.valid_from_us = db_get_int(rows, i, 14),
		.recorded_us = db_get_int(rows, i, 15),
		.of_version = (int)db_get_int(rows, i, 17)};
}

/* 1 if there is none. */
static int find_version(struct db *db, const struct boundary_which *which,
	struct db_result **ret_rows, struct boundary_version *ret, struct error *reterr)
{
	int r = find_versions(db, which, which->version, ret_rows, reterr);

	if (r < 0)
		return r;
	if (db_rows(*ret_rows) == 0)
		return 1;
	if (db_rows(*ret_rows) > 1)
		return error_set(reterr, ERROR_INPUT,
			"the realms \"%.60s\" and \"%.60s\" both have such a boundary of "
			"system \"%.100s\": name one with --realm",
			db_get_text(*ret_rows, 0, 1), db_get_text(*ret_rows, 1, 1),
			db_get_text(*ret_rows, 0, 2));
	*ret = version_of(*ret_rows, 0);
	return 0;
}

int inventory_boundary_list(struct inventory *inv, const struct boundary_which *which, bool all,
	int (*row)(void *context, const struct boundary_version *version), void *context,
	struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	_cleanup_(moment_leavep) struct db *then = NULL;
	int r = moment_enter_unless_now(inv->db, &which->moment, &then, reterr);

	if (r == 0)
		r = find_versions(inv->db, which, all ? ALL_VERSIONS : 0, &rows, reterr);
	for (size_t i = 0; r == 0 && i < db_rows(rows); i++) {
		struct boundary_version version = version_of(rows, i);

		r = row(context, &version);
	}
	return r;
}

/* ---- one version -------------------------------------------------------------------- */

/* In the words of its protocol, transport and port, which stand from a column on; "" if none
 * was seen. */
static const char *flow_at(
	const struct db_result *rows, size_t i, int column, int seen, struct str *room)
{
	str_reset(room);
	if (db_get_int(rows, i, seen))
		boundary_service_words(db_get_text(rows, i, column),
			(uint8_t)db_get_int(rows, i, column + 1),
			(uint16_t)db_get_int(rows, i, column + 2), room);
	return room->data ? room->data : "";
}

static int tell_members(
	struct db *db, int64_t id, const struct boundary_reader *reader, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	_cleanup_(str_done) struct str flow = STR_INIT(FLOW_MAX);
	int r = db_run(db, &query_boundary_members, DB_VALUES(db_int(id)), &rows, reterr);

	for (size_t i = 0; r == 0 && i < db_rows(rows); i++) {
		struct boundary_member_row m = {.asset_id = (uint64_t)db_get_int(rows, i, 0),
			.name = db_get_text(rows, i, 1),
			.role = db_get_text(rows, i, 2),
			.why = db_get_text(rows, i, 3),
			.system = db_get_text(rows, i, 4),
			.via_id = (uint64_t)db_get_int(rows, i, 5),
			.flow = flow_at(rows, i, 6, 9, &flow),
			.seen_us = db_get_int(rows, i, 9),
			.run_id = db_get_int(rows, i, 10),
			.conduit = db_get_text(rows, i, 11),
			.observed = db_get_bool(rows, i, 12),
			.reason = db_get_text(rows, i, 13),
			.now_id = (uint64_t)db_get_int(rows, i, 14),
			.addresses = db_get_text(rows, i, 15),
			.controller = boundary_is_controller(db_get_text(rows, i, 2))};

		r = reader->member(reader->context, &m);
	}
	return r;
}

static int tell_notes(
	struct db *db, int64_t id, const struct boundary_reader *reader, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	_cleanup_(str_done) struct str flow = STR_INIT(FLOW_MAX);
	int r = db_run(db, &query_boundary_notes, DB_VALUES(db_int(id)), &rows, reterr);

	for (size_t i = 0; r == 0 && i < db_rows(rows); i++) {
		struct boundary_note_row n = {.what = db_get_text(rows, i, 0),
			.asset_id = (uint64_t)db_get_int(rows, i, 1),
			.system = db_get_text(rows, i, 2),
			.flow = flow_at(rows, i, 3, 8, &flow),
			.conduit = db_get_text(rows, i, 6),
			.n_peers = (uint32_t)db_get_int(rows, i, 7),
			.seen_us = db_get_int(rows, i, 8),
			.followed = db_get_bool(rows, i, 9),
			.words = db_get_text(rows, i, 10)};

		r = reader->note(reader->context, &n);
	}
	return r;
}

int inventory_boundary_show(struct inventory *inv, const struct boundary_which *which,
	const struct boundary_reader *reader, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	_cleanup_(moment_leavep) struct db *then = NULL;
	struct boundary_version version;
	int r = moment_enter_unless_now(inv->db, &which->moment, &then, reterr);

	if (r == 0)
		r = find_version(inv->db, which, &rows, &version, reterr);
	if (r == 0 && reader->version)
		r = reader->version(reader->context, &version);
	if (r == 0 && reader->member)
		r = tell_members(inv->db, version.id, reader, reterr);
	if (r == 0 && reader->note)
		r = tell_notes(inv->db, version.id, reader, reterr);
	return r;
}

/* ---- two versions ------------------------------------------------------------------- */

/* A member by what it turned out to be; its row. */
struct entry {
	uint64_t id;
	size_t row;
};

static int compare_entries(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	return x->row < y->row ? -1 : x->row > y->row;
}

/* Members in the order of their numbers; those that were merged into one stand once. */
static int load_entries(struct db *db, int64_t id, struct db_result **ret_rows,
	struct entry **ret_entries, uint32_t *ret_n, struct error *reterr)
{
	int r = db_run(db, &query_boundary_members, DB_VALUES(db_int(id)), ret_rows, reterr);
	struct entry *entries;
	uint32_t n = 0;

	if (r < 0)
		return r;
	entries = calloc(db_rows(*ret_rows) + 1, sizeof(*entries));
	if (!entries)
		return error_set(
			reterr, ERROR_SYSTEM, "no memory for the members of a boundary");
	for (size_t i = 0; i < db_rows(*ret_rows); i++)
		entries[i] = (struct entry){(uint64_t)db_get_int(*ret_rows, i, 14), i};
	if (db_rows(*ret_rows) > 0)
		qsort(entries, db_rows(*ret_rows), sizeof(*entries), compare_entries);
	for (size_t i = 0; i < db_rows(*ret_rows); i++)
		if (n == 0 || entries[n - 1].id != entries[i].id)
			entries[n++] = entries[i];
	*ret_entries = entries;
	*ret_n = n;
	return 0;
}

int boundary_load_ids(struct db *db, int64_t boundary, uint64_t **ret_ids, uint32_t *ret_n,
	uint32_t *ret_controllers, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	_cleanup_(cleanup_freep) struct entry *entries = NULL;
	uint32_t n = 0, controllers = 0;
	uint64_t *ids;
	int r = load_entries(db, boundary, &rows, &entries, &n, reterr);

	if (r < 0)
		return r;
	ids = calloc((size_t)n + 1, sizeof(*ids));
	if (!ids)
		return error_set(
			reterr, ERROR_SYSTEM, "no memory for the members of a boundary");
	for (uint32_t i = 0; i < n; i++) {
		ids[i] = entries[i].id;
		controllers += boundary_is_controller(db_get_text(rows, entries[i].row, 2));
	}
	*ret_ids = ids;
	*ret_n = n;
	if (ret_controllers)
		*ret_controllers = controllers;
	return 0;
}

int boundary_compare_before(struct db *db, int64_t before, const uint64_t *ids, uint32_t n,
	struct boundary_derived *derived, struct error *reterr)
{
	_cleanup_(cleanup_freep) uint64_t *old = NULL;
	uint32_t n_old = 0, both;
	int r = before ? boundary_load_ids(db, before, &old, &n_old, NULL, reterr) : 0;

	if (r < 0)
		return r;
	both = boundary_common(old, n_old, ids, n);
	derived->jaccard = before ? boundary_jaccard(both, n_old, n) : 1.0;
	derived->n_added = n - both;
	derived->n_removed = n_old - both;
	return 0;
}

struct comparing {
	struct boundary_comparison *to;
	int (*row)(void *context, const struct boundary_difference *difference);
	void *context;
};

static int tell_difference(struct comparing *c, const struct db_result *rows,
	const struct entry *entry, bool added)
{
	const char *role = db_get_text(rows, entry->row, 2);
	struct boundary_difference difference = {.act = added ? "added" : "removed",
		.asset_id = entry->id,
		.name = db_get_text(rows, entry->row, 1),
		.role = role,
		.why = db_get_text(rows, entry->row, 3),
		.reason = db_get_text(rows, entry->row, 13),
		.controller = boundary_is_controller(role)};

	if (added) {
		c->to->n_added++;
		c->to->n_controllers_added += difference.controller;
	} else {
		c->to->n_removed++;
		c->to->n_controllers_removed += difference.controller;
	}
	return c->row ? c->row(c->context, &difference) : 0;
}

static int compare(struct db *db, struct comparing *c, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *old_rows = NULL, *new_rows = NULL;
	_cleanup_(cleanup_freep) struct entry *old = NULL, *new = NULL;
	uint32_t n_old = 0, n_new = 0, i = 0, k = 0, both = 0;
	int r = load_entries(db, c->to->before_id, &old_rows, &old, &n_old, reterr);

	if (r == 0)
		r = load_entries(db, c->to->after_id, &new_rows, &new, &n_new, reterr);
	while (r == 0 && (i < n_old || k < n_new)) {
		if (k == n_new || (i < n_old && old[i].id < new[k].id)) {
			r = tell_difference(c, old_rows, &old[i++], false);
		} else if (i == n_old || new[k].id < old[i].id) {
			r = tell_difference(c, new_rows, &new[k++], true);
		} else {
			both++;
			i++;
			k++;
		}
	}
	c->to->n_before = n_old;
	c->to->n_after = n_new;
	c->to->jaccard = boundary_jaccard(both, n_old, n_new);
	return r;
}

int inventory_boundary_compare(struct inventory *inv, const struct boundary_which *before,
	const struct boundary_which *after,
	int (*row)(void *context, const struct boundary_difference *difference), void *context,
	struct boundary_comparison *ret, struct error *reterr)
{
	const struct boundary_which *const which[] = {before, after};
	struct comparing c = {ret, row, context};
	int64_t ids[2];
	int versions[2];

	*ret = (struct boundary_comparison){0};
	for (int i = 0; i < 2; i++) {
		_cleanup_(db_result_freep) struct db_result *rows = NULL;
		_cleanup_(moment_leavep) struct db *then = NULL;
		struct boundary_version version;
		int r = moment_enter_unless_now(inv->db, &which[i]->moment, &then, reterr);

		if (r == 0)
			r = find_version(inv->db, which[i], &rows, &version, reterr);
		if (r != 0)
			return r;
		ids[i] = version.id;
		versions[i] = version.version;
	}
	ret->before_id = ids[0];
	ret->after_id = ids[1];
	ret->before_version = versions[0];
	ret->after_version = versions[1];
	return compare(inv->db, &c, reterr);
}
