/* SPDX-License-Identifier: Apache-2.0 */
/* The places of maps, kept from one to the next; what they say is the mapper's matter. */
#include "inventory/inventory.h"
#include "inventory/store/handle.h"
#include "inventory/store/queries.h"

int inventory_map_slots_load(struct inventory *inv, const char *realm, const char *map,
	struct str *ret_places, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(inv->db, &query_map_slot_get, DB_VALUES(db_text(realm), db_text(map)),
		&rows, reterr);

	if (r == 0 && db_rows(rows) > 0)
		db_get_bytes(rows, 0, 0, ret_places);
	if (r == 0 && ret_places->failed)
		str_reset(ret_places); /* what is too large is not ours */
	return r;
}

int inventory_map_slots_store(struct inventory *inv, const char *realm, const char *map,
	const void *places, size_t size, struct error *reterr)
{
	return db_run(inv->db, &query_map_slot_put,
		DB_VALUES(db_text(realm), db_text(map), db_bytes(places, size)), NULL, reterr);
}
