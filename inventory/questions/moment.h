/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Questions about another time: while a moment is entered, the names of tables and views mean
 * what held at its valid time, by what was known at its known time (schema cadastre_as_of).
 * Only questions are asked meanwhile; nothing is written.
 */
#ifndef INVENTORY_QUESTIONS_MOMENT_H
#define INVENTORY_QUESTIONS_MOMENT_H

#include "inventory/inventory.h"
#include "inventory/store/db.h"

/* A moment in the database's terms: which runs and imports count. */
struct instant {
	int64_t as_of_us, known_us;
	int64_t run, import; /* the newest that count */
};

/* Times of 0 become now; a known time alone is the valid time too. */
int moment_find(struct db *db, const struct moment *moment, struct instant *ret,
	struct error *reterr);

/* `_cleanup_(moment_leavep) struct db *then = NULL;` leaves at the end of the block. */
int moment_enter(struct db *db, const struct instant *instant, struct db **ret_then,
	struct error *reterr);
/* Enters unless the moment is now. */
int moment_enter_unless_now(struct db *db, const struct moment *moment, struct db **ret_then,
	struct error *reterr);
void moment_leavep(struct db **then);

/*
 * Opens a transaction that sees one moment and writes nothing, for several questions about all
 * assets. `then` is what moment_enter() gave, NULL: now. Of another time, what more than one of
 * them reads is reckoned first and kept until the end; a question about few assets would pay
 * for that in vain.
 * `_cleanup_(db_rollbackp) struct db *transaction = NULL;` ends it unless it is committed.
 */
int moment_begin(struct db *db, const struct db *then, struct db **ret_transaction,
	struct error *reterr);

#endif
