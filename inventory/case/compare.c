/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What differs between two states of a system, each a sorted list of how it stands in what
 * matters (schema/queries/case_facts.sql). Pure: it sees rows, no database.
 */
#include "inventory/case/case.h"

#include "common/text.h"

#include <stdlib.h>
#include <string.h>

enum { IS_SYSTEM, IS_TRIGGER, IS_SUBJECT, IS_HOW, IS_VALUE, IS_RANK, IS_EVIDENCE, IS_LOST };

void case_changes_done(struct case_changes *changes)
{
	free(changes->all);
	arena_free(changes->arena);
}

static const char *keep(struct case_changes *changes, const char *text)
{
	_cleanup_(str_done) struct str clean = STR_INIT(CASE_TEXT_MAX + 8);
	const char *kept;

	text_clean(&clean, text, strlen(text), CASE_TEXT_MAX);
	kept = arena_strdup(changes->arena, clean.data);
	changes->failed |= !kept;
	return kept ? kept : "";
}

static bool make_room(struct case_changes *changes)
{
	size_t room = changes->room ? 2 * changes->room : 64;
	struct case_change *all;

	if (!changes->arena)
		changes->arena = arena_new(CASE_ARENA_MAX);
	if (!changes->arena || changes->n >= CASE_CHANGES_MAX)
		return false;
	if (changes->n < changes->room)
		return true;
	all = reallocarray(changes->all, room, sizeof(*all));
	if (!all)
		return false;
	changes->all = all;
	changes->room = room;
	return true;
}

void case_changes_add(struct case_changes *changes, enum change_trigger trigger,
	const char *subject, const char *before, const char *after, const char *evidence)
{
	if (changes->failed || !make_room(changes)) {
		changes->failed = true;
		return;
	}
	changes->all[changes->n++] = (struct case_change){.trigger = trigger,
		.subject = keep(changes, subject),
		.before = keep(changes, before),
		.after = keep(changes, after),
		.evidence = keep(changes, evidence)};
}

int case_changes_check(
	const struct case_changes *changes, const char *system, struct error *reterr)
{
	if (!changes->failed)
		return 0;
	return error_set(reterr, ERROR_SYSTEM,
		"no memory for what changed in system \"%.100s\", "
		"or more than %d changes",
		system, CASE_CHANGES_MAX);
}

/* ---- rows ---------------------------------------------------------------------------- */

static enum change_trigger trigger_find(const char *name)
{
	for (int i = 0; i < TRIGGER_N; i++)
		if (strcmp(change_trigger_name((enum change_trigger)i), name) == 0)
			return (enum change_trigger)i;
	return TRIGGER_N;
}

/* The rows of a system: [*at, end). */
static size_t end_of(const struct db_result *rows, size_t at, const char *system)
{
	while (at < db_rows(rows) && strcmp(db_get_text(rows, at, IS_SYSTEM), system) == 0)
		at++;
	return at;
}

static bool is_registered(const struct db_result *rows, size_t at, size_t end)
{
	for (; at < end; at++)
		if (strcmp(db_get_text(rows, at, IS_TRIGGER), "lifecycle") == 0)
			return true;
	return false;
}

static int compare_keys(
	const struct db_result *a, size_t i, const struct db_result *b, size_t k)
{
	int order = strcmp(db_get_text(a, i, IS_TRIGGER), db_get_text(b, k, IS_TRIGGER));

	return order ? order
		     : strcmp(db_get_text(a, i, IS_SUBJECT), db_get_text(b, k, IS_SUBJECT));
}

/* How it stands; value NULL: it does not. */
struct standing {
	const char *value;
	int64_t rank, lost;
};

static bool is_change(
	const char *how, const struct standing *before, const struct standing *after)
{
	if (strcmp(how, "add") == 0)
		return !before->value;
	if (strcmp(how, "rise") == 0)
		return after->rank > before->rank;
	if (strcmp(how, "fall") == 0)
		return before->value && after->value && after->rank < before->rank;
	if (strcmp(how, "spare") == 0) /* what is taken for something else now is not lost */
		return after->rank < before->rank && after->rank <= 1 &&
		       after->lost > before->lost;
	return strcmp(before->value ? before->value : "", after->value ? after->value : "") !=
	       0;
}

struct side {
	const struct db_result *rows;
	size_t at, end;
};

static struct standing standing_of(const struct side *side, bool there)
{
	return there ? (struct standing){db_get_text(side->rows, side->at, IS_VALUE),
			       db_get_int(side->rows, side->at, IS_RANK),
			       db_get_int(side->rows, side->at, IS_LOST)}
		     : (struct standing){NULL, 0, 0};
}

static void compare_rows(const struct side *then, const struct side *now, bool was, bool is,
	struct case_changes *changes)
{
	const struct side *some = is ? now : then;
	struct standing before = standing_of(then, was), after = standing_of(now, is);
	enum change_trigger trigger =
		trigger_find(db_get_text(some->rows, some->at, IS_TRIGGER));

	if (trigger < TRIGGER_N &&
		is_change(db_get_text(some->rows, some->at, IS_HOW), &before, &after))
		case_changes_add(changes, trigger,
			db_get_text(some->rows, some->at, IS_SUBJECT),
			before.value ? before.value : "", after.value ? after.value : "",
			is ? db_get_text(now->rows, now->at, IS_EVIDENCE) : "");
}

void case_compare(const char *system, const struct db_result *then, const struct db_result *now,
	size_t *then_at, size_t *now_at, struct case_changes *changes)
{
	struct side a = {then, *then_at, end_of(then, *then_at, system)};
	struct side b = {now, *now_at, end_of(now, *now_at, system)};

	*then_at = a.end;
	*now_at = b.end;
	/* What was not stated when it was decided is no baseline; what left is one change. */
	if (!is_registered(then, a.at, a.end))
		return;
	if (!is_registered(now, b.at, b.end)) {
		case_changes_add(
			changes, TRIGGER_LIFECYCLE, "", "registered", "not registered", "");
		return;
	}
	while (a.at < a.end || b.at < b.end) {
		int order = a.at == a.end ? 1 : b.at == b.end ? -1 :
			compare_keys(then, a.at, now, b.at);

		compare_rows(&a, &b, order <= 0, order >= 0, changes);
		a.at += order <= 0;
		b.at += order >= 0;
	}
}
