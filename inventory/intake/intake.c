/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Intake: a bundle's way into the register. Reads it to its end, checks every observation
 * against the realm's authorisations as they stood when it was made, stages it, and files it in
 * one transaction with its ledger row: a bundle is taken once or not at all. Never sends
 * anything.
 */
#include "inventory/history/late.h"
#include "inventory/intake/stage.h"
#include "inventory/nodes/nodes.h"
#include "inventory/nodes/spread.h"
#include "inventory/scope/realm.h"
#include "inventory/scope/trail.h"

#include "common/clock.h"
#include "common/model/place.h"
#include "common/text.h"
#include "inventory/store/queries.h"

#include <inttypes.h>
#include <string.h>

#define PLAN_MAX 2000
/* What is dated later than this after the clock of this machine is refused. */
#define FUTURE_MAX_US (600 * 1000000ll)

struct intake {
	struct inventory *inv;
	const char *name;
	struct bundle_header header;
	struct bundle_reader *reader;
	struct scope *scope;
	struct stage *stage;
	struct spread *spread; /* NULL: all of the register is in one database */
	int64_t ended_us, clock_us;
	uint64_t observations;
	uint64_t stations;
	int64_t granted_us[2]; /* from when, and before when, something of the realm is known to
				  be granted */
	char refused[ADDR_TEXT_MAX]; /* the first address out of scope, or the MAC of a
				      station */
	struct intake_result result;
};

/* ---- the ledger --------------------------------------------------------------------- */

/* 1 if the bundle counts as taken: it was, and was whole, or this one is cut short too. */
static int look_up(struct intake *intake, bool truncated, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *found = NULL;
	int r = db_run(intake->inv->db, &query_intake_ledger,
		DB_VALUES(db_text(intake->header.id)), &found, reterr);

	if (r < 0)
		return r;
	if (db_rows(found) == 0 || (!truncated && !db_get_bool(found, 0, 1)))
		return 0;
	intake->result = (struct intake_result){
		.run_id = db_get_int(found, 0, 0), .already = true, .truncated = truncated};
	return 1;
}

/* ---- reading ------------------------------------------------------------------------ */

static struct addr last_of(const struct cidr *cidr)
{
	struct addr last = cidr->base;

	for (unsigned int bit = cidr->length; bit < (last.family == 6 ? 128u : 32u); bit++)
		last.bytes[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
	return last;
}

static bool is_allowed(struct intake *intake, const struct addr *addr, int64_t time_us)
{
	if (scope_check(intake->scope, addr, time_us, NULL) == SCOPE_ALLOWED)
		return true;
	if (!*intake->refused)
		addr_format(addr, intake->refused);
	return false;
}

/* Both ends of a covered prefix are granted. They may be excluded: what is excluded is left out
 * when absence is judged. */
static bool is_coverage_allowed(struct intake *intake, const struct observation *obs)
{
	const char *text = observation_attribute(obs, "cidr");
	struct addr ends[2];
	struct cidr cidr;

	if (!text || cidr_parse(text, &cidr, NULL) < 0)
		return true; /* not valid, which staging will find */
	ends[0] = cidr.base;
	ends[1] = last_of(&cidr);
	for (int i = 0; i < 2; i++)
		if (scope_check(intake->scope, &ends[i], obs->time_us, NULL) !=
				SCOPE_EXCLUDED &&
			!is_allowed(intake, &ends[i], obs->time_us))
			return false;
	return true;
}

static int find_granted(void *context, const struct cidr *prefix, enum scope_verdict verdict,
	int64_t until_us, struct error *reterr)
{
	int64_t *ret_until_us = context;

	(void)prefix;
	(void)reterr;
	if (verdict != SCOPE_ALLOWED)
		return 0;
	*ret_until_us = until_us;
	return -1; /* one is enough */
}

/* A station without an address was asked on its link: the realm must have something in force
 * then. The sender asks only where each prefix of the link is granted (adr/0013). */
static bool is_station_allowed(struct intake *intake, const struct observation *obs)
{
	int64_t until_us = 0;

	if (obs->time_us >= intake->granted_us[0] && obs->time_us < intake->granted_us[1])
		return true;
	for (uint8_t family = 4; family <= 6 && !until_us; family += 2)
		scope_walk(intake->scope, family, obs->time_us, find_granted, &until_us, NULL);
	if (until_us) {
		intake->granted_us[0] = obs->time_us;
		intake->granted_us[1] = until_us;
	} else if (!*intake->refused) {
		place_format(&obs->addr, intake->refused);
	}
	return until_us;
}

static bool in_scope(struct intake *intake, const struct observation *obs)
{
	/* Listening and reading a file send nothing and need no authorisation. */
	if (obs->method == OBSERVATION_BY_LISTENING || obs->method == OBSERVATION_BY_IMPORT)
		return true;
	if (obs->kind == OBSERVATION_COVERAGE)
		return is_coverage_allowed(intake, obs);
	if (place_is_mac(&obs->addr))
		return is_station_allowed(intake, obs);
	return is_allowed(intake, &obs->addr, obs->time_us);
}

static bool is_from_the_future(struct intake *intake, const struct observation *obs)
{
	if (obs->time_us <= intake->clock_us + FUTURE_MAX_US)
		return false;
	if (!intake->result.future_us)
		intake->result.future_us = obs->time_us;
	intake->result.clock_us = intake->clock_us;
	return true;
}

/* What is known by its MAC alone gets its place by that. False: nobody can be there. */
static bool find_place(struct observation *obs)
{
	if (place_is_mac(&obs->addr) || place_is_mac(&obs->peer))
		return false;
	if (obs->addr.family || obs->kind != OBSERVATION_FACT)
		return true;
	obs->addr = place_of_mac(&obs->mac);
	return !mac_is_zero(&obs->mac) && !mac_is_multicast(&obs->mac);
}

static int take(struct intake *intake, struct observation *obs, struct error *reterr)
{
	int r;

	intake->observations++;
	if (is_from_the_future(intake, obs) || !find_place(obs)) {
		intake->result.refused_invalid++;
		return 0;
	}
	if (!in_scope(intake, obs)) {
		intake->result.refused_scope++;
		return 0;
	}
	r = stage_add(intake->stage, obs, reterr);
	if (r < 0)
		return r;
	if (r > 0) {
		intake->result.refused_invalid++;
		return 0;
	}
	intake->result.taken++;
	intake->stations += place_is_mac(&obs->addr);
	if (obs->time_us > intake->ended_us)
		intake->ended_us = obs->time_us;
	return 0;
}

/* A run without observations ended when it began, and not in the future. */
static void settle_end(struct intake *intake)
{
	if (intake->ended_us)
		return;
	intake->ended_us = intake->header.started_us < intake->clock_us
		? intake->header.started_us
		: intake->clock_us;
}

/* By whoever watched it, before its end. What it found is as good as ever; what it did not find
 * says nothing. */
static bool was_stopped(const struct intake *intake)
{
	return bundle_counters_get(bundle_reader_counters(intake->reader), "stopped") > 0;
}

static int read_all(struct intake *intake, struct error *reterr)
{
	intake->clock_us = clock_wall_us();
	for (;;) {
		struct observation obs;
		int r = bundle_reader_next(intake->reader, &obs, reterr);

		if (r == BUNDLE_END || r == BUNDLE_TRUNCATED) {
			intake->result.truncated = r == BUNDLE_TRUNCATED;
			intake->result.stopped = r == BUNDLE_END && was_stopped(intake);
			settle_end(intake);
			return 0;
		}
		if (r == 0)
			r = take(intake, &obs, reterr);
		if (r < 0)
			return r;
	}
}

/* ---- filing ------------------------------------------------------------------------- */

static int add_run(struct intake *intake, int64_t realm, const char *plan, struct error *reterr)
{
	struct db *db = intake->inv->db;
	const struct bundle_header *h = &intake->header;
	_cleanup_(str_done) struct str text = STR_INIT(PLAN_MAX);
	int r = nodes_next_run(intake->inv, &intake->result.run_id, reterr);

	if (r < 0)
		return r;
	if (plan)
		text_clean(&text, plan, strlen(plan), PLAN_MAX);
	return db_run(db, &query_run_add,
		DB_VALUES(db_int(intake->result.run_id), db_text(h->id), db_int(realm),
			db_text(h->vantage), db_text(h->tool), db_text(text.data),
			db_time(h->started_us), db_time(intake->ended_us),
			db_text(intake->result.truncated ? "truncated" : "complete")),
		NULL, reterr);
}

static int add_counter(
	struct intake *intake, const char *name, uint64_t value, struct error *reterr)
{
	return db_run(intake->inv->db, &query_run_counter_add,
		DB_VALUES(db_int(intake->result.run_id), db_text(name), db_int((int64_t)value)),
		NULL, reterr);
}

static int add_counters(struct intake *intake, struct error *reterr)
{
	const struct bundle_counters *counters = bundle_reader_counters(intake->reader);

	for (size_t i = 0; i < counters->n; i++) {
		int r = add_counter(
			intake, counters->rows[i].name, counters->rows[i].value, reterr);

		if (r < 0)
			return r;
	}
	return intake->result.unplaced
		? add_counter(intake, "stations.unplaced", intake->result.unplaced, reterr)
		: 0;
}

static int finish_run(struct intake *intake, struct error *reterr)
{
	const struct intake_result *n = &intake->result;
	struct db *db = intake->inv->db;
	int r = db_run(db, &query_run_finish,
		DB_VALUES(db_int(n->run_id), db_int((int64_t)n->taken),
			db_int((int64_t)n->refused_scope), db_int((int64_t)n->refused_invalid),
			db_int((int64_t)n->assets_new), db_int((int64_t)n->assets_seen),
			db_int((int64_t)n->assets_quiet), db_int((int64_t)n->services_new),
			db_int((int64_t)n->services_changed), db_int((int64_t)n->services_gone),
			db_int((int64_t)n->facts_written)),
		NULL, reterr);

	if (r == 0)
		r = add_counters(intake, reterr);
	return r < 0 ? r
		     : db_run(db, &query_intake_ledger_add,
			       DB_VALUES(db_text(intake->header.id), db_int(n->run_id),
				       db_int((int64_t)intake->observations)),
			       NULL, reterr);
}

static int add_trail(struct intake *intake, const char *plan, struct error *reterr)
{
	const struct intake_result *n = &intake->result;
	char object[64], detail[PLAN_MAX + 512];
	int r = 0;

	snprintf(object, sizeof(object), "run %" PRId64, n->run_id);
	snprintf(detail, sizeof(detail),
		"realm %s, vantage %s, %.*s: taken %" PRIu64 ", out of scope %" PRIu64
		", invalid %" PRIu64 "%s; bundle %s",
		intake->header.realm, intake->header.vantage, PLAN_MAX, plan ? plan : "",
		n->taken, n->refused_scope, n->refused_invalid,
		n->truncated ? ", cut short"
		: n->stopped ? ", stopped"
		: n->late    ? ", late"
			     : "",
		intake->header.id);
	r = trail_add(intake->inv, "run.file", object, detail, reterr);
	if (r == 0 && n->future_us) {
		char time[CLOCK_TEXT_MAX], now[CLOCK_TEXT_MAX];

		snprintf(detail, sizeof(detail),
			"observations from the future were refused: the first is of %s, and "
			"the clock of this machine says %s; set the clock that is wrong",
			clock_format(n->future_us, time), clock_format(n->clock_us, now));
		r = trail_add(intake->inv, "run.refuse", object, detail, reterr);
	}
	if (r < 0 || !n->refused_scope)
		return r;
	snprintf(detail, sizeof(detail),
		"%" PRIu64 " observations of addresses without authorisation in realm %s, the "
		"first %s",
		n->refused_scope, intake->header.realm, intake->refused);
	return trail_add(intake->inv, "run.refuse", object, detail, reterr);
}

/* Where a station without an address was at another time is not worked out: what a late bundle
 * says of such is left out, and counted. */
static int leave_out_stations(struct intake *intake, struct error *reterr)
{
	struct intake_result *n = &intake->result;

	if (!intake->stations)
		return 0;
	n->taken -= intake->stations;
	n->unplaced = intake->stations;
	return db_run(intake->inv->db, &query_intake_drop_stations,
		DB_VALUES(db_int(stage_batch(intake->stage))), NULL, reterr);
}

/* Everything in one transaction. */
static int file_all(struct intake *intake, const char *plan, struct error *reterr)
{
	_cleanup_(db_rollbackp) struct db *transaction = intake->inv->db;
	struct filing filing = {.batch = stage_batch(intake->stage),
		.vantage = intake->header.vantage,
		.truncated = intake->result.truncated || intake->result.stopped,
		.bulk = intake->result.taken >= HISTORY_BULK};
	int r = db_begin(transaction, reterr);

	if (r == 0)
		r = db_run(transaction, &query_intake_lock, DB_NO_VALUES, NULL, reterr);
	if (r == 0)
		r = look_up(intake, intake->result.truncated, reterr);
	if (r)
		return r < 0 ? r : 0;
	r = realm_get(intake->inv, intake->header.realm, &filing.realm, reterr);
	if (r == 0)
		r = late_check(
			transaction, &filing, intake->ended_us, &filing.late, reterr);
	intake->result.late = filing.late;
	if (r == 0 && filing.late)
		r = leave_out_stations(intake, reterr);
	if (r == 0)
		r = add_run(intake, filing.realm, plan, reterr);
	if (r < 0)
		return r;
	filing.run = intake->result.run_id;
	r = history_file(transaction, &filing, &intake->result, reterr);
	if (r == 0)
		r = finish_run(intake, reterr);
	if (r == 0)
		r = add_trail(intake, plan, reterr);
	return r < 0 ? r : db_commit(transaction, reterr);
}

/* What a late run found is history, which is filed beside what ordinary runs filed of the same:
 * so far only where all of that is in one database. */
static int refuse_late(struct intake *intake, int64_t realm, struct error *reterr)
{
	const struct filing filing = {.batch = stage_batch(intake->stage),
		.vantage = intake->header.vantage,
		.realm = realm};
	_cleanup_(db_result_freep) struct db_result *newer = NULL;
	struct db *db = intake->inv->db;
	char what[256], time[CLOCK_TEXT_MAX];
	bool late = false;
	int r = db_run(db, &query_node_newer,
		DB_VALUES(db_int(realm), db_text(filing.vantage), db_time(intake->ended_us)),
		&newer, reterr);

	if (r < 0 || !db_get_bool(newer, 0, 0))
		return r;
	r = db_run(db, &query_node_route, DB_NO_VALUES, NULL, reterr);
	if (r == 0)
		r = late_check(db, &filing, intake->ended_us, &late, reterr);
	if (r == 0)
		r = db_run(db, &query_node_home, DB_NO_VALUES, NULL, reterr);
	if (r < 0 || !late)
		return r;
	snprintf(what, sizeof(what),
		"bundle \"%.100s\" ends on %s, and a newer one looked at the same things: filing it as history",
		intake->name, clock_format(intake->ended_us, time));
	return nodes_refuse(intake->inv, what, reterr);
}

/* Decides the bundle at home, unless that was done by an attempt that did not come to its end.
 * 1: it is taken already. */
static int decide_spread(struct intake *intake, struct spread_filing *filing, const char *plan,
	int64_t *ret_realm, struct error *reterr)
{
	_cleanup_(db_rollbackp) struct db *transaction = intake->inv->db;
	bool truncated = intake->result.truncated;
	int r = db_begin(transaction, reterr), pending;

	if (r == 0)
		r = look_up(intake, truncated, reterr);
	if (r == 0)
		r = realm_get(intake->inv, intake->header.realm, ret_realm, reterr);
	pending = r == 0 ? spread_pending(intake->spread, filing, reterr) : r;
	if (r || pending < 0)
		return r ? r : pending;
	if (pending == 0 && (strcmp(filing->bundle, intake->header.id) != 0 ||
				    filing->truncated != truncated))
		return error_set(reterr, ERROR_DATABASE,
			"bundle %s%s is filed by some nodes of the register only; import it "
			"again first, which completes it",
			filing->bundle, filing->truncated ? ", cut short," : "");
	if (pending == 1) {
		r = refuse_late(intake, *ret_realm, reterr);
		if (r == 0)
			r = add_run(intake, *ret_realm, plan, reterr);
		*filing = (struct spread_filing){
			.run = intake->result.run_id,
			.truncated = truncated,
			.bulk = intake->result.taken >= HISTORY_BULK};
		snprintf(filing->bundle, sizeof(filing->bundle), "%s", intake->header.id);
		if (r == 0)
			r = spread_decide(intake->spread, filing, *ret_realm, reterr);
	}
	intake->result.run_id = filing->run;
	return r < 0 ? r : db_commit(transaction, reterr);
}

/* In a register of several nodes: decided, filed by each node, noted as taken. */
static int file_spread(struct intake *intake, const char *plan, struct error *reterr)
{
	_cleanup_(db_rollbackp) struct db *home = NULL;
	struct spread_filing what = {0};
	struct filing how = {.vantage = intake->header.vantage,
		.truncated = intake->result.truncated || intake->result.stopped,
		.bulk = intake->result.taken >= HISTORY_BULK};
	int r = spread_lock(intake->spread, reterr);

	if (r == 0)
		r = decide_spread(intake, &what, plan, &how.realm, reterr);
	if (r)
		return r < 0 ? r : 0;
	how.run = what.run;
	r = spread_file(intake->spread, &what, &how, &intake->result, reterr);
	if (r == 0)
		r = db_begin(intake->inv->db, reterr);
	if (r < 0)
		return r;
	home = intake->inv->db;
	r = spread_end(intake->spread, &what, reterr);
	if (r == 0)
		r = finish_run(intake, reterr);
	if (r == 0)
		r = add_trail(intake, plan, reterr);
	return r < 0 ? r : db_commit(home, reterr);
}

/* ---- the door ----------------------------------------------------------------------- */

static void intake_done(struct intake *intake)
{
	stage_free(intake->stage);
	spread_free(intake->spread);
	scope_free(intake->scope);
	bundle_reader_free(intake->reader);
}

static int open_stage(struct intake *intake, struct error *reterr)
{
	int64_t batch = stage_batch_of(intake->header.id);
	struct stage_route route;
	int r;

	if (intake->inv->n_nodes == 0)
		return stage_new(intake->inv->db, batch, &intake->stage, reterr);
	r = spread_open(intake->inv, batch, &intake->spread, reterr);
	if (r < 0)
		return r;
	route = spread_route(intake->spread);
	return stage_new_routed(&route, &intake->stage, reterr);
}

static int prepare(struct intake *intake, int fd, struct error *reterr)
{
	int r = bundle_reader_new(fd, intake->name, &intake->reader, &intake->header, reterr);

	if (r < 0)
		return r;
	if (strcmp(intake->header.vantage, "internal") != 0 &&
		strcmp(intake->header.vantage, "internet") != 0)
		return error_set(reterr, ERROR_INPUT,
			"bundle \"%s\", line 1: \"vantage\" is neither internal nor internet",
			intake->name);
	r = look_up(intake, false, reterr);
	if (r)
		return r;
	r = scope_load_at(intake->inv, intake->header.realm, intake->header.started_us,
		&intake->scope, reterr);
	return r < 0 ? r : open_stage(intake, reterr);
}

static int take_bundle(struct intake *intake, int fd, const char *plan, struct error *reterr)
{
	int r = prepare(intake, fd, reterr);

	if (r)
		return r < 0 ? r : 0;
	r = read_all(intake, reterr);
	if (r == 0)
		r = stage_end(intake->stage, reterr);
	if (r == 0 && intake->result.stopped)
		r = stage_drop_coverage(intake->stage, reterr);
	if (r == 0 && intake->spread)
		return file_spread(intake, plan, reterr);
	if (r == 0 && intake->result.taken >= HISTORY_BULK)
		r = db_run(intake->inv->db, &query_intake_analyze, DB_NO_VALUES, NULL, reterr);
	if (r < 0)
		return r;
	r = file_all(intake, plan, reterr);
	if (r == 0 && intake->result.taken >= HISTORY_BULK)
		history_tidy(intake->inv->db);
	return r;
}

int inventory_intake(struct inventory *inv, int fd, const char *name, const char *plan_text,
	struct intake_result *ret_result, struct error *reterr)
{
	_cleanup_(intake_done) struct intake intake = {.inv = inv, .name = name};
	int r = take_bundle(&intake, fd, plan_text, reterr);

	if (r < 0)
		return r;
	*ret_result = intake.result;
	if (!intake.result.truncated)
		return 0;
	if (intake.result.already)
		return error_set(reterr, ERROR_PARTIAL,
			"bundle \"%s\" stops before its end and was taken before; what came "
			"then is kept as run %" PRId64 " and nothing was changed",
			name, intake.result.run_id);
	return error_set(reterr, ERROR_PARTIAL,
		"bundle \"%s\" stops before its end; the %" PRIu64
		" observations that came were kept as run %" PRId64
		" and nothing was declared gone",
		name, intake.result.taken, intake.result.run_id);
}
