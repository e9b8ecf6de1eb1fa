/* SPDX-License-Identifier: Apache-2.0 */
/* What can be checked within a register file: nothing is said twice. See register.h. */
#include "inventory/register/register.h"

#include <stdlib.h>
#include <string.h>

const char *register_kind_name(enum register_kind kind)
{
	static const char *const names[REGISTER_KIND_N] = {"organisation", "role", "subnet",
		"business", "system", "tier", "metric", "list", "support", "unit", "answer",
		"assets rule", "dependency"};

	return (unsigned int)kind < REGISTER_KIND_N ? names[kind] : "?";
}

static int compare_keys(const struct register_statement *a, const struct register_statement *b)
{
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return strcmp(a->key, b->key);
}

static int compare(const void *a, const void *b)
{
	const struct register_statement *left = a, *right = b;
	int order = compare_keys(left, right);

	return order ? order : (left->line > right->line) - (left->line < right->line);
}

static int search(const void *key, const void *element)
{
	return compare_keys(key, element);
}

const struct register_statement *register_find(const struct register_document *doc,
	enum register_kind kind, const char *key)
{
	struct register_statement wanted = {.kind = kind, .key = key};

	return doc->n_statements ? bsearch(&wanted, doc->statements, doc->n_statements,
		sizeof(*doc->statements), search) : NULL;
}

int register_check(struct register_document *doc, struct error *reterr)
{
	const struct register_statement *first = NULL, *second = NULL;

	if (doc->n_statements)
		qsort(doc->statements, doc->n_statements, sizeof(*doc->statements), compare);
	/* Of several, the one that a reader meets first. */
	for (size_t i = 1; i < doc->n_statements; i++) {
		const struct register_statement *s = &doc->statements[i];

		if (compare_keys(s, &s[-1]) == 0 && (!second || s->line < second->line)) {
			first = &s[-1];
			second = s;
		}
	}
	if (!second)
		return 0;
	return error_set(reterr, ERROR_INPUT,
		"%s:%ld: the %s \"%s\" is stated twice; it stands at line %ld already: keep "
		"one of them", doc->file, second->line, register_kind_name(second->kind),
		second->label, first->line);
}
