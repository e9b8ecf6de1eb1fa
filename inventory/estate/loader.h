/* SPDX-License-Identifier: Apache-2.0 */
/* What the files that load the estate share: one loader, and a function for each subject. */
#ifndef INVENTORY_ESTATE_LOADER_H
#define INVENTORY_ESTATE_LOADER_H

#include "inventory/inventory.h"
#include "inventory/store/db.h"

#define LOADER_RECENT 4096

struct loader {
	struct db *db;
	struct estate *estate;
	const char *realm;	/* known after the head; NULL: the only one that has assets */
	struct db_value moment; /* of the question; NULL: now */
	bool without_findings;
	/* Texts by their hash, each the last of its place: products and roles come again and
	 * again. */
	const char *recent[LOADER_RECENT];
	struct error *reterr;
};

/* estate.c */
int loader_no_memory(struct loader *l);
/* Rows of a query that takes the realm, or the realm and the moment. */
int loader_rows(struct loader *l, const struct query *query, struct db_result **ret_rows);
/* A text of a row in the estate's arena, one that came not long ago once; NULL without
 * memory. */
const char *loader_keep(struct loader *l, const struct db_result *rows, size_t row, int column);
void *loader_array(struct loader *l, size_t n, size_t size);

/* network.c: what discovery found. Assets need the systems. */
int load_assets(struct loader *l);
int load_addresses(struct loader *l);
int load_services(struct loader *l);
int load_links(struct loader *l);
/* Index of an asset by its number, ESTATE_NONE if it is not in the estate. */
uint32_t find_asset(const struct loader *l, uint64_t id);

/* register.c: what organisations attest. Exits need the assets. */
int load_systems(struct loader *l);
int load_register(struct loader *l);
uint32_t find_system(const struct loader *l, const char *id);

#endif
