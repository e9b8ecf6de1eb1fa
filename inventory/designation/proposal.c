/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a decision rests on: the system and the newest proposal on it, which must be what the
 * norms in force say of the register as it stands. It writes nothing.
 */
#include "inventory/designation/decision.h"

#include "inventory/norm/identify.h"
#include "inventory/store/handle.h"
#include "inventory/store/queries.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

int decision_find_system(struct decision *d, struct decided_system *s)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	bool listed = d->act == DESIGNATE_WITHDRAW;
	int r = db_run(d->inv->db,
		listed ? &query_designation_listed : &query_designation_systems,
		DB_VALUES(db_text(s->id)), &rows, d->reterr);

	if (r < 0)
		return r;
	if (db_rows(rows) == 0 && listed) { /* it may have been, or may be unknown */
		db_result_free(STEAL(rows));
		r = db_run(d->inv->db, &query_designation_systems, DB_VALUES(db_text(s->id)),
			&rows, d->reterr);
	}
	if (r < 0)
		return r;
	if (db_rows(rows) == 0)
		return error_set(d->reterr, ERROR_INPUT,
			"the register has no system \"%.100s\"; `cadastre register list` shows "
			"those there are", s->id);
	if (db_rows(rows) > 1)
		return error_set(d->reterr, ERROR_INPUT,
			"the realms \"%.60s\" and \"%.60s\" both have a system \"%.100s\"; one "
			"of them must have another id before it can be decided on",
			db_get_text(rows, 0, 1), db_get_text(rows, 1, 1), s->id);
	s->realm = db_get_int(rows, 0, 0);
	str_adds(&s->realm_name, db_get_text(rows, 0, 1));
	str_adds(&s->name, db_get_text(rows, 0, 2));
	str_adds(&s->operator.id, db_get_text(rows, 0, 3));
	str_adds(&s->operator.name, db_get_text(rows, 0, 4));
	return 0;
}

/* ---- does it still hold -------------------------------------------------------------- */

/* What becomes of the newest proposal of one pack, when all packs in force judge again. */
struct check {
	const char *pack;
	int64_t eval;
	bool judges, still;
};

static int see_again(void *context, const struct proposal_row *row)
{
	struct check *check = context;

	if (strcmp(row->pack, check->pack) != 0)
		return 0;
	check->judges = true;
	check->still = row->eval_id == check->eval;
	return 0;
}

/* 1 if its pack does not judge this system any more: not in force, or superseded. */
static int check_still(struct decision *d, const struct decided_system *s,
	const struct db_result *rows, size_t i)
{
	struct check check = {
		.pack = db_get_text(rows, i, 1), .eval = db_get_int(rows, i, 0)};
	int r = identify_check(d->inv, s->id, see_again, &check, d->reterr);

	if (r < 0)
		return r;
	if (!check.judges)
		return 1;
	if (!check.still)
		return error_set(d->reterr, ERROR_INPUT,
			"the register or the norm changed since proposal %" PRId64 " on system "
			"\"%.100s\" (%s %s) was made, so it cannot be accepted; run `cadastre "
			"identify --system %.100s` again and decide on what it proposes now",
			check.eval, s->id, check.pack, db_get_text(rows, i, 2), s->id);
	return 0;
}

/* ---- may it be decided so ------------------------------------------------------------ */

static int check_accept(struct decision *d, const struct decided_system *s, const char *needed)
{
	const struct decided_proposal *p = &s->proposal;

	if (strcmp(p->outcome.data, "review") == 0)
		return error_set(d->reterr, ERROR_INPUT,
			"the newest proposal on system \"%.100s\" (%s %s) is \"review\", which "
			"cannot be accepted: it needs %s", s->id, p->pack.data, p->version.data,
			needed);
	if (strcmp(p->outcome.data, "cii") != 0)
		return error_set(d->reterr, ERROR_INPUT,
			"the newest proposal on system \"%.100s\" (%s %s) is \"%s\", not "
			"\"cii\"; there is nothing to enter in the list", s->id, p->pack.data,
			p->version.data, p->outcome.data);
	return 0;
}

/* Whether somebody decided against the very proposal. */
static bool was_decided_against(const struct decided_system *s)
{
	return s->standing.id && s->standing.eval == s->proposal.eval &&
		strcmp(s->standing.outcome.data, "cii") != 0;
}

static int check_enter(struct decision *d, const struct decided_system *s)
{
	if (strcmp(s->proposal.outcome.data, "cii") == 0 && !was_decided_against(s))
		return error_set(d->reterr, ERROR_INPUT,
			"the newest proposal on system \"%.100s\" (%s %s) is \"cii\": nothing "
			"is overridden; `cadastre designate accept` enters it",
			s->id, s->proposal.pack.data, s->proposal.version.data);
	return 0;
}

/* A case may end as it began: the change is none that the norm sees. */
static bool ends_case(const struct decision *d, const struct decided_system *s)
{
	const char *outcome = d->act == DESIGNATE_DECLINE ? "not" : "cii";

	return s->case_received && strcmp(s->standing.outcome.data, outcome) == 0;
}

static int check_decline(struct decision *d, const struct decided_system *s)
{
	const char *outcome = s->proposal.outcome.data;

	if (strcmp(s->standing.outcome.data, "cii") == 0)
		return error_set(d->reterr, ERROR_INPUT,
			"system \"%.100s\" is on the list as %s; `cadastre designate withdraw` "
			"takes it off", s->id, s->standing.list_no.data);
	if (strcmp(outcome, "cii") != 0 && strcmp(outcome, "review") != 0 && !ends_case(d, s))
		return error_set(d->reterr, ERROR_INPUT,
			"the newest proposal on system \"%.100s\" (%s %s) is \"%s\": there is "
			"nothing to decline", s->id, s->proposal.pack.data,
			s->proposal.version.data, outcome);
	return 0;
}

/* The same proposal is decided on once, unless the official says why it is decided otherwise
 * now, or a case of the system asks for a decision. */
static int check_anew(struct decision *d, const struct decided_system *s)
{
	const struct standing *was = &s->standing;
	char waits[128] = "";

	if (!was->id || was->eval != s->proposal.eval || ends_case(d, s) ||
		(d->act == DESIGNATE_ENTER && was_decided_against(s)))
		return 0;
	if (s->case_id && !s->case_received)
		snprintf(waits, sizeof(waits),
			"; case %" PRId64 " of it is decided on once its "
			"report was received",
			s->case_id);
	if (strcmp(was->outcome.data, "cii") == 0)
		return error_set(d->reterr, ERROR_INPUT,
			"system \"%.100s\" is on the list already: %s by decision %s of %s "
			"accepted this very proposal%s", s->id, was->list_no.data,
			was->decision_no.data, was->official.data, waits);
	return error_set(d->reterr, ERROR_INPUT,
		"decision %s of %s of %s was against system \"%.100s\" on this very proposal; to "
		"decide otherwise now needs a reason: `cadastre designate override --outcome cii`%s",
		was->decision_no.data, was->official.data, was->decided.data, s->id, waits);
}

static void take(struct decided_system *s, const struct db_result *rows, size_t i)
{
	struct decided_proposal *p = &s->proposal;

	p->eval = db_get_int(rows, i, 0);
	str_adds(&p->pack, db_get_text(rows, i, 1));
	str_adds(&p->version, db_get_text(rows, i, 2));
	str_adds(&p->sha256, db_get_text(rows, i, 3));
	str_adds(&p->outcome, db_get_text(rows, i, 4));
	str_adds(&p->authority, db_get_text(rows, i, 8));
	str_addf(&s->evidence, "proposal %" PRId64 ", inputs sha256 %s", p->eval,
		db_get_text(rows, i, 6));
	if (db_get_text(rows, i, 7)[0])
		str_addf(&s->evidence, ", documents %s", db_get_text(rows, i, 7));
}

/* What the norms said last of an entry that is taken off; it need not hold any more. */
static int take_newest(
	struct decision *d, struct decided_system *s, const struct db_result *rows)
{
	size_t newest = 0;

	for (size_t i = 1; i < db_rows(rows); i++)
		if (db_get_int(rows, i, 0) > db_get_int(rows, newest, 0))
			newest = i;
	if (db_rows(rows) == 0)
		return error_set(d->reterr, ERROR_INTERNAL, "system \"%.100s\" has no proposal",
			s->id);
	take(s, rows, newest);
	return 0;
}

int decision_find_proposal(struct decision *d, struct decided_system *s)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(d->inv->db, &query_designation_proposals,
		DB_VALUES(db_int(s->realm), db_text(s->id)), &rows, d->reterr);
	size_t i = 0;

	if (r < 0)
		return r;
	if (d->act == DESIGNATE_WITHDRAW)
		return take_newest(d, s, rows);
	for (; i < db_rows(rows); i++) {
		r = check_still(d, s, rows, i);
		if (r <= 0)
			break;
	}
	if (r < 0)
		return r;
	if (i == db_rows(rows))
		return error_set(d->reterr, ERROR_INPUT,
			"there is no proposal on system \"%.100s\" to accept; run `cadastre "
			"identify --system %.100s` first", s->id, s->id);
	take(s, rows, i);
	if (d->act == DESIGNATE_ACCEPT)
		r = check_accept(d, s, db_get_text(rows, i, 5));
	else if (d->act == DESIGNATE_ENTER)
		r = check_enter(d, s);
	else
		r = check_decline(d, s);
	return r < 0 ? r : check_anew(d, s);
}
