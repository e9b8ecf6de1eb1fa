/* SPDX-License-Identifier: Apache-2.0 */
/* What the register says of one thing: every statement that is about it or names it. */
#include "inventory/register/rows.h"

#include "inventory/store/handle.h"
#include "inventory/store/queries.h"

#include <string.h>

#define ABOUT_MAX 256
#define ENTRY_MAX 2048

struct show {
	struct db *db;
	struct register_question question;
	register_said said;
	void *context;
	uint64_t n;
	struct error *reterr;
};

/* The columns of a table that can name a thing of that kind. */
static void about(enum register_kind kind, enum register_kind thing, struct str *out)
{
	const struct register_column *columns = register_tables[kind].columns;

	for (size_t i = 0; columns[i].name; i++)
		if ((kind == thing && i == 0) ||
			(columns[i].flags & REGISTER_REFERENCE && columns[i].target == thing) ||
			(kind == REGISTER_RESPONSIBILITY && thing == REGISTER_SYSTEM &&
				columns[i].type == REGISTER_SELECTED))
			str_addf(out, "%s%s", out->len ? "," : "", columns[i].name);
}

/* What names the row: the columns of its key. */
static void entry(enum register_kind kind, const struct register_view *view, struct str *out)
{
	const struct register_column *columns = register_tables[kind].columns;

	for (size_t i = 0; columns[i].name; i++)
		if (columns[i].flags & REGISTER_KEY && columns[i].type != REGISTER_DERIVED &&
			view->values[i] && view->values[i][0])
			str_addf(out, "%s%s", out->len ? " " : "", view->values[i]);
}

static int tell(struct show *show, enum register_kind kind, const struct register_view *view)
{
	const struct register_column *columns = register_tables[kind].columns;
	_cleanup_(str_done) struct str key = STR_INIT(ENTRY_MAX);
	struct register_said_row row = {.realm = view->realm,
		.table = register_tables[kind].name,
		.as_of = view->as_of,
		.document = view->document,
		.imported = view->imported};
	bool is_told = false;
	int r = 0;

	entry(kind, view, &key);
	row.entry = key.data;
	for (size_t i = 0; columns[i].name && r == 0; i++) {
		if (columns[i].flags & REGISTER_KEY || columns[i].type == REGISTER_DERIVED ||
			!view->values[i] || !view->values[i][0])
			continue;
		row.attribute = columns[i].name;
		row.value = view->values[i];
		is_told = true;
		r = show->said(show->context, &row);
	}
	if (r < 0 || is_told)
		return r;
	row.attribute = "stated";
	row.value = "yes";
	return show->said(show->context, &row);
}

static int show_table(struct show *show, enum register_kind kind, enum register_kind thing)
{
	_cleanup_(str_done) struct str columns = STR_INIT(ABOUT_MAX);
	struct register_rows rows;
	int r;

	about(kind, thing, &columns);
	if (!columns.len)
		return 0;
	show->question.about = columns.data;
	r = register_rows_load(show->db, kind, &show->question, &rows, show->reterr);
	for (size_t i = 0; r == 0 && i < rows.n; i++) {
		struct register_view view;

		r = register_rows_view(&rows, i, &view, show->reterr);
		if (r == 0)
			r = tell(show, kind, &view);
		register_view_done(&view);
	}
	if (r == 0 && kind == thing)
		show->n += rows.n;
	register_rows_done(&rows);
	return r;
}

int inventory_register_show(struct inventory *inv, const char *realm, const char *id,
	int64_t day_us, register_said said, void *context, struct error *reterr)
{
	static const enum register_kind things[] = {REGISTER_SYSTEM, REGISTER_ORGANISATION};
	_cleanup_(db_result_freep) struct db_result *realms = NULL;
	_cleanup_(db_rollbackp) struct db *transaction = NULL;
	struct show show = {.db = inv->db,
		.question = {.id = id, .day_us = day_us},
		.said = said,
		.context = context,
		.reterr = reterr};
	int r = db_run(inv->db, &query_estate_begin, DB_NO_VALUES, NULL, reterr);

	transaction = inv->db;
	if (r == 0 && realm) {
		r = db_run(inv->db, &query_register_realms, DB_VALUES(db_text(realm)), &realms,
			reterr);
		if (r == 0 && db_rows(realms) == 0)
			return 1;
		if (r == 0)
			show.question.realm = db_get_int(realms, 0, 0);
	}
	for (size_t t = 0; t < ARRAY_SIZE(things) && r == 0; t++) {
		struct register_rows own;

		/* What is named only, and not there, is not shown. */
		show.question.about = "id";
		r = register_rows_load(inv->db, things[t], &show.question, &own, reterr);
		if (r < 0)
			break;
		for (int k = 0; own.n > 0 && k < REGISTER_KIND_N && r == 0; k++)
			r = show_table(&show, (enum register_kind)k, things[t]);
		register_rows_done(&own);
	}
	return r < 0 ? r : show.n == 0;
}
