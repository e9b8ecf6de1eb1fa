/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an identification must look at: everything the first time and when the norms in force
 * are others; else the subjects whose dossier or dependencies the register, runs, decisions or
 * the ledger of exposure touched since, and those for which a day came on which time alone
 * counts. Rather one too many than one too few: what comes out as before writes nothing.
 */
#include "inventory/norm/identify_internal.h"

#include "inventory/store/queries.h"

#include <string.h>

/* The norms that judge: another digest if any of them comes, goes or is another version. */
static void digest_packs(const struct identification *id, char out[DIGEST_HEX_SIZE])
{
	struct digest *digest = digest_new();
	uint8_t value[DIGEST_SIZE] = {0};

	for (size_t i = 0; digest && i < db_rows(id->packs); i++) {
		for (int column = 0; column < 3; column++) {
			const char *text = db_get_text(id->packs, i, column);

			digest_update(digest, text, strlen(text) + 1);
		}
	}
	if (digest)
		digest_value(digest, value);
	digest_free(digest);
	digest_hex(value, out);
}

int identify_marks_load(
	struct identification *id, struct identify_marks *ret, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(id->inv->db, &query_identify_now, DB_VALUES(db_int(id->realm)), &rows,
		reterr);

	if (r < 0)
		return r;
	*ret = (struct identify_marks){db_get_int(rows, 0, 0), db_get_int(rows, 0, 1),
		db_get_int(rows, 0, 2), db_get_int(rows, 0, 3), db_get_int(rows, 0, 4), -1, ""};
	digest_packs(id, ret->packs);
	return 0;
}

int identify_marks_store(struct identification *id, const struct identify_marks *marks,
	struct error *reterr)
{
	return db_run(id->inv->db, &query_identify_done,
		DB_VALUES(db_int(id->realm), db_text(dossier_unit_name(id->unit)),
			db_text(marks->packs), db_int(marks->imports), db_int(marks->runs),
			db_int(marks->designations), db_int(marks->justifications),
			db_time(marks->time_us),
			marks->graph_until < 0 ? db_null() : db_int(marks->graph_until)),
		NULL, reterr);
}

int identify_marks_since(struct identification *id, const struct identify_marks *marks,
	struct identify_marks *ret_since, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(id->inv->db, &query_identify_since,
		DB_VALUES(db_int(id->realm), db_text(dossier_unit_name(id->unit))), &rows,
		reterr);

	if (r < 0)
		return r;
	if (db_rows(rows) == 0 || strcmp(db_get_text(rows, 0, 0), marks->packs) != 0)
		return 1;
	*ret_since = (struct identify_marks){db_get_int(rows, 0, 1), db_get_int(rows, 0, 2),
		db_get_int(rows, 0, 3), db_get_int(rows, 0, 4), db_get_int(rows, 0, 5),
		db_is_null(rows, 0, 6) ? -1 : db_get_int(rows, 0, 6), ""};
	return ret_since->time_us > marks->time_us; /* the clock was set back */
}

static int choose_changed(struct identification *id, const struct identify_marks *since,
	struct error *reterr)
{
	const struct db_value realm = db_int(id->realm), imports = db_int(since->imports),
			      entries = db_int(since->designations),
			      time = db_time(since->time_us);
	struct db *db = id->inv->db;

	if (id->unit == DOSSIER_SYSTEM)
		return db_run(db, &query_identify_choose_system,
			DB_VALUES(realm, imports, entries, time), NULL, reterr);
	if (id->unit == DOSSIER_ORGANISATION)
		return db_run(db, &query_identify_choose_organisation,
			DB_VALUES(realm, imports, entries, time), NULL, reterr);
	if (id->unit == DOSSIER_ZONE)
		return db_run(db, &query_identify_choose_zone,
			DB_VALUES(realm, imports, time, entries), NULL, reterr);
	return db_run(db, &query_identify_choose_subnet, DB_VALUES(realm, imports, time), NULL,
		reterr);
}

/* What runs and rules tell reaches any asset, so all that has assets is looked at. */
static int choose_measured(struct identification *id, const struct identify_marks *since,
	struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *is = NULL;
	const char *unit = dossier_unit_name(id->unit);
	int r = db_run(id->inv->db, &query_identify_is_measured,
		DB_VALUES(db_int(id->realm), db_int(since->imports), db_int(since->runs),
			db_int(since->justifications), db_time(since->time_us)),
		&is, reterr);

	if (r < 0 || !db_get_bool(is, 0, 0))
		return r;
	return db_run(id->inv->db, &query_identify_choose_measured,
		DB_VALUES(db_int(id->realm), db_text(unit)), NULL, reterr);
}

int identify_graph_stands(struct identification *id, const struct identify_marks *since,
	const struct identify_view *view, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r;

	if (since->graph_until <= id->day)
		return 0;
	r = db_run(id->inv->db, &query_identify_graph_changed,
		DB_VALUES(db_int(id->realm), db_int(since->imports),
			db_int(since->designations), db_time(since->time_us),
			db_int(view->sums)),
		&rows, reterr);
	return r < 0 ? r : !db_get_bool(rows, 0, 0);
}

int identify_choose(struct identification *id, const struct identify_marks *since,
	const struct identify_view *view, struct error *reterr)
{
	int r = choose_changed(id, since, reterr);

	if (r == 0)
		r = db_run(id->inv->db, &query_identify_choose_due,
			DB_VALUES(db_int(id->realm), db_text(dossier_unit_name(id->unit)),
				db_int(id->day)),
			NULL, reterr);
	if (r == 0)
		r = choose_measured(id, since, reterr);
	if (r < 0 || id->unit != DOSSIER_SYSTEM || view->whole || (!view->in && !view->out))
		return r;
	return db_run(id->inv->db, &query_identify_choose_near,
		DB_VALUES(db_int(id->realm), db_int(since->imports),
			db_int(since->designations), db_time(since->time_us), db_int(view->in),
			db_int(view->out), db_int(view->sums)),
		NULL, reterr);
}
