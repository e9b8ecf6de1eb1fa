/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is told of a decision: a draft to the operator and one to the Ministry of Public
 * Security (Order 745 Art. 10; guiding opinions 1960 (2020), III(1)). The letters are data
 * (inventory/notices); here is what is filled in.
 */
#include "inventory/designation/decision.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A code in both languages. */
struct words_of {
	const char *code, *zh, *en;
};
static const struct words_of reasons[] = {{"initial", "首次认定", "first identification"},
	{"change", "情况发生变化", "circumstances changed"},
	{"norm change", "认定规则调整", "the norm changed"},
	{"override", "经研究另行决定", "decided otherwise than proposed"},
	{"correction", "更正", "correction"}, {"withdrawal", "撤销", "withdrawal"}};
static const struct words_of outcomes[] = {{"cii", "认定", "to be identified"},
	{"not", "不认定", "not to be identified"}, {"review", "需人工研判", "to be reviewed"},
	{"n/a", "规则不适用", "the norm does not apply"}};

/* The code itself where nothing is said of it. */
static struct words_of find(const struct words_of *all, size_t n, const char *code)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(all[i].code, code) == 0)
			return all[i];
	return (struct words_of){code, code, code};
}

static const char *const acts[] = {[DESIGNATE_ACCEPT] = "entered",
	[DESIGNATE_ENTER] = "entered",
	[DESIGNATE_DECLINE] = "declined",
	[DESIGNATE_WITHDRAW] = "withdrawn"};

int decision_notify(struct decision *d, struct decided_system *s)
{
	const struct decided_proposal *p = &s->proposal;
	struct words_of reason = find(reasons, ARRAY_SIZE(reasons), s->reason),
			outcome = find(outcomes, ARRAY_SIZE(outcomes), p->outcome.data);
	char proposal[24], boundary[24] = "", letter[64];
	const struct notice_field fields[] = {{"system", s->name.data}, {"system_id", s->id},
		{"operator", s->operator.name.data}, {"entry", s->list_no.data},
		{"decision", d->number.data}, {"decided", d->day},
		{"official", d->official.data}, {"reason_zh", reason.zh},
		{"reason_en", reason.en}, {"words", d->words.data}, {"pack", p->pack.data},
		{"version", p->version.data}, {"pack_authority", p->authority.data},
		{"proposal", proposal}, {"outcome_zh", outcome.zh}, {"outcome_en", outcome.en},
		{"boundary", boundary}};
	struct notice_request request = {.letter = letter, .realm = s->realm, .system = s->id,
		.designation_id = s->result.id, .case_id = s->case_received ? s->case_id : 0,
		.from = &d->authority, .to = &s->operator,
		.day = d->day, .recorded_us = d->now_us, .fields = fields,
		.n_fields = ARRAY_SIZE(fields)};
	int r;

	snprintf(proposal, sizeof(proposal), "%" PRId64, p->eval);
	if (d->order->boundary)
		snprintf(boundary, sizeof(boundary), "%" PRId64, d->order->boundary);
	snprintf(letter, sizeof(letter), "identification-%s", acts[d->act]);
	r = notice_draft(d->inv, &request, &s->result.notice, d->reterr);
	if (r < 0)
		return r;
	snprintf(letter, sizeof(letter), "report-%s", acts[d->act]);
	request.to = &d->ministry;
	return notice_draft(d->inv, &request, &s->result.report, d->reterr);
}
