/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of inventory/store share among themselves; the only header with libpq in
 * it. */
#ifndef INVENTORY_STORE_INTERNAL_H
#define INVENTORY_STORE_INTERNAL_H

#include "inventory/store/db.h"
#include "inventory/store/queries.h"

#include <libpq-fe.h>

struct db {
	PGconn *conn;
	struct db *beside; /* a second session, for what is asked meanwhile; NULL: none yet */
	struct db_kept {
		const struct query *query;
		bool then;  /* names are those of another time */
		bool asked; /* once, so that the next time is worth a plan */
		bool ready; /* the server has it */
	} kept[2 * QUERIES_KEPT]; /* each of now and of another time */
	size_t n_kept;
	bool then;
	enum { PLANS_UNKNOWN, PLANS_EACH, PLANS_ONE } plans; /* how the server plans */
	char server[32], where[256];
	char *log; /* the server's log, if it is ours; NULL: not known */
	int64_t log_from; /* where its end was when the connection was made */
};

/* As db_try_open(), by libpq's keywords and their values, which end with NULL. */
int db_open_by(const char *const *keys, const char *const *values, struct db **ret_db,
	struct error *reterr);

/* Turns the failure of `result` (NULL: of the connection) into ERROR_DATABASE with a text. */
int db_fail(struct db *db, const PGresult *result, const char *query, struct error *reterr);

/* Runs a script of several statements without parameters (a migration). */
int db_script(struct db *db, const char *name, const char *sql, struct error *reterr);

/* Sends a buffer in the binary format, head included, trailer not. `*open` is the COPY under
 * way, NULL for none: of another query it is ended first, of the same it goes on. After a
 * failure there is none. */
int db_copy_send(struct db *db, const struct query **open, const struct query *query,
	const uint8_t *bytes, size_t n, struct error *reterr);
int db_copy_close(struct db *db, const struct query **open, struct error *reterr);
/* Takes the buffer and gives a free one for it. */
int db_sender_put(struct db_sender *sender, const struct query *query, uint8_t **buffer,
	size_t size, struct error *reterr);

#endif
