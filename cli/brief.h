/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One asset file for people: what is known of it in a few lines, what is in dispute and what
 * nobody knows, then every fact, where what is the same on several addresses stands once. Keeps
 * all of it until the end; other programs read the facts as they come, one by one, in the other
 * forms.
 */
#ifndef CLI_BRIEF_H
#define CLI_BRIEF_H

#include "common/cleanup.h"
#include "inventory/inventory.h"

struct brief;

int brief_new(struct brief **ret_brief, struct error *reterr); /* ERROR_SYSTEM */
/* Copies what it needs. ERROR_INPUT past BRIEF_BYTES_MAX. */
#define BRIEF_BYTES_MAX (256u << 20)
int brief_asset(struct brief *brief, const struct asset_row *asset, struct error *reterr);
int brief_fact(struct brief *brief, const struct fact_row *fact, struct error *reterr);
/* Prints it as text. The facts go to `fact`, one after the other, in the order in which they
 * came. */
int brief_print(struct brief *brief, int (*fact)(void *context, const struct fact_row *fact),
	void *context, struct error *reterr);
void brief_free(struct brief *brief);
CLEANUP_DEFINE(struct brief, brief_free)

#endif
