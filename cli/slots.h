/* SPDX-License-Identifier: Apache-2.0 */
/* The places of a realm's maps, from the register and back; see mapper/mapper.h. */
#ifndef CLI_SLOTS_H
#define CLI_SLOTS_H

#include "cli/command.h"
#include "mapper/mapper.h"

/* The sheets that keep places. */
enum { SLOTS_DISTRICT, SLOTS_TOPOLOGY, SLOTS_N };

struct slots {
	struct map_slots map[SLOTS_N];
	struct str before[SLOTS_N];
};

/* `fresh`: what was kept is not looked at. */
int slots_load(struct slots *slots, struct context *context, const char *realm, bool fresh,
	struct error *reterr);
/* A map on these places. */
void slots_ask(struct slots *slots, struct map_request *request);
/* Keeps what a drawing gave. Where the register cannot be written to, it says so, and that is
 * all. */
void slots_store(struct slots *slots, struct context *context, const char *realm);
void slots_done(struct slots *slots);

#endif
