/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recorded authorisations: granting, ending, listing, and compiling them into a scope
 * (common/model/scope.h). Every act leaves an entry in the trail, in the same transaction.
 * Never decides whether a probe may be sent; that is the scope's.
 */
#include "inventory/scope/realm.h"
#include "inventory/scope/trail.h"

#include "common/clock.h"
#include "common/text.h"
#include "inventory/store/queries.h"

#include <inttypes.h>
#include <string.h>

#define TEXT_MAX 1000
#define CIDRS_MAX 65536 /* of one authorisation */

int realm_get(struct inventory *inv, const char *name, int64_t *ret_realm, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *found = NULL;
	int r;

	if (!name || !*name || strlen(name) > REALM_NAME_MAX ||
		!text_is_clean(name, strlen(name)))
		return error_set(reterr, ERROR_USAGE,
			"the name of a realm must be plain text of 1 to %d bytes",
			REALM_NAME_MAX);
	r = db_run(inv->db, &query_scope_realm_find, DB_VALUES(db_text(name)), &found, reterr);
	if (r < 0)
		return r;
	if (db_rows(found) == 0) {
		r = db_run(inv->db, &query_scope_realm_add, DB_VALUES(db_text(name)), NULL,
			reterr);
		if (r < 0)
			return r;
		db_result_free(STEAL(found));
		r = db_run(inv->db, &query_scope_realm_find, DB_VALUES(db_text(name)), &found,
			reterr);
		if (r < 0)
			return r;
	}
	if (db_rows(found) == 0)
		return error_set(reterr, ERROR_INTERNAL, "realm \"%s\" cannot be made", name);
	*ret_realm = db_get_int(found, 0, 0);
	return 0;
}

/* ---- granting and ending
 * ------------------------------------------------------------------- */

static int check_grant(const struct authorisation *auth, struct error *reterr)
{
	if (auth->n_cidrs == 0)
		return error_set(
			reterr, ERROR_USAGE, "an authorisation names at least one prefix");
	if (auth->n_cidrs + auth->n_excludes > CIDRS_MAX)
		return error_set(reterr, ERROR_USAGE,
			"an authorisation holds at most %d prefixes", CIDRS_MAX);
	if (!auth->authoriser || !*auth->authoriser || !auth->basis || !*auth->basis)
		return error_set(reterr, ERROR_USAGE,
			"an authorisation says who allows it and on what basis");
	if (auth->until_us <= auth->from_us)
		return error_set(reterr, ERROR_USAGE, "an authorisation ends after it begins");
	return 0;
}

static int add_cidrs(struct db *db, int64_t id, const struct cidr *cidrs, size_t n,
	bool excluded, struct str *detail, struct error *reterr)
{
	char text[CIDR_TEXT_MAX];

	for (size_t i = 0; i < n; i++) {
		int r = db_run(db, &query_scope_grant_cidr,
			DB_VALUES(db_int(id), db_cidr(&cidrs[i]), db_int(excluded)), NULL,
			reterr);

		if (r < 0)
			return r;
		str_addf(
			detail, "%s%s", excluded ? " not " : " ", cidr_format(&cidrs[i], text));
	}
	return 0;
}

static int grant(struct inventory *inv, const struct authorisation *auth, int64_t realm,
	int64_t *ret_id, struct error *reterr)
{
	_cleanup_(str_done) struct str authoriser = STR_INIT(TEXT_MAX),
				       basis = STR_INIT(TEXT_MAX);
	_cleanup_(str_done) struct str detail = STR_INIT(4u << 20);
	_cleanup_(db_result_freep) struct db_result *added = NULL;
	char until[CLOCK_TEXT_MAX], object[64];
	int r;

	text_clean(&authoriser, auth->authoriser, strlen(auth->authoriser), TEXT_MAX);
	text_clean(&basis, auth->basis, strlen(auth->basis), TEXT_MAX);
	r = db_run(inv->db, &query_scope_grant,
		DB_VALUES(db_int(realm), db_text(authoriser.data), db_text(basis.data),
			db_text(auth->profile), db_time(auth->from_us), db_time(auth->until_us),
			db_int(auth->rate_pps)),
		&added, reterr);
	if (r < 0)
		return r;
	*ret_id = db_get_int(added, 0, 0);
	str_addf(&detail, "realm %s, profile %s, until %s, by %s, basis %s:", auth->realm,
		auth->profile, clock_format(auth->until_us, until), authoriser.data,
		basis.data);
	r = add_cidrs(inv->db, *ret_id, auth->cidrs, auth->n_cidrs, false, &detail, reterr);
	if (r == 0)
		r = add_cidrs(inv->db, *ret_id, auth->excludes, auth->n_excludes, true, &detail,
			reterr);
	if (r < 0)
		return r;
	snprintf(object, sizeof(object), "authorisation %" PRId64, *ret_id);
	return trail_add(inv, "scope.grant", object, detail.data, reterr);
}

int inventory_scope_grant(struct inventory *inv, const struct authorisation *auth,
	int64_t *ret_id, struct error *reterr)
{
	_cleanup_(db_rollbackp) struct db *transaction = inv->db;
	int64_t realm;
	int r = check_grant(auth, reterr);

	if (r < 0)
		return r;
	r = db_begin(inv->db, reterr);
	if (r == 0)
		r = realm_get(inv, auth->realm, &realm, reterr);
	if (r == 0)
		r = grant(inv, auth, realm, ret_id, reterr);
	if (r < 0)
		return error_wrap(reterr, r, "recording the authorisation");
	return db_commit(transaction, reterr);
}

int inventory_scope_revoke(
	struct inventory *inv, int64_t id, const char *reason, struct error *reterr)
{
	_cleanup_(db_rollbackp) struct db *transaction = inv->db;
	_cleanup_(db_result_freep) struct db_result *ended = NULL;
	_cleanup_(str_done) struct str text = STR_INIT(TEXT_MAX);
	char object[64];
	int r = db_begin(inv->db, reterr);

	if (r < 0)
		return r;
	text_clean(&text, reason, strlen(reason), TEXT_MAX);
	r = db_run(inv->db, &query_scope_revoke, DB_VALUES(db_int(id), db_text(text.data)),
		&ended, reterr);
	if (r < 0)
		return r;
	if (db_affected(ended) == 0)
		return 1;
	snprintf(object, sizeof(object), "authorisation %" PRId64, id);
	r = trail_add(inv, "scope.revoke", object, text.data, reterr);
	return r < 0 ? r : db_commit(transaction, reterr);
}

/* ---- listing ------------------------------------------------------------------------ */

/* One authorisation from its rows [first, end) of the result. */
static int list_one(const struct db_result *rows, size_t first, size_t end,
	int (*row)(void *context, const struct authorisation *auth), void *context,
	struct error *reterr)
{
	_cleanup_(cleanup_freep) struct cidr *cidrs = calloc(end - first, sizeof(*cidrs));
	struct authorisation auth = {
		.id = db_get_int(rows, first, 0),
		.realm = db_get_text(rows, first, 1),
		.authoriser = db_get_text(rows, first, 2),
		.basis = db_get_text(rows, first, 3),
		.profile = db_get_text(rows, first, 4),
		.from_us = db_get_int(rows, first, 5),
		.until_us = db_get_int(rows, first, 6),
		.revoked_us = db_get_int(rows, first, 7),
		.rate_pps = (uint32_t)db_get_int(rows, first, 8),
	};

	if (!cidrs)
		return error_set(reterr, ERROR_SYSTEM, "no memory for an authorisation");
	/* The query puts what is excluded last. */
	for (size_t i = first; i < end; i++) {
		if (!db_get_cidr(rows, i, 9, &cidrs[i - first]))
			return error_set(reterr, ERROR_DATABASE,
				"authorisation %" PRId64 " holds \"%s\", which is no prefix",
				auth.id, db_get_text(rows, i, 9));
		*(db_get_bool(rows, i, 10) ? &auth.n_excludes : &auth.n_cidrs) += 1;
	}
	auth.cidrs = cidrs;
	auth.excludes = cidrs + auth.n_cidrs;
	return row(context, &auth);
}

int inventory_scope_list(struct inventory *inv, int64_t id,
	int (*row)(void *context, const struct authorisation *auth), void *context,
	struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(inv->db, &query_scope_list, DB_VALUES(db_int(id)), &rows, reterr);
	size_t first = 0;

	if (r < 0)
		return r;
	for (size_t i = 1; i <= db_rows(rows); i++) {
		if (i < db_rows(rows) && db_get_int(rows, i, 0) == db_get_int(rows, first, 0))
			continue;
		r = list_one(rows, first, i, row, context, reterr);
		if (r < 0)
			return r;
		first = i;
	}
	return 0;
}

/* ---- compiling ---------------------------------------------------------------------- */

static int compile(struct inventory *inv, const char *realm, const char *profile,
	uint32_t rate_pps, int64_t at_us, bool revoked_too, struct scope **ret_scope,
	struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	_cleanup_(scope_freep) struct scope *scope = scope_new();
	int r;

	if (!scope)
		return error_set(reterr, ERROR_SYSTEM, "no memory for the scope");
	r = db_run(inv->db, &query_scope_load,
		DB_VALUES(db_text(realm), db_time(at_us), db_int(revoked_too), db_text(profile),
			db_int(rate_pps)),
		&rows, reterr);
	if (r < 0)
		return r;
	for (size_t i = 0; i < db_rows(rows); i++) {
		struct cidr cidr;

		if (!db_get_cidr(rows, i, 3, &cidr))
			return error_set(reterr, ERROR_DATABASE,
				"an authorisation holds \"%s\", which is no prefix",
				db_get_text(rows, i, 3));
		if (db_get_bool(rows, i, 4))
			r = scope_exclude(scope, &cidr, reterr);
		else
			r = scope_grant(scope, &cidr, db_get_int(rows, i, 0),
				db_get_int(rows, i, 1), db_get_int(rows, i, 2), reterr);
		if (r < 0)
			return r;
	}
	*ret_scope = STEAL(scope);
	return 0;
}

int inventory_scope_load(struct inventory *inv, const char *realm, const char *profile,
	uint32_t rate_pps, struct scope **ret_scope, struct error *reterr)
{
	return compile(
		inv, realm, profile, rate_pps, clock_wall_us(), false, ret_scope, reterr);
}

int scope_load_at(struct inventory *inv, const char *realm, int64_t at_us,
	struct scope **ret_scope, struct error *reterr)
{
	return compile(inv, realm, "safe", 0, at_us, true, ret_scope, reterr);
}
