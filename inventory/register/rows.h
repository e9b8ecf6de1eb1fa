/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of the register's tables as text, in the order of their keys, as they hold now or held
 * on a day. What is shown and what is exported comes from here.
 */
#ifndef INVENTORY_REGISTER_ROWS_H
#define INVENTORY_REGISTER_ROWS_H

#include "inventory/register/register.h"
#include "inventory/store/db.h"

/* Which rows: `realm` 0: of any; `day_us` 0: as they hold now; `about`: columns of which one
 * must be `id`, divided by commas, NULL: all rows. */
struct register_question {
	int64_t realm, day_us;
	const char *about, *id;
};

struct register_rows {
	enum register_kind kind;
	struct db_result *result;
	size_t *order; /* by owner and then by key */
	size_t n, next; /* next: for the caller */
};

struct register_view {
	const char *realm, *imported;
	const char *values[REGISTER_COLUMNS_MAX]; /* NULL: not stated */
	const char *as_of, *document;
	char *copy; /* holds the texts */
};

int register_rows_load(struct db *db, enum register_kind kind,
	const struct register_question *question, struct register_rows *ret_rows,
	struct error *reterr);
void register_rows_done(struct register_rows *rows);

/* Reads row i; the texts are good until register_view_done(). ERROR_SYSTEM without memory. */
int register_rows_view(const struct register_rows *rows, size_t i,
	struct register_view *ret_view, struct error *reterr);
void register_view_done(struct register_view *view);

#endif
