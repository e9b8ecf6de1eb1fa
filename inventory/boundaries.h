/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The part of the inventory's door that is about boundaries of systems; see inventory.h for
 * what holds of all of it, and docs/boundary.md for what a boundary is.
 */
#ifndef INVENTORY_BOUNDARIES_H
#define INVENTORY_BOUNDARIES_H

#include "inventory/inventory.h"

/* One version. Of a maximum boundary official and decision_no are "", of_version is 0. */
struct boundary_version {
	int64_t id, run_id, valid_from_us, recorded_us;
	int version, of_version; /* of_version: the maximum that was decided on */
	const char *realm, *system, *kind; /* "maximum", "decided" */
	const char *sha256, *rule, *basis, *businesses, *official, *decision_no;
	uint32_t n_members, n_notes;
};

struct boundary_derived {
	struct boundary_version version;
	bool written;   /* else the newest version says the same */
	bool first;     /* there was none before */
	double jaccard; /* with the version before; 1 if it is the first or none was written */
	uint32_t n_added, n_removed, n_controllers; /* controllers among the members */
};
/* Derives the maximum boundaries of the systems of a realm (NULL: all realms) or of one (NULL:
 * all), from the register as it is now, and writes a version where one differs from the newest;
 * one transaction for each realm, one line of the trail for each version. The rule is that of
 * the norm by which the system is on the list, else of one that proposes it, else of its newest
 * version, else the default. `row` is called before the transaction ends: if the call fails,
 * what it told was not written. ERROR_INPUT if there is no such system, or several realms have
 * one. */
int inventory_boundary_derive(struct inventory *inv, const char *realm, const char *system,
	int (*row)(void *context, const struct boundary_derived *derived), void *context,
	struct error *reterr);

struct boundary_ruling_change {
	const char *asset; /* number, address, name as maps print it, or MAC */
	bool remove;       /* else added */
	const char *reason;
};
struct boundary_ruling {
	const char *realm, *system; /* realm NULL: the one that has the system */
	const char *official, *decision_no;
	const struct boundary_ruling_change *changes;
	size_t n_changes;
};
/* An official decides on the newest maximum boundary, with what is added and removed.
 * ERROR_USAGE if a name, number or reason is missing; ERROR_INPUT if there is no maximum
 * boundary, the register would give another one now, a change changes nothing, or that decision
 * was entered already. */
int inventory_boundary_decide(struct inventory *inv, const struct boundary_ruling *ruling,
	struct boundary_derived *ret, struct error *reterr);

/* Which version is meant: `id`, or of a realm (NULL: any) and system by kind and number. */
struct boundary_which {
	int64_t id; /* 0: by the others */
	const char *realm, *system, *kind;
	int version; /* 0: the newest */
	struct moment moment;
};
struct boundary_member_row {
	uint64_t asset_id, now_id; /* now_id: what it turned out to be */
	uint64_t via_id;           /* the member before it, 0: none */
	const char *name, *role, *why, *system, *conduit, *reason, *addresses;
	const char *flow; /* that led to it, "iec104 tcp/2404"; "": none */
	int64_t seen_us, run_id; /* of the flow */
	bool observed, controller;
};
struct boundary_note_row {
	const char *what, *system, *flow, *conduit, *words;
	uint64_t asset_id; /* 0: of no member */
	uint32_t n_peers;
	int64_t seen_us;
	bool followed;
};
struct boundary_reader {
	int (*version)(void *context, const struct boundary_version *version);
	int (*member)(void *context, const struct boundary_member_row *member);
	int (*note)(void *context, const struct boundary_note_row *note); /* each may be NULL */
	void *context;
};
/* The head, then the members in their order, then the notes; what an official removed is a
 * note. The texts of the head are good during the call. 1 if there is none; ERROR_INPUT if
 * several realms have one. */
int inventory_boundary_show(struct inventory *inv, const struct boundary_which *which,
	const struct boundary_reader *reader, struct error *reterr);

/* The newest versions of a realm, a system, a kind (NULL: any), or with `all` every version. */
int inventory_boundary_list(struct inventory *inv, const struct boundary_which *which, bool all,
	int (*row)(void *context, const struct boundary_version *version), void *context,
	struct error *reterr);

struct boundary_difference {
	const char *act; /* "added", "removed" */
	const char *name, *role, *why, *reason;
	uint64_t asset_id;
	bool controller;
};
struct boundary_comparison {
	int64_t before_id, after_id;
	int before_version, after_version;
	uint32_t n_before, n_after, n_added, n_removed, n_controllers_added,
		n_controllers_removed;
	double jaccard; /* members of both by members of either; of two empty ones 1 */
};
/* What one version has that another one has not, by asset; assets that were merged are one. 1
 * if one of them is not there. */
int inventory_boundary_compare(struct inventory *inv, const struct boundary_which *before,
	const struct boundary_which *after,
	int (*row)(void *context, const struct boundary_difference *difference), void *context,
	struct boundary_comparison *ret, struct error *reterr);

#endif
