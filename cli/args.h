/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Command-line options as rows of a table: the parser, the -h text, the manual's check and
 * the shell completion all read the same rows. Options of the verb come after the verb.
 */
#ifndef CLI_ARGS_H
#define CLI_ARGS_H

#include "common/error.h"
#include "common/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct option_row {
	const char *name;  /* "until": the user writes --until */
	char letter;       /* 'o': also -o; 0: none */
	const char *value; /* "TIME": takes a value; NULL: a flag */
	const char *help;  /* one line */
};

#define ARGS_MAX 4096

struct args {
	struct {
		const struct option_row *row; /* NULL: positional */
		const char *value;            /* borrowed from argv; "" for a flag */
	} items[ARGS_MAX];
	size_t n;
};

/* Parses argv[0..argc) against up to two row tables (the verb's and the global one), each
 * ended by a row without name. "--" ends the options; "-" is positional. Stops at the first
 * positional argument if `stop_early`. ret_used: how many words were read. ERROR_USAGE. */
int args_parse(struct args *args, int argc, char **argv, const struct option_row *rows,
	const struct option_row *more_rows, bool stop_early, int *ret_used,
	struct error *reterr);

bool args_has(const struct args *args, const char *name);
/* The last value given, or `otherwise`. */
const char *args_get(const struct args *args, const char *name, const char *otherwise);
/* The i-th value of a repeatable option, NULL past the last. */
const char *args_nth(const struct args *args, const char *name, size_t i);
/* The i-th positional argument, NULL past the last. */
const char *args_positional(const struct args *args, size_t i);
size_t args_n_positional(const struct args *args);
/* A number in [min, max]; `otherwise` if absent. ERROR_USAGE quotes what was given. */
int args_number(const struct args *args, const char *name, uint64_t min, uint64_t max,
	uint64_t otherwise, uint64_t *ret, struct error *reterr);
/* A moment of history, as a person writes it; 0, which is now, for NULL only: what lies before
 * 1970, when nothing was registered, is told as of its first second. */
int args_moment(const char *text, int64_t *ret_us, struct error *reterr);

/* Appends the words that say the same, each ended by NUL, without the options of `but`. */
void args_words(struct str *out, const struct args *args, const struct option_row *but);

/* Appends the rows as help lines. */
void args_help(struct str *out, const struct option_row *rows);

#endif
