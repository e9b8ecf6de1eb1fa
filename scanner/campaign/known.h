/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a journal says of the questions that no sweep asks (aliases, SNMP agents, names): what
 * was answered is not asked again, and what was being asked is asked from its beginning.
 * Private to scanner/campaign.
 */
#ifndef SCANNER_CAMPAIGN_KNOWN_H
#define SCANNER_CAMPAIGN_KNOWN_H

#include "scanner/campaign/journal.h"
#include "scanner/campaign/wiring.h"
#include "scanner/protocol/reverse.h"
#include "scanner/protocol/walk_run.h"

#define KNOWN_SAMPLES_MAX 8192 /* of routers; more than a test for aliases has */
#define KNOWN_ROWS_MAX (1u << 18) /* of each table of one agent */

struct run;

/* Rows that grow. */
struct known_list {
	void *rows;
	size_t n, room;
};

struct known {
	struct known_list samples; /* of routers, struct known_sample, in their order */
	uint8_t round;		   /* of that test: so many came to their end */
	struct known_list agents;  /* who was read, or cannot be: struct addr */
	struct known_list read;	   /* of them those that said something: struct addr */
	struct known_list own;	   /* struct walk_own */
	struct walk_counts walked;
	uint64_t full; /* of what agents said some had no room */
	struct wiring *wiring; /* what agents said of their wires, of earlier attempts and of
				  this one */
	struct {	       /* of the agent whose rows are read; by kind */
		struct known_list tables[6];
	} rows;
	struct known_list asked; /* name servers: struct reverse_asked */
};

/* Takes a record of these kinds. False if it is of another one. *ret: 0, or what went wrong. */
bool known_take(struct run *run, const struct record *record, int *ret);
void known_done(struct known *known);

/* Notes what an agent says of its wires, ahead of the RECORD_AGENT that makes it good. */
void known_note_tables(
	struct run *run, const struct addr *agent, const struct walk_tables *tables);
/* The wiring of the campaign; NULL without memory. */
struct wiring *known_wiring(struct known *known);
/* A row more, of `size` bytes; NULL without memory or past `max`. */
void *known_add(struct known_list *list, size_t size, size_t max);

#endif
