/* SPDX-License-Identifier: Apache-2.0 */
/* One evaluation as a process gave it, checked; see judge.h. The process is hostile. */
#include "inventory/norm/judge.h"

#include "inventory/norm/facts.h"

#include <string.h>

#define OUTCOME_MAX 20
#define SCORE_MAX 1000000
#define DAY_MAX 4000000 /* far beyond the year 9999 */

/* Where texts begin: they lie behind each other in one string, which moves while it grows. */
struct places {
	size_t outcome, missing, verdicts, degrees, dues, inputs, explanation,
		reasons[JUDGE_REASONS_MAX];
};

static size_t take(struct str *texts, struct cursor *c, size_t max, bool lines, size_t *ret_n)
{
	size_t from = texts->len;

	if (lines)
		sandbox_get_xml(c, max, texts);
	else
		sandbox_get_line(c, max, texts);
	if (ret_n)
		*ret_n = texts->len - from;
	str_addc(texts, '\0');
	return from;
}

static bool is_outcome(const char *text)
{
	size_t n = strlen(text);

	return n > 0 && n <= OUTCOME_MAX && text[0] != '-' && (strcmp(text, "n/a") == 0 ||
		text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0');
}

/* Lines that begin with a day, which is cast to one when it is asked for; no event lies before
 * 1970. */
static bool is_dues(const char *text)
{
	while (*text) {
		char day[11] = "";

		strncat(day, text, 10);
		if (facts_day_parse(day) < 0 || text[10] != ' ')
			return false;
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return true;
}

/* What stands at those places. */
static void hand_out(struct judge_texts *texts, const struct places *at, struct judged *judged)
{
	const char *all = texts->all.data;

	judged->outcome = all + at->outcome;
	judged->missing = all + at->missing;
	judged->verdicts = all + at->verdicts;
	judged->degrees = all + at->degrees;
	judged->dues = all + at->dues;
	judged->inputs = all + at->inputs;
	judged->explanation = all + at->explanation;
	for (size_t i = 0; i < judged->n_reasons; i++)
		texts->reasons[i] = all + at->reasons[i];
	judged->reasons = texts->reasons;
}

bool judge_read(
	struct cursor *c, size_t n_packs, struct judge_texts *texts, struct judged *judged)
{
	struct str *all = &texts->all;
	uint8_t digest[DIGEST_SIZE];
	const uint8_t *explanation;
	struct places at = {0};
	int64_t score;

	str_reset(all);
	judged->pack = cursor_be32(c);
	judged->silent = cursor_u8(c) != 0;
	judged->notable = cursor_u8(c) != 0;
	at.outcome = take(all, c, OUTCOME_MAX, false, NULL);
	score = sandbox_get_i64(c);
	judged->until_day = sandbox_get_i64(c);
	at.missing = take(all, c, JUDGE_LINE_MAX, false, NULL);
	at.verdicts = take(all, c, JUDGE_LINE_MAX, false, NULL);
	at.degrees = take(all, c, JUDGE_LINE_MAX, false, NULL);
	at.dues = take(all, c, JUDGE_LINE_MAX, true, NULL);
	at.inputs = take(all, c, JUDGE_INPUTS_MAX, true, &judged->n_inputs);
	explanation = cursor_bytes(c, DIGEST_SIZE);
	judged->n_reasons = cursor_be32(c);
	for (size_t i = 0; i < judged->n_reasons && i < JUDGE_REASONS_MAX && cursor_ok(c); i++)
		at.reasons[i] = take(all, c, JUDGE_LINE_MAX, false, NULL);
	at.explanation = take(all, c, JUDGE_INPUTS_MAX, true, NULL);
	if (!cursor_ok(c) || all->failed || judged->n_reasons > JUDGE_REASONS_MAX ||
		judged->pack >= n_packs || score < -SCORE_MAX || score > SCORE_MAX ||
		(judged->until_day != JUDGE_NO_DAY &&
			(judged->until_day < 0 || judged->until_day > DAY_MAX)))
		return false;
	judged->score = (int)score;
	hand_out(texts, &at, judged);
	digest_sha256(judged->inputs, judged->n_inputs, digest);
	digest_hex(digest, judged->inputs_sha256);
	digest_hex(explanation, judged->explanation_sha256);
	return is_outcome(judged->outcome) && is_dues(judged->dues);
}
