/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The database connection: named queries with typed parameters, rows, transactions, COPY.
 *
 * The folder inventory/store is the only one that sees libpq. Statements live in
 * schema/queries/NAME.sql and are known here as `query_NAME` (inventory/store/queries.h, made
 * by schema/embed.py). Every failure is ERROR_DATABASE with a text that says which query
 * failed, why, and what to do; a lost server, a full disk and a missing right have texts of
 * their own.
 *
 * One connection serves one thread at a time; it does not survive fork().
 */
#ifndef INVENTORY_STORE_DB_H
#define INVENTORY_STORE_DB_H

#include "common/addr.h"
#include "common/cleanup.h"
#include "common/error.h"
#include "common/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DB_PARAMETERS_MAX 32

/* Order is that of TYPES in schema/embed.py. */
enum db_type {
	DB_INT8,
	DB_INT4,
	DB_INT2,
	DB_BOOL,
	DB_FLOAT8,
	DB_TEXT,
	DB_BYTEA,
	DB_TIMESTAMPTZ,
	DB_INET,
	DB_CIDR,
	DB_MACADDR,
	DB_TYPE_N
};

struct query {
	const char *name;
	unsigned int n_params;
	uint8_t types[DB_PARAMETERS_MAX]; /* enum db_type */
	bool kept; /* asked again its plan is kept, if one serves every parameter */
	bool binary; /* its columns are whole numbers, bool, text and inet of hosts, as the
			server has them */
	const char *sql;
};

struct migration {
	int number;
	const char *name, *sha256, *sql;
};

struct db;
struct db_result;

/* ---- connection ------------------------------------------------------------------------ */

/* Connects and sets the session up (search path, UTC, UTF-8). `conninfo` as libpq takes it. */
int db_open(const char *conninfo, struct db **ret_db, struct error *reterr);
/* Like db_open(), but answers 1 if no server listens there and 2 if it is still starting. */
int db_try_open(const char *conninfo, struct db **ret_db, struct error *reterr);
void db_free(struct db *db);
/* Names the log in which the server says why it went down, for messages. Copied; on no memory
 * it stays unknown. */
void db_set_log(struct db *db, const char *path);
CLEANUP_DEFINE(struct db, db_free)

/* Wipes the password, in a process that was forked and will not use the connection. */
void db_forget(struct db *db);

const char *db_server_version(struct db *db); /* "15.20" */
int db_server_pid(struct db *db);             /* of the serving backend */
const char *db_where(struct db *db);          /* "host/database", for people */
const char *db_name(struct db *db);           /* of the database */
/* The connection's parameters as environment for the PostgreSQL programs (PGHOST=..., ...):
 * a NULL-terminated vector the caller frees with db_environment_free(). */
char **db_environment(struct db *db);
void db_environment_free(char **environment);

/* ---- parameters -------------------------------------------------------------------------- */

enum db_kind {
	DB_KIND_NULL,
	DB_KIND_NUMBER, /* int8, int4, int2, bool */
	DB_KIND_REAL,   /* float8 */
	DB_KIND_TEXT,   /* text */
	DB_KIND_BYTES,  /* bytea */
	DB_KIND_TIME,   /* timestamptz */
	DB_KIND_NET,    /* inet, cidr */
	DB_KIND_MAC     /* macaddr */
};

/* Borrowed for the call. */
struct db_value {
	enum db_kind kind;
	int64_t number;
	double real;
	const void *bytes;
	size_t size;
	struct cidr net;
	struct mac mac;
};

struct db_value db_null(void);
struct db_value db_int(int64_t value); /* also bool */
struct db_value db_real(double value);
struct db_value db_text(const char *text); /* NULL becomes NULL */
struct db_value db_bytes(const void *bytes, size_t n);
struct db_value db_time(int64_t wall_us);
static inline struct db_value db_time_or_null(int64_t wall_us) /* 0 becomes NULL */
{
	return wall_us ? db_time(wall_us) : db_null();
}
struct db_value db_addr(const struct addr *addr); /* family 0 becomes NULL */
struct db_value db_cidr(const struct cidr *cidr);
struct db_value db_mac(const struct mac *mac); /* all zero becomes NULL */

/* Spells values and their number: db_run(db, &query_x, DB_VALUES(db_int(1)), NULL, reterr). */
#define DB_VALUES(...)                                                                         \
	(const struct db_value[]){__VA_ARGS__},                                                \
		sizeof((const struct db_value[]){__VA_ARGS__}) / sizeof(struct db_value)
#define DB_NO_VALUES NULL, 0

/* ---- queries ----------------------------------------------------------------------------- */

/* Runs a query. ret_result (may be NULL) receives its rows. */
int db_run(struct db *db, const struct query *query, const struct db_value *values, size_t n,
	struct db_result **ret_result, struct error *reterr);
/* Several that are asked at once (no plan is kept): the server goes on with the next one while
 * the caller works on the rows of one. They are received in their order, and after db_send(),
 * whatever came of it or of those, db_receive_end() drops what is left; nothing else is asked
 * before. */
struct db_question {
	const struct query *query;
	const struct db_value *values;
	size_t n;
};
int db_send(struct db *db, const struct db_question *questions, size_t n, struct error *reterr);
int db_receive(struct db *db, const struct query *query, struct db_result **ret_result,
	struct error *reterr);
void db_receive_end(struct db *db);
static inline void db_receive_endp(struct db **db)
{
	if (*db)
		db_receive_end(*db);
}
void db_result_free(struct db_result *result);
CLEANUP_DEFINE(struct db_result, db_result_free)

/*
 * One question that a session of its own answers at the same time, in a thread of its own; the
 * session is of the same server, database and user, is opened when the first such question is
 * asked, and kept. It does not see what a transaction of this connection has not committed.
 * Where there is no such session to be had, or it fails, the answer is NULL, and whoever asked
 * does without. The values are borrowed until the end.
 */
struct db_beside;

struct db_beside *db_beside_ask(struct db *db, const struct db_question *question);
/* Waits, and frees. NULL is taken, and answered with NULL. */
struct db_result *db_beside_end(struct db_beside *beside);
static inline void db_beside_endp(struct db_beside **beside)
{
	db_result_free(db_beside_end(*beside));
}

/* What is planned while names are those of another time is kept apart from what is not. */
void db_set_then(struct db *db, bool then);

size_t db_rows(const struct db_result *result);
uint64_t db_affected(const struct db_result *result); /* rows written or returned */

/* Columns are numbered in the order of the query file. NULL reads as "", 0, false. */
bool db_is_null(const struct db_result *result, size_t row, int column);
const char *db_get_text(const struct db_result *result, size_t row, int column);
int64_t db_get_int(const struct db_result *result, size_t row, int column);
double db_get_real(const struct db_result *result, size_t row, int column);
bool db_get_bool(const struct db_result *result, size_t row, int column);
/* False if the column is NULL or no address. */
bool db_get_addr(const struct db_result *result, size_t row, int column, struct addr *ret);
bool db_get_cidr(const struct db_result *result, size_t row, int column, struct cidr *ret);
/* Appends the bytes of a bytea column. */
void db_get_bytes(const struct db_result *result, size_t row, int column, struct str *out);

/* ---- transactions ------------------------------------------------------------------------ */

int db_begin(struct db *db, struct error *reterr);
int db_commit(struct db *db, struct error *reterr);
/* Ends an open transaction without keeping anything; does nothing outside of one. */
void db_rollback(struct db *db);
/* `_cleanup_(db_rollbackp) struct db *transaction = db;` undoes what was not committed. */
static inline void db_rollbackp(struct db **db)
{
	if (*db)
		db_rollback(*db);
}

/* ---- COPY BINARY ------------------------------------------------------------------------- */

/*
 * Rows go into a buffer of bounded size and from there to the server as one COPY each time
 * it is full, or with a sender as one COPY while buffers of one kind follow one another, so
 * that several writers can share a connection and no COPY stays open while the producer is
 * slow.
 */
struct db_copy;

#define DB_COPY_BUFFER (768u << 10)

int db_copy_new(struct db *db, const struct query *query, struct db_copy **ret_copy,
	struct error *reterr);
void db_copy_free(struct db_copy *copy); /* drops what was not flushed */
CLEANUP_DEFINE(struct db_copy, db_copy_free)

void db_copy_row(struct db_copy *copy, int n_columns); /* then exactly as many columns: */
void db_copy_null(struct db_copy *copy);
void db_copy_int8(struct db_copy *copy, int64_t value);
void db_copy_int4(struct db_copy *copy, int32_t value);
void db_copy_int2(struct db_copy *copy, int16_t value);
void db_copy_bool(struct db_copy *copy, bool value);
void db_copy_text(struct db_copy *copy, const char *text); /* NULL becomes NULL */
void db_copy_bytes(struct db_copy *copy, const void *bytes, size_t n);
void db_copy_time(struct db_copy *copy, int64_t wall_us);
void db_copy_addr(struct db_copy *copy, const struct addr *addr); /* family 0 becomes NULL */
void db_copy_cidr(struct db_copy *copy, const struct cidr *cidr); /* as inet */
void db_copy_mac(struct db_copy *copy, const struct mac *mac); /* all zero becomes NULL */
/* Ends the row; sends the buffer when it is nearly full. */
int db_copy_end_row(struct db_copy *copy, struct error *reterr);
int db_copy_flush(struct db_copy *copy, struct error *reterr);
uint64_t db_copy_rows(const struct db_copy *copy); /* ended so far */

/*
 * A thread that sends what copies flush, so that whoever fills them need not wait for the
 * server. While it has a sender the connection serves it alone: nothing else may use it between
 * db_sender_new() and db_sender_wait() or db_sender_free(). A failure is told by the next flush
 * or by the wait; nothing is sent after it.
 */
struct db_sender;

int db_sender_new(struct db *db, struct db_sender **ret_sender, struct error *reterr);
int db_sender_wait(struct db_sender *sender, struct error *reterr);
void db_sender_free(struct db_sender *sender); /* what was not sent is dropped */
CLEANUP_DEFINE(struct db_sender, db_sender_free)
void db_copy_use(struct db_copy *copy, struct db_sender *sender);

/* What one COPY ... TO gives goes into another COPY ... FROM, row by row, whatever its size;
 * both in the same form. *ret_rows, unless NULL, grows by their number. An error ends both. */
int db_copy_through(struct db *from, const struct query *out, struct db *to,
	const struct query *in, uint64_t *ret_rows, struct error *reterr);

/* The parameters that a connection string names, in libpq's order. ERROR_USAGE if it cannot be
 * read or holds a password; the text repeats nothing of it. */
int db_conninfo_read(const char *conninfo,
	int (*parameter)(void *context, const char *keyword, const char *value), void *context,
	struct error *reterr);
/* Appends " keyword='value'" as db_open() reads it. */
void db_conninfo_add(struct str *conninfo, const char *keyword, const char *value);
const char *db_user(struct db *db);

/* ---- schema ------------------------------------------------------------------------------ */

/* Applies missing migrations, one transaction each, under an advisory lock. ERROR_DATABASE if
 * the schema is newer than this program. */
int db_migrate(struct db *db, int *ret_schema, struct error *reterr);
int db_newest_schema(void);
int db_schema(struct db *db, int *ret_schema, struct error *reterr); /* 0: empty database */

#endif
