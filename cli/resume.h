/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scans that were broken off. Each scan keeps its journal (scanner/scanner.h) in DIR/scans,
 * where DIR is inventory_directory(), until what it found is kept whole; with it the words that
 * began it, so that it goes on by saying which one.
 */
#ifndef CLI_RESUME_H
#define CLI_RESUME_H

#include "cli/command.h"
#include "scanner/scanner.h"

#define RESUME_PATH_MAX 4096

/* A scan that goes on. */
struct resumption {
	char path[RESUME_PATH_MAX];
	struct scan_journal journal;
};

/* Gives the plan of a new scan a journal, or the plan of one that goes on its own. `words` and
 * `path` live as long as the plan. Where there is no place for one, or targets come from
 * standard input, it says that this scan cannot go on, and there is none. */
int resume_prepare(struct scan_plan *plan, const struct context *context,
	const struct args *args, struct str *words, char path[RESUME_PATH_MAX],
	struct error *reterr);
/* After the scan, and before scan_free(): the journal goes when all is kept (r is 0); else the
 * text of the error says how to go on. Returns r, or an error of the journal's own. */
int resume_conclude(const struct scan_plan *plan, const struct context *context,
	enum scan_end end, int r, struct error *reterr);

/* Goes on with the scan that `name` means: part of its id, the number of the run that it was
 * filed as, or "last". Runs the command that began it, with the words it had. */
int resume_run(struct context *context, const char *name, struct error *reterr);
/* Prints those that there are, running ones too. */
int resume_list(const struct context *context, struct error *reterr);
/* Gives one up that does not run: its journal is removed. */
int resume_forget(struct context *context, const char *name, struct error *reterr);

#endif
