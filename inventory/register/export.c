/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The register of a realm, whole, in the forms in which it is read: importing it changes
 * nothing, and exporting again gives the same bytes. Every statement carries its own as-of and
 * document, so that nothing is inherited.
 */
#include "inventory/register/rows.h"

#include "common/text.h"
#include "inventory/store/handle.h"
#include "inventory/store/queries.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define PIECE 65536                          /* bytes that are written at once */
#define PIECE_MAX ((size_t)4 * 1024 * 1024)  /* with the row that went past it */

struct export {
	struct db *db;
	int64_t realm;
	const char *realm_name;
	bool is_labelled; /* Chinese headings */
	register_write write;
	void *context;
	struct str out;
	const char *table; /* CSV: that is being written */
	struct register_rows rows[REGISTER_KIND_N];
	struct error *reterr;
};

static int flush(struct export *e, size_t least)
{
	int r = 0;

	if (e->out.failed)
		return error_set(e->reterr, ERROR_SYSTEM,
			"a statement of the register is larger than %zu bytes",
			PIECE_MAX);
	if (e->out.len > least) {
		r = e->write(e->context, e->table, e->out.data, e->out.len, e->reterr);
		str_reset(&e->out);
	}
	return r;
}

static int load(struct export *e, enum register_kind kind)
{
	struct register_question question = {.realm = e->realm};

	return register_rows_load(e->db, kind, &question, &e->rows[kind], e->reterr);
}

/* ---- XML --------------------------------------------------------------------------------- */

static void xml_attribute(struct str *out, const char *name, const char *value)
{
	str_addf(out, " %s=\"", name);
	text_encode_xml(out, value);
	str_addc(out, '"');
}

static bool is_external(enum register_kind kind, const struct register_view *view)
{
	return kind == REGISTER_SYSTEM && view->values[4] &&
	       strcmp(view->values[4], "yes") == 0;
}

/* The element that says what the row is; NULL: by its table. */
static const char *xml_element(enum register_kind kind, const struct register_view *view)
{
	if (kind == REGISTER_SYSTEM)
		return is_external(kind, view) ? "external-system" : "system";
	if (kind == REGISTER_RULE || kind == REGISTER_LIST)
		return view->values[1];
	return register_tables[kind].element;
}

/* An open tag without its end. */
static void xml_tag(struct export *e, int depth, enum register_kind kind,
	const struct register_view *view)
{
	const struct register_column *columns = register_tables[kind].columns;

	str_addf(&e->out, "%*s<%s", depth * 2, "", xml_element(kind, view));
	for (size_t i = 0; columns[i].name; i++) {
		const struct register_column *c = &columns[i];

		if (!view->values[i] || !view->values[i][0] || c->type == REGISTER_DERIVED ||
			c->flags & (REGISTER_OWNER | REGISTER_ELEMENT) ||
			(c->flags & REGISTER_OWN_ONLY && is_external(kind, view)))
			continue;
		xml_attribute(&e->out,
			kind == REGISTER_RULE ? register_rule_attribute(view->values[1])
					      : c->attribute,
			view->values[i]);
	}
	xml_attribute(&e->out, "as-of", view->as_of);
	xml_attribute(&e->out, "document", view->document);
}

/* The next row of a part, if it is one of this owner: 1, with its view. */
static int next_part(struct export *e, enum register_kind kind, const char *owner,
	struct register_view *view)
{
	struct register_rows *rows = &e->rows[kind];
	int r;

	if (rows->next >= rows->n)
		return 0;
	r = register_rows_view(rows, rows->next, view, e->reterr);
	if (r < 0)
		return r;
	if (strcmp(view->values[0], owner) != 0) {
		register_view_done(view);
		return 0;
	}
	rows->next++;
	return 1;
}

static int xml_parts(struct export *e, enum register_kind kind, const char *owner, int depth)
{
	struct register_view view;
	int r;

	while ((r = next_part(e, kind, owner, &view)) == 1) {
		xml_tag(e, depth, kind, &view);
		str_adds(&e->out, "/>\n");
		register_view_done(&view);
	}
	return r;
}

/* A list within a system: what is said of the whole of it, and its members. */
static int xml_list(struct export *e, const char *list, enum register_kind members,
	const char *owner)
{
	struct register_rows *lists = &e->rows[REGISTER_LIST];
	struct register_view view = {0};
	size_t start = e->out.len, body;
	int r = 0;

	/* The lists of a system come in the order of their names. */
	for (size_t i = lists->next; i < lists->n && r == 0; i++) {
		r = register_rows_view(lists, i, &view, e->reterr);
		if (r == 0 && strcmp(view.values[0], owner) == 0 &&
			strcmp(view.values[1], list) == 0)
			break;
		if (r == 0 && strcmp(view.values[0], owner) != 0)
			i = lists->n;
		register_view_done(&view);
	}
	if (r < 0)
		return r;
	if (view.copy)
		xml_tag(e, 3, REGISTER_LIST, &view);
	else
		str_addf(&e->out, "      <%s", list);
	body = e->out.len;
	str_adds(&e->out, ">\n");
	if (members != REGISTER_KIND_N)
		r = xml_parts(e, members, owner, 4);
	if (e->out.len > body + 2) {
		str_addf(&e->out, "      </%s>\n", list);
	} else if (!e->out.failed) {
		e->out.len = view.copy ? body : start;
		e->out.data[e->out.len] = '\0';
		if (view.copy)
			str_adds(&e->out, "/>\n");
	}
	register_view_done(&view);
	return r;
}

static void skip_lists(struct export *e, const char *owner)
{
	struct register_view view;

	while (next_part(e, REGISTER_LIST, owner, &view) == 1)
		register_view_done(&view);
}

/* In the order of the schema. */
static int xml_system_parts(struct export *e, const char *id)
{
	static const enum register_kind first[] = {REGISTER_TIER, REGISTER_DAMAGE,
		REGISTER_FILING, REGISTER_ASSESSMENT, REGISTER_METRIC};
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(first) && r == 0; i++)
		r = xml_parts(e, first[i], id, 3);
	if (r == 0)
		r = xml_list(e, "supports", REGISTER_SUPPORT, id);
	if (r == 0)
		r = xml_list(e, "controls", REGISTER_UNIT, id);
	if (r == 0)
		r = xml_list(e, "dependants", REGISTER_KIND_N, id);
	skip_lists(e, id);
	if (r == 0)
		r = xml_parts(e, REGISTER_ANSWER, id, 3);
	if (r == 0)
		r = xml_parts(e, REGISTER_SCENARIO, id, 3);
	return r < 0 ? r : xml_list(e, "assets", REGISTER_RULE, id);
}

static int xml_organisation_parts(struct export *e, const char *id)
{
	static const enum register_kind parts[] = {REGISTER_ROLE, REGISTER_CONTACT,
		REGISTER_EVENT, REGISTER_FIGURE, REGISTER_JUDGEMENT};
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(parts) && r == 0; i++)
		r = xml_parts(e, parts[i], id, 3);
	return r;
}

static int xml_thing(
	struct export *e, enum register_kind kind, const struct register_view *view)
{
	size_t body;
	int r = 0;

	xml_tag(e, 2, kind, view);
	body = e->out.len;
	str_adds(&e->out, ">\n");
	if (kind == REGISTER_ORGANISATION)
		r = xml_organisation_parts(e, view->values[0]);
	if (kind == REGISTER_SYSTEM)
		r = xml_system_parts(e, view->values[0]);
	if (e->out.len > body + 2) {
		str_addf(&e->out, "    </%s>\n", xml_element(kind, view));
	} else if (!e->out.failed) {
		e->out.len = body;
		e->out.data[body] = '\0';
		str_adds(&e->out, "/>\n");
	}
	return r;
}

static int xml_things(struct export *e, enum register_kind kind)
{
	const char *list = register_tables[kind].list;
	int r = load(e, kind);

	for (int k = 0; k < REGISTER_KIND_N && r == 0; k++)
		if (register_tables[k].owner == kind && k != (int)kind)
			r = load(e, (enum register_kind)k);
	if (r < 0 || e->rows[kind].n == 0)
		return r;
	str_addf(&e->out, "  <%s>\n", list);
	for (size_t i = 0; i < e->rows[kind].n && r == 0; i++) {
		struct register_view view;

		r = register_rows_view(&e->rows[kind], i, &view, e->reterr);
		if (r == 0)
			r = xml_thing(e, kind, &view);
		register_view_done(&view);
		if (r == 0)
			r = flush(e, PIECE);
	}
	str_addf(&e->out, "  </%s>\n", list);
	return r;
}

static int export_xml(struct export *e)
{
	/* The order of the lists in the schema. */
	static const enum register_kind kinds[] = {REGISTER_ORGANISATION, REGISTER_FACILITY,
		REGISTER_ZONE, REGISTER_CONDUIT, REGISTER_SUBNET, REGISTER_BUSINESS,
		REGISTER_SYSTEM, REGISTER_DEPENDENCY, REGISTER_RESPONSIBILITY, REGISTER_CIRCUIT,
		REGISTER_CONTRACT, REGISTER_REMOTE, REGISTER_POSITION, REGISTER_DATA,
		REGISTER_STATEMENT};
	int r = 0;

	str_adds(&e->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<register xmlns=\"urn:cadastre:register:1\"");
	xml_attribute(&e->out, "realm", e->realm_name);
	str_adds(&e->out, " complete=\"yes\">\n");
	for (size_t i = 0; i < ARRAY_SIZE(kinds) && r == 0; i++)
		r = xml_things(e, kinds[i]);
	str_adds(&e->out, "</register>\n");
	return r < 0 ? r : flush(e, 0);
}

/* ---- CSV --------------------------------------------------------------------------------- */

static void csv_first(struct export *e, const char *name, const char *label)
{
	text_encode_csv(&e->out, e->is_labelled ? label : name);
}

static void csv_cell(struct str *out, const char *text)
{
	str_addc(out, ',');
	text_encode_csv(out, text ? text : "");
}

static void csv_heading(struct export *e, enum register_kind kind)
{
	const struct register_table *table = &register_tables[kind];

	csv_first(e, "table", "\xe8\xa1\xa8");
	for (const struct register_column *c = table->columns; c->name; c++)
		if (c->type != REGISTER_DERIVED)
			csv_cell(&e->out, e->is_labelled ? c->label : c->name);
	csv_cell(&e->out, e->is_labelled ? "\xe6\x88\xaa\xe8\x87\xb3\xe6\x97\xa5\xe6\x9c\x9f" :
		"as_of");
	csv_cell(&e->out, e->is_labelled ? "\xe4\xbe\x9d\xe6\x8d\xae\xe6\x96\x87\xe4\xbb\xb6" :
		"document");
	str_adds(&e->out, "\r\n");
}

static void csv_row(struct export *e, enum register_kind kind, const struct register_view *view)
{
	const struct register_table *table = &register_tables[kind];

	csv_first(e, table->name, table->label);
	for (size_t i = 0; table->columns[i].name; i++)
		if (table->columns[i].type != REGISTER_DERIVED)
			csv_cell(&e->out, table->columns[i].flags & REGISTER_OWN_ONLY &&
				is_external(kind, view) ? "" : view->values[i]);
	csv_cell(&e->out, view->as_of);
	csv_cell(&e->out, view->document);
	str_adds(&e->out, "\r\n");
}

static int csv_begin(struct export *e, const char *table)
{
	int r = flush(e, 0);

	e->table = table;
	return r;
}

static int csv_whole(struct export *e)
{
	int r = csv_begin(e, "register");

	csv_first(e, "table", "\xe8\xa1\xa8");
	csv_cell(&e->out, e->is_labelled ? "\xe5\x9c\xb0\xe5\x9d\x80\xe5\x9f\x9f" : "realm");
	csv_cell(&e->out, e->is_labelled ? "\xe6\x98\xaf\xe5\x90\xa6\xe5\xae\x8c\xe6\x95\xb4" :
		"complete");
	str_adds(&e->out, "\r\n");
	if (e->realm_name) {
		csv_first(e, "register", "\xe5\x8f\xb0\xe8\xb4\xa6");
		csv_cell(&e->out, e->realm_name);
		csv_cell(&e->out, "yes");
		str_adds(&e->out, "\r\n");
	}
	return r;
}

static int csv_table(struct export *e, enum register_kind kind)
{
	int r = load(e, kind);

	if (r == 0 && e->rows[kind].n > 0) {
		r = csv_begin(e, register_tables[kind].name);
		csv_heading(e, kind);
	}
	for (size_t i = 0; i < e->rows[kind].n && r == 0; i++) {
		struct register_view view;

		r = register_rows_view(&e->rows[kind], i, &view, e->reterr);
		if (r == 0)
			csv_row(e, kind, &view);
		register_view_done(&view);
		if (r == 0)
			r = flush(e, PIECE);
	}
	register_rows_done(&e->rows[kind]);
	return r;
}

static int export_csv(struct export *e)
{
	int r = csv_whole(e);

	for (int k = 0; k < REGISTER_KIND_N && r == 0; k++)
		r = csv_table(e, (enum register_kind)k);
	return r < 0 ? r : flush(e, 0);
}

int inventory_register_template(bool is_labelled, register_write write, void *context,
	struct error *reterr)
{
	struct export e = {.is_labelled = is_labelled, .write = write, .context = context,
		.out = STR_INIT(PIECE_MAX), .reterr = reterr};
	int r = csv_whole(&e);

	for (int k = 0; k < REGISTER_KIND_N && r == 0; k++) {
		r = csv_begin(&e, register_tables[k].name);
		csv_heading(&e, (enum register_kind)k);
	}
	if (r == 0)
		r = flush(&e, 0);
	str_done(&e.out);
	return r;
}

/* ---- which realm ------------------------------------------------------------------------- */

static int find_realm(struct export *e, const char *realm, struct db_result **ret_realms)
{
	int r = db_run(e->db, &query_register_realms, DB_VALUES(db_text(realm)), ret_realms,
		e->reterr);

	if (r < 0)
		return r;
	if (db_rows(*ret_realms) == 0)
		return error_set(e->reterr, ERROR_INPUT, "the register says nothing of %s%.80s",
			realm ? "the realm " : "any realm", realm ? realm : "");
	if (db_rows(*ret_realms) > 1)
		return error_set(e->reterr, ERROR_USAGE,
			"the register is about several realms "
			"(%.40s, %.40s, ...); say which with --realm",
			db_get_text(*ret_realms, 0, 1), db_get_text(*ret_realms, 1, 1));
	e->realm = db_get_int(*ret_realms, 0, 0);
	e->realm_name = db_get_text(*ret_realms, 0, 1);
	return 0;
}

int inventory_register_export(struct inventory *inv, const char *realm, enum register_form form,
	bool is_labelled, register_write write, void *context, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *realms = NULL;
	_cleanup_(db_rollbackp) struct db *transaction = NULL;
	struct export e = {.db = inv->db, .is_labelled = is_labelled, .write = write,
		.context = context, .out = STR_INIT(PIECE_MAX), .reterr = reterr};
	int r = db_run(inv->db, &query_estate_begin, DB_NO_VALUES, NULL, reterr);

	transaction = inv->db;
	if (r == 0)
		r = find_realm(&e, realm, &realms);
	if (r == 0)
		r = form == REGISTER_FORM_XML ? export_xml(&e) : export_csv(&e);
	for (int k = 0; k < REGISTER_KIND_N; k++)
		register_rows_done(&e.rows[k]);
	str_done(&e.out);
	return r;
}
