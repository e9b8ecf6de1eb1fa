/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dossiers from the register, some thousand subjects at a time; see dossier.h. Each unit has
 * one query (schema/queries/dossier_UNIT.sql), which gives the rows of a batch by subject and
 * element; the same query makes one dossier and all of them.
 */
#include "inventory/norm/dossier.h"

#include "common/text.h"
#include "inventory/store/queries.h"

#include <stdlib.h>
#include <string.h>

#define VALUE_MAX ((size_t)1024 * 1024) /* bytes of one value, as the query gives it */
#define SUBJECTS 2000 /* listed at once */
#define IDS_MAX ((size_t)256 * 1024 * 1024)
#define DIVIDED_BY '\x1f'
#define NOT_STATED "\x1e"

enum column { COLUMN_ID, COLUMN_ELEMENT, COLUMN_GRADE, COLUMN_AS_OF,
	COLUMN_DOCUMENT, COLUMN_TOLD };

/* Of the root, whatever the unit: the first values. */
enum root { ROOT_REALM, ROOT_ID, ROOT_NAME, ROOT_N };

/* Names of the values of each element stand in the order of its query. */
static const struct dossier_element system_elements[] = {
	{"system", {"realm", "id", "name", "organisation", "sector", "class", "kind",
			   "function", "service-scope", "counterparts", "lifecycle",
			   "business-type", "technology", "deployment", "network-nature",
			   "in-service", "parent", "carried-by"}},
	{"operator",
		{"id", "name", "sector", "unit-type", "affiliation", "industry", "division"}},
	{"tier", {"s", "a", "final", "determined"}}, {"damage", {"aspect", "object", "degree"}},
	{"filing", {"form-no", "certificate-no", "body", "received", "issued", "valid-until",
			   "status"}},
	{"assessment", {"kind", "on", "body", "report-no", "result", "score"}},
	{"metric", {"name", "value", "unit"}}, {"supports", {"complete", "hops"}},
	{"controls", {"complete", "hops"}}, {"dependants", {"complete", "hops"}},
	{"support", {"business", "strength", "key", "name", "function", "sector", "rto-hours",
			    "fallback-hours"}},
	{"unit", {"id", "name", "mw", "kv", "lines", "interconnection"}},
	{"answer", {"pack", "criterion", "met", "official"}},
	{"data", {"id", "name", "level", "class", "personal-information", "volume-gb",
			 "records", "cross-border"}},
	{"carrier", {"id", "name", "class", "tier", "designation"}},
	{"carries", {"id", "name", "class", "sector", "tier", "designation"}},
	{"designation", {"list-no", "outcome", "pack", "decided"}},
	{"exit", {"id", "name", "carrier", "bandwidth-mbps"}},
	{"supplier", {"contract", "id", "service", "access-path", "valid-until"}},
	{"remote-access", {"id", "supplier", "valid-until"}},
	{"exposure", {"looked", "addresses", "services", "administration", "remote-maintenance",
			     "industrial", "unjustified"}},
	{"zone", {"id", "name", "purdue-level", "sl-t", "assets"}},
	{"assets", {"role", "kind", "count"}}, {0}};

static const struct dossier_element organisation_elements[] = {
	{"organisation", {"realm", "id", "name", "sector", "unit-type", "affiliation",
				 "division", "industry", "parent", "countries"}},
	{"role", {"code", "scope", "valid-from", "valid-until"}},
	{"event", {"kind", "on", "with"}}, {"metric", {"name", "value", "unit"}},
	{"answer", {"pack", "criterion", "met", "official"}},
	{"business", {"id", "name", "function", "sector", "key"}},
	{"system", {"id", "name", "class", "kind", "sector", "tier", "designation"}},
	{"network", {"prefix"}}, {"exit", {"id", "name", "carrier", "bandwidth-mbps"}}, {0}};

static const struct dossier_element zone_elements[] = {
	{"zone", {"realm", "id", "name", "organisation", "parent", "purdue-level", "sl-t",
		"protects", "importance", "function"}},
	{"subnet", {"prefix", "name", "vlan", "function"}},
	{"inner", {"id", "name", "purdue-level", "sl-t"}},
	{"system", {"id", "name", "class", "sector", "kind", "tier", "designation", "assets"}},
	{"asset", {"id", "name", "role", "kind", "system", "class", "tags", "exposed"}},
	{"conduit", {"id", "name", "other", "other-level", "other-sl-t", "other-protects",
		"protocols", "boundary-device"}},
	{"crossing", {"other", "flows", "conduit"}},
	{0}};

static const struct dossier_element subnet_elements[] = {
	{"subnet",
		{"realm", "id", "name", "zone", "vlan", "facility", "function", "importance"}},
	{"run", {"id", "started", "ended", "methods", "vantage", "ports", "covered"}},
	{"coverage", {"first", "newest", "longest-gap"}}, {"assets", {"role", "kind", "count"}},
	{"services", {"open", "exposed"}}, {0}};

/* The batch: what a server sorts and this program holds at once. A zone has all of its assets,
 * a subnet up to DOSSIER_RUNS_MAX runs of each of four kinds. */
static const struct {
	const char *name;
	const struct query *query;
	const struct dossier_element *elements;
	size_t batch;
} units[DOSSIER_UNIT_N] = {
	[DOSSIER_SYSTEM] = {"system", &query_dossier_system, system_elements, 2000},
	[DOSSIER_ORGANISATION] = {"organisation", &query_dossier_organisation,
		organisation_elements, 1000},
	[DOSSIER_ZONE] = {"zone", &query_dossier_zone, zone_elements, 50},
	[DOSSIER_SUBNET] = {"subnet", &query_dossier_subnet, subnet_elements, 500},
};

const char *dossier_unit_name(enum dossier_unit unit)
{
	return units[unit].name;
}

enum dossier_unit dossier_unit_find(const char *name)
{
	int unit = 0;

	while (unit < DOSSIER_UNIT_N && strcmp(units[unit].name, name) != 0)
		unit++;
	return (enum dossier_unit)unit;
}

const struct dossier_element *dossier_elements(enum dossier_unit unit)
{
	return units[unit].elements;
}

/* ---- one dossier from its rows --------------------------------------------------------- */

struct writer {
	enum dossier_unit unit;
	struct str text, value, root[ROOT_N];
	struct error *reterr;
};

static void writer_done(struct writer *w)
{
	str_done(&w->text);
	str_done(&w->value);
	for (int i = 0; i < ROOT_N; i++)
		str_done(&w->root[i]);
}

static void attribute(struct str *out, const char *name, const char *value)
{
	str_addf(out, " %s=\"", name);
	text_encode_xml(out, value);
	str_addc(out, '"');
}

static const struct dossier_element *element_find(enum dossier_unit unit, const char *name)
{
	const struct dossier_element *element = units[unit].elements;

	while (element->name && strcmp(element->name, name) != 0)
		element++;
	return element;
}

/* The values of a row: those that are stated become attributes. */
static int add_values(struct writer *w, const struct dossier_element *element, const char *told,
	bool is_root)
{
	size_t i = 0;

	for (const char *end; i < DOSSIER_VALUES_MAX && element->values[i]; told = end + 1) {
		end = strchrnul(told, DIVIDED_BY);
		str_reset(&w->value);
		str_add(&w->value, told, (size_t)(end - told));
		if (is_root && i < ROOT_N) {
			str_reset(&w->root[i]);
			str_adds(&w->root[i], w->value.data);
		}
		if (w->value.data[0] && strcmp(w->value.data, NOT_STATED) != 0)
			attribute(&w->text, element->values[i], w->value.data);
		i++;
		if (!*end)
			break;
	}
	if (!element->name || w->value.failed || (i < DOSSIER_VALUES_MAX && element->values[i]))
		return error_set(w->reterr, ERROR_INTERNAL,
			"the values of an element \"%.40s\" of a %s are not as expected",
			element->name ? element->name : "", units[w->unit].name);
	return 0;
}

static int add_element(struct writer *w, const struct db_result *rows, size_t row, bool is_root)
{
	const struct dossier_element *element =
		element_find(w->unit, db_get_text(rows, row, COLUMN_ELEMENT));
	int r;

	if (is_root)
		element = units[w->unit].elements;
	str_addf(&w->text, "%s<%s", is_root ? "" : "  ", element->name);
	r = add_values(w, element, db_get_text(rows, row, COLUMN_TOLD), is_root);
	attribute(&w->text, "grade", db_get_text(rows, row, COLUMN_GRADE));
	attribute(&w->text, "as-of", db_get_text(rows, row, COLUMN_AS_OF));
	if (db_get_text(rows, row, COLUMN_DOCUMENT)[0])
		attribute(&w->text, "document", db_get_text(rows, row, COLUMN_DOCUMENT));
	str_adds(&w->text, is_root ? ">\n" : "/>\n");
	return r;
}

/* The subject whose rows begin at `first`; *ret_end is the row behind them. */
static int write_subject(struct writer *w, const struct db_result *rows, size_t first,
	size_t *ret_end)
{
	const char *id = db_get_text(rows, first, COLUMN_ID);
	size_t i = first;
	int r = 0;

	str_reset(&w->text);
	for (; i < db_rows(rows) && strcmp(db_get_text(rows, i, COLUMN_ID), id) == 0 && r == 0;
		i++)
		r = add_element(w, rows, i, i == first);
	str_addf(&w->text, "</%s>\n", units[w->unit].name);
	*ret_end = i;
	if (r == 0 && w->text.failed)
		r = error_set(w->reterr, ERROR_INPUT,
			"the dossier of the %s \"%.100s\" of realm \"%.60s\" is larger than "
			"%zu bytes; divide the %s",
			units[w->unit].name, id, w->root[ROOT_REALM].data, DOSSIER_TEXT_MAX,
			units[w->unit].name);
	return r;
}

/* ---- all of them ------------------------------------------------------------------------- */

struct walk {
	struct db *db;
	struct writer writer;
	int (*each)(void *context, const struct dossier *dossier);
	void *context;
	struct str wanted, batch, last; /* ids asked for, of a batch, and the last one of it */
	int64_t last_realm;
};

static void walk_done(struct walk *walk)
{
	writer_done(&walk->writer);
	str_done(&walk->wanted);
	str_done(&walk->batch);
	str_done(&walk->last);
}

/* Ids, one a line. One that is none of the register's, by a line break in it, is left out. */
static int join_ids(const char *const *ids, size_t n, struct str *out, struct error *reterr)
{
	for (size_t i = 0; i < n; i++)
		if (!strchr(ids[i], '\n'))
			str_addf(out, "%s%s", out->len ? "\n" : "", ids[i]);
	return out->failed ? error_set(reterr, ERROR_SYSTEM, "no memory for %zu ids", n) : 0;
}

/* Dossiers of the subjects of one realm whose ids stand in the batch. */
static int walk_batch(struct walk *walk, int64_t realm)
{
	struct writer *w = &walk->writer;
	const struct query *query = units[w->unit].query;
	const struct db_value values[] = {db_int(realm), db_text(walk->batch.data),
		db_int(DOSSIER_RUNS_MAX)};
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(walk->db, query, values, query->n_params, &rows, w->reterr);

	for (size_t row = 0; r == 0 && row < db_rows(rows);) {
		r = write_subject(w, rows, row, &row);
		if (r == 0)
			r = walk->each(walk->context, &(struct dossier){w->unit, realm,
				w->root[ROOT_REALM].data, w->root[ROOT_ID].data,
				w->root[ROOT_NAME].data, w->text.data, w->text.len});
	}
	return r;
}

/* The subjects from `first` on that are of one realm, a batch of them; *ret_end is behind
 * them. */
static int walk_realm(struct walk *walk, const struct db_result *subjects, size_t first,
	size_t *ret_end)
{
	int64_t realm = db_get_int(subjects, first, 0);
	size_t i = first;

	str_reset(&walk->batch);
	for (; i < db_rows(subjects) && db_get_int(subjects, i, 0) == realm &&
		i - first < units[walk->writer.unit].batch; i++)
		str_addf(&walk->batch, "%s%s", i == first ? "" : "\n",
			db_get_text(subjects, i, 1));
	*ret_end = i;
	return walk_batch(walk, realm);
}

/* Subjects are listed some thousand at a time. */
static int walk_on(struct walk *walk, int64_t realm, bool is_some, bool *ret_more)
{
	_cleanup_(db_result_freep) struct db_result *subjects = NULL;
	int r = db_run(walk->db, &query_dossier_subjects,
		DB_VALUES(db_text(units[walk->writer.unit].name),
			realm ? db_int(realm) : db_null(),
			db_text(is_some ? walk->wanted.data : NULL), db_int(walk->last_realm),
			db_text(walk->last.data), db_int(SUBJECTS)),
		&subjects, walk->writer.reterr);
	size_t n = r == 0 ? db_rows(subjects) : 0;

	for (size_t i = 0; r == 0 && i < n;)
		r = walk_realm(walk, subjects, i, &i);
	*ret_more = n == SUBJECTS;
	if (r || n < SUBJECTS)
		return r;
	walk->last_realm = db_get_int(subjects, n - 1, 0);
	str_reset(&walk->last);
	str_adds(&walk->last, db_get_text(subjects, n - 1, 1));
	return 0;
}

int dossier_each(struct db *db, enum dossier_unit unit, int64_t realm, const char *const *ids,
	size_t n, int (*each)(void *context, const struct dossier *dossier), void *context,
	struct error *reterr)
{
	_cleanup_(walk_done) struct walk walk = {.db = db,
		.each = each,
		.context = context,
		.writer = {.unit = unit,
			.text = STR_INIT(DOSSIER_TEXT_MAX),
			.value = STR_INIT(VALUE_MAX),
			.reterr = reterr,
			.root = {STR_INIT(VALUE_MAX), STR_INIT(VALUE_MAX),
				STR_INIT(VALUE_MAX)}},
		.wanted = STR_INIT(IDS_MAX),
		.batch = STR_INIT(IDS_MAX),
		.last = STR_INIT(VALUE_MAX)};
	bool more = true;
	int r = ids ? join_ids(ids, n, &walk.wanted, reterr) : 0;

	while (r == 0 && more)
		r = walk_on(&walk, realm, ids != NULL, &more);
	return r;
}

static int append(void *context, const struct dossier *dossier)
{
	str_add(context, dossier->text, dossier->n);
	return 0;
}

int dossier_build(struct db *db, int64_t realm, const char *system, struct str *out,
	struct error *reterr)
{
	int r = dossier_each(db, DOSSIER_SYSTEM, realm, &system, 1, append, out, reterr);

	if (r == 0 && out->failed)
		r = error_set(reterr, ERROR_SYSTEM, "no memory for the dossier of a system");
	return r;
}
