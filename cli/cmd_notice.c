/* SPDX-License-Identifier: Apache-2.0 */
/* notice list, show, send, ack: what goes out to others with a decision, and comes back
 * confirmed. */
#include "cli/command.h"

#include "cli/author.h"
#include "cli/cell.h"
#include "common/clock.h"
#include "common/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- notice list ----------------------------------------------------------------------- */

static const struct column text_columns[] = {{"id", true}, {"kind", false}, {"state", false},
	{"system", false}, {"to", false}, {"number", false}, {"issued", false}, {"due", false},
	{"overdue", false}};
/* What machines read of a list; one notice has its letters as well. */
static const struct column all_columns[] = {{"id", true}, {"kind", false}, {"state", false},
	{"realm", false}, {"system", false}, {"designation", true},
	{"case", true}, {"from_id", false}, {"from", false}, {"to_id", false}, {"to", false},
	{"basis", false}, {"made", false}, {"send_due", false}, {"number", false},
	{"issued", false}, {"ack_due", false}, {"acknowledged", false},
	{"acknowledged_by", false}, {"response", false}, {"due", false}, {"overdue", false},
	{"recorded", false}, {"subject_zh", false}, {"subject_en", false}, {"text_zh", false},
	{"text_en", false}};
#define N_LETTERS 4

struct listing {
	struct writer *writer;
	bool wide;
	uint64_t overdue;
};

static int notice_row(void *context, const struct notice_row *n)
{
	struct listing *listing = context;
	const char *overdue = n->overdue ? "yes" : "";
	char id[24], designation[24], in_case[24], recorded[CLOCK_TEXT_MAX];

	listing->overdue += n->overdue;
	number_or_empty(n->id, id);
	if (!listing->wide)
		return writer_row(listing->writer,
			(const char *[]){id, n->kind, n->state, n->system, n->to, n->number,
				n->issued, n->due, overdue},
			NULL);
	return writer_row(listing->writer,
		(const char *[]){id, n->kind, n->state, n->realm, n->system,
			number_or_empty(n->designation_id, designation),
			number_or_empty(n->case_id, in_case), n->from_org, n->from, n->to_org,
			n->to, n->basis, n->made, n->send_due, n->number, n->issued, n->ack_due,
			n->acknowledged, n->acknowledged_by, n->response, n->due, overdue,
			clock_format(n->recorded_us, recorded), n->subject_zh, n->subject_en,
			n->text_zh, n->text_en},
		NULL);
}

static int run_list(struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(writer_freep) struct writer *writer = NULL;
	struct listing listing = {.wide = context->form != FORM_TEXT};
	struct notice_filter filter = {.system = args_get(args, "system", NULL),
		.open = args_has(args, "open"), .overdue = args_has(args, "overdue")};
	int r = writer_new(context->form, "notice", listing.wide ? all_columns : text_columns,
		listing.wide ? ARRAY_SIZE(all_columns) - N_LETTERS : ARRAY_SIZE(text_columns),
		&writer, reterr);

	listing.writer = writer;
	if (r == 0)
		r = inventory_notice_list(
			context->inventory, &filter, notice_row, &listing, reterr);
	if (r == 0)
		r = writer_finish(writer, reterr);
	return r < 0 ? r : listing.overdue > 0;
}

static const struct option_row list_options[] = {
	{"open", 0, NULL, "only those that wait to be sent or acknowledged"},
	{"overdue", 0, NULL, "only those that have waited too long"},
	{"system", 0, "ID", "only those about this system"},
	{0},
};

const struct command cmd_notice_list = {
	.name = "notice list",
	.synopsis = "[OPTION...]",
	.summary = "notices to operators and to the Ministry; exit 1 if one is overdue",
	.options = list_options,
	.needs = NEEDS_DATABASE,
	.run = run_list,
};

/* ---- notice show ----------------------------------------------------------------------- */

static void print_letter(const char *subject, const char *text)
{
	_cleanup_(str_done) struct str out = STR_INIT(4 << 20);

	text_encode_terminal(&out, subject);
	str_adds(&out, "\n\n");
	while (*text) {
		_cleanup_(str_done) struct str line = STR_INIT(1 << 20);
		size_t n = strcspn(text, "\n");

		str_add(&line, text, n);
		text_encode_terminal(&out, line.data);
		str_addc(&out, '\n');
		text += n + (text[n] == '\n');
	}
	fputs(out.data, stdout);
}

static int letter_row(void *context, const struct notice_row *n)
{
	const char *language = context;

	if (strcmp(language, "en") != 0)
		print_letter(n->subject_zh, n->text_zh);
	if (strcmp(language, "both") == 0)
		puts("");
	if (strcmp(language, "zh") != 0)
		print_letter(n->subject_en, n->text_en);
	return 0;
}

static int show_letter(struct context *context, const struct args *args,
	const struct notice_filter *filter, struct error *reterr)
{
	char language[8];

	snprintf(language, sizeof(language), "%s", args_get(args, "language", "both"));
	if (strcmp(language, "both") != 0 && strcmp(language, "zh") != 0 &&
		strcmp(language, "en") != 0)
		return error_set(reterr, ERROR_USAGE,
			"a letter is there in zh and in en, or both");
	return inventory_notice_list(context->inventory, filter, letter_row, language, reterr);
}

static int run_show(struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(writer_freep) struct writer *writer = NULL;
	struct listing listing = {.wide = true};
	struct notice_filter filter = {0};
	int r = author_number(args_positional(args, 0), &filter.id, reterr);

	if (r == 0 && context->form == FORM_TEXT)
		return show_letter(context, args, &filter, reterr);
	if (r == 0)
		r = writer_new(context->form, "notice", all_columns, ARRAY_SIZE(all_columns),
			&writer, reterr);
	listing.writer = writer;
	if (r == 0)
		r = inventory_notice_list(
			context->inventory, &filter, notice_row, &listing, reterr);
	return r < 0 ? r : writer_finish(writer, reterr);
}

static const struct option_row show_options[] = {
	{"language", 0, "LANGUAGE", "of the letter as text: both, zh or en"},
	{0},
};

const struct command cmd_notice_show = {
	.name = "notice show",
	.synopsis = "ID [OPTION...]",
	.summary = "the letter; with --format xml, json or csv all that is known of it",
	.options = show_options,
	.needs = NEEDS_DATABASE,
	.min_positional = 1,
	.max_positional = 1,
	.run = run_show,
};

/* ---- notice send, notice ack ----------------------------------------------------------- */

static int run_send(struct context *context, const struct args *args, struct error *reterr)
{
	int64_t id;
	int r = author_number(args_positional(args, 0), &id, reterr);

	if (r == 0)
		r = inventory_notice_send(context->inventory, id,
			args_get(args, "number", NULL), args_get(args, "date", NULL), reterr);
	if (r == 0)
		say(context, "notice %" PRId64 " is kept as sent", id);
	return r;
}

static const struct option_row send_options[] = {
	{"number", 0, "NUMBER", "under which it went out"},
	{"date", 0, "DAY", "on which it did, YYYY-MM-DD; default: today"},
	{0},
};

const struct command cmd_notice_send = {
	.name = "notice send",
	.synopsis = "ID --number NUMBER [--date DAY]",
	.summary = "keep that a draft went out; sends nothing itself",
	.options = send_options,
	.needs = NEEDS_DATABASE,
	.min_positional = 1,
	.max_positional = 1,
	.run = run_send,
};

static int run_ack(struct context *context, const struct args *args, struct error *reterr)
{
	int64_t id;
	int r = author_number(args_positional(args, 0), &id, reterr);

	if (r == 0)
		r = inventory_notice_acknowledge(context->inventory, id,
			args_get(args, "by", NULL), args_get(args, "date", NULL),
			args_get(args, "response", NULL), reterr);
	if (r == 0)
		say(context, "notice %" PRId64 " is kept as acknowledged", id);
	return r;
}

static const struct option_row ack_options[] = {
	{"by", 0, "NAME", "who acknowledged it"},
	{"date", 0, "DAY", "on which, YYYY-MM-DD; default: today"},
	{"response", 0, "TEXT", "what was answered"},
	{0},
};

const struct command cmd_notice_ack = {
	.name = "notice ack",
	.synopsis = "ID --by NAME [--date DAY] [--response TEXT]",
	.summary = "keep that what was sent was acknowledged",
	.options = ack_options,
	.needs = NEEDS_DATABASE,
	.min_positional = 1,
	.max_positional = 1,
	.run = run_ack,
};
