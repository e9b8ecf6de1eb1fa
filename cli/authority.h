/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the recorded authorisations allow beyond the addresses: how intrusive a plan may be and
 * how fast. The addresses themselves are the scope's matter (common/model/scope.h), which is
 * checked on every frame.
 */
#ifndef CLI_AUTHORITY_H
#define CLI_AUTHORITY_H

#include "cli/command.h"
#include "scanner/scanner.h"

/* Holds the plan to the authorisations in force for its targets: ERROR_PERMISSION if a target's
 * authorisation does not allow the plan's profile; the rate is lowered to what is allowed. Its
 * scope, *scope, is made anew without those that are slower than what is reached besides the
 * targets. */
int authority_apply(struct context *context, struct scan_plan *plan, struct scope **scope,
	struct error *reterr);

#endif
