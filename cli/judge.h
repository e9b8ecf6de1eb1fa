/* SPDX-License-Identifier: Apache-2.0 */
/* Evaluating norm packs and printing the proposals: shared by identify and survey. */
#ifndef CLI_JUDGE_H
#define CLI_JUDGE_H

#include "cli/command.h"

/* Installs the packs that come with the program, if the register has not got them yet. */
int judge_install_packs(struct context *context, struct error *reterr);

struct judge_task {
	const char *pack, *system; /* NULL: all */
	bool all;                  /* whatever changed */
	bool explain;              /* one row for each criterion */
	bool list;                 /* print all that stands, instead of what was judged */
	bool only_list;            /* and judge nothing */
};

/* Judges what changed, or what is named, and prints. 1 if a proposal that stands says more than
 * the lowest outcome of its norm, or needs a review. */
int judge_systems(struct context *context, const struct judge_task *task, struct error *reterr);
/* Judges what changed, or one system, and prints nothing of it. */
int judge_unprinted(struct context *context, const char *system /* NULL: what changed */,
	struct error *reterr);

#endif
