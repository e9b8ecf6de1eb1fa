/* SPDX-License-Identifier: Apache-2.0 */
/* Days, calendar periods, and whether what is to be done every so often is overdue. */
#include "inventory/norm/facts_parts.h"

#include "common/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY_US (86400 * CLOCK_SECOND)

/* ---- days ---------------------------------------------------------------------------- */

int64_t facts_day(int64_t wall_us)
{
	return wall_us >= 0 ? wall_us / DAY_US : -((-wall_us + DAY_US - 1) / DAY_US);
}

static int month_days(int64_t year, int month)
{
	static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (month == 2 && leap);
}

/* Years are counted from March, so that the leap day is the last; 400 years are 146097 days. */
static int64_t day_of(int64_t year, int month, int day)
{
	int64_t from_march = year - (month <= 2), era, year_of_era, day_of_year;

	era = (from_march >= 0 ? from_march : from_march - 399) / 400;
	year_of_era = from_march - era * 400;
	day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
		day_of_year - 719468;
}

static void date_of(int64_t days, int64_t *ret_year, int *ret_month, int *ret_day)
{
	int64_t shifted = days + 719468, era, day_of_era, year_of_era, day_of_year, month;

	era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
	day_of_era = shifted - era * 146097;
	year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 -
		day_of_era / 146096) / 365;
	day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	month = (5 * day_of_year + 2) / 153;
	*ret_day = (int)(day_of_year - (153 * month + 2) / 5 + 1);
	*ret_month = (int)(month < 10 ? month + 3 : month - 9);
	*ret_year = year_of_era + era * 400 + (*ret_month <= 2);
}

static int digits(const char *text, int n)
{
	int number = 0;

	for (int i = 0; i < n; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		number = number * 10 + (text[i] - '0');
	}
	return number;
}

/* Of the first ten characters, all of which are there. */
static int64_t day_parse(const char *text)
{
	int year = digits(text, 4), month = digits(text + 5, 2), day = digits(text + 8, 2);

	if (year < 0 || month < 1 || month > 12 || day < 1 || text[4] != '-' ||
		text[7] != '-' || day > month_days(year, month))
		return -1;
	return day_of(year, month, day);
}

int64_t facts_day_parse(const char *text)
{
	return strnlen(text, 11) == 10 ? day_parse(text) : -1;
}

int64_t facts_day_add(int64_t day, struct pack_period period)
{
	int64_t year, months;
	int month, of_month, last;

	if (!period.months)
		return day + period.days;
	date_of(day, &year, &month, &of_month);
	months = year * 12 + month - 1 + period.months;
	year = months / 12;
	month = (int)(months % 12) + 1;
	last = month_days(year, month);
	return day_of(year, month, of_month < last ? of_month : last);
}

const char *facts_day_text(int64_t day, char out[FACTS_DAY_SIZE])
{
	int64_t year;
	int month, of_month;

	date_of(day, &year, &month, &of_month);
	snprintf(out, FACTS_DAY_SIZE, "%04d-%02d-%02d", (int)year, month, of_month);
	return out;
}

/* ---- cadence ------------------------------------------------------------------------- */

/* A date, or the date at the beginning of a time. */
static int64_t event_day(xmlNode *node)
{
	xmlChar *text = xmlXPathCastNodeToString(node);
	const char *date = text ? (const char *)text : "";
	int64_t day = -1;

	while (*date == ' ' || *date == '\n' || *date == '\t' || *date == '\r')
		date++;
	if (strnlen(date, 11) == 10 || (strnlen(date, 11) == 11 && (date[10] == 'T' ||
		date[10] == ' ')))
		day = day_parse(date);
	xmlFree(text);
	return day;
}

struct events {
	bool to_come;  /* dates count that are after the day of the evaluation */
	int64_t *days; /* of those that are usable and count */
	size_t n;
	struct statement newest, other; /* other: the newest that is not usable, and why */
	int64_t newest_day,
		other_day; /* other_day: the newest of those, today if one is no date */
	int64_t next; /* the first of those that are planned; 0: none */
};

static void take_event(struct extraction *x, xmlNode *node, struct events *events)
{
	struct statement statement = {.text = ""};
	int64_t day = event_day(node);

	facts_weigh(x, node, &statement);
	if (statement.state == FACT_KNOWN && day < 0)
		statement.state = FACT_INVALID;
	if (statement.state != FACT_KNOWN) {
		if (day < 0 || day > x->day)
			day = x->day;
		if (day > events->other_day)
			events->other_day = day;
		if (!events->other.as_of || strcmp(statement.as_of, events->other.as_of) > 0)
			events->other = statement;
		return;
	}
	if (day > x->day && !events->to_come) { /* planned, not done */
		facts_until(&events->next, day);
		return;
	}
	if (!events->n || day > events->newest_day) {
		events->newest = statement;
		events->newest_day = day;
	}
	events->days[events->n++] = day;
}

static int take_events(struct extraction *x, const struct pack_path *path,
	struct events *events)
{
	struct found found;
	int r = facts_select(x, path, x->root, &found);

	if (r == 0) {
		events->days = calloc(found.n + 1, sizeof(*events->days));
		r = events->days ? 0 :
			error_set(x->reterr, ERROR_SYSTEM, "no memory for %zu events", found.n);
	}
	for (size_t i = 0; r == 0 && i < found.n; i++)
		take_event(x, found.nodes[i], events);
	facts_found_done(&found);
	return r;
}

static int compare_days(const void *a, const void *b)
{
	const int64_t *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

/* The day on which the last gap that is too long leaves the window; 0 if there is none. */
static int64_t gap_until(const struct extraction *x, struct events *events)
{
	const struct pack_cadence *cadence = &x->fact->cadence;
	int64_t until = 0;

	if (!cadence->within_days)
		return 0;
	qsort(events->days, events->n, sizeof(*events->days), compare_days);
	for (size_t i = 1; i < events->n; i++) {
		int64_t before = events->days[i - 1];

		if (before >= x->day - cadence->within_days &&
			events->days[i] > facts_day_add(before, cadence->every))
			until = before + cadence->within_days + 1;
	}
	return until;
}

/* Whether it makes a difference if what is not usable was done. */
static bool is_in_doubt(
	const struct extraction *x, const struct events *done, bool overdue, bool gap)
{
	int64_t day = done->n && done->newest_day > done->other_day ? done->newest_day :
		done->other_day;

	return done->other.as_of &&
		(gap || overdue != (x->day > facts_day_add(day, x->fact->cadence.every)));
}

/* By events, or by what they are counted `since` as long as there are none. */
static void judge_cadence(struct extraction *x, struct events *events,
	const struct events *done, struct fact_value *value)
{
	bool by_event = events == done;
	int64_t due = facts_day_add(events->newest_day, x->fact->cadence.every);
	int64_t gap = by_event ? gap_until(x, events) : 0;
	bool overdue = x->day > due;
	char date[FACTS_DAY_SIZE];

	if (is_in_doubt(x, done, overdue, gap)) {
		facts_adopt(x, value, &done->other);
		return;
	}
	facts_adopt(x, value, &events->newest);
	value->number = overdue || gap;
	value->text = value->number ? "true" : "false";
	value->due = facts_keep(x, facts_day_text(due, date));
	value->until_day = events->next;
	if (!overdue && !gap)
		facts_until(&value->until_day, due + 1);
	else if (!overdue && gap <= due)
		facts_until(&value->until_day, gap);
}

int facts_cadence(struct extraction *x, struct fact_value *value)
{
	const struct pack_cadence *cadence = &x->fact->cadence;
	struct events events = {0}, since = {.to_come = true};
	int r = cadence->event.compiled ? take_events(x, &cadence->event, &events) : 0;

	if (r == 0 && !events.n && cadence->since.compiled)
		r = take_events(x, &cadence->since, &since);
	if (r == 0 && events.n)
		judge_cadence(x, &events, &events, value);
	else if (r == 0 && since.n)
		judge_cadence(x, &since, &events, value);
	else if (r == 0 && (events.other.as_of || since.other.as_of))
		facts_adopt(x, value, events.other.as_of ? &events.other : &since.other);
	if (r == 0)
		facts_until(&value->until_day, events.next);
	free(events.days);
	free(since.days);
	return r;
}
