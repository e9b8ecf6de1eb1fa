/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Filing what follows from identity: what is taken apart, where keys were seen, decisions; see
 * decide.h. Rows are closed and written anew under the other asset; asset_id is never changed.
 */
#include "inventory/identity/decide.h"

#include "inventory/store/queries.h"

/* What a step writes counts as facts: not at all, once a row, or twice (ended and added). */
struct step {
	const struct query *query;
	const char *parameters; /* in their order: b batch, r run, m realm */
	unsigned int counting;
	unsigned int kinds; /* enum identity_kinds */
};

#define OF IDENTITY_OF_ASSETS
#define BETWEEN IDENTITY_BETWEEN_ASSETS
#define ALL IDENTITY_ALL

static const struct step split_steps[] = {
	{&query_intake_split_assets, "br", 0, OF},
	{&query_intake_split_address, "br", 2, OF},
	{&query_intake_split_name, "br", 2, OF},
	{&query_intake_split_service, "br", 2, OF},
	{&query_intake_split_fact, "br", 2, OF},
	{&query_intake_split_hop, "br", 2, BETWEEN},
	{&query_intake_split_link, "br", 2, BETWEEN},
	{&query_intake_split_link_peer, "br", 2, BETWEEN},
	{&query_intake_split_key_sighting, "br", 0, OF},
	{&query_intake_split_key_add, "br", 1, OF},
	{&query_intake_split_key_ended, "br", 1, OF},
};

static const struct step decision_steps[] = {
	{&query_intake_sighting_lost, "rm", 0, OF},
	{&query_intake_sighting_ended, "r", 0, OF},
	{&query_intake_sighting_add, "rm", 0, OF},
	{&query_intake_note_ended, "br", 1, OF},
	{&query_intake_note_add, "brm", 1, OF},
	{&query_intake_decision_add, "brm", 0, BETWEEN},
	{&query_intake_decision_settled, "b", 0, BETWEEN},
	{&query_intake_clear_split, "b", 0, ALL},
	{&query_intake_clear_note, "b", 0, ALL},
	{&query_intake_clear_decision, "b", 0, ALL},
};

static int run_steps(struct db *db, const struct step *steps, size_t n,
	const int64_t values[3], unsigned int kinds, uint64_t *facts, struct error *reterr)
{
	for (size_t i = 0; i < n; i++) {
		_cleanup_(db_result_freep) struct db_result *done = NULL;
		struct db_value given[3];
		size_t n_given = 0;
		int r;

		if (!(steps[i].kinds & kinds))
			continue;
		for (const char *p = steps[i].parameters; *p; p++)
			given[n_given++] = db_int(values[*p == 'b' ? 0 : *p == 'r' ? 1 : 2]);
		r = db_run(db, steps[i].query, given, n_given, &done, reterr);
		if (r < 0)
			return r;
		*facts += db_affected(done) * steps[i].counting;
	}
	return 0;
}

int identity_file_splits(struct db *db, int64_t batch, int64_t run, unsigned int kinds,
	uint64_t *facts, struct error *reterr)
{
	const int64_t values[3] = {batch, run, 0};

	return run_steps(
		db, split_steps, ARRAY_SIZE(split_steps), values, kinds, facts, reterr);
}

int identity_file_decisions(struct db *db, int64_t batch, int64_t run, int64_t realm,
	unsigned int kinds, uint64_t *facts, struct error *reterr)
{
	const int64_t values[3] = {batch, run, realm};

	return run_steps(
		db, decision_steps, ARRAY_SIZE(decision_steps), values, kinds, facts, reterr);
}
