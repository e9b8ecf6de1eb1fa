/* SPDX-License-Identifier: Apache-2.0 */
/* What the files that keep and ask boundaries share. */
#ifndef INVENTORY_BOUNDARY_STORE_H
#define INVENTORY_BOUNDARY_STORE_H

#include "inventory/boundaries.h"
#include "inventory/boundary/load.h"

/* A set with its text and hash, as one version holds it. */
struct boundary_reckoned {
	struct boundary_set set;
	char sha256[65];
};

void boundary_reckoned_done(struct boundary_reckoned *reckoned);

/* store.c: the newest version of a kind; 1 if there is none. */
struct boundary_newest {
	int64_t id, valid_from_us, run_id;
	int version;
	char sha256[65];
	struct boundary_rule rule; /* its basis is that below */
	struct str basis;
};
void boundary_newest_done(struct boundary_newest *newest);
int boundary_find_newest(struct db *db, int64_t realm, const char *system, const char *kind,
	struct boundary_newest *ret, struct error *reterr);
/* The maximum boundary of one system in a graph that was loaded. */
int boundary_reckon(const struct boundary_loaded *loaded, const char *system,
	const struct boundary_rule *rule, struct boundary_reckoned *ret, struct error *reterr);
/* The realm of the system, and its name; ERROR_INPUT if there is none, or several. */
int boundary_find_realm(struct db *db, const char *realm, const char *system,
	int64_t *ret_realm, struct str *ret_name, struct error *reterr);

/* From before reading until what was read is written: other programs wait. Declare it before
 * the transactions, which end first. */
int boundary_lock(struct db *db, struct db **ret_locked, struct error *reterr);
void boundary_unlockp(struct db **locked);

/* ask.c: ascending numbers of the members as they are called now. Free them. */
int boundary_load_ids(struct db *db, int64_t boundary, uint64_t **ret_ids, uint32_t *ret_n,
	uint32_t *ret_controllers, struct error *reterr);
/* What ascending `ids` have that a version (0: none was there) has not, and the reverse. */
int boundary_compare_before(struct db *db, int64_t before, const uint64_t *ids, uint32_t n,
	struct boundary_derived *derived, struct error *reterr);
bool boundary_is_controller(const char *role);

#endif
