/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Notices: drafting by templates, sending under a number, acknowledging. An act and its trail
 * are one transaction. It sends nothing itself: it keeps what was sent, when, and who confirmed
 * it.
 *
 * Basis: Order 745 Art. 10; guiding opinions 1960 (2020), III(1).
 */
#include "inventory/notice/notice.h"

#include "common/clock.h"
#include "inventory/scope/day.h"
#include "inventory/scope/trail.h"
#include "inventory/scope/words.h"
#include "inventory/store/queries.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LINE_MAX_BYTES 300
#define RESPONSE_MAX 2000

/* ---- parties ------------------------------------------------------------------------- */

void notice_party_done(struct notice_party *party)
{
	str_done(&party->id);
	str_done(&party->name);
}

static int take_named(struct inventory *inv, int64_t realm, const char *given,
	const char *needer, struct notice_party *party, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = words_take(&party->name, needer, "the name of an organisation", given,
		LINE_MAX_BYTES, reterr);

	if (r == 0)
		r = db_run(inv->db, &query_organisation_name,
			DB_VALUES(db_int(realm), db_text(party->name.data)), &rows, reterr);
	if (r < 0 || db_rows(rows) == 0)
		return r;
	str_reset(&party->name);
	str_adds(&party->id, db_get_text(rows, 0, 0));
	str_adds(&party->name, db_get_text(rows, 0, 1));
	return 0;
}

int notice_party_find(struct inventory *inv, int64_t realm, const char *given,
	const char *const *roles, size_t n_roles, const char *day, const char *needer,
	struct notice_party *party, struct error *reterr)
{
	if (given)
		return take_named(inv, realm, given, needer, party, reterr);
	for (size_t i = 0; i < n_roles; i++) {
		_cleanup_(db_result_freep) struct db_result *rows = NULL;
		int r = db_run(inv->db, &query_organisation_in_role,
			DB_VALUES(db_int(realm), db_text(roles[i]), db_text(day)), &rows,
			reterr);

		if (r < 0)
			return r;
		if (db_rows(rows) == 1) {
			str_adds(&party->id, db_get_text(rows, 0, 0));
			str_adds(&party->name, db_get_text(rows, 0, 1));
		}
		if (db_rows(rows))
			break;
	}
	return 0;
}

/* ---- drafting ------------------------------------------------------------------------ */

struct letter {
	struct str subject[NOTICE_LANGUAGE_N], text[NOTICE_LANGUAGE_N];
};

static void letter_done(struct letter *letter)
{
	for (int i = 0; i < NOTICE_LANGUAGE_N; i++) {
		str_done(&letter->subject[i]);
		str_done(&letter->text[i]);
	}
}

static int write_letter(const struct notice_template *t, const struct notice_request *request,
	struct letter *letter, struct error *reterr)
{
	struct notice_field fields[NOTICE_FIELDS_MAX];
	int r = 0;

	if (request->n_fields + 2 > NOTICE_FIELDS_MAX)
		return error_set(reterr, ERROR_INTERNAL, "a notice of %zu fields",
			request->n_fields);
	if (request->n_fields)
		memcpy(fields + 2, request->fields, request->n_fields * sizeof(*fields));
	fields[0] = (struct notice_field){"from", request->from->name.data};
	for (int i = 0; i < NOTICE_LANGUAGE_N && r == 0; i++) {
		str_init(&letter->subject[i], NOTICE_TEXT_MAX);
		str_init(&letter->text[i], NOTICE_TEXT_MAX);
		fields[1] = (struct notice_field){
			"to", request->to->name.len ? request->to->name.data : t->to[i]};
		r = notice_template_render(t, (enum notice_language)i, fields,
			request->n_fields + 2, &letter->subject[i], &letter->text[i], reterr);
	}
	return r;
}

static struct db_value id_or_null(int64_t id)
{
	return id ? db_int(id) : db_null();
}

int notice_draft(struct inventory *inv, const struct notice_request *request, int64_t *ret_id,
	struct error *reterr)
{
	_cleanup_(notice_template_freep) struct notice_template *t = NULL;
	_cleanup_(letter_done) struct letter letter = {0};
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = notice_template_load(request->letter, &t, reterr);

	if (r == 0)
		r = write_letter(t, request, &letter, reterr);
	if (r == 0)
		r = db_run(inv->db, &query_notice_add,
			DB_VALUES(db_text(t->kind), db_int(request->realm),
				db_text(request->system), id_or_null(request->designation_id),
				id_or_null(request->case_id), db_text(request->from->id.data),
				db_text(request->from->name.data),
				db_text(request->to->id.data),
				db_text(request->to->name.len ? request->to->name.data
							      : t->to[NOTICE_ZH]),
				db_text(t->basis), db_text(letter.subject[NOTICE_ZH].data),
				db_text(letter.subject[NOTICE_EN].data),
				db_text(letter.text[NOTICE_ZH].data),
				db_text(letter.text[NOTICE_EN].data), db_text(request->day),
				db_int(t->send_within_days), db_int(t->ack_within_days),
				db_time(request->recorded_us)),
			&rows, reterr);
	if (r == 0)
		*ret_id = db_get_int(rows, 0, 0);
	return r;
}

/* ---- sending and acknowledging ------------------------------------------------------- */

/* A notice as it stands, and the act on it. */
struct change {
	struct inventory *inv;
	int64_t id, now_us;
	struct db_result *found; /* columns of notice_get */
	char day[DAY_SIZE];
	struct str words, response;
	struct error *reterr;
};

enum { IS_STATE, IS_MADE, IS_ISSUED, IS_NUMBER, IS_FROM, IS_TO_ORG, IS_TO, IS_ACKNOWLEDGED,
	IS_ACKNOWLEDGED_BY, IS_KIND, IS_RECORDED };

static const char *is(const struct change *change, int column)
{
	return db_get_text(change->found, 0, column);
}

static void change_done(struct change *change)
{
	db_result_free(change->found);
	str_done(&change->words);
	str_done(&change->response);
}

/* Locks notices and finds this one; the time of the act is after what is known of it. */
static int find(struct change *change)
{
	int r = db_run(change->inv->db, &query_notice_lock, DB_NO_VALUES, NULL, change->reterr);

	if (r == 0)
		r = db_run(change->inv->db, &query_notice_get, DB_VALUES(db_int(change->id)),
			&change->found, change->reterr);
	if (r < 0)
		return r;
	if (db_rows(change->found) == 0)
		return error_set(change->reterr, ERROR_INPUT,
			"there is no notice %" PRId64
			"; `cadastre notice list` shows those there are",
			change->id);
	change->now_us = clock_wall_us();
	if (change->now_us <= db_get_int(change->found, 0, IS_RECORDED))
		change->now_us = db_get_int(change->found, 0, IS_RECORDED) + 1;
	return 0;
}

static int check_sendable(const struct change *change)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	char what[64];
	int r;

	if (strcmp(is(change, IS_STATE), "draft") != 0)
		return error_set(change->reterr, ERROR_INPUT,
			"notice %" PRId64 " was sent already, on %s under number %s",
			change->id, is(change, IS_ISSUED), is(change, IS_NUMBER));
	snprintf(what, sizeof(what), "notice %" PRId64, change->id);
	r = day_check_order(what, change->day, "the act that it tells of,", is(change, IS_MADE),
		change->reterr);
	if (r == 0)
		r = db_run(change->inv->db, &query_notice_numbered,
			DB_VALUES(db_text(change->words.data), db_text(is(change, IS_FROM)),
				db_text(is(change, IS_TO_ORG)), db_text(is(change, IS_TO)),
				db_text(change->day)),
			&rows, change->reterr);
	if (r == 0 && db_rows(rows))
		return error_set(change->reterr, ERROR_INPUT,
			"number %s is that of notice %" PRId64
			" to %s of %s; only what goes to the "
			"same addressee on the same day may share a number",
			change->words.data, db_get_int(rows, 0, 0), db_get_text(rows, 0, 1),
			db_get_text(rows, 0, 2));
	return r;
}

static int check_open_answer(const struct change *change)
{
	char what[64], than[64];

	if (strcmp(is(change, IS_STATE), "draft") == 0)
		return error_set(change->reterr, ERROR_INPUT,
			"notice %" PRId64
			" is a draft: what was not sent cannot be acknowledged; "
			"`cadastre notice send` comes first",
			change->id);
	if (strcmp(is(change, IS_STATE), "acknowledged") == 0)
		return error_set(change->reterr, ERROR_INPUT,
			"notice %" PRId64 " was acknowledged already, on %s by %s", change->id,
			is(change, IS_ACKNOWLEDGED), is(change, IS_ACKNOWLEDGED_BY));
	snprintf(what, sizeof(what), "the acknowledgement of notice %" PRId64, change->id);
	snprintf(than, sizeof(than), "the notice");
	return day_check_order(what, change->day, than, is(change, IS_ISSUED), change->reterr);
}

static int add_trail(const struct change *change, const char *what, const char *detail)
{
	char object[64];

	snprintf(object, sizeof(object), "notice %" PRId64, change->id);
	return trail_add(change->inv, what, object, detail, change->reterr);
}

static int send_it(struct change *change)
{
	_cleanup_(str_done) struct str detail = STR_INIT(8 * LINE_MAX_BYTES);
	int r = check_sendable(change);

	if (r == 0)
		r = db_run(change->inv->db, &query_notice_change,
			DB_VALUES(db_int(change->id), db_text("sent"),
				db_text(change->words.data), db_text(change->day), db_null(),
				db_text(""), db_text(""), db_time(change->now_us)),
			NULL, change->reterr);
	if (r < 0)
		return r;
	str_addf(&detail, "%s to %s under number %s of %s", is(change, IS_KIND),
		is(change, IS_TO), change->words.data, change->day);
	return add_trail(change, "notice.send", detail.data);
}

static int acknowledge_it(struct change *change)
{
	_cleanup_(str_done) struct str detail = STR_INIT(TRAIL_DETAIL_MAX);
	int r = check_open_answer(change);

	if (r == 0)
		r = db_run(change->inv->db, &query_notice_change,
			DB_VALUES(db_int(change->id), db_text("acknowledged"), db_null(),
				db_null(), db_text(change->day), db_text(change->words.data),
				db_text(change->response.data), db_time(change->now_us)),
			NULL, change->reterr);
	if (r < 0)
		return r;
	str_addf(&detail, "%s to %s, number %s: by %s on %s%s%s", is(change, IS_KIND),
		is(change, IS_TO), is(change, IS_NUMBER), change->words.data, change->day,
		change->response.len ? ": " : "", change->response.data);
	return add_trail(change, "notice.ack", detail.data);
}

static int act(struct change *change, int (*how)(struct change *change))
{
	_cleanup_(db_rollbackp) struct db *transaction = NULL;
	int r = db_begin(change->inv->db, change->reterr);

	if (r < 0)
		return r;
	transaction = change->inv->db;
	r = find(change);
	if (r == 0)
		r = how(change);
	return r < 0 ? r : db_commit(transaction, change->reterr);
}

int inventory_notice_send(struct inventory *inv, int64_t id, const char *number,
	const char *day, struct error *reterr)
{
	_cleanup_(change_done) struct change change = {.inv = inv, .id = id, .reterr = reterr,
		.words = STR_INIT(4 * LINE_MAX_BYTES), .response = STR_INIT(0)};
	int r = words_take(&change.words, "sending a notice",
		"the number under which it went out", number, LINE_MAX_BYTES, reterr);

	if (r == 0)
		r = day_take("a notice", day, clock_wall_us(), change.day, reterr);
	return r < 0 ? r : act(&change, send_it);
}

int inventory_notice_acknowledge(struct inventory *inv, int64_t id, const char *by,
	const char *day, const char *response, struct error *reterr)
{
	_cleanup_(change_done) struct change change = {.inv = inv, .id = id, .reterr = reterr,
		.words = STR_INIT(4 * LINE_MAX_BYTES), .response = STR_INIT(4 * RESPONSE_MAX)};
	int r = words_take(&change.words, "an acknowledgement", "who acknowledged", by,
		LINE_MAX_BYTES, reterr);

	if (r == 0)
		r = words_take(&change.response, NULL, "the response", response, RESPONSE_MAX,
			reterr);
	if (r == 0)
		r = day_take("an acknowledgement", day, clock_wall_us(), change.day, reterr);
	return r < 0 ? r : act(&change, acknowledge_it);
}

/* ---- asking -------------------------------------------------------------------------- */

int inventory_notice_list(struct inventory *inv, const struct notice_filter *filter,
	int (*row)(void *context, const struct notice_row *notice), void *context,
	struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(inv->db, &query_notice_list,
		DB_VALUES(id_or_null(filter->id), db_text(filter->system), db_int(filter->open),
			db_int(filter->overdue)),
		&rows, reterr);

	if (r == 0 && filter->id && db_rows(rows) == 0)
		return error_set(reterr, ERROR_INPUT,
			"there is no notice %" PRId64
			"; `cadastre notice list` shows those there are",
			filter->id);
	for (size_t i = 0; r == 0 && i < db_rows(rows); i++) {
		const char *text[26] = {0};
		struct notice_row notice;

		for (int c = 0; c < 26; c++)
			text[c] = db_get_text(rows, i, c);
		notice = (struct notice_row){.id = db_get_int(rows, i, 0),
			.kind = text[1],
			.state = text[2],
			.realm = text[3],
			.system = text[4],
			.designation_id = db_get_int(rows, i, 5),
			.case_id = db_get_int(rows, i, 6),
			.from_org = text[7],
			.from = text[8],
			.to_org = text[9],
			.to = text[10],
			.basis = text[11],
			.made = text[12],
			.send_due = text[13],
			.number = text[14],
			.issued = text[15],
			.ack_due = text[16],
			.acknowledged = text[17],
			.acknowledged_by = text[18],
			.response = text[19],
			.due = text[20],
			.overdue = db_get_bool(rows, i, 21),
			.subject_zh = text[22],
			.subject_en = text[23],
			.text_zh = text[24],
			.text_en = text[25],
			.recorded_us = db_get_int(rows, i, 26)};
		r = row(context, &notice);
	}
	return r;
}
