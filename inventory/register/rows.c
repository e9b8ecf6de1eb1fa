/* SPDX-License-Identifier: Apache-2.0 */
/* See rows.h. */
#include "inventory/register/rows.h"

#include "inventory/store/queries.h"

#include <stdlib.h>
#include <string.h>

#define DIVIDER '\x1f'
#define NOTHING "\x1e"
#define COLUMNS_TEXT_MAX 1024

static void column_names(enum register_kind kind, struct str *out)
{
	for (const struct register_column *c = register_tables[kind].columns; c->name; c++)
		str_addf(out, "%s,", c->name);
	str_adds(out, "as_of,document");
}

/* The text of row i from its third part on: the first column, which is the owner of a part. */
static const char *first_column(const struct register_rows *rows, size_t i)
{
	const char *text = db_get_text(rows->result, i, 0);

	for (int skip = 0; skip < 2 && text; skip++) {
		text = strchr(text, DIVIDER);
		text += text != NULL;
	}
	return text ? text : "";
}

static int compare_owners(const void *a, const void *b, void *context)
{
	const struct register_rows *rows = context;
	size_t i = *(const size_t *)a, k = *(const size_t *)b;
	const char *left = first_column(rows, i), *right = first_column(rows, k);

	while (*left == *right && *left && *left != DIVIDER) {
		left++;
		right++;
	}
	if (*left != *right && *left != DIVIDER && *right != DIVIDER)
		return (unsigned char)*left < (unsigned char)*right ? -1 : 1;
	if (*left != *right)
		return *left == DIVIDER ? -1 : 1;
	return i < k ? -1 : i > k;
}

int register_rows_load(struct db *db, enum register_kind kind,
	const struct register_question *question, struct register_rows *ret_rows,
	struct error *reterr)
{
	_cleanup_(str_done) struct str columns = STR_INIT(COLUMNS_TEXT_MAX);
	const struct register_table *table = &register_tables[kind];
	int r;

	*ret_rows = (struct register_rows){.kind = kind};
	column_names(kind, &columns);
	r = db_run(db, &query_register_rows,
		DB_VALUES(db_text(table->name), db_text(columns.data),
			question->realm ? db_int(question->realm) : db_null(),
			db_time_or_null(question->day_us),
			db_text(question->about), db_text(question->id)),
		&ret_rows->result, reterr);
	if (r < 0)
		return r;
	ret_rows->n = db_rows(ret_rows->result);
	ret_rows->order = calloc(ret_rows->n + 1, sizeof(*ret_rows->order));
	if (!ret_rows->order) {
		register_rows_done(ret_rows);
		return error_set(reterr, ERROR_SYSTEM, "no memory for the register");
	}
	for (size_t i = 0; i < ret_rows->n; i++)
		ret_rows->order[i] = i;
	if (table->owner != kind)
		qsort_r(ret_rows->order, ret_rows->n, sizeof(*ret_rows->order), compare_owners,
			ret_rows);
	return 0;
}

void register_rows_done(struct register_rows *rows)
{
	db_result_free(rows->result);
	free(rows->order);
	*rows = (struct register_rows){.kind = rows->kind};
}

/* The next part of a row, cut off in place; NULL if it is nothing. */
static const char *part(char **text)
{
	char *start = *text, *end = strchr(start, DIVIDER);

	if (end)
		*end = '\0';
	*text = end ? end + 1 : start + strlen(start);
	return strcmp(start, NOTHING) == 0 ? NULL : start;
}

int register_rows_view(const struct register_rows *rows, size_t i,
	struct register_view *ret_view, struct error *reterr)
{
	const struct register_column *columns = register_tables[rows->kind].columns;
	char *text = strdup(db_get_text(rows->result, rows->order[i], 0));

	*ret_view = (struct register_view){.copy = text};
	if (!text)
		return error_set(reterr, ERROR_SYSTEM, "no memory for the register");
	ret_view->realm = part(&text);
	ret_view->imported = part(&text);
	for (size_t c = 0; columns[c].name; c++)
		ret_view->values[c] = part(&text);
	ret_view->as_of = part(&text);
	ret_view->document = part(&text);
	return 0;
}

void register_view_done(struct register_view *view)
{
	free(view->copy);
	*view = (struct register_view){0};
}
