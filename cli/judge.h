/* SPDX-License-Identifier: Apache-2.0 */
/* Evaluating norm packs and printing the proposals: shared by identify and survey. */
#ifndef CLI_JUDGE_H
#define CLI_JUDGE_H

#include "cli/command.h"

/* Installs the packs that come with the program, if the register has not got them yet. */
int judge_install_packs(struct context *context, struct error *reterr);

/* Evaluates and prints. 1 if a proposal says "cii" or "review". */
int judge_systems(struct context *context, const char *pack, const char *system, bool explain,
	struct error *reterr);

#endif
