/* SPDX-License-Identifier: Apache-2.0 */
/* The sink of the readers: checks, counts, and writes the bundle; see reader.h. */
#include "inventory/exchange/internal.h"

#include "common/clock.h"
#include "common/text.h"

#include <string.h>

#define OTHERS "others"

static void clean_into(char *out, size_t size, const char *text)
{
	struct str clean = STR_INIT(size - 1);

	text_clean(&clean, text, strnlen(text, size), size - 1);
	snprintf(out, size, "%s", clean.data);
	str_done(&clean);
}

int exchange_begin(
	struct exchange_sink *sink, const struct exchange_origin *origin, struct error *reterr)
{
	struct bundle_header *header = &sink->header;
	char time[CLOCK_TEXT_MAX], tool[EXCHANGE_TOOL_MAX];

	if (sink->writer)
		return error_set(reterr, ERROR_INTERNAL, "a reader began twice");
	if (origin->started_us > sink->now_us + EXCHANGE_FUTURE_MAX * CLOCK_SECOND)
		return error_set(reterr, ERROR_INPUT,
			"it says that it was begun at %s, which has not come yet; set the "
			"clocks of both machines and make it again",
			clock_format(origin->started_us, time));
	if (origin->started_us > 0 && origin->started_us < header->started_us)
		header->started_us = origin->started_us;
	/* A tool of ours is named only by what we ran ourselves. */
	if (origin->tool && strncmp(origin->tool, "cadastre", 8) == 0)
		snprintf(tool, sizeof(tool), "import of %.100s", origin->tool);
	else
		snprintf(tool, sizeof(tool), "%.120s", origin->tool ? origin->tool : "");
	if (*tool)
		clean_into(header->tool, sizeof(header->tool), tool);
	clean_into(sink->report->tool, sizeof(sink->report->tool), header->tool);
	return bundle_writer_new(sink->fd, header, &sink->writer, reterr);
}

const char *exchange_realm(const struct exchange_sink *sink)
{
	return sink->header.realm;
}

void exchange_count(struct exchange_sink *sink, const char *name, uint64_t n)
{
	if (n)
		bundle_counters_add(&sink->counters, name, n);
}

static struct exchange_refusal *refusal_of(struct exchange_report *report, const char *reason)
{
	struct exchange_refusal *row;

	for (size_t i = 0; i < report->n_refusals; i++)
		if (strcmp(report->refusals[i].reason, reason) == 0)
			return &report->refusals[i];
	if (report->n_refusals >= EXCHANGE_REASONS_MAX - 1 && strcmp(reason, OTHERS) != 0)
		return refusal_of(report, OTHERS);
	row = &report->refusals[report->n_refusals++];
	clean_into(row->reason, sizeof(row->reason), reason);
	return row;
}

void exchange_refuse(
	struct exchange_sink *sink, const char *reason, long line, const char *what)
{
	struct exchange_refusal *row = refusal_of(sink->report, reason);

	if (row->n++ == 0) {
		row->line = line;
		clean_into(row->what, sizeof(row->what), what);
	}
	sink->report->refused++;
}

/* ---- observations ------------------------------------------------------------------------ */

static bool is_name(const char *name)
{
	size_t n = strlen(name);

	return n && n <= ATTRIBUTE_NAME_MAX &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789._-") == n;
}

static const char *attributes_fault(const struct observation *obs)
{
	if (obs->n_attributes > OBSERVATION_ATTRIBUTES_MAX)
		return "more attributes than a bundle holds";
	for (size_t i = 0; i < obs->n_attributes; i++) {
		const struct attribute *a = &obs->attributes[i];
		size_t n = strlen(a->value);

		if (!is_name(a->name))
			return "a name of an attribute that no bundle may hold";
		if (n > ATTRIBUTE_VALUE_MAX || !text_is_clean(a->value, n))
			return "a text that no bundle may hold";
		for (size_t j = 0; j < i; j++)
			if (strcmp(obs->attributes[j].name, a->name) == 0)
				return "the same attribute twice";
	}
	return NULL;
}

static const char *fault_of(const struct observation *obs)
{
	const struct addr zero = {.family = obs->addr.family};

	if (obs->kind != OBSERVATION_COVERAGE) {
		if (!obs->addr.family)
			return "no address";
		if (addr_is_multicast(&obs->addr) || addr_equal(&obs->addr, &zero))
			return "an address that is nobody's own";
	}
	if (obs->raw_size > OBSERVATION_RAW_MAX)
		return "more bytes of evidence than a bundle holds";
	if (obs->protocol && !is_name(obs->protocol))
		return "a name of a protocol that no bundle may hold";
	return attributes_fault(obs);
}

int exchange_put(struct exchange_sink *sink, long line, const struct observation *obs,
	struct error *reterr)
{
	const char *fault = fault_of(obs);
	struct observation own = *obs;
	char addr[ADDR_TEXT_MAX] = "";
	int r;

	if (fault) {
		exchange_refuse(sink, fault, line,
			obs->addr.family ? addr_format(&obs->addr, addr) : "");
		return 0;
	}
	if (!sink->writer) {
		r = exchange_begin(sink, &(struct exchange_origin){0}, reterr);
		if (r < 0)
			return r;
	}
	own.method = OBSERVATION_BY_IMPORT;
	if (own.time_us <= 0 || own.time_us > sink->now_us + EXCHANGE_FUTURE_MAX * CLOCK_SECOND)
		own.time_us = sink->header.started_us;
	sink->report->put++;
	return bundle_writer_put(sink->writer, &own, reterr);
}

int exchange_sink_end(struct exchange_sink *sink, bool cut, struct error *reterr)
{
	int r = 0;

	if (!sink->writer)
		r = exchange_begin(sink, &(struct exchange_origin){0}, reterr);
	if (r < 0)
		return r;
	exchange_count(sink, "import_refused", sink->report->refused);
	return cut ? bundle_writer_flush(sink->writer, reterr)
		   : bundle_writer_end(sink->writer, &sink->counters, reterr);
}

void exchange_sink_done(struct exchange_sink *sink)
{
	bundle_writer_free(STEAL(sink->writer));
}

static void end_text(char *text, size_t size)
{
	char copy[ERROR_TEXT_MAX];

	text[size - 1] = '\0';
	snprintf(copy, sizeof(copy), "%s", text);
	clean_into(text, size, copy);
}

void exchange_report_check(struct exchange_report *report)
{
	end_text(report->error.text, sizeof(report->error.text));
	end_text(report->tool, sizeof(report->tool));
	if (report->n_refusals > EXCHANGE_REASONS_MAX)
		report->n_refusals = EXCHANGE_REASONS_MAX;
	for (size_t i = 0; i < report->n_refusals; i++) {
		end_text(report->refusals[i].reason, sizeof(report->refusals[i].reason));
		end_text(report->refusals[i].what, sizeof(report->refusals[i].what));
	}
}
