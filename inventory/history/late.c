/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Late runs; see late.h. A row of a late run begins with it and ends with the next run, by its
 * own time, that looked there; where an ordinary run holds something of the kind for that time,
 * that stands. Late runs may come in any order: each cuts short the rows of those before it.
 * The statements are schema/queries/late_*.sql.
 */
#include "inventory/history/late.h"

#include "inventory/identity/identity.h"
#include "inventory/store/queries.h"

#include <string.h>

/* Parameters, in their order: b batch, r run, m realm. */
struct step {
	const struct query *query;
	const char *parameters;
	bool counts; /* the rows that it writes are facts */
};

static const struct step cutting_steps[] = {
	{&query_late_place, "br", false},
	{&query_late_address_cut, "br", true},
	{&query_late_name_cut, "br", true},
	{&query_late_service_cut, "br", true},
	{&query_late_identity_key_cut, "br", true},
	{&query_late_key_sighting_cut, "br", false},
	{&query_late_fact_cut, "br", true},
	{&query_late_hop_cut, "br", true},
};

static const struct step filing_steps[] = {
	{&query_late_address, "brm", true},
	{&query_late_name, "brm", true},
	{&query_late_service, "brm", true},
	{&query_late_identity_key, "brm", true},
	{&query_late_key_sighting, "brm", false},
	{&query_late_fact, "brm", true},
	{&query_late_link, "brm", true},
	{&query_intake_flow_add, "brm", false},
	{&query_late_hop, "brm", true},
	{&query_intake_run_met, "b", false},
	{&query_intake_seen_full, "", false},
	{&query_late_seen, "r", false},
	{&query_late_first, "r", false},
	{&query_late_quiet, "brm", true},
	{&query_late_mark, "r", false},
};

static int run_steps(struct db *db, const struct filing *filing, const struct step *steps,
	size_t n, struct intake_result *result, struct error *reterr)
{
	for (size_t i = 0; i < n; i++) {
		_cleanup_(db_result_freep) struct db_result *done = NULL;
		struct db_value values[3];
		size_t n_values = 0;
		int r;

		for (const char *p = steps[i].parameters; *p; p++)
			values[n_values++] = db_int(*p == 'b'	? filing->batch
						    : *p == 'r' ? filing->run
								: filing->realm);
		r = db_run(db, steps[i].query, values, n_values, &done, reterr);
		if (r < 0)
			return r;
		result->facts_written += steps[i].counts ? db_affected(done) : 0;
	}
	return 0;
}

/* One address and whose it was. `group` is the address by which a new asset is named. */
static int put_identity(struct db_copy *copy, const struct filing *filing,
	const struct db_result *rows, size_t i, int64_t fresh, struct error *reterr)
{
	int64_t known = db_get_int(rows, i, 4);
	struct mac mac = {0};
	struct addr addr;

	db_get_addr(rows, i, 0, &addr);
	if (!db_is_null(rows, i, 1))
		mac_parse(db_get_text(rows, i, 1), &mac, NULL);
	db_copy_row(copy, 11);
	db_copy_int8(copy, filing->batch);
	db_copy_addr(copy, &addr);
	db_copy_int8(copy, known ? known : fresh);
	db_copy_bool(copy, !known);
	db_copy_text(copy, known ? "its at that time, by a late run"
				 : "nobody knew it, by a late run");
	db_copy_mac(copy, &mac);
	db_copy_bool(copy, db_get_bool(rows, i, 2));
	db_copy_text(copy, db_get_text(rows, i, 3));
	/* Late runs compare everything. */
	db_copy_bool(copy, false);
	db_copy_bool(copy, true);
	db_copy_null(copy);
	return db_copy_end_row(copy, reterr);
}

/* Rows of one new asset stand together. */
static int stage_identity(struct db *db, const struct filing *filing,
	const struct db_result *rows, int64_t *counter, struct error *reterr)
{
	_cleanup_(db_copy_freep) struct db_copy *copy = NULL;
	struct addr last = {0}, group;
	int64_t fresh = 0;
	int r = db_copy_new(db, &query_intake_copy_identity, &copy, reterr);

	for (size_t i = 0; r == 0 && i < db_rows(rows); i++) {
		db_get_addr(rows, i, 5, &group);
		if (!db_get_int(rows, i, 4) && (!fresh || addr_compare(&group, &last) != 0)) {
			fresh = identity_new_id(&group, counter);
			last = group;
		}
		r = put_identity(copy, filing, rows, i, fresh, reterr);
	}
	return r < 0 ? r : db_copy_flush(copy, reterr);
}

static int identify(struct db *db, const struct filing *filing, struct intake_result *result,
	struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL, *last = NULL;
	int64_t counter, first;
	int r = db_run(db, &query_late_identity,
		DB_VALUES(db_int(filing->batch), db_int(filing->run), db_int(filing->realm)),
		&rows, reterr);

	if (r == 0)
		r = db_run(db, &query_intake_counter, DB_NO_VALUES, &last, reterr);
	if (r < 0)
		return r;
	if (db_rows(last) != 1)
		return error_set(reterr, ERROR_DATABASE, "the asset counter is missing");
	first = counter = db_get_int(last, 0, 0);
	r = stage_identity(db, filing, rows, &counter, reterr);
	result->assets_new = (uint64_t)(counter - first);
	return r < 0 ? r
		     : db_run(db, &query_intake_counter_set, DB_VALUES(db_int(counter)), NULL,
			       reterr);
}

int late_check(struct db *db, const struct filing *filing, int64_t ended_us, bool *ret_late,
	struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *found = NULL;
	int r = db_run(db, &query_late_is,
		DB_VALUES(db_int(filing->batch), db_int(filing->realm),
			db_text(filing->vantage), db_time(ended_us)),
		&found, reterr);

	if (r == 0)
		*ret_late = db_get_bool(found, 0, 0);
	return r;
}

int late_file(struct db *db, const struct filing *filing, struct intake_result *result,
	struct error *reterr)
{
	int64_t side = strcmp(filing->vantage, "internet") == 0 ? 2 : 1;
	int r = db_run(
		db, &query_intake_uuid_forms, DB_VALUES(db_int(filing->batch)), NULL, reterr);

	if (r == 0)
		r = identify(db, filing, result, reterr);
	if (r == 0)
		r = db_run(db, &query_intake_assets_new,
			DB_VALUES(db_int(filing->batch), db_int(filing->run),
				db_int(filing->realm), db_int(side)),
			NULL, reterr);
	if (r == 0)
		r = run_steps(
			db, filing, cutting_steps, ARRAY_SIZE(cutting_steps), result, reterr);
	return r < 0 ? r
		     : run_steps(db, filing, filing_steps, ARRAY_SIZE(filing_steps), result,
			       reterr);
}
