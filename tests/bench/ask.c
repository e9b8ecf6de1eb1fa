/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Questions over a connection that stays open, for the bench: one a line of the standard input,
 * its words between tabs, asked as the program asks it. Prints for each the microseconds from
 * the call to the last row (planning, execution and transfer) and the number of rows. Never
 * used outside the bench.
 */
#include "common/clock.h"
#include "common/cleanup.h"
#include "inventory/inventory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 3

static int count_asset(void *n, const struct asset_row *asset)
{
	(void)asset;
	++*(uint64_t *)n;
	return 0;
}

static int count_fact(void *n, const struct fact_row *fact)
{
	(void)fact;
	++*(uint64_t *)n;
	return 0;
}

static int count_change(void *n, const struct change_row *change)
{
	(void)change;
	++*(uint64_t *)n;
	return 0;
}

static int count_exposure(void *n, const struct exposure_row *exposure)
{
	(void)exposure;
	++*(uint64_t *)n;
	return 0;
}

/* show ASSET [TIME] */
static int ask_show(
	struct inventory *inv, char *const words[WORDS_MAX], uint64_t *n, struct error *reterr)
{
	struct moment moment = {0};
	struct asset_row asset;
	int r = words[2] ? clock_parse(words[2], &moment.as_of_us, reterr) : 0;

	return r < 0 ? r : inventory_asset_show(
				   inv, words[1], &moment, &asset, count_fact, n, reterr);
}

/* list EXPRESSION */
static int ask_list(
	struct inventory *inv, char *const words[WORDS_MAX], uint64_t *n, struct error *reterr)
{
	const struct asset_filter filter = {.where = words[1]};

	return inventory_asset_list(inv, &filter, count_asset, n, reterr);
}

/* changes RUN */
static int ask_changes(
	struct inventory *inv, char *const words[WORDS_MAX], uint64_t *n, struct error *reterr)
{
	const struct change_filter filter = {.run_id = strtoll(words[1], NULL, 10)};

	return inventory_changes(inv, &filter, count_change, n, reterr);
}

/* exposure OPERATOR */
static int ask_exposure(
	struct inventory *inv, char *const words[WORDS_MAX], uint64_t *n, struct error *reterr)
{
	const struct exposure_filter filter = {.organisation = words[1]};

	return inventory_exposure_list(inv, &filter, count_exposure, n, reterr);
}

static const struct {
	const char *name;
	int (*ask)(struct inventory *inv, char *const words[WORDS_MAX], uint64_t *n,
		struct error *reterr);
} kinds[] = {
	{"show", ask_show},
	{"list", ask_list},
	{"changes", ask_changes},
	{"exposure", ask_exposure},
};

static int ask(struct inventory *inv, char *line, struct error *reterr)
{
	char *words[WORDS_MAX] = {0};
	size_t n_words = 0, kind = 0;
	uint64_t n = 0;
	int64_t began;
	int r;

	line[strcspn(line, "\n")] = '\0';
	while (line && n_words < WORDS_MAX)
		words[n_words++] = strsep(&line, "\t");
	while (n_words >= 2 && kind < ARRAY_SIZE(kinds) &&
		strcmp(kinds[kind].name, words[0]) != 0)
		kind++;
	if (n_words < 2 || kind == ARRAY_SIZE(kinds))
		return error_set(reterr, ERROR_INPUT, "not a question");
	began = clock_monotonic_us();
	r = kinds[kind].ask(inv, words, &n, reterr);
	printf("%" PRId64 " %" PRIu64 "\n", clock_monotonic_us() - began, n);
	return r;
}

int main(void)
{
	_cleanup_(inventory_freep) struct inventory *inv = NULL;
	struct error error = {0};
	char line[1024];
	int r = inventory_open(NULL, &inv, &error);

	while (r == 0 && fgets(line, sizeof(line), stdin))
		r = ask(inv, line, &error);
	if (r)
		fprintf(stderr, "%s\n", r > 0 ? "no such asset" : error.text);
	return r != 0;
}
