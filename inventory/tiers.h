/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The part of the inventory's door that is about protection tiers (GB/T 22240-2020): what the
 * register states of a system, what norm packs make of it, filing and assessments, and what
 * falls due; see inventory.h for what holds of all of it.
 *
 * A pack determines a tier if it has a matrix named "tier"; "s" and "a" are its parts. Nothing
 * is judged here: that is inventory_identify_ask().
 */
#ifndef INVENTORY_TIERS_H
#define INVENTORY_TIERS_H

#include "inventory/inventory.h"

struct tier_filter {
	const char *realm, *system; /* NULL: any */
};

/* What is stated and what a norm says of it. */
enum tier_verdict {
	TIER_AS_STATED,
	TIER_STATED_HIGHER,
	TIER_PARTS_DIFFER, /* the same tier, by another S or A */
	TIER_STATED_LOWER,
	TIER_NOT_STATED,
	TIER_OPEN, /* facts are missing for it */
	TIER_NOT_JUDGED, /* no pack that determines tiers has spoken of it */
	TIER_VERDICT_N
};
const char *tier_verdict_name(enum tier_verdict verdict); /* "stated lower" */

/* Texts are "" where there is nothing, tiers 0. */
struct tier_row {
	const char *realm, *system, *name, *lifecycle, *organisation, *organisation_name;
	int s, a, tier; /* as stated */
	const char *determined, *as_of, *document;
	const char *pack, *version; /* by which it was judged */
	const char *norm_s, *norm_a,
		*norm_tier;  /* "3", or "2-4" as long as facts are missing */
	const char *missing; /* facts, comma-separated */
	int64_t eval_id;
	enum tier_verdict verdict;
	const char *filing, *certificate, *valid_until; /* status, number, last day */
	const char *assessed, *result; /* the newest assessment of the tier */
};
/* Systems of the realm's own that are not retired, by id; one row for each pack that determines
 * tiers. */
int inventory_tier_list(struct inventory *inv, const struct tier_filter *filter,
	int (*row)(void *context, const struct tier_row *tier), void *context,
	struct error *reterr);

struct tier_statement {
	const char *realm, *what, *value, *as_of, *document;
	const char *until; /* when the register learnt that it ended, or "" */
};
/* What is stated of a system's tier, what it follows from, its filing and its assessments, now
 * and before. ERROR_INPUT if there is no such system, or several realms have one. */
int inventory_tier_statements(struct inventory *inv, const struct tier_filter *filter,
	int (*row)(void *context, const struct tier_statement *statement), void *context,
	struct error *reterr);

struct tier_due {
	const char *realm, *system, *name, *organisation, *organisation_name;
	const char *due; /* the last day, YYYY-MM-DD */
	int64_t days; /* until then; negative: so long over */
	const char *what; /* as the pack calls what is so on the day after */
	const char *pack, *version, *criterion;
};
/* What falls due by the cadences of packs, as last judged, first what is due first. `within`:
 * at most so many days ahead; negative: all. */
int inventory_tier_due(struct inventory *inv, const struct tier_filter *filter, int within,
	int (*row)(void *context, const struct tier_due *due), void *context,
	struct error *reterr);
/* Systems were not judged since the register changed: 1, else 0. */
int inventory_tier_behind(struct inventory *inv, struct error *reterr);

#endif
