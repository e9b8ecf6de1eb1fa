/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The boundary of a system, reckoned in memory: which assets belong to what is protected,
 * and why each does.
 *
 *   key business -> system -> its assets -> control and business flows, until a boundary device
 *
 * The maximum boundary is all that the rule reaches; the decided one is what an official made
 * of it. The same graph gives the same sets, whatever order its records come in. Where the walk
 * ended, and what is not known, is told beside the members: a boundary never looks more
 * complete than it is. This part sees no database: load.c fills the graph, store.c keeps sets.
 *
 * Basis: GB/T 39204-2022, business and asset identification; the method (key business, systems,
 * assets, closure over information flow, what protects it) is docs/boundary.md.
 */
#ifndef INVENTORY_BOUNDARY_BOUNDARY_H
#define INVENTORY_BOUNDARY_BOUNDARY_H

#include "common/cleanup.h"
#include "common/error.h"
#include "common/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BOUNDARY_NONE UINT32_MAX
#define BOUNDARY_FLOWS_MAX 50000000
#define BOUNDARY_PATH_STEPS 24 /* told of a path; the middle of a longer one is counted */
#define BOUNDARY_CHANGES_MAX 1000

/* A bit for each enum strength (inventory/norm/pack.h) in `seed`. */
struct boundary_rule {
	unsigned seed;          /* strengths by which businesses and needs count */
	bool control, business; /* kinds of flows that are followed */
	bool stop_device, stop_one_way;
	int window_days;   /* flows seen within so many days count; 0: all */
	const char *basis; /* what the rule rests on; NULL: nothing stated */
};

/* Essential needs, both kinds of flows, both stops, 90 days. */
extern const struct boundary_rule boundary_rule_default;
/* "essential; control business; stop at boundary-device one-way; 90 days". */
void boundary_rule_words(const struct boundary_rule *rule, struct str *out);
/* Reads what boundary_rule_words() wrote; false if it is something else. The basis stays. */
bool boundary_rule_parse(const char *words, struct boundary_rule *ret);

/* ---- the graph ------------------------------------------------------------------------- */

/* Texts are borrowed and not NULL. References are indexes into the arrays, BOUNDARY_NONE for
 * none. Flows come in any order, all else by id; what has none, by what it is of. */

struct boundary_asset {
	uint64_t id; /* ascending */
	const char *name, *role;
	uint32_t system;
	bool device; /* stands at a boundary: nothing behind it is walked to */
	bool guard;  /* protects what shares a subnet or a link with it: a firewall */
};

/* Networks that an asset stands in. Ordered by asset. */
struct boundary_place {
	uint32_t asset, subnet, zone;
};

/* A guard and what it is linked to. */
struct boundary_near {
	uint32_t guard, asset;
};

enum boundary_class { BOUNDARY_CONTROL, BOUNDARY_BUSINESS, BOUNDARY_SERVICE };
enum boundary_direction { BOUNDARY_BOTH, BOUNDARY_ONE_WAY, BOUNDARY_UNKNOWN };

/* Seen from `from` to `to`; an end that is no asset is BOUNDARY_NONE. */
struct boundary_flow {
	uint32_t from, to;
	uint32_t from_zone, to_zone; /* of the addresses that were seen */
	enum boundary_class kind;
	enum boundary_direction direction; /* one way: nothing comes back to `from` */
	const char *protocol, *peer; /* peer: address of the end that is no asset, or "" */
	uint8_t transport;           /* IP protocol number */
	uint16_t port;
	int64_t seen_us, run_id; /* newest sighting */
};

struct boundary_system {
	const char *id, *name;
	uint32_t parent, carried_by;
	bool external;
};

struct boundary_business {
	const char *id, *name;
	bool key;
};

struct boundary_support {
	uint32_t system, business;
	unsigned strength;
};

struct boundary_need {
	uint32_t from, on; /* systems */
	unsigned strength;
};

struct boundary_zone {
	const char *id;
	uint32_t parent;
};

/* One record for each pair of zones; ordered by id. `asset` is marked as a device. */
struct boundary_conduit {
	const char *id, *device, *protocols; /* device: as stated, or ""; protocols: " a b " */
	uint32_t low, high, asset;           /* zones, low < high; the device, if it was met */
	bool one_way;                        /* its device lets nothing back */
};

struct boundary_graph {
	const struct boundary_asset *assets;
	const struct boundary_place *places;
	const struct boundary_near *near;
	const struct boundary_flow *flows;
	const struct boundary_system *systems;
	const struct boundary_business *businesses;
	const struct boundary_support *supports;
	const struct boundary_need *needs;
	const struct boundary_zone *zones;
	const struct boundary_conduit *conduits;
	uint32_t n_assets, n_places, n_near, n_flows, n_systems, n_businesses, n_supports,
		n_needs, n_zones, n_conduits;
	int64_t as_of_us;
};

/* ---- the maximum boundary -------------------------------------------------------------- */

/* Why a system is where the walk begins. */
enum boundary_root_why {
	ROOT_ITSELF,
	ROOT_PART,    /* of the system before it */
	ROOT_NEEDED,  /* by the system before it, as strongly as the rule says */
	ROOT_CARRIES, /* the platform; its assets are members, and no walk begins at them */
};

struct boundary_root {
	uint32_t system, via; /* via: another root */
	enum boundary_root_why why;
};

enum boundary_why {
	WHY_SYSTEM,   /* an asset of a root */
	WHY_FLOW,     /* exchanges something with the member before it */
	WHY_DEVICE,   /* a flow of the member before it passes this boundary device */
	WHY_PROTECTS, /* device of a conduit of its zone, or a guard beside it */
	WHY_N
};

struct boundary_member {
	uint32_t asset;
	enum boundary_why why;
	uint32_t root, origin;  /* where its path begins, and the asset of it, a member */
	uint32_t via;           /* the member before it; BOUNDARY_NONE of a root's asset */
	uint32_t flow, conduit; /* what led here, or BOUNDARY_NONE */
	uint32_t depth;         /* steps from `origin` */
	bool observed;          /* a flow of it was seen within the window */
};

/* Where the walk ended or was not sure; from NOTE_DIRECTION to NOTE_ZONE it went on. */
enum boundary_note_kind {
	NOTE_DEVICE,       /* a boundary device stands between */
	NOTE_ONE_WAY,      /* the peer only receives */
	NOTE_WINDOW,       /* not seen within the window */
	NOTE_UNREGISTERED, /* the peer is an address of no asset */
	NOTE_KIND,         /* a kind of flow that the rule does not follow */
	NOTE_SERVICE,      /* a service of the network: names, time, management */
	NOTE_DIRECTION,    /* it is not known which way it goes */
	NOTE_CROSSING,     /* crosses zones where no boundary device is registered */
	NOTE_ZONE,         /* the zone of an end is not known, so no device can be found */
	NOTE_UNOBSERVED,   /* no flow of the member was seen: what it talks with is not known */
	NOTE_NO_ASSETS,    /* a root without any asset */
	NOTE_NO_BUSINESS,  /* no key business needs the system as strongly as the rule says */
	NOTE_NOT_MET,      /* the device of a conduit is none of the assets */
	NOTE_N
};

/* Flows of one member that are alike are one note; `flow` is the newest of them.
 * NOTE_UNOBSERVED is one for each root, whose `system` it names. */
struct boundary_note {
	enum boundary_note_kind kind;
	uint32_t member, flow, conduit, system; /* BOUNDARY_NONE where it is about none */
	uint32_t n_peers;                       /* or members that were not observed */
};

struct boundary_set {
	const struct boundary_graph *graph;
	uint32_t system;
	struct boundary_rule rule;
	uint32_t *businesses; /* that need the system, key ones first */
	struct boundary_root *roots;
	struct boundary_member *members; /* by depth, then by asset; what protects them last */
	struct boundary_note *notes;     /* by kind, then by member */
	uint32_t n_businesses, n_roots, n_members, n_notes;
};

void boundary_set_done(struct boundary_set *set);

/* A graph made ready for many walks. Borrows it. ERROR_SYSTEM without memory; ERROR_INPUT if it
 * has more than BOUNDARY_FLOWS_MAX flows. */
struct boundary_walk;
int boundary_walk_new(const struct boundary_graph *graph, struct boundary_walk **ret_walk,
	struct error *reterr);
void boundary_walk_free(struct boundary_walk *walk);
CLEANUP_DEFINE(struct boundary_walk, boundary_walk_free)

/* The maximum boundary of a system (an index). Borrows the graph; boundary_set_done(). */
int boundary_derive(struct boundary_walk *walk, uint32_t system,
	const struct boundary_rule *rule, struct boundary_set *ret_set, struct error *reterr);

/* ---- words ------------------------------------------------------------------------------- */

const char *boundary_why_name(enum boundary_why why);
const char *boundary_note_name(enum boundary_note_kind kind);
const char *boundary_class_name(enum boundary_class kind);
/* Whether the walk went on in spite of it. */
bool boundary_note_followed(enum boundary_note_kind kind);
/* "iec104 tcp/2404", of what is not recognised "tcp/2404". */
void boundary_service_words(
	const char *protocol, uint8_t transport, uint16_t port, struct str *out);
/* The same, and if it does not go both ways, how it goes. */
void boundary_flow_words(const struct boundary_flow *flow, struct str *out);
/* "business Dispatch -> system SCADA -> front-end -> iec104 tcp/2404 -> station-a"; each step
 * leads to the next. `rule` is told after the system if it is not NULL. No times are told. */
void boundary_path_words(
	const struct boundary_set *set, uint32_t member, const char *rule, struct str *out);
void boundary_note_words(
	const struct boundary_set *set, const struct boundary_note *note, struct str *out);
/* What the set is: a line for the system, the rule, each business, root, member and note. Equal
 * texts are equal sets. Left out is what changes while the set does not: times and runs of
 * flows, names and roles, how many peers a note counts, and by which rule of the register an
 * asset is its system's. */
void boundary_canonical(const struct boundary_set *set, struct str *out);

/* ---- the decided boundary ---------------------------------------------------------------- */

struct boundary_change {
	uint64_t asset;
	bool remove; /* else added */
	const char *name, *reason; /* name: NULL if it is called by its number alone */
};

/* What `maximum` (ascending) becomes by the changes, ascending into `ret`, which has room for
 * n + n_changes. ERROR_INPUT if a change changes nothing, an asset is changed twice, or a
 * reason is blank; the text names the asset. */
int boundary_decide(const uint64_t *maximum, uint32_t n, const struct boundary_change *changes,
	uint32_t n_changes, uint64_t *ret, uint32_t *ret_n, struct error *reterr);

/* ---- sets of numbers --------------------------------------------------------------------- */

void boundary_sort(uint64_t *ids, uint32_t n);
/* How many are in both, of ascending numbers. */
uint32_t boundary_common(const uint64_t *a, uint32_t n_a, const uint64_t *b, uint32_t n_b);
/* Members of both by members of either; of two empty sets 1. */
double boundary_jaccard(uint32_t both, uint32_t n_a, uint32_t n_b);

/* -1, 0 or 1, as qsort(3) asks. */
#define ORDER(a, b) ((a) < (b) ? -1 : (a) > (b))

#endif
