/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a command line says to scan and to leave alone: targets and exclusions named there, and
 * lists of them in files (cli/target_file.h). Says on standard error which lines of a file are
 * not good; if there are any, nothing goes on, unless they are to be skipped.
 */
#ifndef CLI_TARGETS_H
#define CLI_TARGETS_H

#include "cli/command.h"
#include "common/addr_set.h"
#include "common/model/digest.h"

#define TARGETS_NAME_MAX 256 /* of a file, as it is shown */
#define TARGETS_BAD_SHOWN 20 /* lines that are told one by one; the others are counted */

#define TARGETS_OPTIONS                                                                        \
	{"targets", 0, "FILE",                                                                 \
		"more targets, one in a line; \"-\" is standard input; repeatable"},           \
		{"exclude", 0, "CIDR", "never probe these; may be repeated"},                  \
		{"exclude-file", 0, "FILE",                                                    \
			"never probe what stands there, one in a line; repeatable"},           \
	{                                                                                      \
		"skip-bad-lines", 0, NULL,                                                     \
			"go on without the lines of targets that cannot be read"               \
	}

/* A file as it was read, for the trail: what was scanned can be told later. */
struct target_source {
	const char *option; /* "targets", "exclude-file" */
	char name[TARGETS_NAME_MAX]; /* clean */
	uint64_t lines,
		addresses; /* that were taken; an address that stands twice counts twice */
	char sha256[DIGEST_HEX_SIZE];
};

struct targets {
	struct cidr *named, *excluded; /* on the command line */
	size_t n_named, n_excluded;
	struct addr_set *list, *exclude_list; /* in files, sealed; NULL: none */
	struct target_source
		*sources; /* these files one by one, in the order in which they were read */
	size_t n_sources;
	char names[768];		      /* the files of targets, clean; "" without */
};

/* ERROR_USAGE; ERROR_INPUT if a file cannot be read, or is empty of targets, or has bad lines.
 * targets_done() in any case. */
int targets_read(struct targets *targets, const struct context *context,
	const struct args *args, struct error *reterr);
void targets_done(struct targets *targets);
/* A row of the trail for each file. `id`: of the bundle that the scan will be. */
int targets_audit(const struct targets *targets, struct context *context, const char *id,
	struct error *reterr);

/* Prefixes in a row that grows, up to a maximum. */
struct cidr_row {
	struct cidr *rows;
	size_t n, max;
};
/* All values of an option, or with NULL all positional ones: addresses, prefixes,
 * FIRST-LAST. */
int cidr_row_read(struct cidr_row *row, const struct args *args, const char *option,
	struct error *reterr);
/* The lines of the files that an option names. */
int cidr_row_read_files(struct cidr_row *row, const struct context *context,
	const struct args *args, const char *option, struct error *reterr);

#endif
