/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of a case, and their writers; see case_report.h. Every cell goes through the encoder
 * of its form. */
#include "cli/case_report.h"

#include "common/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define COLUMNS_MAX 6

struct label {
	const char *name, *zh, *en;
};
struct table {
	struct label label;
	const char *row; /* element of a row */
	const struct label *columns;
	size_t n_columns, n_rows;
	const char **cells; /* row by row */
};

/* ---- words ------------------------------------------------------------------------------- */

static const struct label triggers[] = {
	{"outcome-flip", "认定结论改变", "the norm says otherwise"},
	{"bright-cross", "越过底线标准", "a bright line is crossed"},
	{"evidence-lost", "证据缺失或过期", "evidence is missing or stale"},
	{"margin", "评分接近阈值", "the score came close to a threshold"},
	{"operator", "运营者变更", "another operator"},
	{"organisation-event", "合并、分立、解散", "merger, division, dissolution"},
	{"tier", "安全保护等级变更", "another protection tier"},
	{"filing", "备案变更", "filing changed"},
	{"lifecycle", "投入或退出运行", "in or out of service"},
	{"hosting", "承载平台变更", "moved to another platform"},
	{"key-business", "关键业务增减", "key business added or removed"},
	{"boundary", "边界范围变化", "the boundary changed"},
	{"controller", "控制器增减", "controller added or removed"},
	{"zone-crossing", "新的跨区访问", "new crossing of zones"},
	{"internet-exit", "新的互联网出口", "new Internet exit"},
	{"exposure", "新的互联网暴露", "newly exposed to the Internet"},
	{"redundancy", "冗余丧失", "redundancy lost"},
	{"dependant-sector", "其他行业新的关键依赖",
		"new essential dependant of another sector"},
	{"remote-supplier", "新的远程接入供应商", "new supplier with remote access"},
	{"data-class", "数据级别提高", "data of a higher class"},
	{"norm", "认定规则变更", "another version of the norm"},
	{"review-due", "定期复核到期", "a review by the norm falls due"},
	{"noise", "无实质影响", "noise"}, {"notable", "值得关注", "notable"},
	{"major", "较大变化", "major"}, {"candidate", "发现变化", "found"},
	{"triaged", "已研判", "triaged"}, {"reported", "已报告", "reported"},
	{"received", "已收到报告", "report received"},
	{"re-identified", "已重新认定", "identified again"},
	{"notified", "已通知运营者", "operator told"},
	{"informed", "已报送公安部", "Ministry told"}, {"closed", "已办结", "closed"},
	{"added", "增加", "added"}, {"removed", "移出", "removed"},
	{"re-identification", "重新认定", "re-identification"},
	{"supervision", "挂牌督办", "supervision"}, {"correction", "更正", "correction"},
	{"report", "报告", "report"}, {"re-identify", "重新认定", "identify again"},
	{"notify", "通知运营者", "tell the operator"},
	{"inform", "报送公安部", "tell the Ministry"}, {"review", "复核", "review"},
	{"close", "办结", "close"}, {"detected", "发现变化", "found"},
	{"decided", "作出决定", "decided"}};

static const struct label *find(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(triggers); i++)
		if (strcmp(triggers[i].name, word) == 0)
			return &triggers[i];
	return NULL;
}

const char *report_trigger_zh(const char *trigger)
{
	const struct label *label = find(trigger);

	return label ? label->zh : trigger;
}

const char *report_trigger_en(const char *trigger)
{
	const struct label *label = find(trigger);

	return label ? label->en : trigger;
}

/* ---- tables ------------------------------------------------------------------------------ */

static const struct label head_columns[] = {
	{"what", "项目", "what"}, {"value", "内容", "value"}};
static const struct label trigger_columns[] = {{"on", "变化", "change"},
	{"class", "程度", "class"}, {"subject", "对象", "subject"},
	{"before", "认定时", "when decided"}, {"after", "现在", "now"},
	{"evidence", "依据", "evidence"}};
static const struct label criteria_columns[] = {{"criterion", "标准", "criterion"},
	{"differs", "改变", "differs"}, {"before", "认定时", "when decided"},
	{"after", "现在", "now"}};
static const struct label member_columns[] = {{"act", "变化", "change"},
	{"asset", "资产", "asset"}, {"role", "角色", "role"}, {"reason", "原因", "reason"}};
static const struct label event_columns[] = {{"state", "状态", "state"}, {"day", "日期", "day"},
	{"by", "办理", "by"}, {"document", "文件", "document"}, {"note", "说明", "note"}};
static const struct label clock_columns[] = {{"action", "事项", "action"},
	{"event", "起算", "counted from"}, {"since", "起算日", "since"}, {"due", "期限", "due"},
	{"basis", "依据", "basis"}};

struct building {
	struct arena *arena;
	bool failed;
};

static void table_begin(struct building *b, struct table *t, struct label label,
	const char *row, const struct label *columns, size_t n_columns, size_t room)
{
	*t = (struct table){.label = label,
		.row = row,
		.columns = columns,
		.n_columns = n_columns,
		.cells = arena_alloc(b->arena, (room + 1) * n_columns * sizeof(*t->cells))};
	b->failed |= !t->cells;
}

static void table_add(struct building *b, struct table *t, const char *const cells[COLUMNS_MAX])
{
	if (b->failed)
		return;
	for (size_t c = 0; c < t->n_columns; c++) {
		b->failed |= !cells[c];
		t->cells[t->n_rows * t->n_columns + c] = cells[c] ? cells[c] : "";
	}
	t->n_rows++;
}

/* "较大变化 / major". */
static const char *both(struct building *b, const char *word)
{
	const struct label *label = find(word);
	const char *text =
		label ? arena_printf(b->arena, "%s / %s", label->zh, label->en) : word;

	b->failed |= !text;
	return text ? text : "";
}

static void add_head(struct building *b, const struct case_file *file, struct table *t)
{
	const struct case_row *row = &file->row;
	const char *facts[][2] = {{"案件 / case", arena_printf(b->arena, "%" PRId64, row->id)},
		{"系统 / system",
			arena_printf(b->arena, "%s (%s)", row->system_name, row->system)},
		{"地址域 / realm", row->realm}, {"类型 / kind", both(b, row->kind)},
		{"程度 / class", both(b, row->class)}, {"状态 / state", both(b, row->state)},
		{"发现日期 / opened", row->opened}, {"清单编号 / entry", row->list_no},
		{"原决定 / decision", row->decision_no}, {"决定日期 / decided", row->decided},
		{"新决定 / new decision", row->new_decision_no},
		{"认定规则 / norm", arena_printf(b->arena, "%s %s", row->pack, row->version)},
		{"期限 / due", row->due}, {"逾期 / overdue", row->overdue ? "是 / yes" : ""},
		{"依据 / basis", row->basis}, {"说明 / note", row->note}};

	table_begin(b, t, (struct label){"head", "变化报告", "Report on a change"}, "fact",
		head_columns, ARRAY_SIZE(head_columns), ARRAY_SIZE(facts));
	for (size_t i = 0; i < ARRAY_SIZE(facts); i++)
		if (!facts[i][1] || *facts[i][1])
			table_add(b, t, facts[i]);
}

static void add_triggers(struct building *b, const struct case_file *file, struct table *t)
{
	table_begin(b, t, (struct label){"triggers", "变化情况", "What changed"}, "trigger",
		trigger_columns, ARRAY_SIZE(trigger_columns), file->n_triggers);
	for (size_t i = 0; i < file->n_triggers; i++) {
		const struct case_trigger *x = &file->triggers[i];

		table_add(b, t,
			(const char *[COLUMNS_MAX]){both(b, x->trigger), both(b, x->class),
				x->subject, x->before, x->after, x->evidence});
	}
}

static void add_criteria(struct building *b, const struct case_file *file, struct table *t)
{
	const struct case_evaluation *is[] = {&file->before, &file->after};
	const char *told[4][2];

	table_begin(b, t, (struct label){"criteria", "两次评估对照", "Both evaluations"},
		"criterion", criteria_columns, ARRAY_SIZE(criteria_columns),
		file->n_criteria + 4);
	for (int i = 0; i < 2; i++) {
		bool any = is[i]->id != 0;

		told[0][i] =
			any ? arena_printf(b->arena, "%s %s", is[i]->pack, is[i]->version) : "";
		told[1][i] = any ? is[i]->outcome : "";
		told[2][i] = any ? arena_printf(b->arena, "%d", is[i]->score) : "";
		told[3][i] = any ? is[i]->missing : "";
	}
	for (int i = 0; i < 4 && file->before.id; i++) {
		static const char *const names[] = {
			"认定规则 / norm", "结论 / outcome", "评分 / score", "尚缺 / needed"};
		bool differs = told[i][0] && told[i][1] && strcmp(told[i][0], told[i][1]) != 0;

		table_add(b, t, (const char *[COLUMNS_MAX]){names[i], differs ? "是 / yes" : "",
			told[i][0], told[i][1]});
	}
	for (size_t i = 0; i < file->n_criteria; i++)
		table_add(b, t, (const char *[COLUMNS_MAX]){file->criteria[i].id,
			file->criteria[i].differs ? "是 / yes" : "", file->criteria[i].before,
			file->criteria[i].after});
}

static void add_members(struct building *b, const struct case_file *file, struct table *t)
{
	struct label label = {"boundary", "边界变化", "Boundary"};

	if (file->jaccard >= 0) {
		label.zh = arena_printf(b->arena, "边界变化：%u → %u，Jaccard %.3f",
			file->n_boundary_before, file->n_boundary_after, file->jaccard);
		label.en = arena_printf(b->arena, "Boundary: %u to %u assets, Jaccard %.3f",
			file->n_boundary_before, file->n_boundary_after, file->jaccard);
		b->failed |= !label.zh || !label.en;
	}
	table_begin(b, t, label, "member", member_columns, ARRAY_SIZE(member_columns),
		file->n_members);
	for (size_t i = 0; i < file->n_members; i++) {
		const struct case_member *m = &file->members[i];

		table_add(b, t,
			(const char *[COLUMNS_MAX]){both(b, m->added ? "added" : "removed"),
				m->name, m->role, m->reason});
	}
}

static void add_events(struct building *b, const struct case_file *file, struct table *t)
{
	table_begin(b, t, (struct label){"events", "办理过程", "Course"}, "event",
		event_columns, ARRAY_SIZE(event_columns), file->n_events);
	for (size_t i = 0; i < file->n_events; i++) {
		const struct case_event *e = &file->events[i];
		const char *document = *e->decision_no ? e->decision_no : e->document;

		table_add(b, t, (const char *[COLUMNS_MAX]){both(b, e->state), e->day, e->actor,
			document, e->note});
	}
}

static void add_clocks(struct building *b, const struct case_file *file, struct table *t)
{
	table_begin(b, t, (struct label){"clocks", "期限", "Clocks"}, "clock", clock_columns,
		ARRAY_SIZE(clock_columns), file->n_running);
	for (size_t i = 0; i < file->n_running; i++) {
		const struct case_running *k = &file->running[i];

		table_add(b, t,
			(const char *[COLUMNS_MAX]){both(b, k->action), both(b, k->event),
				k->since, k->due, k->basis});
	}
}

/* ---- writers ----------------------------------------------------------------------------- */

static void write_text(const struct table *t, struct str *out)
{
	str_addf(out, "%s / %s\n", t->label.zh, t->label.en);
	for (size_t i = 0; i < t->n_rows; i++) {
		for (size_t c = 0; c < t->n_columns; c++) {
			const char *cell = t->cells[i * t->n_columns + c];

			if (!*cell)
				continue;
			str_addf(out, "  %c ", c == 0 ? '-' : ' ');
			if (c && t->n_columns > 2)
				str_addf(out, "%s / %s: ", t->columns[c].zh, t->columns[c].en);
			text_encode_terminal(out, cell);
			str_addc(out, '\n');
		}
	}
	str_addc(out, '\n');
}

static void write_attribute(struct str *out, const char *name, const char *value)
{
	str_addf(out, " %s=\"", name);
	text_encode_xml(out, value);
	str_addc(out, '"');
}

static void write_xml(const struct table *t, struct str *out)
{
	str_addf(out, "  <%s", t->label.name);
	write_attribute(out, "zh", t->label.zh);
	write_attribute(out, "en", t->label.en);
	str_adds(out, ">\n");
	for (size_t i = 0; i < t->n_rows; i++) {
		str_addf(out, "    <%s>", t->row);
		for (size_t c = 0; c < t->n_columns; c++) {
			str_addf(out, "<%s>", t->columns[c].name);
			text_encode_xml(out, t->cells[i * t->n_columns + c]);
			str_addf(out, "</%s>", t->columns[c].name);
		}
		str_addf(out, "</%s>\n", t->row);
	}
	str_addf(out, "  </%s>\n", t->label.name);
}

static void write_html(const struct table *t, struct str *out)
{
	str_adds(out, "<h2>");
	text_encode_xml(out, t->label.zh);
	str_adds(out, " <span lang=\"en\">");
	text_encode_xml(out, t->label.en);
	str_addf(out, "</span></h2>\n<table class=\"%s\">\n<tr>", t->label.name);
	for (size_t c = 0; c < t->n_columns; c++)
		str_addf(out, "<th>%s <span lang=\"en\">%s</span></th>", t->columns[c].zh,
			t->columns[c].en);
	str_adds(out, "</tr>\n");
	for (size_t i = 0; i < t->n_rows; i++) {
		str_adds(out, "<tr>");
		for (size_t c = 0; c < t->n_columns; c++) {
			str_adds(out, "<td>");
			text_encode_xml(out, t->cells[i * t->n_columns + c]);
			str_adds(out, "</td>");
		}
		str_adds(out, "</tr>\n");
	}
	str_adds(out, "</table>\n");
}

static const char html_head[] =
	"<!DOCTYPE html>\n<html lang=\"zh\">\n<head><meta charset=\"utf-8\">\n"
	"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
	"style-src 'unsafe-inline'; img-src data:\">\n<title>变化报告 / Report on a change</title>\n"
	"<style>body{font-family:sans-serif;margin:2em}table{border-collapse:collapse;width:"
	"100%}td,th{border:1px solid #888;padding:.3em;text-align:left;vertical-align:top}"
	"span{font-weight:normal;color:#444}svg{max-width:100%;height:auto}</style></head>\n<body>\n";

int report_form_of(const char *path, enum report_form *ret_form, struct error *reterr)
{
	const char *dot = strrchr(path, '.');

	if (strcmp(path, "-") == 0 || (dot && strcmp(dot, ".txt") == 0))
		*ret_form = REPORT_TEXT;
	else if (dot && strcmp(dot, ".xml") == 0)
		*ret_form = REPORT_XML;
	else if (dot && strcmp(dot, ".html") == 0)
		*ret_form = REPORT_HTML;
	else
		return error_set(reterr, ERROR_USAGE,
			"\"%.200s\" is no report: its form follows the suffix .xml, .html or "
			".txt, and - is text",
			path);
	return 0;
}

int report_write(const struct case_file *file, enum report_form form, const char *map,
	struct arena *arena, struct str *out, struct error *reterr)
{
	static void (*const adders[])(
		struct building *, const struct case_file *, struct table *) = {
		add_head, add_triggers, add_criteria, add_members, add_events, add_clocks};
	static void (*const writers[])(const struct table *, struct str *) = {
		write_text, write_xml, write_html};
	struct building b = {.arena = arena};

	if (form == REPORT_XML)
		str_addf(out,
			"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
			"<case-report xmlns=\"urn:cadastre:case-report:1\" case=\"%" PRId64
			"\">\n",
			file->row.id);
	else if (form == REPORT_HTML)
		str_adds(out, html_head);
	for (size_t i = 0; i < ARRAY_SIZE(adders) && !b.failed; i++) {
		struct table table;

		adders[i](&b, file, &table);
		if (!b.failed && (table.n_rows || i < 2))
			writers[form](&table, out);
	}
	if (form == REPORT_HTML && map)
		str_adds(out,
			"<h2>网络图对照 <span lang=\"en\">Map, with what changed</span></h2>\n");
	if (form == REPORT_HTML && map)
		str_adds(out, map);
	str_adds(out, form == REPORT_XML ? "</case-report>\n" :
		form == REPORT_HTML ? "</body>\n</html>\n" : "");
	return b.failed || out->failed
		       ? error_set(reterr, ERROR_SYSTEM, "no memory for a report")
		       : 0;
}
