/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decided boundaries: a named official takes the newest maximum boundary, adds and removes
 * assets, each with a reason, under a decision's number. What the register would no longer
 * derive is not decided on: it is derived again first, and that is seen in one snapshot while
 * no other program derives or decides. Versions are only added; the act and its trail are one
 * transaction.
 */
#include "inventory/boundary/store.h"

#include "common/clock.h"
#include "common/model/digest.h"
#include "inventory/questions/find.h"
#include "inventory/scope/words.h"
#include "inventory/store/handle.h"
#include "inventory/store/queries.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_BYTES 300
#define REASON_MAX 2000
#define TEXT_MAX ((size_t)256 * 1024 * 1024)

struct ruling {
	struct inventory *inv;
	const struct boundary_ruling *asked;
	struct str official, number, realm_name;
	int64_t realm, now_us;
	struct boundary_newest maximum, before; /* before: the decided one, id 0 if none */
	struct boundary_change *changes;
	struct str *texts; /* name and reason of each change */
	uint64_t *ids;     /* of the decided boundary */
	uint32_t n_ids;
	struct error *reterr;
};

static void ruling_done(struct ruling *r)
{
	str_done(&r->official);
	str_done(&r->number);
	str_done(&r->realm_name);
	boundary_newest_done(&r->maximum);
	boundary_newest_done(&r->before);
	for (size_t i = 0; r->texts && i < 2 * r->asked->n_changes; i++)
		str_done(&r->texts[i]);
	free(r->texts);
	free(r->changes);
	free(r->ids);
}

/* ---- what is decided on ------------------------------------------------------------- */

/* The register as it is now must give what was derived. */
static int check_still(struct ruling *r)
{
	_cleanup_(boundary_loaded_done) struct boundary_loaded loaded = {0};
	_cleanup_(boundary_reckoned_done) struct boundary_reckoned reckoned = {0};
	int done = boundary_load(r->inv->db, r->realm, r->now_us, &loaded, r->reterr);

	if (done == 0)
		done = boundary_reckon(
			&loaded, r->asked->system, &r->maximum.rule, &reckoned, r->reterr);
	if (done < 0)
		return done;
	if (strcmp(reckoned.sha256, r->maximum.sha256) != 0)
		return error_set(r->reterr, ERROR_INPUT,
			"the register changed since version %d of the maximum boundary of "
			"system \"%.100s\" was derived; run `cadastre boundary derive "
			"%.100s` and decide on what it gives now",
			r->maximum.version, r->asked->system, r->asked->system);
	return 0;
}

/* A decision is entered once, whatever was decided since. */
static int check_number(struct ruling *r)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int done = db_run(r->inv->db, &query_boundary_taken,
		DB_VALUES(db_int(r->realm), db_text(r->asked->system),
			db_text(r->number.data)),
		&rows, r->reterr);

	if (done == 0 && db_rows(rows) > 0)
		return error_set(r->reterr, ERROR_INPUT,
			"decision %s on the boundary of system \"%.100s\" was entered already, "
			"as version %" PRId64,
			r->number.data, r->asked->system, db_get_int(rows, 0, 0));
	return done;
}

static int find_versions(struct ruling *r)
{
	const char *system = r->asked->system;
	int done = boundary_find_newest(
		r->inv->db, r->realm, system, "maximum", &r->maximum, r->reterr);

	if (done > 0)
		return error_set(r->reterr, ERROR_INPUT,
			"system \"%.100s\" has no maximum boundary to decide on; run `cadastre "
			"boundary derive %.100s` first",
			system, system);
	if (done < 0)
		return done;
	done = boundary_find_newest(
		r->inv->db, r->realm, system, "decided", &r->before, r->reterr);
	return done < 0 ? done : check_number(r);
}

static int look(struct ruling *r)
{
	_cleanup_(db_rollbackp) struct db *transaction = NULL;
	int done = db_run(r->inv->db, &query_estate_begin, DB_NO_VALUES, NULL, r->reterr);

	if (done < 0)
		return done;
	transaction = r->inv->db;
	r->now_us = clock_wall_us();
	done = find_versions(r);
	if (done == 0)
		done = check_still(r);
	return done < 0 ? done : db_commit(transaction, r->reterr);
}

/* ---- what is changed ---------------------------------------------------------------- */

/* An asset of the realm that is not retired, and its name. */
static int find_asset(struct ruling *r, const char *which, int64_t *ret_id, struct str *name)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int done = asset_named_in(r->inv, r->realm, which, ret_id, r->reterr);

	if (done > 0)
		return error_set(r->reterr, ERROR_INPUT,
			done == 1 ? "no asset of realm %s is called \"%.200s\"" :
			"several assets of realm %s are called \"%.200s\": name one by its "
			"number",
			r->realm_name.data, which);
	if (done == 0)
		done = db_run(r->inv->db, &query_boundary_asset, DB_VALUES(db_int(*ret_id)),
			&rows, r->reterr);
	if (done < 0)
		return done;
	if (db_rows(rows) == 0 || db_get_bool(rows, 0, 1))
		return error_set(r->reterr, ERROR_INPUT,
			"asset \"%.200s\" of realm %s is retired", which, r->realm_name.data);
	str_adds(name, db_get_text(rows, 0, 0));
	return 0;
}

static int take_change(struct ruling *r, size_t i)
{
	const struct boundary_ruling_change *asked = &r->asked->changes[i];
	struct str *name = &r->texts[2 * i], *reason = &r->texts[2 * i + 1];
	int64_t id = 0;
	int done = words_take(reason, "an asset that is added or removed", "a reason",
		asked->reason, REASON_MAX, r->reterr);

	if (done == 0)
		done = find_asset(r, asked->asset, &id, name);
	r->changes[i] =
		(struct boundary_change){(uint64_t)id, asked->remove, name->data, reason->data};
	return done;
}

static int apply_changes(struct ruling *r)
{
	_cleanup_(cleanup_freep) uint64_t *maximum = NULL;
	size_t n_changes = r->asked->n_changes;
	uint32_t n = 0;
	int done = 0;

	if (n_changes > BOUNDARY_CHANGES_MAX)
		return boundary_decide(
			NULL, 0, NULL, (uint32_t)n_changes, NULL, NULL, r->reterr);
	r->changes = calloc(n_changes + 1, sizeof(*r->changes));
	r->texts = calloc(2 * n_changes + 1, sizeof(*r->texts));
	if (!r->changes || !r->texts)
		return error_set(r->reterr, ERROR_SYSTEM, "no memory for a decision");
	for (size_t i = 0; i < 2 * n_changes; i++)
		str_init(&r->texts[i], i % 2 ? 4 * REASON_MAX : 4096);
	for (size_t i = 0; i < n_changes && done == 0; i++)
		done = take_change(r, i);
	if (done == 0)
		done = boundary_load_ids(
			r->inv->db, r->maximum.id, &maximum, &n, NULL, r->reterr);
	if (done < 0)
		return done;
	r->ids = calloc((size_t)n + n_changes + 1, sizeof(*r->ids));
	if (!r->ids)
		return error_set(r->reterr, ERROR_SYSTEM, "no memory for a decision");
	return boundary_decide(
		maximum, n, r->changes, (uint32_t)n_changes, r->ids, &r->n_ids, r->reterr);
}

/* ---- the version -------------------------------------------------------------------- */

static int put_version(
	struct ruling *r, const char *sha256, const char *rule, int64_t run_id, int64_t *ret_id)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	struct db *db = r->inv->db;
	uint32_t removed = 0;
	int done;

	for (size_t i = 0; i < r->asked->n_changes; i++)
		removed += r->changes[i].remove;
	done = db_run(db, &query_boundary_add,
		DB_VALUES(db_int(r->realm), db_text(r->asked->system), db_text("decided"),
			db_int(r->before.version + 1), db_text(sha256), db_text(rule),
			db_text(r->maximum.basis.data), db_text(""), db_int(r->n_ids),
			db_int(removed), db_int(r->maximum.id), db_text(r->official.data),
			db_text(r->number.data), db_int(run_id), db_time(r->now_us),
			db_time(r->now_us)),
		&rows, r->reterr);
	if (done < 0)
		return done;
	*ret_id = db_get_int(rows, 0, 0);
	for (size_t i = 0; i < r->asked->n_changes && done == 0; i++)
		done = db_run(db, &query_boundary_change_add,
			DB_VALUES(db_int(*ret_id), db_int((int64_t)i),
				db_text(r->changes[i].remove ? "remove" : "add"),
				db_int((int64_t)r->changes[i].asset),
				db_text(r->texts[2 * i].data), db_text(r->changes[i].reason)),
			NULL, r->reterr);
	if (done == 0)
		done = db_run(db, &query_boundary_decide_members,
			DB_VALUES(db_int(*ret_id), db_int(r->maximum.id)), NULL, r->reterr);
	return done < 0 ? done
			: db_run(db, &query_boundary_decide_added, DB_VALUES(db_int(*ret_id)),
				  NULL, r->reterr);
}

/* What was decided on, and what was made of it. */
static int hash(struct ruling *r, char ret[DIGEST_HEX_SIZE])
{
	_cleanup_(str_done) struct str text = STR_INIT(TEXT_MAX);
	uint8_t digest[DIGEST_SIZE];

	str_addf(&text, "decided\t%s\t%s\t%s\n", r->maximum.sha256, r->official.data,
		r->number.data);
	for (size_t i = 0; i < r->asked->n_changes; i++)
		str_addf(&text, "%s\t%" PRIu64 "\t%s\n",
			r->changes[i].remove ? "remove" : "add", r->changes[i].asset,
			r->changes[i].reason);
	for (uint32_t i = 0; i < r->n_ids; i++)
		str_addf(&text, "member\t%" PRIu64 "\n", r->ids[i]);
	if (text.failed)
		return error_set(r->reterr, ERROR_SYSTEM, "no memory for a decision");
	digest_sha256(text.data, text.len, digest);
	digest_hex(digest, ret);
	return 0;
}

static int enter(struct ruling *r, struct boundary_derived *ret)
{
	_cleanup_(str_done) struct str rule = STR_INIT(512), detail = STR_INIT(4096);
	char sha256[DIGEST_HEX_SIZE];
	uint64_t *ids = NULL;
	uint32_t n;
	int done = hash(r, sha256);

	boundary_rule_words(&r->maximum.rule, &rule);
	ret->first = r->before.id == 0;
	ret->written = true;
	if (done == 0)
		done = boundary_compare_before(
			r->inv->db, r->before.id, r->ids, r->n_ids, ret, r->reterr);
	if (done == 0)
		done = put_version(r, sha256, rule.data, r->maximum.run_id, &ret->version.id);
	if (done == 0)
		done = boundary_load_ids(
			r->inv->db, ret->version.id, &ids, &n, &ret->n_controllers, r->reterr);
	free(ids);
	if (done < 0)
		return done;
	ret->version.version = r->before.version + 1;
	ret->version.of_version = r->maximum.version;
	ret->version.n_members = r->n_ids;
	str_addf(&detail,
		"decided version %d on maximum version %d by %s, decision %s: %u members, "
		"%zu added or removed; sha256 %s",
		ret->version.version, r->maximum.version, r->official.data, r->number.data,
		r->n_ids, r->asked->n_changes, sha256);
	return inventory_audit(
		r->inv, "boundary.decide", r->asked->system, detail.data, r->reterr);
}

int inventory_boundary_decide(struct inventory *inv, const struct boundary_ruling *asked,
	struct boundary_derived *ret, struct error *reterr)
{
	_cleanup_(ruling_done) struct ruling r = {.inv = inv,
		.asked = asked,
		.official = STR_INIT(4 * LINE_MAX_BYTES),
		.number = STR_INIT(4 * LINE_MAX_BYTES),
		.realm_name = STR_INIT(1024),
		.reterr = reterr};
	_cleanup_(boundary_unlockp) struct db *locked = NULL;
	_cleanup_(db_rollbackp) struct db *transaction = NULL;
	int done = words_take(&r.official, "a decision on a boundary", "an official",
		asked->official, LINE_MAX_BYTES, reterr);

	*ret = (struct boundary_derived){0};
	if (done == 0)
		done = words_take(&r.number, "a decision on a boundary", "a decision number",
			asked->decision_no, LINE_MAX_BYTES, reterr);
	if (done == 0)
		done = boundary_find_realm(
			inv->db, asked->realm, asked->system, &r.realm, &r.realm_name, reterr);
	if (done == 0)
		done = boundary_lock(inv->db, &locked, reterr);
	if (done == 0)
		done = look(&r);
	if (done == 0)
		done = db_begin(inv->db, reterr);
	if (done < 0)
		return done;
	transaction = inv->db;
	done = apply_changes(&r);
	if (done == 0)
		done = enter(&r, ret);
	return done < 0 ? done : db_commit(transaction, reterr);
}
