/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Replay: what each decision rests on is evaluated again from the pack and the facts as they
 * were stored (inventory/norm/replay.h), and must come out as it was kept, byte for byte. Reads
 * only.
 */
#include "inventory/inventory.h"
#include "inventory/norm/replay.h"
#include "inventory/store/handle.h"
#include "inventory/store/queries.h"

#define DETAIL_MAX ((size_t)4096)

enum { IS_ID, IS_LIST_NO, IS_SYSTEM, IS_DECISION, IS_EVAL, IS_PACK, IS_VERSION, IS_OUTCOME };

struct replaying {
	struct inventory *inv;
	struct replayer *replayer; /* NULL: the one there was did not survive */
	int (*row)(void *context, const struct replay_row *replay);
	void *context;
	bool any, differs;
	int64_t last;
};

static int see(void *context, const struct replay *replay)
{
	str_adds(context, replay->difference);
	return 0;
}

/* What differs is appended; what cannot be judged any more differs, too. */
static int replay_one(struct replaying *replaying, int64_t eval_id, struct str *detail,
	struct error *reterr)
{
	struct error why = {0};
	int r = replaying->replayer ? 0 :
		replayer_new(replaying->inv, &replaying->replayer, reterr);

	if (r < 0)
		return r;
	r = replayer_ask(replaying->replayer, eval_id, see, detail, &why);
	if (r == 0)
		return 0;
	replayer_free(replaying->replayer);
	replaying->replayer = NULL;
	if (r != ERROR_INPUT)
		return error_set(reterr, r, "%s", why.text);
	str_adds(detail, why.text);
	return 0;
}

static int replay_rows(struct replaying *replaying, const struct db_result *rows,
	struct error *reterr)
{
	int r = 0;

	for (size_t i = 0; i < db_rows(rows) && r == 0; i++) {
		_cleanup_(str_done) struct str detail = STR_INIT(DETAIL_MAX);
		int64_t eval_id = db_get_int(rows, i, IS_EVAL);

		r = replay_one(replaying, eval_id, &detail, reterr);
		replaying->any = true;
		replaying->differs |= detail.len > 0;
		replaying->last = db_get_int(rows, i, IS_ID);
		if (r == 0)
			r = replaying->row(replaying->context,
				&(struct replay_row){.id = replaying->last,
					.eval_id = eval_id,
					.list_no = db_get_text(rows, i, IS_LIST_NO),
					.system = db_get_text(rows, i, IS_SYSTEM),
					.decision_no = db_get_text(rows, i, IS_DECISION),
					.pack = db_get_text(rows, i, IS_PACK),
					.version = db_get_text(rows, i, IS_VERSION),
					.outcome = db_get_text(rows, i, IS_OUTCOME),
					.same = detail.len == 0,
					.detail = detail.data ? detail.data : ""});
	}
	return r;
}

int inventory_designation_replay(struct inventory *inv, const char *which,
	int (*row)(void *context, const struct replay_row *replay), void *context,
	struct error *reterr)
{
	struct replaying replaying = {.inv = inv, .row = row, .context = context};
	size_t n = 1;
	int r = 0;

	while (n && r == 0) {
		_cleanup_(db_result_freep) struct db_result *rows = NULL;

		r = db_run(inv->db, &query_designation_replay,
			DB_VALUES(db_text(which), db_int(replaying.last)), &rows, reterr);
		n = r == 0 ? db_rows(rows) : 0;
		if (r == 0)
			r = replay_rows(&replaying, rows, reterr);
	}
	replayer_free(replaying.replayer);
	if (r == 0 && which && !replaying.any)
		return error_set(reterr, ERROR_INPUT,
			"nothing was decided on \"%.100s\": neither an entry of the list nor a "
			"system that was decided on has that name", which);
	return r < 0 ? r : replaying.differs;
}
