/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Baselines: a state that was frozen at a decision, a filing or an assessment, to compare later
 * ones with. What is kept is not a copy: it is which assets were meant, the moment, by which
 * runs and imports it was known, and the SHA-256 (FIPS 180-4) over its facts. History is never
 * altered, so that the state can be told again at any time, and the hash shows that it was not.
 */
#include "inventory/questions/baseline.h"

#include "common/model/digest.h"
#include "common/text.h"
#include "inventory/questions/assets.h"
#include "inventory/scope/trail.h"
#include "inventory/scope/words.h"
#include "inventory/store/handle.h"
#include "inventory/store/queries.h"

#include <inttypes.h>
#include <string.h>

#define WORDS_MAX 1000
#define NAME_MAX_BYTES 100
#define PAGE_ASSETS 500

struct frozen {
	uint64_t assets, facts;
	char sha256[DIGEST_HEX_SIZE];
};

/* Who hears the facts of a state. */
struct listener {
	struct digest *digest;
	int (*fact)(void *context, uint64_t asset_id, const char *line); /* NULL: nobody else */
	void *context;
};

/* ---- the hash -------------------------------------------------------------------------- */

/* Tells the lines of a page to the hash, and to who wants to see them. */
static int tell_page(struct db *db, const int64_t *ids, size_t n,
	const struct listener *listener, struct frozen *frozen, struct error *reterr)
{
	_cleanup_(str_done) struct str array = STR_INIT(ID_LIST_TEXT_MAX(PAGE_ASSETS));
	_cleanup_(db_result_freep) struct db_result *lines = NULL;
	int r;

	id_list_format(ids, n, &array);
	r = db_run(db, &query_baseline_facts, DB_VALUES(db_text(array.data)), &lines, reterr);
	for (size_t i = 0; r == 0 && i < db_rows(lines); i++) {
		const char *asset = db_get_text(lines, i, 0), *line = db_get_text(lines, i, 1);

		digest_update(listener->digest, asset, strlen(asset));
		digest_update(listener->digest, "\t", 1);
		digest_update(listener->digest, line, strlen(line));
		digest_update(listener->digest, "\n", 1);
		frozen->facts++;
		if (listener->fact)
			r = listener->fact(listener->context,
				(uint64_t)db_get_int(lines, i, 0), line);
	}
	return r;
}

/* The state at an instant, in sum. */
static int freeze(struct db *db, const struct asset_filter *filter,
	const struct instant *instant, struct listener *listener, struct frozen *ret,
	struct error *reterr)
{
	_cleanup_(moment_leavep) struct db *then = NULL;
	_cleanup_(digest_freep) struct digest *digest = digest_new();
	_cleanup_(id_list_done) struct id_list meant = {0};
	uint8_t sum[DIGEST_SIZE];
	bool all;
	int r;

	listener->digest = digest;
	r = digest ? moment_enter(db, instant, &then, reterr)
		   : error_set(reterr, ERROR_SYSTEM, "no memory for a hash");
	*ret = (struct frozen){0};
	if (r == 0)
		r = asset_select(db, filter, &all, &meant, reterr);
	if (r == 0 && all)
		r = select_all_assets(db, &meant, reterr);
	for (size_t i = 0; r == 0 && i < meant.n; i += PAGE_ASSETS)
		r = tell_page(db, meant.ids + i,
			meant.n - i < PAGE_ASSETS ? meant.n - i : PAGE_ASSETS, listener, ret,
			reterr);
	if (r < 0)
		return r;
	ret->assets = meant.n;
	digest_value(digest, sum);
	digest_hex(sum, ret->sha256);
	return 0;
}

/* ---- the door -------------------------------------------------------------------------- */

static struct baseline_row row_of(const struct db_result *rows, size_t i)
{
	return (struct baseline_row){
		.name = db_get_text(rows, i, 0),
		.realm = db_get_text(rows, i, 1),
		.filter = db_get_text(rows, i, 2),
		.sha256 = db_get_text(rows, i, 3),
		.author = db_get_text(rows, i, 4),
		.reason = db_get_text(rows, i, 5),
		.as_of_us = db_get_int(rows, i, 6),
		.known_us = db_get_int(rows, i, 7),
		.frozen_us = db_get_int(rows, i, 8),
		.assets = db_get_int(rows, i, 9),
		.facts = db_get_int(rows, i, 10),
	};
}

int inventory_baseline_list(struct inventory *inv, const char *name,
	int (*row)(void *context, const struct baseline_row *baseline), void *context,
	struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(inv->db, &query_baseline_list, DB_VALUES(db_text(name)), &rows, reterr);

	for (size_t i = 0; r == 0 && i < db_rows(rows); i++) {
		struct baseline_row baseline = row_of(rows, i);

		r = row(context, &baseline);
	}
	return r;
}

static int find_row(struct db *db, const char *name, struct db_result **ret,
	struct error *reterr)
{
	int r = db_run(db, &query_baseline_list, DB_VALUES(db_text(name)), ret, reterr);

	if (r == 0 && db_rows(*ret) == 0)
		return error_set(reterr, ERROR_INPUT,
			"there is no baseline \"%.64s\"; `cadastre baseline list` shows those "
			"there are", name);
	return r;
}

static struct instant instant_of(const struct db_result *rows)
{
	return (struct instant){.as_of_us = db_get_int(rows, 0, 6),
		.known_us = db_get_int(rows, 0, 7),
		.run = db_get_int(rows, 0, 11),
		.import = db_get_int(rows, 0, 12)};
}

int baseline_find(struct db *db, const char *name, struct instant *ret, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = find_row(db, name, &rows, reterr);

	if (r == 0)
		*ret = instant_of(rows);
	return r;
}

/* The assets that a filter means at an instant. */
static int find_at(struct db *db, const struct asset_filter *filter,
	const struct instant *instant, bool *ret_all, struct id_list *ret, struct error *reterr)
{
	_cleanup_(moment_leavep) struct db *then = NULL;
	int r = moment_enter(db, instant, &then, reterr);

	return r < 0 ? r : asset_select(db, filter, ret_all, ret, reterr);
}

static struct asset_filter filter_of(const struct db_result *rows)
{
	const char *realm = db_get_text(rows, 0, 1), *where = db_get_text(rows, 0, 2);

	return (struct asset_filter){
		.realm = *realm ? realm : NULL, .where = *where ? where : NULL};
}

int baseline_assets(struct db *db, const char *name, bool *ret_all, struct id_list *ret,
	struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	_cleanup_(id_list_done) struct id_list then = {0}, now = {0};
	struct asset_filter filter;
	struct instant instant;
	int r = find_row(db, name, &rows, reterr);

	*ret = (struct id_list){0};
	if (r < 0)
		return r;
	filter = filter_of(rows);
	instant = instant_of(rows);
	r = find_at(db, &filter, &instant, ret_all, &then, reterr);
	if (r == 0 && !*ret_all)
		r = asset_select(db, &filter, ret_all, &now, reterr);
	return r < 0 || *ret_all ? r : id_list_merge(MERGE_EITHER, &then, &now, ret, reterr);
}

/* A realm that there is not would be kept as all of them. */
static int check_realm(struct db *db, const char *realm, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *found = NULL;
	int r = realm ? db_run(db, &query_scope_realm_find, DB_VALUES(db_text(realm)), &found,
				reterr)
		      : 0;

	if (r < 0 || !realm || db_rows(found) > 0)
		return r;
	return error_set(reterr, ERROR_INPUT,
		"there is no realm \"%.128s\"; `cadastre scope list` shows those there are",
		realm);
}

/* The row and its trail. */
static int keep(struct inventory *inv, const struct asset_filter *filter, const char *name,
	const char *author, const char *reason, const struct instant *instant,
	const struct frozen *frozen, struct error *reterr)
{
	_cleanup_(db_rollbackp) struct db *transaction = inv->db;
	_cleanup_(db_result_freep) struct db_result *added = NULL;
	_cleanup_(str_done) struct str detail = STR_INIT(FILTER_BYTES_MAX + 4 * WORDS_MAX);
	int r = db_begin(inv->db, reterr);

	if (r == 0)
		r = db_run(inv->db, &query_baseline_add,
			DB_VALUES(db_text(name), db_text(filter->realm),
				db_text(filter->where ? filter->where : ""),
				db_time(instant->as_of_us), db_time(instant->known_us),
				db_int(instant->run), db_int(instant->import),
				db_int((int64_t)frozen->assets), db_int((int64_t)frozen->facts),
				db_text(frozen->sha256), db_text(author), db_text(reason)),
			&added, reterr);
	if (r < 0)
		return r;
	if (db_affected(added) == 0)
		return error_set(reterr, ERROR_INPUT,
			"there is a baseline \"%.64s\" already, and it stays as it is; choose "
			"another name",
			name);
	str_addf(&detail, "%" PRIu64 " assets, %" PRIu64 " facts, sha256 %s%s%s: %s; by %s",
		frozen->assets, frozen->facts, frozen->sha256, filter->where ? ", " : "",
		filter->where ? filter->where : "", reason, author);
	r = trail_add(inv, "baseline.freeze", name, detail.data, reterr);
	return r < 0 ? r : db_commit(transaction, reterr);
}

int inventory_baseline_freeze(struct inventory *inv, const char *name,
	const struct asset_filter *filter, const char *author, const char *reason,
	struct baseline_row *ret_row, struct error *reterr)
{
	_cleanup_(str_done) struct str title = STR_INIT(NAME_MAX_BYTES),
				       by = STR_INIT(WORDS_MAX), why = STR_INIT(WORDS_MAX);
	struct instant instant;
	struct listener nobody = {0};
	struct frozen frozen;
	int r = words_take(&title, "a baseline", "a name", name, NAME_MAX_BYTES, reterr);

	if (r == 0)
		r = words_take(&by, "a baseline", "an author", author, WORDS_MAX, reterr);
	if (r == 0)
		r = words_take(&why, "a baseline", "a reason", reason, WORDS_MAX, reterr);
	if (r == 0 && filter->where && !text_is_clean(filter->where, strlen(filter->where)))
		r = error_set(reterr, ERROR_USAGE, "the filter holds control characters");
	if (r == 0)
		r = check_realm(inv->db, filter->realm, reterr);
	if (r == 0)
		r = moment_find(inv->db, &filter->moment, &instant, reterr);
	if (r == 0)
		r = freeze(inv->db, filter, &instant, &nobody, &frozen, reterr);
	if (r == 0)
		r = keep(inv, filter, title.data, by.data, why.data, &instant, &frozen, reterr);
	if (r < 0)
		return r;
	*ret_row = (struct baseline_row){.name = name, .realm = "", .filter = "", .sha256 = "",
		.author = "", .reason = "", .as_of_us = instant.as_of_us,
		.known_us = instant.known_us, .assets = (int64_t)frozen.assets,
		.facts = (int64_t)frozen.facts};
	return 0;
}

/* The state of a baseline, told again. 1 if it is not what was frozen. */
static int tell_again(struct inventory *inv, const char *name, struct listener *listener,
	char ret_sha256[DIGEST_HEX_SIZE], struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	struct asset_filter filter;
	struct instant instant;
	struct frozen frozen;
	int r = find_row(inv->db, name, &rows, reterr);

	if (r < 0)
		return r;
	instant = instant_of(rows);
	filter = filter_of(rows);
	r = freeze(inv->db, &filter, &instant, listener, &frozen, reterr);
	if (r < 0)
		return r;
	memcpy(ret_sha256, frozen.sha256, sizeof(frozen.sha256));
	return strcmp(frozen.sha256, db_get_text(rows, 0, 3)) != 0;
}

int inventory_baseline_verify(struct inventory *inv, const char *name, char ret_sha256[65],
	struct error *reterr)
{
	struct listener nobody = {0};

	return tell_again(inv, name, &nobody, ret_sha256, reterr);
}

int inventory_baseline_show(struct inventory *inv, const char *name,
	int (*fact)(void *context, uint64_t asset_id, const char *line), void *context,
	char ret_sha256[65], struct error *reterr)
{
	struct listener listener = {.fact = fact, .context = context};

	return tell_again(inv, name, &listener, ret_sha256, reterr);
}
