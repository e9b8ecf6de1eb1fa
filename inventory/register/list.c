/* SPDX-License-Identifier: Apache-2.0 */
/* The registered systems, one row each. */
#include "inventory/store/handle.h"
#include "inventory/inventory.h"
#include "inventory/store/db.h"
#include "inventory/store/queries.h"

int inventory_system_list(struct inventory *inv, const char *id,
	int (*row)(void *context, const struct system_row *system), void *context,
	struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(inv->db, &query_system_list, DB_VALUES(db_text(id)), &rows, reterr);

	for (size_t i = 0; r == 0 && i < db_rows(rows); i++) {
		struct system_row system = {
			.id = db_get_text(rows, i, 0),
			.name = db_get_text(rows, i, 1),
			.organisation = db_get_text(rows, i, 2),
			.sector = db_get_text(rows, i, 3),
			.kind = db_get_text(rows, i, 4),
			.business = db_get_text(rows, i, 5),
			.strength = db_get_text(rows, i, 6),
			.tier = (int)db_get_int(rows, i, 7),
			.n_assets = db_get_int(rows, i, 8),
			.designation = db_get_text(rows, i, 9),
		};

		r = row(context, &system);
	}
	return r;
}
