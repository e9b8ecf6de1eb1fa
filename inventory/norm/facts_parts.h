/* SPDX-License-Identifier: Apache-2.0 */
/* What the files that read facts from a dossier share. Not for others; the door is facts.h. */
#ifndef INVENTORY_NORM_FACTS_PARTS_H
#define INVENTORY_NORM_FACTS_PARTS_H

#include "inventory/norm/facts.h"

/* What one selected node says, and how good its evidence is. Its texts are the dossier's until
 * it is adopted. */
struct statement {
	enum fact_state state; /* known, stale or grade; invalid or unlisted by its value */
	const char *text;
	double number;
	const char *grade, *as_of, *source;
	int64_t until_day; /* the first day on which it is too old; 0: never, or it is
			    already */
	const char *key;   /* of an aggregate's member */
};

struct extraction {
	const struct pack *pack;
	const struct pack_fact *fact;
	xmlXPathContext *xpath;
	xmlNode *root;
	struct arena *arena;
	int64_t day;
	struct error *reterr;
};

/* A copy in the arena; "" for nothing. */
const char *facts_keep(struct extraction *x, const char *text);
/* Evidence of a node, by the fact's grades and age. */
void facts_weigh(struct extraction *x, const xmlNode *node, struct statement *statement);
void facts_adopt(struct extraction *x, struct fact_value *value,
	const struct statement *statement);
#define FOUND_FEW 32

/* What a path finds: nodes, or the object of an expression that is none. */
struct found {
	size_t n, size;
	xmlNode **nodes;
	xmlNode *few[FOUND_FEW];
	xmlXPathObject *object; /* NULL: a direct path */
};

/* At most FACT_MEMBERS_MAX nodes. To be ended by facts_found_done(), also on failure.
 * ERROR_INPUT, without a message: the fact is FACT_UNREADABLE. */
int facts_select(struct extraction *x, const struct pack_path *path, xmlNode *from,
	struct found *ret_found);
void facts_found_done(struct found *found);
/* Keeps the earlier of two days, 0 being none. */
void facts_until(int64_t *until_day, int64_t other);

int facts_cadence(struct extraction *x, struct fact_value *value);
/* The names of those that break a constraint; of the usable nodes that were found. */
int facts_offenders(struct extraction *x, const struct found *found, struct fact_value *value);

#endif
