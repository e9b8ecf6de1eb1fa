/* SPDX-License-Identifier: Apache-2.0 */
/* case check, list, show, open, advance, report: what changed since a decision, and what comes
 * of it. */
#include "cli/command.h"

#include "cli/author.h"
#include "cli/case_report.h"
#include "cli/cell.h"
#include "common/clock.h"
#include "common/file.h"
#include "common/model/difference.h"
#include "mapper/mapper.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define CASE_ARENA_MAX ((size_t)512 * 1024 * 1024)
#define MAP_MAX ((size_t)64 * 1024 * 1024)
#define PATH_ROOM 4096

/* ---- case check ------------------------------------------------------------------------ */

static const struct column found_columns[] = {{"case", true}, {"realm", false},
	{"system", false}, {"trigger", false}, {"class", false}, {"subject", false},
	{"before", false}, {"after", false}, {"evidence", false}};

static int found_row(void *context, const struct case_found *f)
{
	char id[24];

	snprintf(id, sizeof(id), "%" PRId64, f->case_id);
	return writer_row(context,
		(const char *[]){id, f->realm, f->system, f->trigger, f->class, f->subject,
			f->before, f->after, f->evidence},
		NULL);
}

static int run_check(struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(writer_freep) struct writer *writer = NULL;
	struct case_checked checked = {0};
	int r = writer_new(context->form, "change", found_columns, ARRAY_SIZE(found_columns),
		&writer, reterr);

	if (r == 0)
		r = inventory_case_check(context->inventory, args_get(args, "system", NULL),
			found_row, writer, &checked, reterr);
	if (r == 0)
		r = writer_finish(writer, reterr);
	if (r == 0)
		say(context, "%" PRIu64 " decisions compared with what is now: %" PRIu64
			" changes, %" PRIu64 " of them new; %" PRIu64 " cases opened",
			checked.decisions, checked.changes, checked.found, checked.opened);
	return r < 0 ? r : checked.found > 0;
}

static const struct option_row check_options[] = {
	{"system", 0, "ID", "only this system; default: all that are decided on"},
	{0},
};

const struct command cmd_case_check = {
	.name = "case check",
	.synopsis = "[--system ID]",
	.summary = "compare what is with what was decided on; exit 1 if something new is otherwise",
	.details = "Opens a case for a system with a notable or major change, or adds to its open one.",
	.options = check_options,
	.needs = NEEDS_DATABASE,
	.run = run_check,
};

/* ---- case list --------------------------------------------------------------------------- */

static const struct column text_columns[] = {{"id", true}, {"overdue", false}, {"due", false},
	{"action", false}, {"system", false}, {"kind", false}, {"class", false},
	{"state", false}, {"since", false}, {"triggers", true}};
static const struct column all_columns[] = {{"id", true}, {"overdue", false}, {"due", false},
	{"action", false}, {"system", false}, {"kind", false}, {"class", false},
	{"state", false}, {"since", false}, {"triggers", true}, {"realm", false},
	{"system_name", false}, {"opened", false}, {"opened_by", false}, {"entry", false},
	{"decision", false}, {"decided", false}, {"designation", true}, {"new_decision", false},
	{"new_designation", true}, {"pack", false}, {"version", false}, {"basis", false},
	{"note", false}, {"recorded", false}};

struct listing {
	struct writer *writer;
	uint64_t overdue;
};

/* A form for people takes the first columns of it. */
static int case_list_row(void *context, const struct case_row *c)
{
	struct listing *listing = context;
	char id[24], n[24], from[24], to[24], recorded[CLOCK_TEXT_MAX];

	listing->overdue += c->overdue;
	snprintf(n, sizeof(n), "%" PRId64, c->triggers);
	return writer_row(listing->writer,
		(const char *[]){number_or_empty(c->id, id), c->overdue ? "overdue" : "",
			c->due, c->action, c->system, c->kind, c->class, c->state, c->since, n,
			c->realm, c->system_name, c->opened, c->opened_by, c->list_no,
			c->decision_no, c->decided, number_or_empty(c->designation_id, from),
			c->new_decision_no, number_or_empty(c->decided_by, to), c->pack,
			c->version, c->basis, c->note, clock_format(c->recorded_us, recorded)},
		NULL);
}

static int run_list(struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(writer_freep) struct writer *writer = NULL;
	bool wide = context->form != FORM_TEXT;
	struct listing listing = {0};
	struct case_filter filter = {.system = args_get(args, "system", NULL),
		.open = args_has(args, "open"), .overdue = args_has(args, "overdue")};
	int r = writer_new(context->form, "case", wide ? all_columns : text_columns,
		wide ? ARRAY_SIZE(all_columns) : ARRAY_SIZE(text_columns), &writer, reterr);

	listing.writer = writer;
	if (r == 0)
		r = inventory_case_list(
			context->inventory, &filter, case_list_row, &listing, reterr);
	if (r == 0)
		r = writer_finish(writer, reterr);
	return r < 0 ? r : listing.overdue > 0;
}

static const struct option_row list_options[] = {
	{"open", 0, NULL, "only those that are not closed"},
	{"overdue", 0, NULL, "only those whose day has passed"},
	{"system", 0, "ID", "only those of this system"},
	{0},
};

const struct command cmd_case_list = {
	.name = "case list",
	.synopsis = "[OPTION...]",
	.summary = "cases, those that are overdue first; exit 1 if one is",
	.options = list_options,
	.needs = NEEDS_DATABASE,
	.run = run_list,
};

/* ---- case show --------------------------------------------------------------------------- */

static const struct column show_columns[] = {{"part", false}, {"what", false}, {"day", false},
	{"class", false}, {"subject", false}, {"before", false}, {"after", false},
	{"by", false}, {"document", false}, {"note", false}};

static int show_rows(struct writer *writer, const struct case_file *file, struct error *reterr)
{
	int r = 0;

	for (size_t i = 0; i < file->n_events && r == 0; i++) {
		const struct case_event *e = &file->events[i];

		r = writer_row(writer,
			(const char *[]){"state", e->state, e->day, e->class, "", "", "",
				e->actor, *e->decision_no ? e->decision_no : e->document,
				e->note},
			reterr);
	}
	for (size_t i = 0; i < file->n_running && r == 0; i++) {
		const struct case_running *k = &file->running[i];

		r = writer_row(writer,
			(const char *[]){"due", k->action, k->due, "", k->event, k->since, "",
				"", k->basis, ""},
			reterr);
	}
	for (size_t i = 0; i < file->n_triggers && r == 0; i++) {
		const struct case_trigger *t = &file->triggers[i];
		char found[CLOCK_TEXT_MAX];

		clock_format(t->recorded_us, found);
		found[10] = 0;
		r = writer_row(writer, (const char *[]){"trigger", t->trigger, found, t->class,
			t->subject, t->before, t->after, "", t->evidence, ""}, reterr);
	}
	return r;
}

static int run_show(struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(writer_freep) struct writer *writer = NULL;
	_cleanup_(arena_freep) struct arena *arena = arena_new(CASE_ARENA_MAX);
	struct case_file file;
	int64_t id;
	int r = author_number(args_positional(args, 0), &id, reterr);

	if (r == 0 && !arena)
		return error_set(reterr, ERROR_SYSTEM, "no memory for a case");
	if (r == 0)
		r = inventory_case_show(context->inventory, id, arena, &file, reterr);
	if (r < 0)
		return r;
	say(context, "case %" PRId64 " of \"%s\" (%s): %s, %s since %s%s%s%s%s", id,
		file.row.system, file.row.kind,
		*file.row.class ? file.row.class : "not classed", file.row.state,
		file.row.since, *file.row.due ? "; to " : "", file.row.action,
		*file.row.due ? " by " : "", file.row.due);
	if (*file.row.decision_no)
		say(context, "from decision %s of %s by %s %s", file.row.decision_no,
			file.row.decided, file.row.pack, file.row.version);
	if (file.row.overdue)
		say(context, "OVERDUE since %s; %s", file.row.due, file.row.basis);
	r = writer_new(
		context->form, "part", show_columns, ARRAY_SIZE(show_columns), &writer, reterr);
	if (r == 0)
		r = show_rows(writer, &file, reterr);
	return r < 0 ? r : writer_finish(writer, reterr);
}

static const struct option_row no_options[] = {{0}};

const struct command cmd_case_show = {
	.name = "case show",
	.synopsis = "ID",
	.summary = "a case: its course, the clocks that run, what changed",
	.options = no_options,
	.needs = NEEDS_DATABASE,
	.min_positional = 1,
	.max_positional = 1,
	.run = run_show,
};

/* ---- case open, case advance -------------------------------------------------------- */

static int run_open(struct context *context, const struct args *args, struct error *reterr)
{
	struct case_order order = {.system = args_get(args, "system", NULL),
		.kind = args_get(args, "kind", NULL), .by = args_get(args, "actor", NULL),
		.note = args_get(args, "note", NULL), .date = args_get(args, "date", NULL),
		.due = args_get(args, "due", NULL)};
	int64_t id;
	int r = order.system ? inventory_case_open(context->inventory, &order, &id, reterr) :
		error_set(reterr, ERROR_USAGE, "a case is about a system: --system ID");

	if (r == 0)
		printf("%" PRId64 "\n", id);
	return r;
}

static const struct option_row open_options[] = {
	{"system", 0, "ID", "the system that it is about"},
	{"kind", 0, "KIND", "re-identification, supervision or correction; default: the first"},
	{"actor", 0, "NAME", "who opens it"},
	{"note", 0, "TEXT", "why"},
	{"date", 0, "DAY", "on which day, YYYY-MM-DD; default: today"},
	{"due", 0, "DAY", "by which day it is to be closed; default: by its clocks alone"},
	{0},
};

const struct command cmd_case_open = {
	.name = "case open",
	.synopsis = "--system ID --actor NAME --note TEXT [OPTION...]",
	.summary = "open a case by hand; prints its number",
	.options = open_options,
	.needs = NEEDS_DATABASE,
	.run = run_open,
};

static int run_advance(struct context *context, const struct args *args, struct error *reterr)
{
	struct case_step step = {.to = args_get(args, "to", NULL),
		.class = args_get(args, "class", NULL),
		.date = args_get(args, "date", NULL),
		.by = args_get(args, "actor", NULL),
		.document = args_get(args, "document", NULL),
		.note = args_get(args, "note", NULL)};
	int64_t id;
	int r = author_number(args_positional(args, 0), &id, reterr);

	if (r == 0)
		r = inventory_case_advance(context->inventory, id, &step, reterr);
	if (r == 0)
		say(context, "case %" PRId64 " is %s", id, step.to);
	return r;
}

static const struct option_row advance_options[] = {
	{"to", 0, "STATE",
		"triaged, reported, received, re-identified, notified, informed, closed: in "
		"this order"},
	{"class", 0, "CLASS", "noise, notable or major, when it is triaged"},
	{"date", 0, "DAY", "of the step, YYYY-MM-DD; default: today"},
	{"actor", 0, "NAME", "who did it"},
	{"document", 0, "TEXT", "the paper behind it"},
	{"note", 0, "TEXT", "kept with it"},
	{0},
};

const struct command cmd_case_advance = {
	.name = "case advance",
	.synopsis = "ID --to STATE --actor NAME --document TEXT [OPTION...]",
	.summary = "keep the next step of a case",
	.details = "What was triaged as noise is closed next. To be re-identified a case needs a decision\n"
		   "made since its report was received, to be notified and informed that "
		   "decision's notices sent.",
	.options = advance_options,
	.needs = NEEDS_DATABASE,
	.min_positional = 1,
	.max_positional = 1,
	.run = run_advance,
};

/* ---- case report -------------------------------------------------------------------- */

/* The map around the system, with what changed since it was decided on; nothing if there is
 * nothing to draw. */
static int draw_map(struct context *context, const struct case_file *file, struct str *map,
	struct error *reterr)
{
	struct estate_request now = {.realm = file->row.realm, .without_findings = true};
	struct estate_request then = {.realm = file->row.realm, .without_findings = true,
		.moment = {file->row.decided_us, file->row.decided_us}};
	struct estate is = {0}, was = {0}, joined = {0};
	struct map_request request = {.type = MAP_TOPOLOGY, .focus = file->row.system,
		.overlays = MAP_OVERLAYS_DEFAULT | MAP_OVERLAY_CHANGE};
	struct error why = {0};
	int r;

	now.moment = (struct moment){file->row.new_decided_us, file->row.new_decided_us};
	r = inventory_estate_ask(context->inventory, &now, &is, reterr);
	if (r == 0 && is.n_assets) {
		r = inventory_estate_ask(context->inventory, &then, &was, reterr);
		if (r == 0)
			r = estate_difference(&is, &was, is.arena, &joined, reterr);
		if (r == 0 && map_render(&joined, &request, MAP_SVG, map, &why) < 0) {
			say(context, "no map of it: %s", why.text);
			str_reset(map);
		}
	}
	arena_free(is.arena);
	arena_free(was.arena);
	return r;
}

/* Into HTML goes the drawing alone, without what stands before its element; else it is a file
 * beside. */
static int write_report(struct context *context, const struct case_file *file, const char *path,
	enum report_form form, struct arena *arena, struct error *reterr)
{
	_cleanup_(str_done) struct str out = STR_INIT(CASE_ARENA_MAX), map = STR_INIT(MAP_MAX),
		beside = STR_INIT(PATH_ROOM);
	int r = strcmp(path, "-") != 0 && file->row.decided_us ?
		draw_map(context, file, &map, reterr) : 0;

	if (r == 0)
		r = report_write(file, form, map.len ? strstr(map.data, "<svg") : NULL, arena,
			&out, reterr);
	if (r == 0)
		r = file_publish(path, out.data, out.len, reterr);
	if (r < 0 || !map.len || form == REPORT_HTML)
		return r;
	str_addf(&beside, "%s.map.svg", path);
	return beside.failed ? error_set(reterr, ERROR_USAGE,
				       "\"%.100s...\" is too long a name", path)
			     : file_publish(beside.data, map.data, map.len, reterr);
}

static int run_report(struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(CASE_ARENA_MAX);
	const char *path = args_get(args, "output", "-");
	enum report_form form;
	struct case_file file;
	int64_t id;
	int r = author_number(args_positional(args, 0), &id, reterr);

	if (r == 0)
		r = report_form_of(path, &form, reterr);
	if (r == 0 && !arena)
		r = error_set(reterr, ERROR_SYSTEM, "no memory for a report");
	if (r == 0)
		r = inventory_case_report(context->inventory, id, arena, &file, reterr);
	return r < 0 ? r : write_report(context, &file, path, form, arena, reterr);
}

static const struct option_row report_options[] = {
	{"output", 'o', "FILE",
		"FILE.xml or FILE.txt, with the map beside it as FILE....map.svg; FILE.html, "
		"with the map in it; - (default): text"},
	{0},
};

const struct command cmd_case_report = {
	.name = "case report",
	.synopsis = "ID [-o FILE]",
	.summary = "the report on a change, in Chinese and English",
	.details = "What changed, both evaluations by criterion, the boundary, the map, the course so far.",
	.options = report_options,
	.needs = NEEDS_DATABASE,
	.min_positional = 1,
	.max_positional = 1,
	.run = run_report,
};
