/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command table. Adding a verb is one cmd_*.c with its `const struct command`, a line in
 * commands.c, and its section in docs/man (a lint test compares -h and manual).
 *
 * A command returns 0 (done), 1 (done, and there is something to report), or a negative error
 * code with its text; main() prints that text once and exits with the code of the contract.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "cli/args.h"
#include "cli/writer.h"
#include "common/error.h"
#include "inventory/inventory.h"

enum command_needs {
	NEEDS_DATABASE = 1, /* main opens context.inventory first */
	ALLOWS_NODE = 2,    /* which may also be a node by itself */
};

struct context {
	struct inventory *inventory; /* NULL unless NEEDS_DATABASE */
	const char *dsn;             /* --db; NULL: as inventory_open() decides */
	const char *realm;           /* --realm; "local" if none */
	bool realm_given;
	const char *trusted;         /* of the configuration: whose signatures count; or NULL */
	const char *verb;            /* the name of the command that runs */
	const struct resumption *resumption; /* the scan that goes on (cli/resume.h); or NULL */
	enum form form;
	bool quiet, verbose;
};

struct command {
	const char *name;     /* "survey", or "scope grant" */
	const char *synopsis; /* after the name: "[TARGET...]" */
	const char *summary;  /* one line */
	const char *details;  /* more lines for -h, or NULL */
	const struct option_row *options;
	unsigned int needs;
	size_t min_positional, max_positional;
	int (*run)(struct context *context, const struct args *args, struct error *reterr);
};

extern const struct command *const commands[]; /* ends with NULL */
extern const struct option_row global_options[];

/* A file or directory of the program's own data ("fingerprints", "norms"), into `out`. */
const char *share_path(const char *name, char *out, size_t size);

/* A message to standard error, unless --quiet. Cleaned for the terminal. */
void say(const struct context *context, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
