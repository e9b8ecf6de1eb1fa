/* SPDX-License-Identifier: Apache-2.0 */
/* What can be checked within a register file: nothing is said twice, nothing runs in a circle,
 * no identity numbers (GB 11643-1999, ISO 7064 MOD 11-2). See register.h. */
#include "inventory/register/register.h"

#include <stdlib.h>
#include <string.h>

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
		"one of them", second->file, second->line, register_tables[second->kind].thing,
		second->label, first->line);
}

/* ---- identity numbers -------------------------------------------------------------------- */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Six digits of a place, a date of birth, three of a sequence, a check character. */
static bool is_identity_number(const char *p)
{
	static const int weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
	int sum = 0, year, month, day;

	for (int i = 0; i < 17; i++) {
		if (!is_digit(p[i]))
			return false;
		sum += weights[i] * (p[i] - '0');
	}
	year = (p[6] - '0') * 10 + p[7] - '0';
	month = (p[10] - '0') * 10 + p[11] - '0';
	day = (p[12] - '0') * 10 + p[13] - '0';
	return year >= 18 && year <= 20 && month >= 1 && month <= 12 && day >= 1 && day <= 31 &&
		"10X98765432"[sum % 11] == (p[17] == 'x' ? 'X' : p[17]);
}

bool register_has_identity_number(const char *text)
{
	for (const char *p = text; *p;) {
		size_t n = 0;

		while (is_word(p[n]))
			n++;
		if (n == 18 && is_identity_number(p))
			return true;
		p += n + (n == 0);
	}
	return false;
}

/* ---- circles ----------------------------------------------------------------------------- */

enum colour { WHITE, GREY, BLACK };

struct walk {
	const struct register_edge *edges;
	size_t n;
	enum colour *colours; /* of the first edge from each id */
	size_t *path;         /* edges from the start to here */
	size_t depth;
};

/* The first edge from an id; n: none. */
static size_t first_from(const struct walk *w, const char *id)
{
	size_t low = 0, high = w->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(w->edges[middle].from, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < w->n && strcmp(w->edges[low].from, id) == 0 ? low : w->n;
}

static bool same_from(const struct walk *w, size_t a, size_t b)
{
	return b < w->n && strcmp(w->edges[a].from, w->edges[b].from) == 0;
}

/* Goes on from an edge until a grey id is met (that one is returned) or all is black. */
static size_t walk_from(struct walk *w, size_t start)
{
	w->colours[start] = GREY;
	w->path[0] = start;
	w->depth = 1;
	while (w->depth > 0) {
		size_t at = w->path[w->depth - 1], next = first_from(w, w->edges[at].to);

		if (next < w->n && w->colours[next] == GREY)
			return next;
		if (next < w->n && w->colours[next] == WHITE) {
			w->colours[next] = GREY;
			w->path[w->depth++] = next;
			continue;
		}
		/* Done with this edge: the next of the same id, or back. */
		while (w->depth > 0) {
			at = w->path[w->depth - 1];
			if (same_from(w, at, at + 1)) {
				w->path[w->depth - 1]++;
				break;
			}
			w->colours[first_from(w, w->edges[at].from)] = BLACK;
			w->depth--;
		}
	}
	return w->n;
}

static void tell_circle(const struct walk *w, size_t met, struct str *out)
{
	size_t i = 0;

	while (strcmp(w->edges[w->path[i]].from, w->edges[met].from) != 0)
		i++;
	for (; i < w->depth; i++)
		str_addf(out, "%s -> ", w->edges[w->path[i]].from);
	str_adds(out, w->edges[met].from);
}

int register_circle(const struct register_edge *edges, size_t n, struct str *out,
	const char **ret_first, struct error *reterr)
{
	struct walk w = {edges, n, calloc(n + 1, sizeof(*w.colours)), calloc(n + 1,
		sizeof(*w.path)), 0};
	size_t met = n;
	int r = 0;

	if (!w.colours || !w.path)
		r = error_set(
			reterr, ERROR_SYSTEM, "no memory for %zu edges of the register", n);
	for (size_t i = 0; r == 0 && i < n && met == n; i++)
		if ((i == 0 || !same_from(&w, i, i - 1)) && w.colours[i] == WHITE)
			met = walk_from(&w, i);
	if (r == 0 && met < n) {
		tell_circle(&w, met, out);
		*ret_first = edges[met].from;
		r = 1;
	}
	free(w.colours);
	free(w.path);
	return r;
}
