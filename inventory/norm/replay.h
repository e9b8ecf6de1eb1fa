/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kept proposals made again from the pack and the facts that are kept with them, in a confined
 * process (judge.h): for their reasons, and to show that they say the same once more.
 */
#ifndef INVENTORY_NORM_REPLAY_H
#define INVENTORY_NORM_REPLAY_H

#include "inventory/inventory.h"

struct replayer;

/* For one after the other: packs are read once. ERROR_SYSTEM. */
int replayer_new(struct inventory *inv, struct replayer **ret_replayer, struct error *reterr);
void replayer_free(struct replayer *replayer);
CLEANUP_DEFINE(struct replayer, replayer_free)

/* As inventory_replay(). After ERROR_INPUT over what a process did not survive, a new one is
 * needed. */
int replayer_ask(struct replayer *replayer, int64_t eval_id,
	int (*replayed)(void *context, const struct replay *replay), void *context,
	struct error *reterr);

#endif
