/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Maximum boundaries in the register: derived from it as it is, kept in versions. A version is
 * written only if it differs from the newest in a member, a reason or a note; times of flows
 * are no difference. The graph is read in one snapshot; versions are written with the trail,
 * realm by realm; one program does so at a time, from before it reads.
 */
#include "inventory/boundary/store.h"

#include "common/clock.h"
#include "common/model/digest.h"
#include "inventory/store/handle.h"
#include "inventory/store/queries.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define CANONICAL_MAX ((size_t)1024 * 1024 * 1024)
#define WORDS_MAX (64 * 1024) /* of one reason or note */
#define SYSTEMS_MAX 1000000

struct deriving {
	struct inventory *inv;
	int64_t now_us; /* of the realm's graph and versions */
	int (*row)(void *context, const struct boundary_derived *derived);
	void *context;
	struct error *reterr;
};

void boundary_reckoned_done(struct boundary_reckoned *reckoned)
{
	boundary_set_done(&reckoned->set);
}

void boundary_newest_done(struct boundary_newest *newest)
{
	str_done(&newest->basis);
}

/* ---- one at a time ------------------------------------------------------------------- */

int boundary_lock(struct db *db, struct db **ret_locked, struct error *reterr)
{
	int r = db_run(db, &query_boundary_begin, DB_NO_VALUES, NULL, reterr);

	if (r == 0)
		*ret_locked = db;
	return r;
}

/* On a lost connection the server has given the lock up by itself. */
void boundary_unlockp(struct db **locked)
{
	if (*locked)
		db_run(*locked, &query_boundary_end, DB_NO_VALUES, NULL, NULL);
}

/* ---- what is there ------------------------------------------------------------------- */

int boundary_find_realm(struct db *db, const char *realm, const char *system,
	int64_t *ret_realm, struct str *ret_name, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(db, &query_boundary_find, DB_VALUES(db_text(realm), db_text(system)),
		&rows, reterr);

	if (r < 0)
		return r;
	if (db_rows(rows) == 0)
		return error_set(reterr, ERROR_INPUT,
			"the register has no system \"%.100s\"%s%.100s that is one's own and "
			"not retired; `cadastre register list` shows those there are",
			system, realm ? " in realm " : "", realm ? realm : "");
	if (db_rows(rows) > 1)
		return error_set(reterr, ERROR_INPUT,
			"the realms \"%.60s\" and \"%.60s\" both have a system \"%.100s\": "
			"name one with --realm",
			db_get_text(rows, 0, 1), db_get_text(rows, 1, 1), system);
	*ret_realm = db_get_int(rows, 0, 0);
	str_adds(ret_name, db_get_text(rows, 0, 1));
	return 0;
}

int boundary_find_newest(struct db *db, int64_t realm, const char *system, const char *kind,
	struct boundary_newest *ret, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(db, &query_boundary_newest,
		DB_VALUES(db_int(realm), db_text(system), db_text(kind)), &rows, reterr);

	*ret = (struct boundary_newest){
		.basis = STR_INIT(8192), .rule = boundary_rule_default};
	if (r < 0)
		return r;
	if (db_rows(rows) == 0)
		return 1;
	ret->id = db_get_int(rows, 0, 0);
	ret->version = (int)db_get_int(rows, 0, 1);
	snprintf(ret->sha256, sizeof(ret->sha256), "%s", db_get_text(rows, 0, 2));
	ret->valid_from_us = db_get_int(rows, 0, 3);
	str_adds(&ret->basis, db_get_text(rows, 0, 5));
	ret->run_id = db_get_int(rows, 0, 6);
	ret->rule.basis = ret->basis.data;
	if (!boundary_rule_parse(db_get_text(rows, 0, 4), &ret->rule))
		return error_set(reterr, ERROR_DATABASE,
			"the rule of boundary %" PRId64 " cannot be read: \"%.200s\"", ret->id,
			db_get_text(rows, 0, 4));
	return 0;
}

int boundary_reckon(const struct boundary_loaded *loaded, const char *system,
	const struct boundary_rule *rule, struct boundary_reckoned *ret, struct error *reterr)
{
	_cleanup_(str_done) struct str text = STR_INIT(CANONICAL_MAX);
	uint32_t index = boundary_find_system(&loaded->graph, system);
	uint8_t digest[DIGEST_SIZE];
	int r;

	if (index == BOUNDARY_NONE)
		return error_set(reterr, ERROR_INPUT,
			"the register has no system \"%.100s\" any more", system);
	r = boundary_derive(loaded->walk, index, rule, &ret->set, reterr);
	if (r < 0)
		return r;
	boundary_canonical(&ret->set, &text);
	if (text.failed) {
		boundary_set_done(&ret->set);
		return error_set(
			reterr, ERROR_SYSTEM, "no memory for the boundary of a system");
	}
	digest_sha256(text.data, text.len, digest);
	digest_hex(digest, ret->sha256);
	return 0;
}

/* ---- writing ------------------------------------------------------------------------ */

/* The rule by which each asset of a root's system is its own. */
struct rules {
	struct db_result *rows;
	char words[512];
};

static const char *rule_of(struct rules *rules, uint64_t asset)
{
	size_t low = 0, high = db_rows(rules->rows);

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		uint64_t there = (uint64_t)db_get_int(rules->rows, middle, 0);

		if (there == asset) {
			snprintf(rules->words, sizeof(rules->words), "%s %s",
				db_get_text(rules->rows, middle, 1),
				db_get_text(rules->rows, middle, 2));
			return rules->words;
		}
		if (there < asset)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static void put_flow(struct db_copy *copy, const struct boundary_flow *flow)
{
	db_copy_text(copy, flow ? flow->protocol : "");
	db_copy_int2(copy, flow ? flow->transport : 0);
	db_copy_int4(copy, flow ? flow->port : 0);
}

static int put_member(struct db_copy *copy, int64_t boundary, const struct boundary_set *set,
	uint32_t i, struct rules *rules, struct error *reterr)
{
	_cleanup_(str_done) struct str reason = STR_INIT(WORDS_MAX);
	const struct boundary_graph *g = set->graph;
	const struct boundary_member *m = &set->members[i];
	const struct boundary_asset *asset = &g->assets[m->asset];
	const struct boundary_flow *flow = m->flow != BOUNDARY_NONE ? &g->flows[m->flow] : NULL;

	boundary_path_words(set, i,
		rule_of(&rules[m->root], g->assets[set->members[m->origin].asset].id), &reason);
	if (reason.failed)
		return error_set(reterr, ERROR_SYSTEM, "no memory for the reason of a member");
	db_copy_row(copy, 16);
	db_copy_int8(copy, boundary);
	db_copy_int4(copy, (int32_t)i);
	db_copy_int8(copy, (int64_t)asset->id);
	db_copy_text(copy, asset->name);
	db_copy_text(copy, asset->role);
	db_copy_text(copy, boundary_why_name(m->why));
	db_copy_text(copy, g->systems[set->roots[m->root].system].id);
	db_copy_int8(copy, m->via != BOUNDARY_NONE
				   ? (int64_t)g->assets[set->members[m->via].asset].id
				   : 0);
	put_flow(copy, flow);
	if (flow)
		db_copy_time(copy, flow->seen_us);
	else
		db_copy_null(copy);
	db_copy_int8(copy, flow ? flow->run_id : 0);
	db_copy_text(copy, m->conduit != BOUNDARY_NONE ? g->conduits[m->conduit].id : "");
	db_copy_bool(copy, m->observed);
	db_copy_text(copy, reason.data);
	return db_copy_end_row(copy, reterr);
}

static void rules_done(struct rules **rules)
{
	for (size_t i = 0; *rules && (*rules)[i].rows; i++)
		db_result_free((*rules)[i].rows);
	free(*rules);
}

static int put_members(struct db *db, int64_t boundary, int64_t realm,
	const struct boundary_set *set, struct error *reterr)
{
	_cleanup_(db_copy_freep) struct db_copy *copy = NULL;
	_cleanup_(rules_done) struct rules *rules =
		calloc((size_t)set->n_roots + 1, sizeof(*rules));
	int r = 0;

	if (!rules)
		return error_set(reterr, ERROR_SYSTEM, "no memory for the rules of a system");
	for (uint32_t i = 0; i < set->n_roots && r == 0; i++)
		r = db_run(db, &query_boundary_rules,
			DB_VALUES(db_int(realm),
				db_text(set->graph->systems[set->roots[i].system].id)),
			&rules[i].rows, reterr);
	if (r == 0)
		r = db_copy_new(db, &query_boundary_copy_member, &copy, reterr);
	for (uint32_t i = 0; i < set->n_members && r == 0; i++)
		r = put_member(copy, boundary, set, i, rules, reterr);
	return r < 0 ? r : db_copy_flush(copy, reterr);
}

static int put_note(struct db_copy *copy, int64_t boundary, const struct boundary_set *set,
	uint32_t i, struct error *reterr)
{
	_cleanup_(str_done) struct str words = STR_INIT(WORDS_MAX);
	const struct boundary_graph *g = set->graph;
	const struct boundary_note *n = &set->notes[i];
	const struct boundary_flow *flow = n->flow != BOUNDARY_NONE ? &g->flows[n->flow] : NULL;

	boundary_note_words(set, n, &words);
	if (words.failed)
		return error_set(reterr, ERROR_SYSTEM, "no memory for a note on a boundary");
	db_copy_row(copy, 13);
	db_copy_int8(copy, boundary);
	db_copy_int4(copy, (int32_t)i);
	db_copy_text(copy, boundary_note_name(n->kind));
	db_copy_int8(copy, n->member != BOUNDARY_NONE
				   ? (int64_t)g->assets[set->members[n->member].asset].id
				   : 0);
	db_copy_text(copy, n->system != BOUNDARY_NONE ? g->systems[n->system].id : "");
	put_flow(copy, flow);
	db_copy_text(copy, n->conduit != BOUNDARY_NONE ? g->conduits[n->conduit].id : "");
	db_copy_int4(copy, (int32_t)n->n_peers);
	if (flow)
		db_copy_time(copy, flow->seen_us);
	else
		db_copy_null(copy);
	db_copy_bool(copy, boundary_note_followed(n->kind));
	db_copy_text(copy, words.data);
	return db_copy_end_row(copy, reterr);
}

static int put_notes(
	struct db *db, int64_t boundary, const struct boundary_set *set, struct error *reterr)
{
	_cleanup_(db_copy_freep) struct db_copy *copy = NULL;
	int r = db_copy_new(db, &query_boundary_copy_note, &copy, reterr);

	for (uint32_t i = 0; i < set->n_notes && r == 0; i++)
		r = put_note(copy, boundary, set, i, reterr);
	return r < 0 ? r : db_copy_flush(copy, reterr);
}

static int add_version(struct deriving *d, const struct boundary_loaded *loaded,
	const struct boundary_set *set, struct boundary_version *version)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	struct db *db = d->inv->db;
	int r = db_run(db, &query_boundary_add,
		DB_VALUES(db_int(loaded->realm), db_text(version->system), db_text("maximum"),
			db_int(version->version), db_text(version->sha256),
			db_text(version->rule), db_text(version->basis),
			db_text(version->businesses), db_int(version->n_members),
			db_int(version->n_notes), db_null(), db_text(""), db_text(""),
			db_int(version->run_id), db_time(d->now_us), db_time(d->now_us)),
		&rows, d->reterr);

	if (r < 0)
		return r;
	version->id = db_get_int(rows, 0, 0);
	r = put_members(db, version->id, loaded->realm, set, d->reterr);
	return r < 0 ? r : put_notes(db, version->id, set, d->reterr);
}

/* ---- deriving ----------------------------------------------------------------------- */

static int compare_before(struct deriving *d, int64_t before, const struct boundary_set *set,
	struct boundary_derived *derived)
{
	_cleanup_(cleanup_freep) uint64_t *ids =
		calloc((size_t)set->n_members + 1, sizeof(*ids));

	if (!ids)
		return error_set(
			d->reterr, ERROR_SYSTEM, "no memory for the members of a boundary");
	for (uint32_t i = 0; i < set->n_members; i++)
		ids[i] = set->graph->assets[set->members[i].asset].id;
	boundary_sort(ids, set->n_members);
	return boundary_compare_before(
		d->inv->db, before, ids, set->n_members, derived, d->reterr);
}

static int write_trail(struct deriving *d, const struct boundary_derived *derived)
{
	_cleanup_(str_done) struct str detail = STR_INIT(4096);
	const struct boundary_version *v = &derived->version;

	str_addf(&detail,
		"maximum version %d: %u members, %u notes, %u added, %u removed; %s; sha256 %s",
		v->version, v->n_members, v->n_notes, derived->n_added, derived->n_removed,
		v->rule, v->sha256);
	return inventory_audit(d->inv, "boundary.derive", v->system, detail.data, d->reterr);
}

/* The rule of the norm that speaks about the system, if one does; its text lives in `basis`. */
static int find_norm_rule(struct deriving *d, int64_t realm, const char *system,
	struct str *basis, struct boundary_rule *rule)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(d->inv->db, &query_boundary_norm,
		DB_VALUES(db_int(realm), db_text(system)), &rows, d->reterr);

	if (r < 0 || db_rows(rows) == 0)
		return r;
	str_adds(basis, db_get_text(rows, 0, 1));
	rule->basis = basis->data ? basis->data : "";
	if (!boundary_rule_parse(db_get_text(rows, 0, 0), rule))
		return error_set(d->reterr, ERROR_DATABASE,
			"the rule of boundaries of a norm pack cannot be read: \"%.200s\"",
			db_get_text(rows, 0, 0));
	return 0;
}

static int derive_one(struct deriving *d, const struct boundary_loaded *loaded,
	const char *realm, const char *system)
{
	_cleanup_(boundary_newest_done) struct boundary_newest newest = {0};
	_cleanup_(boundary_reckoned_done) struct boundary_reckoned reckoned = {0};
	_cleanup_(str_done) struct str words = STR_INIT(512), businesses = STR_INIT(1 << 20);
	_cleanup_(str_done) struct str basis = STR_INIT(8192);
	const struct boundary_set *set = &reckoned.set;
	struct boundary_derived derived = {.jaccard = 1.0};
	struct boundary_rule rule;
	int r = boundary_find_newest(
		d->inv->db, loaded->realm, system, "maximum", &newest, d->reterr);

	if (r < 0)
		return r;
	derived.first = r > 0;
	rule = newest.rule;
	r = find_norm_rule(d, loaded->realm, system, &basis, &rule);
	if (r == 0)
		r = boundary_reckon(loaded, system, &rule, &reckoned, d->reterr);
	if (r < 0)
		return r;
	boundary_rule_words(&set->rule, &words);
	for (uint32_t i = 0; i < set->n_businesses; i++)
		str_addf(&businesses, "%s%s", i ? " " : "",
			loaded->graph.businesses[set->businesses[i]].id);
	derived.written = derived.first || strcmp(newest.sha256, reckoned.sha256) != 0;
	derived.version = (struct boundary_version){.id = newest.id,
		.run_id = loaded->run_id,
		.valid_from_us = derived.written ? d->now_us : newest.valid_from_us,
		.recorded_us = derived.written ? d->now_us : newest.valid_from_us,
		.version = newest.version + derived.written,
		.realm = realm,
		.system = system,
		.kind = "maximum",
		.sha256 = reckoned.sha256,
		.rule = words.data,
		.basis = set->rule.basis ? set->rule.basis : "",
		.businesses = businesses.data,
		.official = "",
		.decision_no = "",
		.n_members = set->n_members,
		.n_notes = set->n_notes};
	for (uint32_t i = 0; i < set->n_members; i++)
		derived.n_controllers += boundary_is_controller(
			loaded->graph.assets[set->members[i].asset].role);
	if (derived.written)
		r = compare_before(d, newest.id, set, &derived);
	if (r == 0 && derived.written)
		r = add_version(d, loaded, set, &derived.version);
	if (r == 0 && derived.written)
		r = write_trail(d, &derived);
	return r < 0 || !d->row ? r : d->row(d->context, &derived);
}

static int load_realm(struct deriving *d, int64_t realm, struct boundary_loaded *ret)
{
	_cleanup_(db_rollbackp) struct db *transaction = NULL;
	int r = db_run(d->inv->db, &query_estate_begin, DB_NO_VALUES, NULL, d->reterr);

	if (r < 0)
		return r;
	transaction = d->inv->db;
	d->now_us = clock_wall_us();
	r = boundary_load(d->inv->db, realm, d->now_us, ret, d->reterr);
	return r < 0 ? r : db_commit(transaction, d->reterr);
}

/* Systems from `first` on that are of its realm; ret_end: the first that is not. */
static int derive_realm(
	struct deriving *d, const struct db_result *rows, size_t first, size_t *ret_end)
{
	_cleanup_(boundary_loaded_done) struct boundary_loaded loaded = {0};
	_cleanup_(db_rollbackp) struct db *transaction = NULL;
	int64_t realm = db_get_int(rows, first, 0);
	size_t i = first;
	int r = load_realm(d, realm, &loaded);

	if (r == 0)
		r = db_begin(d->inv->db, d->reterr);
	if (r < 0)
		return r;
	transaction = d->inv->db;
	for (; r == 0 && i < db_rows(rows) && db_get_int(rows, i, 0) == realm; i++)
		r = derive_one(d, &loaded, db_get_text(rows, i, 1), db_get_text(rows, i, 2));
	*ret_end = i;
	return r < 0 ? r : db_commit(transaction, d->reterr);
}

int inventory_boundary_derive(struct inventory *inv, const char *realm, const char *system,
	int (*row)(void *context, const struct boundary_derived *derived), void *context,
	struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	_cleanup_(str_done) struct str name = STR_INIT(1024);
	_cleanup_(boundary_unlockp) struct db *locked = NULL;
	struct deriving d = {inv, 0, row, context, reterr};
	int64_t its_realm;
	int r = boundary_lock(inv->db, &locked, reterr);

	if (r == 0 && system)
		r = boundary_find_realm(inv->db, realm, system, &its_realm, &name, reterr);
	if (r == 0)
		r = db_run(inv->db, &query_boundary_find,
			DB_VALUES(db_text(realm), db_text(system)), &rows, reterr);
	if (r == 0 && db_rows(rows) > SYSTEMS_MAX)
		return error_set(
			reterr, ERROR_INPUT, "more than %d systems: name a realm", SYSTEMS_MAX);
	for (size_t i = 0; r == 0 && i < db_rows(rows);)
		r = derive_realm(&d, rows, i, &i);
	return r;
}
