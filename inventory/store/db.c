/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Connection, queries, rows and transactions over libpq; see db.h. Never holds SQL text of
 * its own and never prints.
 *
 * Reference: PostgreSQL 15 documentation, chapter 34 (libpq) and appendix A (SQLSTATE).
 */
#include "inventory/store/internal.h"

#include "common/clock.h"
#include "common/text.h"
#include "inventory/store/queries.h"

#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FREED_MAX 32 /* more than a thread's allocator keeps free of two sizes */

struct db_result {
	PGresult *pg;
	bool binary;
};

/* OIDs of pg_type, fixed by PostgreSQL's catalog (pg_type.dat). */
static const Oid type_oids[DB_TYPE_N] = {
	[DB_INT8] = 20,
	[DB_INT4] = 23,
	[DB_INT2] = 21,
	[DB_BOOL] = 16,
	[DB_FLOAT8] = 701,
	[DB_TEXT] = 25,
	[DB_BYTEA] = 17,
	[DB_TIMESTAMPTZ] = 1184,
	[DB_INET] = 869,
	[DB_CIDR] = 650,
	[DB_MACADDR] = 829,
};

/* ---- error text -------------------------------------------------------------------------- */

static const struct {
	const char *sqlstate; /* whole, or a class of two characters */
	const char *advice;
} advices[] = {
	{"53100",
		"the disk of the database is full; free space there and run the command again"},
	{"58030", "the database cannot read or write its files; check its disk and its log"},
	{"53300", "the server has no free connection; close other users or raise "
		  "max_connections"},
	{"53", "the server lacks a resource (memory, disk, connections); see its log"},
	{"42501", "the database role lacks a right; connect as the owner of the schema"},
	{"28", "the server refuses this user; check the user name and password in the "
	       "connection"},
	{"3D000", "there is no such database; create it or name another one"},
	{"25006", "the server is read-only, perhaps a standby; connect to the primary"},
	{"40", "it collided with another writer; run the command again"},
	{"55P03", "another writer holds the lock; run the command again"},
	{"57P03", "the server is starting or stopping; run the command again"},
	{"57", "the server was stopped or ended the connection; nothing of this step was kept; "
	       "start the server and run the command again"},
	{"08", "the connection to the server is lost; nothing of this step was kept; check the "
	       "server and run the command again"},
	{"XX", "the server reports an internal fault or damaged data; see its log"},
};

static const char *find_advice(const char *sqlstate)
{
	for (size_t i = 0; i < ARRAY_SIZE(advices); i++)
		if (strncmp(sqlstate, advices[i].sqlstate, strlen(advices[i].sqlstate)) == 0)
			return advices[i].advice;
	return NULL;
}

/* Server text may quote stored values, so it is cleaned like any foreign text. */
static void clean_line(struct str *out, const char *text)
{
	size_t n = strlen(text);

	while (n && (text[n - 1] == '\n' || text[n - 1] == ' '))
		n--;
	text_clean(out, text, n, 400);
}

#define LOG_SEARCH_MAX (256 * 1024)
#define DISK_FULL "No space left on device" /* ENOSPC; messages of a server of ours are in C */

void db_set_log(struct db *db, const char *path)
{
	struct stat st;

	free(db->log);
	db->log = strdup(path);
	db->log_from = stat(path, &st) == 0 ? st.st_size : 0;
}

/* A server that cannot write its log of changes goes down, and with it every connection; the
 * one that asks may not have been the one that was told why. */
static bool went_down_for_space(struct db *db)
{
	_cleanup_(cleanup_closep) int fd = -1;
	char *text;
	ssize_t n;
	bool full;

	if (strstr(PQerrorMessage(db->conn), DISK_FULL))
		return true;
	if (!db->log)
		return false;
	fd = open(db->log, O_RDONLY | O_CLOEXEC);
	text = fd < 0 ? NULL : calloc(1, LOG_SEARCH_MAX + 1);
	if (!text)
		return false;
	n = pread(fd, text, LOG_SEARCH_MAX, db->log_from);
	full = n > 0 && memmem(text, (size_t)n, DISK_FULL, strlen(DISK_FULL));
	free(text);
	return full;
}

int db_fail(struct db *db, const PGresult *result, const char *query, struct error *reterr)
{
	const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
	const char *text = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
	_cleanup_(str_done) struct str line = STR_INIT(2048);
	const char *advice;

	if (!state && PQstatus(db->conn) == CONNECTION_BAD)
		state = went_down_for_space(db) ? "53100" : "08006";
	if (!state)
		state = "";
	clean_line(&line, text ? text : PQerrorMessage(db->conn));
	advice = find_advice(state);
	return error_set(reterr, ERROR_DATABASE, "database step \"%s\" failed: %s%s%s%s%s%s",
		query, line.data, *state ? " (SQLSTATE " : "", state, *state ? ")" : "",
		advice ? ": " : "", advice ? advice : "");
}

/* ---- connection -------------------------------------------------------------------------- */

static void ignore_notice(void *context, const char *message)
{
	(void)context;
	(void)message;
}

static int open_failed(struct db *db, struct error *reterr)
{
	_cleanup_(str_done) struct str line = STR_INIT(2048);

	clean_line(&line, PQerrorMessage(db->conn));
	return error_set(reterr, ERROR_DATABASE,
		"cannot connect to the database: %s; check --db, CADASTRE_DB and the server",
		line.data);
}

/* What lies free and held a text of that size: libpq frees its copies of a connection and its
 * password as they are, and processes that are forked would find them. A block may have been
 * one step larger than was asked for. */
static void wipe_freed(const char *text)
{
	size_t n = text ? strlen(text) + 1 : 0;
	char *blocks[FREED_MAX];

	for (size_t i = 0; n && i < FREED_MAX; i++) {
		size_t size = n + (i % 2) * 2 * sizeof(size_t);

		blocks[i] = malloc(size);
		if (blocks[i])
			explicit_bzero(blocks[i], size);
	}
	for (size_t i = 0; n && i < FREED_MAX; i++)
		free(blocks[i]);
}

/* 0 connected; 1 nobody listens; 2 it is still starting; else ERROR_DATABASE. A server that
 * became ready between the attempt and the question about it is asked again. */
static int connect_once(struct db *db, const char *const *keys, const char *const *values,
	bool again, struct error *reterr)
{
	PGPing ping;

	db->conn = PQconnectdbParams(keys, values, 1);
	if (!db->conn)
		return error_set(reterr, ERROR_SYSTEM, "no memory for a database connection");
	if (PQstatus(db->conn) == CONNECTION_OK)
		return 0;
	ping = PQpingParams(keys, values, 1);
	if (ping == PQPING_OK && !again) {
		PQfinish(STEAL(db->conn));
		return connect_once(db, keys, values, true, reterr);
	}
	open_failed(db, reterr);
	return ping == PQPING_NO_RESPONSE ? 1 : ping == PQPING_REJECT ? 2 : ERROR_DATABASE;
}

int db_open_by(const char *const *keys, const char *const *values, struct db **ret_db,
	struct error *reterr)
{
	_cleanup_(db_freep) struct db *db = calloc(1, sizeof(*db));
	int version, r;

	if (!db)
		return error_set(reterr, ERROR_SYSTEM, "no memory for a database connection");
	r = connect_once(db, keys, values, false, reterr);
	wipe_freed(db->conn ? PQpass(db->conn) : NULL);
	if (r)
		return r;
	PQsetNoticeProcessor(db->conn, ignore_notice, NULL);
	version = PQserverVersion(db->conn);
	snprintf(db->server, sizeof(db->server), "%d.%d", version / 10000, version % 10000);
	snprintf(db->where, sizeof(db->where), "%s/%s",
		PQhost(db->conn) && *PQhost(db->conn) ? PQhost(db->conn) : "localhost",
		PQdb(db->conn));
	if (version < 150000)
		return error_set(reterr, ERROR_DATABASE,
			"the server at %s is PostgreSQL %s; 15 or newer is needed", db->where,
			db->server);
	db->plans = PLANS_EACH;
	r = db_run(db, &query_store_session, DB_NO_VALUES, NULL, reterr);
	if (r < 0)
		return r;
	*ret_db = STEAL(db);
	return 0;
}

int db_try_open(const char *conninfo, struct db **ret_db, struct error *reterr)
{
	const char *const keys[] = {
		"dbname", "fallback_application_name", "client_encoding", NULL};
	const char *const values[] = {conninfo, "cadastre", "UTF8", NULL};
	int r = db_open_by(keys, values, ret_db, reterr);

	wipe_freed(conninfo);
	return r;
}

int db_open(const char *conninfo, struct db **ret_db, struct error *reterr)
{
	int r = db_try_open(conninfo, ret_db, reterr);

	return r > 0 ? ERROR_DATABASE : r;
}

void db_free(struct db *db)
{
	if (!db)
		return;
	db_free(db->beside);
	PQfinish(db->conn);
	free(db->log);
	free(db);
}

void db_forget(struct db *db)
{
	char *password = db && db->conn ? PQpass(db->conn) : NULL;

	if (password)
		explicit_bzero(password, strlen(password));
	if (db && db->beside)
		db_forget(db->beside);
}

const char *db_server_version(struct db *db)
{
	return db->server;
}

int db_server_pid(struct db *db)
{
	return PQbackendPID(db->conn);
}

const char *db_where(struct db *db)
{
	return db->where;
}

const char *db_name(struct db *db)
{
	return PQdb(db->conn);
}

char **db_environment(struct db *db)
{
	PQconninfoOption *options = PQconninfo(db->conn);
	size_t n = 0;
	char **environment;

	for (PQconninfoOption *o = options; o && o->keyword; o++)
		n += o->envvar && o->val;
	environment = calloc(n + 1, sizeof(*environment));
	n = 0;
	for (PQconninfoOption *o = options; environment && o && o->keyword; o++)
		if (o->envvar && o->val &&
			asprintf(&environment[n], "%s=%s", o->envvar, o->val) >= 0)
			n++;
	if (environment)
		environment[n] = NULL;
	PQconninfoFree(options);
	return environment;
}

void db_environment_free(char **environment)
{
	for (char **e = environment; e && *e; e++)
		free(*e);
	free(environment);
}

/* ---- parameters -------------------------------------------------------------------------- */

struct db_value db_null(void)
{
	return (struct db_value){.kind = DB_KIND_NULL};
}

struct db_value db_int(int64_t value)
{
	return (struct db_value){.kind = DB_KIND_NUMBER, .number = value};
}

struct db_value db_real(double value)
{
	return (struct db_value){.kind = DB_KIND_REAL, .real = value};
}

struct db_value db_text(const char *text)
{
	return (struct db_value){.kind = text ? DB_KIND_TEXT : DB_KIND_NULL, .bytes = text};
}

struct db_value db_bytes(const void *bytes, size_t n)
{
	return (struct db_value){.kind = DB_KIND_BYTES, .bytes = bytes, .size = n};
}

struct db_value db_time(int64_t wall_us)
{
	return (struct db_value){.kind = DB_KIND_TIME, .number = wall_us};
}

struct db_value db_addr(const struct addr *addr)
{
	return (struct db_value){.kind = addr->family ? DB_KIND_NET : DB_KIND_NULL,
		.net = {*addr, addr->family == 6 ? 128 : 32}};
}

struct db_value db_cidr(const struct cidr *cidr)
{
	return (struct db_value){.kind = DB_KIND_NET, .net = *cidr};
}

struct db_value db_mac(const struct mac *mac)
{
	return (struct db_value){
		.kind = mac_is_zero(mac) ? DB_KIND_NULL : DB_KIND_MAC, .mac = *mac};
}

static const uint8_t kind_of_type[DB_TYPE_N] = {
	[DB_INT8] = DB_KIND_NUMBER,
	[DB_INT4] = DB_KIND_NUMBER,
	[DB_INT2] = DB_KIND_NUMBER,
	[DB_BOOL] = DB_KIND_NUMBER,
	[DB_FLOAT8] = DB_KIND_REAL,
	[DB_TEXT] = DB_KIND_TEXT,
	[DB_BYTEA] = DB_KIND_BYTES,
	[DB_TIMESTAMPTZ] = DB_KIND_TIME,
	[DB_INET] = DB_KIND_NET,
	[DB_CIDR] = DB_KIND_NET,
	[DB_MACADDR] = DB_KIND_MAC,
};

#define VALUE_TEXT_MAX 64
#define NAME_MAX_BYTES 64 /* of a statement; more is cut by PostgreSQL too (NAMEDATALEN) */

/* Spells one value: text in `space` or borrowed, bytes as they are (binary format). */
static const char *spell(const struct db_value *value, enum db_type type, char *space,
	int *ret_size, int *ret_format)
{
	*ret_size = 0;
	*ret_format = 0;
	switch (value->kind) {
	case DB_KIND_NULL:
		return NULL;
	case DB_KIND_NUMBER:
		if (type == DB_BOOL)
			return value->number ? "t" : "f";
		snprintf(space, VALUE_TEXT_MAX, "%" PRId64, value->number);
		return space;
	case DB_KIND_REAL:
		snprintf(space, VALUE_TEXT_MAX, "%.17g", value->real);
		return space;
	case DB_KIND_TEXT:
		return value->bytes;
	case DB_KIND_BYTES:
		*ret_size = (int)value->size;
		*ret_format = 1;
		return value->size ? value->bytes : "";
	case DB_KIND_TIME:
		return clock_format(value->number, space);
	case DB_KIND_NET:
		return cidr_format(&value->net, space);
	case DB_KIND_MAC:
		return mac_format(&value->mac, space);
	}
	return NULL;
}

/* ---- queries ----------------------------------------------------------------------------- */

static bool is_good(const PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);

	return status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK ||
	       status == PGRES_EMPTY_QUERY;
}

static int check_values(const struct query *query, const struct db_value *values, size_t n,
	struct error *reterr)
{
	if (n != query->n_params)
		return error_set(reterr, ERROR_INTERNAL,
			"query \"%s\" takes %u parameters, not %zu", query->name,
			query->n_params, n);
	for (size_t i = 0; i < n; i++)
		if (values[i].kind != DB_KIND_NULL &&
			values[i].kind != kind_of_type[query->types[i]])
			return error_set(reterr, ERROR_INTERNAL,
				"query \"%s\": parameter $%zu has the wrong type", query->name,
				i + 1);
	return 0;
}

void db_set_then(struct db *db, bool then)
{
	db->then = then;
}

/* What the connection remembers of a query whose plan is kept; NULL of any other one. */
static struct db_kept *kept_of(struct db *db, const struct query *query)
{
	if (!query->kept)
		return NULL;
	for (size_t i = 0; i < db->n_kept; i++)
		if (db->kept[i].query == query && db->kept[i].then == db->then)
			return &db->kept[i];
	if (db->n_kept == ARRAY_SIZE(db->kept))
		return NULL;
	db->kept[db->n_kept] = (struct db_kept){.query = query, .then = db->then};
	return &db->kept[db->n_kept++];
}

/* A kept plan serves every parameter: the server, which compares what it believes of costs,
 * would plan such queries again each time. Other queries are planned for what is asked. */
static void set_plans(struct db *db, bool one)
{
	const char *const value = one ? "t" : "f";
	PGresult *pg;

	if (db->plans == (one ? PLANS_ONE : PLANS_EACH))
		return;
	pg = PQexecParams(db->conn, query_store_plans.sql, 1, &type_oids[DB_BOOL], &value, NULL,
		NULL, 0);
	db->plans = !is_good(pg) ? PLANS_UNKNOWN : one ? PLANS_ONE : PLANS_EACH;
	PQclear(pg);
}

/* A query that is asked again is prepared; the first time it is not: most connections ask
 * once. */
static PGresult *ask(struct db *db, const struct query *query, const Oid *oids,
	const char *const *texts, const int *sizes, const int *formats)
{
	struct db_kept *kept = kept_of(db, query);
	int n = (int)query->n_params;
	char name[NAME_MAX_BYTES];

	if (!kept || !kept->asked) {
		if (kept)
			kept->asked = true;
		if (n)
			set_plans(db, false);
		return PQexecParams(
			db->conn, query->sql, n, oids, texts, sizes, formats, query->binary);
	}
	set_plans(db, true);
	snprintf(name, sizeof(name), "%s%s", query->name, db->then ? " then" : "");
	if (!kept->ready) {
		PGresult *pg = PQprepare(db->conn, name, query->sql, n, oids);

		if (!is_good(pg))
			return pg;
		PQclear(pg);
		kept->ready = true;
	}
	return PQexecPrepared(db->conn, name, n, texts, sizes, formats, query->binary);
}

/* Parameters as libpq takes them. */
struct spelled {
	const char *texts[DB_PARAMETERS_MAX];
	char space[DB_PARAMETERS_MAX][VALUE_TEXT_MAX];
	int sizes[DB_PARAMETERS_MAX], formats[DB_PARAMETERS_MAX];
	Oid oids[DB_PARAMETERS_MAX];
};

static int spell_all(const struct query *query, const struct db_value *values, size_t n,
	struct spelled *ret, struct error *reterr)
{
	int r = check_values(query, values, n, reterr);

	for (size_t i = 0; r == 0 && i < n; i++) {
		ret->texts[i] = spell(&values[i], query->types[i], ret->space[i],
			&ret->sizes[i], &ret->formats[i]);
		ret->oids[i] = type_oids[query->types[i]];
	}
	return r;
}

/* Takes `pg`, whatever comes of it. */
static int take_result(struct db *db, const struct query *query, PGresult *pg,
	struct db_result **ret_result, struct error *reterr)
{
	struct db_result *result;
	int r = 0;

	if (!is_good(pg))
		r = db_fail(db, pg, query->name, reterr);
	if (r < 0 || !ret_result) {
		PQclear(pg);
		return r;
	}
	result = malloc(sizeof(*result));
	if (!result) {
		PQclear(pg);
		return error_set(
			reterr, ERROR_SYSTEM, "no memory for the rows of \"%s\"", query->name);
	}
	*result = (struct db_result){pg, query->binary};
	*ret_result = result;
	return 0;
}

int db_run(struct db *db, const struct query *query, const struct db_value *values, size_t n,
	struct db_result **ret_result, struct error *reterr)
{
	struct spelled p;
	int r = spell_all(query, values, n, &p, reterr);

	if (r < 0)
		return r;
	return take_result(db, query, ask(db, query, p.oids, p.texts, p.sizes, p.formats),
		ret_result, reterr);
}

/* What is answered is sent at once, not when there is a buffer full of it. */
static int send_one(struct db *db, const struct db_question *question, struct error *reterr)
{
	const struct query *query = question->query;
	struct spelled p;
	int r = spell_all(query, question->values, question->n, &p, reterr);

	if (r < 0)
		return r;
	if (PQsendQueryParams(db->conn, query->sql, (int)question->n, p.oids, p.texts, p.sizes,
		    p.formats, query->binary) &&
		PQsendFlushRequest(db->conn) && PQflush(db->conn) >= 0)
		return 0;
	return db_fail(db, NULL, query->name, reterr);
}

/* libpq reads what comes while it cannot send, so neither side waits for the other. */
int db_send(struct db *db, const struct db_question *questions, size_t n, struct error *reterr)
{
	int r = 0;

	set_plans(db, false);
	if (!PQenterPipelineMode(db->conn))
		return db_fail(db, NULL, questions[0].query->name, reterr);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = send_one(db, &questions[i], reterr);
	if (!PQpipelineSync(db->conn) && r == 0)
		r = db_fail(db, NULL, questions[n - 1].query->name, reterr);
	return r;
}

int db_receive(struct db *db, const struct query *query, struct db_result **ret_result,
	struct error *reterr)
{
	PGresult *pg = PQgetResult(db->conn), *more;

	while ((more = PQgetResult(db->conn)))
		PQclear(more);
	return take_result(db, query, pg, ret_result, reterr);
}

/* One NULL ends a query; after two nothing comes, not even the end that was asked for. */
void db_receive_end(struct db *db)
{
	ExecStatusType status = PGRES_EMPTY_QUERY;
	int nothing = 0;

	while (PQpipelineStatus(db->conn) != PQ_PIPELINE_OFF && status != PGRES_PIPELINE_SYNC &&
		nothing < 2 && PQstatus(db->conn) == CONNECTION_OK) {
		PGresult *pg = PQgetResult(db->conn);

		nothing = pg ? 0 : nothing + 1;
		status = pg ? PQresultStatus(pg) : PGRES_EMPTY_QUERY;
		PQclear(pg);
	}
	PQexitPipelineMode(db->conn);
}

int db_script(struct db *db, const char *name, const char *sql, struct error *reterr)
{
	PGresult *pg = PQexec(db->conn, sql);
	int r = is_good(pg) ? 0 : db_fail(db, pg, name, reterr);

	PQclear(pg);
	return r;
}

void db_result_free(struct db_result *result)
{
	if (!result)
		return;
	PQclear(result->pg);
	free(result);
}

size_t db_rows(const struct db_result *result)
{
	return (size_t)PQntuples(result->pg);
}

uint64_t db_affected(const struct db_result *result)
{
	return strtoull(PQcmdTuples(result->pg), NULL, 10);
}

bool db_is_null(const struct db_result *result, size_t row, int column)
{
	return PQgetisnull(result->pg, (int)row, column);
}

const char *db_get_text(const struct db_result *result, size_t row, int column)
{
	const char *text = PQgetvalue(result->pg, (int)row, column);

	return text ? text : "";
}

/* Of 8, 4, 2 or 1 bytes; of none, as NULL has, it is 0. */
static int64_t binary_int(const struct db_result *result, size_t row, int column)
{
	const uint8_t *b = (const uint8_t *)PQgetvalue(result->pg, (int)row, column);
	int n = PQgetlength(result->pg, (int)row, column);
	uint64_t value = n && b[0] & 0x80 && n > 1 ? UINT64_MAX : 0;

	for (int i = 0; i < n; i++)
		value = value << 8 | b[i];
	return (int64_t)value;
}

int64_t db_get_int(const struct db_result *result, size_t row, int column)
{
	const char *text;
	bool negative;
	uint64_t value = 0;

	if (result->binary)
		return binary_int(result, row, column);
	text = db_get_text(result, row, column);
	negative = *text == '-';
	for (text += negative; *text >= '0' && *text <= '9'; text++)
		value = value * 10 + (uint64_t)(*text - '0');
	return (int64_t)(negative ? -value : value);
}

double db_get_real(const struct db_result *result, size_t row, int column)
{
	return strtod(db_get_text(result, row, column), NULL);
}

bool db_get_bool(const struct db_result *result, size_t row, int column)
{
	return result->binary ? binary_int(result, row, column) != 0
			      : db_get_text(result, row, column)[0] == 't';
}

/* As inet_send() of utils/adt/network.c writes it: family, bits, whether it is a cidr, how many
 * bytes, and those. */
static bool binary_addr(
	const struct db_result *result, size_t row, int column, struct addr *ret)
{
	const uint8_t *b = (const uint8_t *)PQgetvalue(result->pg, (int)row, column);
	int n = PQgetlength(result->pg, (int)row, column);

	if (n != 4 + 4 && n != 4 + 16)
		return false;
	*ret = addr_from_bytes(n == 4 + 4 ? 4 : 6, b + 4);
	return true;
}

bool db_get_addr(const struct db_result *result, size_t row, int column, struct addr *ret)
{
	if (result->binary)
		return binary_addr(result, row, column, ret);
	return addr_parse(db_get_text(result, row, column), ret, NULL) == 0;
}

bool db_get_cidr(const struct db_result *result, size_t row, int column, struct cidr *ret)
{
	return cidr_parse(db_get_text(result, row, column), ret, NULL) == 0;
}

void db_get_bytes(const struct db_result *result, size_t row, int column, struct str *out)
{
	size_t n;
	unsigned char *bytes =
		PQunescapeBytea((const unsigned char *)db_get_text(result, row, column), &n);

	if (bytes)
		str_add(out, bytes, n);
	PQfreemem(bytes);
}

/* ---- transactions ------------------------------------------------------------------------ */

int db_begin(struct db *db, struct error *reterr)
{
	return db_run(db, &query_store_begin, DB_NO_VALUES, NULL, reterr);
}

int db_commit(struct db *db, struct error *reterr)
{
	PGTransactionStatusType status = PQtransactionStatus(db->conn);
	int r = db_run(db, &query_store_commit, DB_NO_VALUES, NULL, reterr);

	/* COMMIT after an error succeeds, and keeps nothing. */
	if (r == 0 && status == PQTRANS_INERROR)
		r = error_set(reterr, ERROR_DATABASE,
			"nothing was kept: a statement before had failed");
	if (r < 0)
		db->plans = PLANS_UNKNOWN;
	return r;
}

void db_rollback(struct db *db)
{
	PGTransactionStatusType status = PQtransactionStatus(db->conn);

	if (status != PQTRANS_INTRANS && status != PQTRANS_INERROR)
		return;
	db_run(db, &query_store_rollback, DB_NO_VALUES, NULL, NULL);
	db->plans = PLANS_UNKNOWN; /* what was set inside is undone with it */
}
