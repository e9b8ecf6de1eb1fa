/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of targets and exclusions: a line is an address, a prefix or FIRST-LAST; what is behind
 * a '#', empty lines and blanks at the ends do not count; CR LF and the byte order mark of
 * UTF-8 are taken. Lines are handed on one by one and no more than a piece of the file is held.
 * What cannot be read is never dropped in silence: every such line is counted, and told with
 * file, number and reason. No names of hosts: they would have to be looked up.
 */
#ifndef CLI_TARGET_FILE_H
#define CLI_TARGET_FILE_H

#include "common/addr_range.h"
#include "common/model/digest.h"

#define TARGET_LINES_MAX (1u << 24) /* with something on them, in one file */
#define TARGET_LINE_BYTES 128       /* of a line without its comment and the blanks around it */

struct target_file {
	const char *name; /* as it is called in messages */
	int fd;
	/* 0; negative: reading ends; 1: the line is not good, and reterr says why. */
	int (*take)(void *context, const struct addr_range *range, struct error *reterr);
	/* Told of every line that is not good. */
	void (*bad)(void *context, const char *name, uint64_t line, const char *why);
	void *context;
	uint64_t lines, taken, n_bad; /* filled in: all lines; those with something on them */
	uint8_t sha256[DIGEST_SIZE];  /* filled in: of its bytes, all of them if it was read to
					 its end */
};

/* 0 even if lines are bad. ERROR_INPUT: cannot be read, past TARGET_LINES_MAX, or no text at
 * all (UTF-16). */
int target_file_read(struct target_file *file, struct error *reterr);

#endif
