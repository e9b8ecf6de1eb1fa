/* SPDX-License-Identifier: Apache-2.0 */
/* designation list, show, statistics, replay: the CII list and what it rests on. */
#include "cli/command.h"

#include "cli/cell.h"
#include "common/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int read_times(
	const struct args *args, struct designation_filter *filter, struct error *reterr)
{
	int r = args_moment(args_get(args, "as-of", NULL), &filter->as_of_us, reterr);

	return r < 0 ? r
		     : args_moment(args_get(args, "known-at", NULL), &filter->known_us, reterr);
}

#define TIME_OPTIONS                                                                           \
	{"as-of", 0, "TIME", "as it was valid then"},                                          \
		{"known-at", 0, "TIME", "as the register knew it then"}

/* ---- designation list ------------------------------------------------------------------ */

/* People get the columns that fit a terminal; machines get all that an official list has. */
#define FOR_ALL(COLUMN)                                                                        \
	COLUMN("list_no", "清单编号", false)                                                    \
	COLUMN("system_id", "系统编号", false)                                                  \
	COLUMN("system", "系统名称", false)                                                     \
	COLUMN("class", "系统类别", false)                                                      \
	COLUMN("kind", "对象类型", false)                                                       \
	COLUMN("tier", "安全保护等级", true)                                                    \
	COLUMN("operator_id", "运营者编号", false)                                              \
	COLUMN("operator", "运营者", false)                                                     \
	COLUMN("credit_code", "统一社会信用代码", false)                                        \
	COLUMN("sector", "行业领域", false)                                                     \
	COLUMN("division", "行政区划代码", false)                                               \
	COLUMN("realm", "地址域", false)                                                        \
	COLUMN("outcome", "认定结果", false)                                                    \
	COLUMN("decision", "决定文号", false)                                                   \
	COLUMN("decided", "决定日期", false)                                                    \
	COLUMN("authority", "保护工作部门", false)                                              \
	COLUMN("official", "决定人", false)                                                     \
	COLUMN("reason", "调整原因", false)                                                     \
	COLUMN("words", "调整说明", false)                                                      \
	COLUMN("pack", "认定规则", false)                                                       \
	COLUMN("version", "规则版本", false)                                                    \
	COLUMN("pack_sha256", "规则摘要", false)                                                \
	COLUMN("pack_authority", "规则制定单位", false)                                         \
	COLUMN("proposal", "认定建议号", true)                                                  \
	COLUMN("boundary", "边界编号", true)                                                    \
	COLUMN("evidence", "依据", false)                                                       \
	COLUMN("valid_from", "生效时间", false)                                                 \
	COLUMN("valid_until", "失效时间", false)                                                \
	COLUMN("recorded", "登记时间", false)                                                   \
	COLUMN("notice", "通知运营者", false)                                                   \
	COLUMN("report", "通报公安部", false)
#define ENGLISH(name, chinese, number) {name, number},
#define CHINESE(name, chinese, number) {chinese, number},
static const struct column all_columns[] = {FOR_ALL(ENGLISH)};
static const struct column chinese_columns[] = {FOR_ALL(CHINESE)};
static const struct column text_columns[] = {{"list_no", false}, {"system_id", false},
	{"system", false}, {"operator", false}, {"tier", true}, {"pack", false},
	{"version", false}, {"decision", false}, {"decided", false}, {"reason", false},
	{"notice", false}, {"report", false}};

struct list {
	struct writer *writer;
	bool wide;
};

static int designation_row(void *context, const struct designation_row *d)
{
	const struct list *list = context;
	char from[CLOCK_TEXT_MAX], until[CLOCK_TEXT_MAX], recorded[CLOCK_TEXT_MAX];
	char tier[24], proposal[24], boundary[24];

	number_or_empty(d->tier, tier);
	if (!list->wide)
		return writer_row(list->writer,
			(const char *[]){d->list_no, d->system_id, d->system,
				d->organisation_name, tier, d->pack, d->version, d->decision_no,
				d->decided, d->reason, d->notice, d->report},
			NULL);
	return writer_row(list->writer,
		(const char *[]){d->list_no, d->system_id, d->system, d->class, d->kind, tier,
			d->organisation, d->organisation_name, d->credit_code, d->sector,
			d->division, d->realm, d->outcome, d->decision_no, d->decided,
			d->authority, d->official, d->reason, d->words, d->pack, d->version,
			d->pack_sha256, d->pack_authority,
			number_or_empty(d->eval_id, proposal),
			number_or_empty(d->boundary, boundary), d->evidence,
			moment_or_empty(d->valid_from_us, from),
			moment_or_empty(d->valid_until_us, until),
			moment_or_empty(d->recorded_us, recorded), d->notice, d->report},
		NULL);
}

static int read_list(const struct context *context, const struct args *args,
	struct designation_filter *filter, struct error *reterr)
{
	bool withdrawn = args_has(args, "withdrawn"), declined = args_has(args, "declined");

	if (withdrawn && declined)
		return error_set(
			reterr, ERROR_USAGE, "--withdrawn and --declined are two lists");
	if (args_has(args, "chinese") && context->form != FORM_CSV)
		return error_set(reterr, ERROR_USAGE, "--chinese is for --format csv");
	*filter = (struct designation_filter){
		.outcome = withdrawn ? "withdrawn" : declined ? "not" : "cii"};
	return read_times(args, filter, reterr);
}

static int run_list(struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(writer_freep) struct writer *writer = NULL;
	struct designation_filter filter;
	struct list list = {.wide = context->form != FORM_TEXT};
	int r = read_list(context, args, &filter, reterr);

	if (r == 0)
		r = writer_new(context->form, "designation",
			!list.wide                  ? text_columns
			: args_has(args, "chinese") ? chinese_columns : all_columns,
			list.wide ? ARRAY_SIZE(all_columns) : ARRAY_SIZE(text_columns), &writer,
			reterr);
	list.writer = writer;
	if (r == 0)
		r = inventory_designation_list(
			context->inventory, &filter, designation_row, &list, reterr);
	return r < 0 ? r : writer_finish(writer, reterr);
}

static const struct option_row list_options[] = {
	TIME_OPTIONS,
	{"withdrawn", 0, NULL, "what was taken off the list instead"},
	{"declined", 0, NULL, "what was decided not to be on it instead"},
	{"chinese", 0, NULL, "CSV: Chinese headings"},
	{0},
};

const struct command cmd_designation_list = {
	.name = "designation list",
	.synopsis = "[OPTION...]",
	.summary = "the CII list",
	.options = list_options,
	.needs = NEEDS_DATABASE,
	.run = run_list,
};

/* ---- designation show ------------------------------------------------------------------ */

static const struct column version_columns[] = {{"id", true}, {"realm", false},
	{"system", false}, {"list_no", false}, {"outcome", false}, {"reason", false},
	{"words", false}, {"decision", false}, {"decided", false}, {"official", false},
	{"authority", false}, {"valid_from", false}, {"valid_until", false},
	{"recorded", false}, {"proposal", true}, {"proposed", false}, {"score", true},
	{"missing", false}, {"pack", false}, {"version", false}, {"pack_sha256", false},
	{"boundary", true}, {"evidence", false}, {"notices", false}};
/* People read one decision after another, a line for each thing that is said of it. */
static const struct column said_columns[] = {
	{"decision", false}, {"what", false}, {"said", false}};

static int version_row(void *context, const struct designation_version *v)
{
	const struct list *list = context;
	char id[24], proposal[24], score[24], boundary[24];
	char from[CLOCK_TEXT_MAX], until[CLOCK_TEXT_MAX], recorded[CLOCK_TEXT_MAX];
	const char *const cells[ARRAY_SIZE(version_columns)] = {number_or_empty(v->id, id),
		v->realm, v->system, v->list_no, v->outcome, v->reason, v->words,
		v->decision_no, v->decided, v->official, v->authority,
		moment_or_empty(v->valid_from_us, from),
		moment_or_empty(v->valid_until_us, until),
		moment_or_empty(v->recorded_us, recorded),
		number_or_empty(v->eval_id, proposal), v->proposed, score, v->missing, v->pack,
		v->version, v->pack_sha256, number_or_empty(v->boundary, boundary), v->evidence,
		v->notices};
	int r = 0;

	snprintf(score, sizeof(score), "%d", v->score);
	if (list->wide)
		return writer_row(list->writer, cells, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(cells) && r == 0; i++)
		if (*cells[i] && cells[i] != v->decision_no)
			r = writer_row(list->writer,
				(const char *[]){
					v->decision_no, version_columns[i].name, cells[i]},
				NULL);
	return r;
}

static int run_show(struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(writer_freep) struct writer *writer = NULL;
	struct list list = {.wide = context->form != FORM_TEXT};
	int r = writer_new(context->form, "decision",
		list.wide ? version_columns : said_columns,
		list.wide ? ARRAY_SIZE(version_columns) : ARRAY_SIZE(said_columns), &writer,
		reterr);

	list.writer = writer;
	if (r == 0)
		r = inventory_designation_show(context->inventory, args_positional(args, 0),
			version_row, &list, reterr);
	return r < 0 ? r : writer_finish(writer, reterr);
}

const struct command cmd_designation_show = {
	.name = "designation show",
	.synopsis = "NUMBER|SYSTEM",
	.summary = "all decisions of an entry of the list, or on a system, with proposals and "
		   "notices",
	.needs = NEEDS_DATABASE,
	.min_positional = 1,
	.max_positional = 1,
	.run = run_show,
};

/* ---- designation statistics ------------------------------------------------------------ */

static int counts_row(void *context, const struct designation_counts *c)
{
	const int64_t numbers[] = {c->systems, c->entries, c->declined, c->withdrawn,
		c->proposed, c->review, c->undecided, c->unregistered, c->overdue};
	char text[ARRAY_SIZE(numbers)][24];
	const char *cells[3 + ARRAY_SIZE(numbers)] = {c->group, c->name};

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		snprintf(text[i], sizeof(text[i]), "%" PRId64, numbers[i]);
		cells[2 + i] = text[i];
	}
	cells[2 + ARRAY_SIZE(numbers)] = c->realm;
	return writer_row(context, cells, NULL);
}

static int run_statistics(
	struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(writer_freep) struct writer *writer = NULL;
	const char *by = args_get(args, "by", "sector");
	struct designation_filter filter = {0};
	const struct column columns[] = {{"group", false}, {"name", false}, {"systems", true},
		{"entries", true}, {"declined", true}, {"withdrawn", true}, {"proposed", true},
		{"review", true}, {"undecided", true}, {"unregistered", true},
		{"overdue_cases", true}, {"realm", false}};
	int r = read_times(args, &filter, reterr);

	if (r == 0)
		r = writer_new(
			context->form, "count", columns, ARRAY_SIZE(columns), &writer, reterr);
	if (r == 0)
		r = inventory_designation_statistics(
			context->inventory, by, &filter, counts_row, writer, reterr);
	return r < 0 ? r : writer_finish(writer, reterr);
}

static const struct option_row statistics_options[] = {
	{"by", 0, "GROUP", "sector, region, operator, class or outcome; default: sector"},
	TIME_OPTIONS,
	{0},
};

const struct command cmd_designation_statistics = {
	.name = "designation statistics",
	.synopsis = "[OPTION...]",
	.summary = "how many systems are on the list, were declined, wait for a decision",
	.options = statistics_options,
	.needs = NEEDS_DATABASE,
	.run = run_statistics,
};

/* ---- designation replay ---------------------------------------------------------------- */

struct replaying {
	struct writer *writer;
	uint64_t n, differ;
};

static int replay_row(void *context, const struct replay_row *r)
{
	struct replaying *replaying = context;
	char id[24], proposal[24];

	replaying->n++;
	replaying->differ += !r->same;
	return writer_row(replaying->writer,
		(const char *[]){number_or_empty(r->id, id), r->list_no, r->system,
			r->decision_no, number_or_empty(r->eval_id, proposal), r->pack,
			r->version, r->outcome, r->same ? "same" : "differs", r->detail},
		NULL);
}

static int run_replay(struct context *context, const struct args *args, struct error *reterr)
{
	static const struct column columns[] = {{"id", true}, {"list_no", false},
		{"system", false}, {"decision", false}, {"proposal", true}, {"pack", false},
		{"version", false}, {"outcome", false}, {"replay", false}, {"detail", false}};
	_cleanup_(writer_freep) struct writer *writer = NULL;
	struct replaying replaying = {0};
	int r = writer_new(
		context->form, "replay", columns, ARRAY_SIZE(columns), &writer, reterr);
	int differs = 0;

	replaying.writer = writer;
	if (r == 0)
		differs = r = inventory_designation_replay(context->inventory,
			args_positional(args, 0), replay_row, &replaying, reterr);
	if (r >= 0)
		r = writer_finish(writer, reterr);
	if (r < 0)
		return r;
	say(context, "%" PRIu64 " decisions evaluated again, %" PRIu64 " differ", replaying.n,
		replaying.differ);
	return differs;
}

const struct command cmd_designation_replay = {
	.name = "designation replay",
	.synopsis = "[NUMBER|SYSTEM]",
	.summary = "evaluate again what decisions rest on; exit 1 if one comes out otherwise",
	.details = "From the norm pack and the facts as they were stored, byte for byte.",
	.needs = NEEDS_DATABASE,
	.max_positional = 1,
	.run = run_replay,
};
