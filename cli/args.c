/* SPDX-License-Identifier: Apache-2.0 */
/* The table-driven option parser; see args.h. */
#include "cli/args.h"

#include "common/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct option_row *find_long(
	const struct option_row *rows, const char *name, size_t n)
{
	for (; rows && rows->name; rows++)
		if (strlen(rows->name) == n && memcmp(rows->name, name, n) == 0)
			return rows;
	return NULL;
}

static const struct option_row *find_letter(const struct option_row *rows, char letter)
{
	for (; rows && rows->name; rows++)
		if (rows->letter && rows->letter == letter)
			return rows;
	return NULL;
}

static int add(struct args *args, const struct option_row *row, const char *value,
	struct error *reterr)
{
	if (args->n == ARGS_MAX)
		return error_set(reterr, ERROR_USAGE, "more than %d arguments", ARGS_MAX);
	args->items[args->n].row = row;
	args->items[args->n++].value = value;
	return 0;
}

/* One option word; *i is moved past a separate value. */
static int parse_option(struct args *args, int argc, char **argv, int *i,
	const struct option_row *rows, const struct option_row *more, struct error *reterr)
{
	const char *word = argv[*i], *value = NULL;
	const struct option_row *row;

	if (word[1] == '-') {
		size_t n = strcspn(word + 2, "=");

		row = find_long(rows, word + 2, n);
		if (!row)
			row = find_long(more, word + 2, n);
		if (word[2 + n] == '=')
			value = word + 2 + n + 1;
	} else {
		row = find_letter(rows, word[1]);
		if (!row)
			row = find_letter(more, word[1]);
		if (word[2])
			value = word + 2;
	}

	if (!row)
		return error_set(reterr, ERROR_USAGE,
			"unknown option \"%.64s\"; -h lists the options of this verb", word);
	if (!row->value && value)
		return error_set(reterr, ERROR_USAGE, "option --%s takes no value", row->name);
	if (!row->value)
		return add(args, row, "", reterr);
	if (!value && *i + 1 < argc)
		value = argv[++*i];
	if (!value)
		return error_set(reterr, ERROR_USAGE, "option --%s needs a value: %s",
			row->name, row->value);
	return add(args, row, value, reterr);
}

int args_parse(struct args *args, int argc, char **argv, const struct option_row *rows,
	const struct option_row *more_rows, bool stop_early, int *ret_used,
	struct error *reterr)
{
	bool options = true;
	int i, r;

	args->n = 0;
	for (i = 0; i < argc; i++) {
		if (options && strcmp(argv[i], "--") == 0) {
			options = false;
			continue;
		}
		if (options && argv[i][0] == '-' && argv[i][1]) {
			r = parse_option(args, argc, argv, &i, rows, more_rows, reterr);
		} else if (stop_early) {
			break;
		} else {
			r = add(args, NULL, argv[i], reterr);
		}
		if (r < 0)
			return r;
	}
	if (ret_used)
		*ret_used = i;
	return 0;
}

const char *args_nth(const struct args *args, const char *name, size_t i)
{
	for (size_t k = 0; k < args->n; k++)
		if (args->items[k].row && strcmp(args->items[k].row->name, name) == 0 &&
			i-- == 0)
			return args->items[k].value;
	return NULL;
}

const char *args_get(const struct args *args, const char *name, const char *otherwise)
{
	const char *value = otherwise, *next;

	for (size_t i = 0; (next = args_nth(args, name, i)); i++)
		value = next;
	return value;
}

bool args_has(const struct args *args, const char *name)
{
	return args_nth(args, name, 0) != NULL;
}

const char *args_positional(const struct args *args, size_t i)
{
	for (size_t k = 0; k < args->n; k++)
		if (!args->items[k].row && i-- == 0)
			return args->items[k].value;
	return NULL;
}

size_t args_n_positional(const struct args *args)
{
	size_t n = 0;

	while (args_positional(args, n))
		n++;
	return n;
}

int args_number(const struct args *args, const char *name, uint64_t min, uint64_t max,
	uint64_t otherwise, uint64_t *ret, struct error *reterr)
{
	const char *text = args_get(args, name, NULL);
	unsigned long long value;
	char *end;

	if (!text) {
		*ret = otherwise;
		return 0;
	}
	value = strtoull(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end || value < min || value > max)
		return error_set(reterr, ERROR_USAGE,
			"--%s must be a number from %llu to %llu, not \"%.64s\"", name,
			(unsigned long long)min, (unsigned long long)max, text);
	*ret = value;
	return 0;
}

int args_moment(const char *text, int64_t *ret_us, struct error *reterr)
{
	int r = text ? clock_parse(text, ret_us, reterr) : 0;

	if (!text)
		*ret_us = 0;
	else if (r == 0 && *ret_us < CLOCK_SECOND)
		*ret_us = CLOCK_SECOND;
	return r;
}

void args_help(struct str *out, const struct option_row *rows)
{
	for (; rows && rows->name; rows++) {
		char left[64];

		snprintf(left, sizeof(left), "%c%c%s--%s%s%s", rows->letter ? '-' : ' ',
			rows->letter ? rows->letter : ' ', rows->letter ? ", " : "  ",
			rows->name, rows->value ? " " : "", rows->value ? rows->value : "");
		str_addf(out, "  %-28s %s\n", left, rows->help);
	}
}

static void add_word(struct str *out, const char *dashes, const char *word)
{
	str_adds(out, dashes);
	str_add(out, word, strlen(word) + 1);
}

void args_words(struct str *out, const struct args *args, const struct option_row *but)
{
	for (size_t i = 0; i < args->n; i++) {
		const struct option_row *row = args->items[i].row;

		if (!row || find_long(but, row->name, strlen(row->name)))
			continue;
		add_word(out, "--", row->name);
		if (row->value)
			add_word(out, "", args->items[i].value);
	}
	add_word(out, "", "--");
	for (size_t i = 0; i < args->n; i++)
		if (!args->items[i].row)
			add_word(out, "", args->items[i].value);
}
