/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The exposed surface: what can be reached from the Internet vantage, service by service, in
 * sum and over time. Reads only; the ledger is ledger.c's.
 */
#include "common/addr.h"
#include "inventory/inventory.h"
#include "inventory/store/handle.h"
#include "inventory/store/queries.h"

#include <string.h>

/* The row borrows from `rows`. */
static struct exposure_row exposure_of(const struct db_result *rows, size_t i)
{
	return (struct exposure_row){
		.realm = db_get_text(rows, i, 0),
		.organisation = db_get_text(rows, i, 1),
		.system = db_get_text(rows, i, 2),
		.asset_id = (uint64_t)db_get_int(rows, i, 3),
		.asset = db_get_text(rows, i, 4),
		.address = db_get_text(rows, i, 5),
		.port = db_get_text(rows, i, 6),
		.kind = db_get_text(rows, i, 7),
		.protocol = db_get_text(rows, i, 8),
		.product = db_get_text(rows, i, 9),
		.names = db_get_text(rows, i, 10),
		.certificate = db_get_text(rows, i, 11),
		.certificate_until = db_get_text(rows, i, 12),
		.first_seen_us = db_get_int(rows, i, 13),
		.last_seen_us = db_get_int(rows, i, 14),
		.state = db_get_text(rows, i, 15),
		.entry = db_get_int(rows, i, 16),
		.reason = db_get_text(rows, i, 17),
		.approver = db_get_text(rows, i, 18),
		.document = db_get_text(rows, i, 19),
		.expires_us = db_get_int(rows, i, 20),
		.exits = db_get_text(rows, i, 21),
		.maintenance = db_get_text(rows, i, 22),
		.registration = db_get_text(rows, i, 23),
	};
}

int inventory_exposure_list(struct inventory *inv, const struct exposure_filter *filter,
	int (*row)(void *context, const struct exposure_row *exposure), void *context,
	struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	struct cidr cidr = {0};
	int r = 0;

	if (filter->address)
		r = cidr_parse(filter->address, &cidr, reterr);
	if (r == 0)
		r = db_run(inv->db, &query_exposure_list,
			DB_VALUES(db_text(filter->realm), db_text(filter->organisation),
				db_text(filter->system), db_text(filter->kind),
				db_time_or_null(filter->as_of_us), db_int(filter->unjustified),
				filter->address ? db_cidr(&cidr) : db_null()),
			&rows, reterr);
	for (size_t i = 0; r == 0 && i < db_rows(rows); i++) {
		struct exposure_row exposure = exposure_of(rows, i);

		r = row(context, &exposure);
	}
	return r;
}

/* ---- in sum ---------------------------------------------------------------------------- */

/* The counts that every row has, from column `at` on. */
static void read_counts(
	const struct db_result *rows, size_t i, int at, struct exposure_counts *counts)
{
	int64_t *const into[] = {&counts->exits, &counts->addresses, &counts->services,
		&counts->names, &counts->certificates, &counts->administration,
		&counts->maintenance, &counts->industrial, &counts->unjustified,
		&counts->expired, &counts->unregistered};

	for (size_t k = 0; k < ARRAY_SIZE(into); k++)
		*into[k] = db_get_int(rows, i, at + (int)k);
}

int inventory_exposure_summary(struct inventory *inv, const struct exposure_filter *filter,
	bool by_operator, int (*row)(void *context, const struct exposure_counts *counts),
	void *context, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(inv->db, &query_exposure_summary,
		DB_VALUES(db_text(filter->realm), db_text(filter->organisation),
			db_int(by_operator)),
		&rows, reterr);

	for (size_t i = 0; r == 0 && i < db_rows(rows); i++) {
		struct exposure_counts counts = {
			.realm = db_get_text(rows, i, 0),
			.organisation = db_get_text(rows, i, 1),
			.organisation_name = db_get_text(rows, i, 2),
			.system = db_get_text(rows, i, 3),
			.system_name = db_get_text(rows, i, 4),
		};

		read_counts(rows, i, 5, &counts);
		r = row(context, &counts);
	}
	return r;
}

int inventory_exposure_maintenance(struct inventory *inv, const struct exposure_filter *filter,
	int (*row)(void *context, const struct maintenance_row *maintenance), void *context,
	struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(inv->db, &query_exposure_maintenance,
		DB_VALUES(db_text(filter->realm), db_text(filter->organisation),
			db_text(filter->system)),
		&rows, reterr);

	for (size_t i = 0; r == 0 && i < db_rows(rows); i++) {
		struct maintenance_row maintenance = {
			.realm = db_get_text(rows, i, 0),
			.organisation = db_get_text(rows, i, 1),
			.system = db_get_text(rows, i, 2),
			.state = db_get_text(rows, i, 3),
			.address = db_get_text(rows, i, 4),
			.port = db_get_text(rows, i, 5),
			.kind = db_get_text(rows, i, 6),
			.asset_id = (uint64_t)db_get_int(rows, i, 7),
			.asset = db_get_text(rows, i, 8),
			.registration = db_get_text(rows, i, 9),
			.supplier = db_get_text(rows, i, 10),
			.supplier_name = db_get_text(rows, i, 11),
			.path = db_get_text(rows, i, 12),
			.valid_until = db_get_text(rows, i, 13),
			.assessment = db_get_text(rows, i, 14),
			.controls = db_get_text(rows, i, 15),
			.document = db_get_text(rows, i, 16),
		};

		r = row(context, &maintenance);
	}
	return r;
}

int inventory_exposure_trend(struct inventory *inv, const struct exposure_filter *filter,
	const char *step, int64_t since_us, int64_t until_us,
	int (*row)(void *context, const struct exposure_counts *counts), void *context,
	struct error *reterr)
{
	static const char *const steps[] = {"run", "day", "week", "month"};
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	bool known = false;
	int r;

	for (size_t i = 0; i < ARRAY_SIZE(steps); i++)
		known |= strcmp(step, steps[i]) == 0;
	if (!known)
		return error_set(reterr, ERROR_USAGE,
			"\"%.32s\" is no step; there are run, day, week and month", step);
	r = db_run(inv->db, &query_exposure_trend,
		DB_VALUES(db_text(filter->realm), db_text(filter->organisation),
			db_text(filter->system), db_text(step), db_time(since_us),
			db_time(until_us)),
		&rows, reterr);
	for (size_t i = 0; r == 0 && i < db_rows(rows); i++) {
		struct exposure_counts counts = {.realm = "",
			.organisation = "",
			.organisation_name = "",
			.system = "",
			.system_name = "",
			.time_us = db_get_int(rows, i, 0),
			.systems = db_get_int(rows, i, 1)};

		read_counts(rows, i, 2, &counts);
		r = row(context, &counts);
	}
	return r;
}
