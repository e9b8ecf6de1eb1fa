/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The order of the reconcile; see file.h. The statements are schema/queries/intake_*.sql; this
 * file says which, in what order and with which parameters, and adds up what they wrote. Rows
 * are written in the order of their keys, so that two writers cannot deadlock.
 */
#include "inventory/history/file.h"

#include "inventory/history/late.h"

#include "inventory/identity/decide.h"
#include "inventory/store/queries.h"

#include <string.h>

enum { SEEN_INTERNAL = 1, SEEN_INTERNET = 2 };

/* A batch has added much if that is so large a part of what it told: one in so many. */
enum { ADDED_MUCH = 10 };

/* What a step writes counts as facts: not at all, once a row, or twice (ended and added). */
enum counting { COUNT_NONE, COUNT_ONCE, COUNT_TWICE };

/* Parameters, in their order: b batch, r run, m realm, v vantage, i vantage is the Internet,
 * s bit of the vantage, e all of
 * the endings. */
struct step {
	const struct query *query;
	const char *parameters;
	enum counting counting;
	unsigned int parts; /* in which it is taken; 0: FILE_ALL and FILE_FACTS */
};

#define LINKS (FILE_ALL | FILE_LINKS)
#define SUMMARY (FILE_ALL | FILE_SUMMARY)

static const struct step merge_steps[] = {
	{&query_intake_merge_seen, "b", COUNT_NONE},
	{&query_intake_merge_assets, "br", COUNT_NONE},
	{&query_intake_merge_address, "br", COUNT_TWICE},
	{&query_intake_merge_name, "br", COUNT_TWICE},
	{&query_intake_merge_service, "br", COUNT_TWICE},
	{&query_intake_merge_identity_key, "br", COUNT_TWICE},
	{&query_intake_merge_key_sighting, "br", COUNT_NONE},
	{&query_intake_merge_fact, "br", COUNT_TWICE},
	{&query_intake_merge_hop, "br", COUNT_TWICE, LINKS},
	{&query_intake_merge_hop_peer, "b", COUNT_NONE, LINKS},
	{&query_intake_merge_link, "br", COUNT_TWICE, LINKS},
	{&query_intake_merge_link_peer, "br", COUNT_TWICE, LINKS},
};

static const struct step moved_steps[] = {
	{&query_intake_moved_service, "rm", COUNT_ONCE},
	{&query_intake_moved_name, "rm", COUNT_ONCE},
	{&query_intake_moved_hop, "rm", COUNT_ONCE, FILE_ALL},
	{&query_node_moved_hop, "bre", COUNT_ONCE, FILE_LINKS},
	{&query_intake_moved_fact, "rm", COUNT_ONCE},
};

static const struct step address_steps[] = {
	{&query_intake_address_told, "b", COUNT_NONE},
	{&query_intake_address_changed, "r", COUNT_ONCE},
	{&query_intake_address_add, "rm", COUNT_ONCE},
};

static const struct step statement_steps[] = {
	{&query_intake_name_add, "brm", COUNT_ONCE},
	{&query_intake_key_told, "b", COUNT_NONE},
	{&query_intake_key_shared, "brm", COUNT_TWICE},
	{&query_intake_key_add, "brm", COUNT_ONCE},
	{&query_intake_fact_told, "b", COUNT_NONE},
	{&query_intake_fact_same, "b", COUNT_NONE},
	{&query_intake_fact_changed, "r", COUNT_ONCE},
	{&query_intake_fact_add, "rm", COUNT_ONCE},
	{&query_intake_hop_changed, "brv", COUNT_ONCE, LINKS},
	{&query_intake_hop_add, "brmv", COUNT_ONCE, LINKS},
	{&query_intake_link_add, "brm", COUNT_ONCE, LINKS},
	{&query_intake_flow_again, "br", COUNT_NONE, LINKS},
	{&query_intake_flow_add, "brm", COUNT_NONE, LINKS},
	{&query_intake_run_met, "b", COUNT_NONE},
};

/* Ends of what was looked for and not met: only after a whole bundle. */
static const struct step ending_steps[] = {
	{&query_intake_fact_unsaid, "b", COUNT_NONE},
	{&query_intake_fact_missing, "br", COUNT_ONCE},
	{&query_intake_name_ended, "br", COUNT_ONCE},
	{&query_intake_key_ended, "r", COUNT_ONCE},
	{&query_intake_link_ended, "br", COUNT_ONCE, LINKS},
	{&query_intake_quiet, "rms", COUNT_NONE},
};

static const struct step closing_steps[] = {
	{&query_intake_fact_ended, "rm", COUNT_ONCE},
	{&query_intake_path_link_ended, "rm", COUNT_ONCE, LINKS},
	{&query_intake_path_link_add, "rm", COUNT_ONCE, LINKS},
	{&query_intake_state_seen, "r", COUNT_ONCE},
	{&query_intake_asset_state, "s", COUNT_NONE},
	{&query_intake_seen_full, "", COUNT_NONE},
};

static const struct step summary_steps[] = {
	{&query_intake_evidence, "br", COUNT_NONE, FILE_ALL | FILE_LINKS | FILE_SUMMARY},
	{&query_intake_touched, "br", COUNT_NONE, SUMMARY},
	{&query_intake_summary_keep, "br", COUNT_NONE, SUMMARY},
	{&query_intake_describe, "b", COUNT_NONE, SUMMARY},
	{&query_intake_role, "b", COUNT_NONE, SUMMARY},
	{&query_intake_summary_past, "br", COUNT_NONE, SUMMARY},
};

int history_members(struct db *db, int64_t batch, int64_t run, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rules = NULL;
	int r = db_run(db, &query_intake_member_rules, DB_NO_VALUES, &rules, reterr);

	if (r < 0 || !db_get_bool(rules, 0, 0))
		return r;
	return db_run(db, &query_intake_member, DB_VALUES(db_int(batch), db_int(run)), NULL,
		reterr);
}

static bool is_internet(const struct filing *filing)
{
	return strcmp(filing->vantage, "internet") == 0;
}

static size_t values_of(const struct filing *filing, const char *parameters,
	struct db_value values[DB_PARAMETERS_MAX])
{
	size_t n = 0;

	for (const char *p = parameters; *p; p++)
		switch (*p) {
		case 'b':
			values[n++] = db_int(filing->batch);
			break;
		case 'r':
			values[n++] = db_int(filing->run);
			break;
		case 'm':
			values[n++] = db_int(filing->realm);
			break;
		case 'v':
			values[n++] = db_text(filing->vantage);
			break;
		case 'i':
			values[n++] = db_int(is_internet(filing));
			break;
		case 's':
			values[n++] =
				db_int(is_internet(filing) ? SEEN_INTERNET : SEEN_INTERNAL);
			break;
		case 'e':
			values[n++] = db_int(filing->endings);
			break;
		}
	return n;
}

static int run(struct db *db, const struct filing *filing, const struct step *step,
	struct db_result **ret_result, struct error *reterr)
{
	struct db_value values[DB_PARAMETERS_MAX];
	size_t n = values_of(filing, step->parameters, values);

	return db_run(db, step->query, values, n, ret_result, reterr);
}

static enum filing_part part_of(const struct filing *filing)
{
	return filing->part ? filing->part : FILE_ALL;
}

/* What follows from identity, of the part. */
static unsigned int kinds_of(const struct filing *filing)
{
	return part_of(filing) == FILE_FACTS   ? IDENTITY_OF_ASSETS
	       : part_of(filing) == FILE_LINKS ? IDENTITY_BETWEEN_ASSETS
					       : IDENTITY_ALL;
}

static int run_steps(struct db *db, const struct filing *filing, const struct step *steps,
	size_t n, struct intake_result *result, struct error *reterr)
{
	for (size_t i = 0; i < n; i++) {
		_cleanup_(db_result_freep) struct db_result *done = NULL;
		unsigned int parts = steps[i].parts ? steps[i].parts : FILE_ALL | FILE_FACTS;
		int r;

		if (!(parts & part_of(filing)))
			continue;
		r = run(db, filing, &steps[i], &done, reterr);
		if (r < 0)
			return r;
		result->facts_written += db_affected(done) * steps[i].counting;
	}
	return 0;
}

#define STEPS(steps) (steps), ARRAY_SIZE(steps)

/* Addresses that are another asset's now, of this node or of another one; *ret_n of them. */
static int file_moved(struct db *db, const struct filing *filing, uint64_t *ret_n,
	struct intake_result *result, struct error *reterr)
{
	static const struct step here = {&query_intake_address_moved, "brm", COUNT_ONCE};
	static const struct step moved[] = {
		{&query_node_address_moved, "brm", COUNT_ONCE, FILE_FACTS},
		{&query_intake_place_moved, "brm", COUNT_ONCE}};
	uint64_t before = result->facts_written;
	int r = filing->stayed ? 0 : run_steps(db, filing, &here, 1, result, reterr);

	if (r == 0)
		r = run_steps(db, filing, STEPS(moved), result, reterr);

	*ret_n = result->facts_written - before;
	return r;
}

/* Addresses first: what moved takes with it what was filed there. */
static int file_addresses(struct db *db, const struct filing *filing, bool merges,
	struct intake_result *result, struct error *reterr)
{
	static const struct step new_assets = {&query_intake_assets_new, "brms", COUNT_NONE};
	uint64_t moved = 0;
	int r = run_steps(db, filing, &new_assets, 1, result, reterr);

	if (r == 0 && merges)
		r = run_steps(db, filing, STEPS(merge_steps), result, reterr);
	if (r == 0)
		r = identity_file_splits(db, filing->batch, filing->run, kinds_of(filing),
			&result->facts_written, reterr);
	if (r == 0)
		r = file_moved(db, filing, &moved, result, reterr);
	if (r == 0 && (moved || part_of(filing) == FILE_LINKS))
		r = run_steps(db, filing, STEPS(moved_steps), result, reterr);
	return r < 0 ? r : run_steps(db, filing, STEPS(address_steps), result, reterr);
}

/* A step that answers two counts. */
static int run_counts(struct db *db, const struct filing *filing, const struct step *step,
	uint64_t ret_counts[2], struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *done = NULL;
	int r = run(db, filing, step, &done, reterr);

	if (r < 0)
		return r;
	ret_counts[0] = (uint64_t)db_get_int(done, 0, 0);
	ret_counts[1] = (uint64_t)db_get_int(done, 0, 1);
	return 0;
}

/* What the planner knows of the tables is renewed when a batch has added much, and not when it
 * only told much that was known. */
static int analyze(struct db *db, const struct filing *filing, const struct query *query,
	uint64_t added, const struct intake_result *result, struct error *reterr)
{
	if (!filing->bulk || added < HISTORY_BULK || added < result->taken / ADDED_MUCH)
		return 0;
	return db_run(db, query, DB_NO_VALUES, NULL, reterr);
}

/* From here on tables are joined as wholes. */
static int join_in_bulk(struct db *db, const struct filing *filing, struct error *reterr)
{
	return filing->bulk ? db_run(db, &query_intake_bulk, DB_NO_VALUES, NULL, reterr) : 0;
}

/* Addresses whose services may differ from the register. */
static int settle(struct db *db, const struct filing *filing, uint64_t *ret_unsettled,
	struct error *reterr)
{
	static const struct step sums = {&query_intake_service_sums, "bi", COUNT_NONE};
	static const struct step keep = {&query_intake_service_unsettled, "b", COUNT_NONE};
	_cleanup_(db_result_freep) struct db_result *made = NULL, *kept = NULL;
	int r = run(db, filing, &sums, &made, reterr);

	if (r == 0)
		r = run(db, filing, &keep, &kept, reterr);
	if (r < 0)
		return r;
	*ret_unsettled = db_affected(kept);
	if (!filing->bulk || *ret_unsettled == 0)
		return 0;
	return db_run(db, &query_intake_analyze_unsettled, DB_NO_VALUES, NULL, reterr);
}

/* Ends what differs. Of many rows few do, as a rule: the planner is told how few, and may look
 * them up one by one. */
static int end_changed(struct db *db, const struct filing *filing, struct intake_result *result,
	struct error *reterr)
{
	static const struct step changed = {&query_intake_service_changed, "r", COUNT_ONCE};
	int r = 0;

	if (filing->bulk)
		r = db_run(db, &query_intake_analyze_told, DB_NO_VALUES, NULL, reterr);
	if (r == 0 && filing->bulk)
		r = db_run(db, &query_intake_lookup, DB_NO_VALUES, NULL, reterr);
	if (r == 0)
		r = run_steps(db, filing, &changed, 1, result, reterr);
	return r < 0 ? r : join_in_bulk(db, filing, reterr);
}

/* What the register holds where something differs. The planner knows at how many addresses, and
 * may look them up one by one. */
static int find_held(struct db *db, const struct filing *filing, struct error *reterr)
{
	static const struct step held = {&query_intake_service_held, "b", COUNT_NONE};
	int r = filing->bulk ? db_run(db, &query_intake_lookup, DB_NO_VALUES, NULL, reterr) : 0;

	if (r == 0)
		r = run(db, filing, &held, NULL, reterr);
	return r < 0 ? r : join_in_bulk(db, filing, reterr);
}

/* Services that are new or other than before. What may differ is picked out once, into a
 * temporary table; the steps after it read that alone. */
static int file_told(struct db *db, const struct filing *filing, struct intake_result *result,
	struct error *reterr)
{
	static const struct step told = {&query_intake_service_told, "bi", COUNT_NONE};
	static const struct step add = {&query_intake_service_add, "rm", COUNT_NONE};
	uint64_t counts[2] = {0};
	int r = find_held(db, filing, reterr);

	if (r == 0)
		r = run_steps(db, filing, &told, 1, result, reterr);
	if (r == 0)
		r = end_changed(db, filing, result, reterr);
	if (r == 0)
		r = run_counts(db, filing, &add, counts, reterr);
	if (r < 0)
		return r;
	result->services_new = counts[0];
	result->services_changed = counts[1];
	result->facts_written += counts[0] + counts[1];
	return analyze(
		db, filing, &query_intake_analyze_services, counts[0], result, reterr);
}

/* Services that did not answer: only after a whole bundle. */
static int file_missing(struct db *db, const struct filing *filing,
	struct intake_result *result, struct error *reterr)
{
	static const struct step missing = {&query_intake_service_missing, "brmi", COUNT_NONE};
	static const struct step gone = {&query_intake_service_gone, "ri", COUNT_NONE};
	uint64_t counts[2] = {0};
	int r = run_steps(db, filing, &missing, 1, result, reterr);

	if (r == 0)
		r = run_counts(db, filing, &gone, counts, reterr);
	if (r < 0)
		return r;
	result->services_gone = counts[0] - counts[1];
	result->services_changed += counts[1];
	result->facts_written += counts[0] + counts[1];
	return 0;
}

static int file_services(struct db *db, const struct filing *filing,
	struct intake_result *result, struct error *reterr)
{
	uint64_t unsettled = 0;
	int r = 0;

	if (filing->bulk)
		r = db_run(db, &query_intake_analyze_identity, DB_NO_VALUES, NULL, reterr);
	if (r == 0)
		r = settle(db, filing, &unsettled, reterr);
	if (r < 0 || unsettled == 0)
		return r;
	r = file_told(db, filing, result, reterr);
	return r < 0 || filing->truncated ? r : file_missing(db, filing, result, reterr);
}

/* Assets that answered before and do not now; nothing of theirs is ended. */
static int file_quiet(struct db *db, const struct filing *filing, struct intake_result *result,
	struct error *reterr)
{
	static const struct step went = {&query_intake_state_quiet, "rm", COUNT_NONE};
	static const struct step note = {&query_intake_asset_quiet, "rm", COUNT_NONE};
	_cleanup_(db_result_freep) struct db_result *done = NULL;
	int r = run(db, filing, &went, &done, reterr);

	if (r < 0)
		return r;
	result->assets_quiet = db_affected(done);
	result->facts_written += result->assets_quiet;
	return run_steps(db, filing, &note, 1, result, reterr);
}

/* *ret_all: with those that were quiet. */
static int count_met(struct db *db, struct intake_result *result, uint64_t *ret_all,
	struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *met = NULL;
	int r = db_run(db, &query_intake_met, DB_NO_VALUES, &met, reterr);

	if (r < 0)
		return r;
	result->assets_seen = (uint64_t)db_get_int(met, 0, 0);
	*ret_all = (uint64_t)db_get_int(met, 0, 1);
	return 0;
}

/* When assets were seen; those of which a run says something for the first time are looked for
 * only if there are any. */
static int file_seen(struct db *db, const struct filing *filing, struct intake_result *result,
	struct error *reterr)
{
	static const struct step seen = {&query_intake_seen, "r", COUNT_NONE};
	static const struct step first = {&query_intake_seen_first, "r", COUNT_NONE};
	_cleanup_(db_result_freep) struct db_result *done = NULL;
	uint64_t met = 0;
	int r = count_met(db, result, &met, reterr);

	if (r == 0)
		r = run(db, filing, &seen, &done, reterr);
	if (r < 0 || db_affected(done) == met)
		return r;
	return run_steps(db, filing, &first, 1, result, reterr);
}

/* After that assets are a system's or not, by the roles that they have now. */
static int sum_up(struct db *db, const struct filing *filing, struct intake_result *result,
	struct error *reterr)
{
	int r = run_steps(db, filing, STEPS(summary_steps), result, reterr);

	return r < 0 || part_of(filing) != FILE_ALL
		       ? r
		       : history_members(db, filing->batch, filing->run, reterr);
}

static int file_late(struct db *db, const struct filing *filing, struct intake_result *result,
	struct error *reterr)
{
	static const struct step coverage = {&query_intake_coverage, "br", COUNT_NONE};
	uint64_t all = 0;
	int r = run_steps(db, filing, &coverage, 1, result, reterr);

	if (r == 0)
		r = late_file(db, filing, result, reterr);
	if (r == 0)
		r = count_met(db, result, &all, reterr);
	return r < 0 ? r : sum_up(db, filing, result, reterr);
}

/* What is looked for in the end: after all that was met is filed. */
static int file_endings(struct db *db, const struct filing *filing,
	struct intake_result *result, struct error *reterr)
{
	static const struct step gone = {&query_intake_address_gone, "rmbs", COUNT_ONCE};
	struct filing last = *filing;
	int r = run_steps(db, filing, STEPS(ending_steps), result, reterr);

	if (r == 0 && !filing->all_met)
		r = run_steps(db, filing, &gone, 1, result, reterr);
	last.endings = true;
	return r < 0 ? r : run_steps(db, &last, STEPS(moved_steps), result, reterr);
}

static int file_facts(struct db *db, const struct filing *filing, bool merges,
	struct intake_result *result, struct error *reterr)
{
	static const struct step coverage = {&query_intake_coverage, "br", COUNT_NONE};
	bool links_only = part_of(filing) == FILE_LINKS;
	int r = run_steps(db, filing, &coverage, 1, result, reterr);

	if (r == 0)
		r = file_addresses(db, filing, merges, result, reterr);
	if (r == 0 && !links_only)
		r = file_services(db, filing, result, reterr);
	if (r == 0)
		r = run_steps(db, filing, STEPS(statement_steps), result, reterr);
	if (r == 0)
		r = analyze(db, filing, &query_intake_analyze_facts, result->facts_written,
			result, reterr);
	if (r == 0 && !filing->truncated)
		r = file_endings(db, filing, result, reterr);
	if (r == 0)
		r = run_steps(db, filing, STEPS(closing_steps), result, reterr);
	if (r == 0 && !links_only)
		r = file_seen(db, filing, result, reterr);
	if (r == 0)
		r = identity_file_decisions(db, filing->batch, filing->run, filing->realm,
			kinds_of(filing), &result->facts_written, reterr);
	return r < 0 || links_only ? r : file_quiet(db, filing, result, reterr);
}

int history_file(struct db *db, const struct filing *filing, struct intake_result *result,
	struct error *reterr)
{
	struct identity_counts identity = {.merges = filing->merges};
	struct filing decided = *filing;
	int r = join_in_bulk(db, filing, reterr);

	if (r == 0 && filing->late)
		return file_late(db, filing, result, reterr);
	if (r == 0 && part_of(filing) == FILE_ALL) {
		r = identity_decide(
			db, filing->batch, filing->realm, false, &identity, reterr);
		result->assets_new = identity.assets_new;
		decided.stayed = !identity.moved && !identity.merges && !identity.splits;
		decided.all_met = decided.stayed && identity.all_met;
	}
	if (r == 0 && part_of(filing) != FILE_SUMMARY)
		r = file_facts(db, &decided, identity.merges > 0, result, reterr);
	return r < 0 ? r : sum_up(db, filing, result, reterr);
}

void history_tidy(struct db *db)
{
	_cleanup_(db_result_freep) struct db_result *state = NULL;

	if (db_run(db, &query_intake_summarize, DB_NO_VALUES, &state, NULL) == 0 &&
		db_rows(state) == 1 && db_get_bool(state, 0, 1))
		db_run(db, &query_intake_vacuum, DB_NO_VALUES, NULL, NULL);
}

int history_merge(struct db *db, const struct filing *filing, struct intake_result *result,
	struct error *reterr)
{
	int r = run_steps(db, filing, STEPS(merge_steps), result, reterr);

	return r < 0 ? r
		     : identity_file_splits(db, filing->batch, filing->run,
			       IDENTITY_ALL, &result->facts_written, reterr);
}

int history_sum_up(struct db *db, const struct filing *filing, struct intake_result *result,
	struct error *reterr)
{
	return sum_up(db, filing, result, reterr);
}
