/* SPDX-License-Identifier: Apache-2.0 */
/* The door of exports, and the walk over a selection; see export.h. */
#include "inventory/exchange/export.h"

#include "common/arena.h"
#include "common/model/observation.h"
#include "inventory/exchange/nmap_write.h"
#include "inventory/questions/find.h"
#include "inventory/questions/moment.h"

#include <inttypes.h>
#include <pthread.h>
#include <string.h>

/* ---- ids ------------------------------------------------------------------------------- */

static bool is_name_byte(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '.' || c == '-';
}

void export_id(char out[EXPORT_ID_MAX], const char *prefix, const char *text)
{
	size_t n = (size_t)snprintf(out, EXPORT_ID_MAX, "%s", prefix);

	for (const unsigned char *p = (const unsigned char *)text; *p && n + 4 < EXPORT_ID_MAX;
		p++)
		if (is_name_byte(*p))
			out[n++] = (char)*p;
		else
			n += (size_t)snprintf(out + n, EXPORT_ID_MAX - n, "_%02X", *p);
	out[n] = '\0';
}

const char *export_transport(int64_t transport)
{
	const char *name = transport_name((enum transport)transport);

	return strcmp(name, "none") != 0 ? name : "ip";
}

void export_service_id(char out[EXPORT_ID_MAX], int64_t asset, const char *address,
	int64_t transport, int64_t port)
{
	char text[160];

	snprintf(text, sizeof(text), "%" PRId64 "-%.60s-%s-%" PRId64, asset, address,
		export_transport(transport), port);
	export_id(out, "service-", text);
}

void export_software_id(char out[EXPORT_ID_MAX], int64_t asset, const char *vendor,
	const char *product, const char *version)
{
	const char *const parts[] = {vendor, product, version};
	uint64_t hash = 14695981039346656037u;

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		for (const char *p = parts[i];; p++) {
			hash = (hash ^ (unsigned char)*p) * 1099511628211u;
			if (!*p)
				break;
		}
	snprintf(out, EXPORT_ID_MAX, "software-%" PRId64 "-%016" PRIx64, asset, hash);
}

/* ---- the walk -------------------------------------------------------------------------- */

void export_done(struct export *e)
{
	for (; e->n_kept; e->n_kept--)
		db_result_free(e->kept[e->n_kept - 1].rows);
	db_result_free(STEAL(e->members));
}

int export_set_scope(
	struct export *e, const char *system, const char *scope, struct error *reterr)
{
	export_done(e);
	e->system = system;
	e->scope = scope;
	return scope && (*scope || e->each)
		       ? db_run(e->db, &query_exchange_members,
				 DB_VALUES(db_int(e->realm_id), db_text(scope)), &e->members,
				 reterr)
		       : 0;
}

int export_keep(struct export *e, const struct query *query, const struct db_value *values,
	size_t n, struct db_result **ret_rows, struct error *reterr)
{
	int r;

	for (size_t i = 0; i < e->n_kept; i++)
		if (e->kept[i].query == query) {
			*ret_rows = e->kept[i].rows;
			return 0;
		}
	r = db_run(e->db, query, values, n, ret_rows, reterr);
	if (r == 0 && e->each && e->n_kept < EXPORT_KEPT_MAX)
		e->kept[e->n_kept++] = (struct export_kept){query, *ret_rows};
	return r;
}

void export_kept_free(const struct export *e, struct db_result *rows)
{
	for (size_t i = 0; i < e->n_kept; i++)
		if (e->kept[i].rows == rows)
			return;
	db_result_free(rows);
}

const char *export_members(const struct export *e)
{
	return e->members && *e->scope ? db_get_text(e->members, 0, 0) : NULL;
}

/* The assets that are walked, with commas; NULL: any. */
static struct db_value walked(const struct export *e)
{
	return db_text(e->system && e->members ? db_get_text(e->members, 0, 0) : NULL);
}

struct db_value export_as_of(const struct export *e)
{
	return db_time_or_null(e->as_of_us);
}

int export_bound(const struct export *e, const struct db_result *rows, struct error *reterr)
{
	return db_rows(rows) <= EXPORT_REGISTER_MAX
		       ? 0
		       : error_set(reterr, ERROR_INPUT,
				 "the register of realm \"%s\" has more than %d entries of one kind, "
				 "which one file does not hold; export its systems one by one "
				 "(--system)",
				 e->realm, EXPORT_REGISTER_MAX);
}

int export_register(struct export *e, const struct query *query, const struct db_value *values,
	size_t n, struct db_result **ret_rows, struct error *reterr)
{
	int r = db_run(e->db, query, values, n, ret_rows, reterr);

	return r < 0 ? r : export_bound(e, *ret_rows, reterr);
}

int export_part(struct export *e, enum export_part part, const char *ids,
	struct db_result **ret_rows, struct error *reterr)
{
	static const struct query *const queries[PART_N] = {
		[PART_ASSETS] = &query_exchange_assets,
		[PART_ADDRESSES] = &query_exchange_addresses,
		[PART_SERVICES] = &query_exchange_services,
		[PART_FACTS] = &query_exchange_facts,
		[PART_EVIDENCE] = &query_exchange_evidence,
		[PART_RELATIONS] = &query_exchange_relations,
		[PART_STATED] = &query_exchange_stated};
	const struct db_value values[] = {db_text(ids), export_as_of(e),
		part == PART_SERVICES ? db_time(e->observed_us) : db_int(e->realm_id),
		walked(e), e->asset || e->each ? db_int(e->asset) : db_null()};

	return db_run(
		e->db, queries[part], values, queries[part]->n_params, ret_rows, reterr);
}

/* The rows of one asset; both are in the order of numbers. */
static struct span span_of(const struct db_result *rows, size_t *at, int64_t id)
{
	struct span span;

	while (*at < db_rows(rows) && db_get_int(rows, *at, 0) < id)
		(*at)++;
	span.from = *at;
	while (*at < db_rows(rows) && db_get_int(rows, *at, 0) == id)
		(*at)++;
	span.to = *at;
	return span;
}

static int take_chunk(struct export *e, struct db_result *const rows[PART_N], const char *ids,
	export_take take, void *context, struct error *reterr)
{
	size_t at[PART_N] = {0};
	int r = 0;

	while (r == 0 && *ids) {
		char *end;
		struct export_asset asset = {.id = strtoll(ids, &end, 10), .rows = rows};

		for (int part = 0; part < PART_N; part++)
			if (rows[part])
				asset.span[part] = span_of(rows[part], &at[part], asset.id);
		if (rows[PART_ASSETS])
			asset.last_us = db_get_int(
				rows[PART_ASSETS], asset.span[PART_ASSETS].from, ASSET_LAST);
		r = take(e, &asset, context, reterr);
		if (r == 0)
			r = file_stream_spill(&e->stream);
		ids = *end ? end + 1 : end;
	}
	return r;
}

/* Some assets and their rows. */
struct chunk {
	struct export *e;
	unsigned int parts;
	int64_t after, last; /* numbers: before the first, and of the last */
	size_t n;
	struct db_result *list, *rows[PART_N];
	struct error error;
	int r;
	pthread_t thread;
	bool started;
};

static void chunk_done(struct chunk *chunk)
{
	if (chunk->started)
		pthread_join(chunk->thread, NULL);
	db_result_free(chunk->list);
	for (int part = 0; part < PART_N; part++)
		db_result_free(chunk->rows[part]);
	*chunk = (struct chunk){0};
}

static void *chunk_read(void *context)
{
	struct chunk *chunk = context;
	struct export *e = chunk->e;

	chunk->r = db_run(e->db, &query_exchange_chunk,
		DB_VALUES(db_int(e->realm_id), db_int(chunk->after), walked(e),
			e->asset ? db_int(e->asset) : db_null(), db_int(EXPORT_CHUNK)),
		&chunk->list, &chunk->error);
	if (chunk->r < 0)
		return NULL;
	chunk->n = (size_t)db_get_int(chunk->list, 0, 1);
	chunk->last = db_get_int(chunk->list, 0, 2);
	for (int part = 0; chunk->n && chunk->r == 0 && part < PART_N; part++)
		if (chunk->parts & PARTS(part))
			chunk->r = export_part(e, (enum export_part)part,
				db_get_text(chunk->list, 0, 0), &chunk->rows[part],
				&chunk->error);
	return NULL;
}

/* Begins to read what comes after `chunk`, in a thread of its own if there is one to be had. */
static void chunk_begin_next(const struct chunk *chunk, struct chunk *next)
{
	*next = (struct chunk){.e = chunk->e, .parts = chunk->parts, .after = chunk->last};
	if (chunk->n < EXPORT_CHUNK || chunk->e->each)
		return;
	next->started = pthread_create(&next->thread, NULL, chunk_read, next) == 0;
	if (!next->started)
		chunk_read(next);
}

static void chunk_wait(struct chunk *chunk)
{
	if (chunk->started)
		pthread_join(chunk->thread, NULL);
	chunk->started = false;
}

static int walk_on(struct export *e, struct chunk *chunk, export_take take, void *context,
	struct error *reterr)
{
	int r = take_chunk(
		e, chunk->rows, db_get_text(chunk->list, 0, 0), take, context, reterr);

	e->n_walked += chunk->n;
	if (r == 0 && e->request->progress &&
		e->request->progress(e->request->context, e->n_walked))
		r = error_set(
			reterr, ERROR_PARTIAL, "the export was stopped; nothing was written");
	return r;
}

int export_walk(struct export *e, unsigned int parts, export_take take, void *context,
	struct error *reterr)
{
	struct chunk chunk = {.e = e, .parts = parts}, next = {0};
	int r = 0;

	if (e->given)
		return take(e, e->given, context, reterr);
	chunk_read(&chunk);
	while (r == 0 && chunk.r == 0 && chunk.n) {
		chunk_begin_next(&chunk, &next);
		r = walk_on(e, &chunk, take, context, reterr);
		chunk_wait(&next);
		if (r == 0 && e->each && chunk.n == EXPORT_CHUNK)
			chunk_read(&next); /* what `take` may ask comes first */
		chunk_done(&chunk);
		chunk = next;
		next = (struct chunk){0};
	}
	if (r == 0 && chunk.r < 0)
		r = error_set(reterr, chunk.r, "%s", chunk.error.text);
	chunk_done(&chunk);
	return r;
}

/* ---- the selection --------------------------------------------------------------------- */

/* By number, alias, address or name, as it was known at the time that was asked for. */
static int find_asset(struct inventory *inv, struct export *e, struct error *reterr)
{
	int r = asset_named(inv, e->request->asset, &e->asset, reterr);

	if (r > 0)
		return error_set(reterr, ERROR_INPUT,
			r == 1 ? "no asset is known as \"%.128s\"; `cadastre asset list` shows "
				 "those there are"
			       : "several assets are known as \"%.128s\"; name one by its "
				 "number",
			e->request->asset);
	return r;
}

static const char *keep(
	struct arena *arena, const struct db_result *rows, size_t row, int column)
{
	const char *text = arena_strdup(arena, db_get_text(rows, row, column));

	return text ? text : "";
}

static int find_realm(struct export *e, struct arena *arena, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(e->db, &query_exchange_realms,
		DB_VALUES(db_text(e->request->realm), e->asset ? db_int(e->asset) : db_null()),
		&rows, reterr);

	if (r < 0)
		return r;
	if (db_rows(rows) == 0)
		return e->request->realm
			       ? error_set(reterr, ERROR_INPUT,
					 "there is no realm \"%.128s\"; `cadastre scope list` "
					 "shows those with authorisations",
					 e->request->realm)
			       : error_set(reterr, ERROR_INPUT,
					 "the register has no assets; run `cadastre survey` first");
	if (db_rows(rows) > 1)
		return error_set(reterr, ERROR_USAGE,
			"there are several realms (\"%.60s\", \"%.60s\", ...); a file speaks "
			"of one: name it with --realm",
			db_get_text(rows, 0, 1), db_get_text(rows, 1, 1));
	e->realm_id = (int32_t)db_get_int(rows, 0, 0);
	e->realm = keep(arena, rows, 0, 1);
	return 0;
}

/* The realm and system of one asset decide the selection of the register. */
static int find_scope(struct export *e, struct arena *arena, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	char ids[24];
	int r;

	if (!e->asset)
		return 0;
	snprintf(ids, sizeof(ids), "%" PRId64, e->asset);
	r = export_part(e, PART_ASSETS, ids, &rows, reterr);
	if (r < 0)
		return r;
	return export_set_scope(
		e, NULL, db_rows(rows) ? keep(arena, rows, 0, ASSET_SYSTEM) : "", reterr);
}

static int find_system(struct export *e, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r;

	r = export_set_scope(e, e->request->system, e->request->system, reterr);
	if (r < 0 || !e->system)
		return r;
	r = db_run(e->db, &query_exchange_find,
		DB_VALUES(db_int(e->realm_id), db_text(e->system)), &rows, reterr);
	if (r == 0 && db_rows(rows) == 0)
		return error_set(reterr, ERROR_INPUT,
			"realm \"%.128s\" has no system \"%.128s\"; `cadastre register list` "
			"shows those there are",
			e->realm, e->system);
	return r;
}

static int find_head(struct export *e, struct arena *arena, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(e->db, &query_exchange_head,
		DB_VALUES(db_int(e->realm_id), export_as_of(e)), &rows, reterr);

	if (r < 0)
		return r;
	e->newest_run = db_get_int(rows, 0, 0);
	e->observed_us = e->as_of_us ? e->as_of_us : db_get_int(rows, 0, 1);
	e->sender = e->request->sender ? e->request->sender : keep(arena, rows, 0, 2);
	if (!*e->sender)
		e->sender = e->realm;
	return 0;
}

static int begin(struct export *e, struct db **ret_then, struct error *reterr)
{
	int r = db_run(e->db, &query_estate_begin, DB_NO_VALUES, NULL, reterr);

	return r < 0 ? r
		     : moment_enter_unless_now(e->db,
			       &(struct moment){.as_of_us = e->as_of_us}, ret_then, reterr);
}

/* ---- the door -------------------------------------------------------------------------- */

const struct export_writer export_writers[] = {
	{"asset-file", ".xml", export_asset_file},
	{"json", ".ndjson", export_json},
	{"csv", ".csv", export_csv_assets},
	{"csv-services", "-services.csv", export_csv_services},
	{"cyclonedx", ".cdx.json", export_cyclonedx},
	{"rfc8345", ".topology.json", export_rfc8345},
	{0},
};

const struct export_writer *export_writer_of(const char *kind)
{
	for (const struct export_writer *w = export_writers; w->kind; w++)
		if (strcmp(w->kind, kind) == 0)
			return w;
	return NULL;
}

/* Nmap's form is of a whole realm as it is now, and reads its moment itself. */
static int export_nmap(struct inventory *inv, const struct export_request *request,
	const char *path, struct export_result *ret_result, struct error *reterr)
{
	struct file_stream stream;
	int r;

	if (request->system || request->asset || request->as_of_us || !request->realm)
		return error_set(reterr, ERROR_USAGE,
			"a file for Nmap's tools is of one realm (--realm) as it is now, "
			"without --system, --asset or --as-of");
	r = file_stream_open(&stream, path, false, reterr);
	if (r == 0)
		r = exchange_write_nmap(
			inv, request->realm, stream.fd, &ret_result->assets, reterr);
	if (r == 0)
		r = file_stream_commit(&stream, reterr);
	file_stream_close(&stream);
	ret_result->files = r == 0;
	return r;
}

int export_write_file(struct export *e, const struct export_writer *writer, const char *path,
	struct error *reterr)
{
	int r = file_stream_open(&e->stream, path, false, reterr);

	if (r == 0)
		r = writer->write(e, reterr);
	if (r == 0) {
		r = file_stream_commit(&e->stream, reterr);
		e->result.bytes += e->stream.bytes;
		e->result.files++;
	} else if (e->stream.failed) {
		/* What a writer could not write is said in the words of the stream. */
		file_stream_commit(&e->stream, reterr);
	}
	file_stream_close(&e->stream);
	return r;
}

int export_select(struct inventory *inv, struct export *e, struct arena *arena,
	struct db **ret_then, struct error *reterr)
{
	const struct export_request *request = e->request;
	int r;

	if (request->asset && request->system)
		return error_set(reterr, ERROR_USAGE, "an asset or a system, not both");
	r = begin(e, ret_then, reterr);
	if (r == 0 && request->asset)
		r = find_asset(inv, e, reterr);
	if (r == 0)
		r = find_realm(e, arena, reterr);
	if (r == 0)
		r = find_system(e, reterr);
	if (r == 0)
		r = find_scope(e, arena, reterr);
	if (r == 0)
		r = find_head(e, arena, reterr);
	return r;
}

int inventory_export(struct inventory *inv, const struct export_request *request,
	const char *path, struct export_result *ret_result, struct error *reterr)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(EXPORT_TEXTS_MAX);
	_cleanup_(db_rollbackp) struct db *transaction = inv->db;
	_cleanup_(moment_leavep) struct db *then = NULL;
	struct export e = {
		.db = transaction, .request = request, .as_of_us = request->as_of_us};
	const struct export_writer *writer = export_writer_of(request->kind);
	int r;

	*ret_result = (struct export_result){0};
	if (!arena)
		return error_set(reterr, ERROR_SYSTEM, "no memory for an export");
	if (strcmp(request->kind, "nmap") == 0)
		return export_nmap(inv, request, path, ret_result, reterr);
	if (!writer)
		return error_set(
			reterr, ERROR_USAGE, "\"%.32s\" is no kind of file", request->kind);
	r = export_select(inv, &e, arena, &then, reterr);
	if (r == 0)
		r = export_write_file(&e, writer, path, reterr);
	export_done(&e);
	*ret_result = e.result;
	return r;
}
