/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a reader in the test's own process; see reading.h. */
#include "tests/unit/unit.h"

#include "tests/unit/inventory/exchange/reading.h"

#include "common/clock.h"
#include "common/file.h"

#include <sys/mman.h>

#define TEXT_MAX ((size_t)16 << 20)

struct str reading_sample(const char *name)
{
	struct str bytes = STR_INIT(1 << 20);
	struct error error = {0};
	char path[512];

	snprintf(path, sizeof(path), SAMPLES "/%s", name);
	assert_int_equal(file_read(path, 1 << 20, &bytes, &error), 0);
	return bytes;
}

const struct exchange_format *reading_format(const char *bytes, size_t n)
{
	n = n < EXCHANGE_HEAD_MAX ? n : EXCHANGE_HEAD_MAX;
	for (const struct exchange_format *f = exchange_formats; f->name; f++)
		if (f->is(bytes, n))
			return f;
	return NULL;
}

static void tell(struct str *out, const struct observation *obs)
{
	char text[CIDR_TEXT_MAX], time[CLOCK_TEXT_MAX];

	str_addf(out, "%s", observation_kind_name(obs->kind));
	if (obs->addr.family)
		str_addf(out, " %s", addr_format(&obs->addr, text));
	if (obs->peer.family)
		str_addf(out, " via %s at %u", addr_format(&obs->peer, text), obs->ttl);
	if (!mac_is_zero(&obs->mac))
		str_addf(out, " mac %s", mac_format(&obs->mac, text));
	if (obs->transport)
		str_addf(out, " %s/%u", transport_name(obs->transport), obs->port);
	if (obs->protocol)
		str_addf(out, " %s", obs->protocol);
	for (size_t i = 0; i < obs->n_attributes; i++)
		str_addf(out, " %s=[%s]", obs->attributes[i].name, obs->attributes[i].value);
	if (obs->raw_size)
		str_addf(out, " raw %zu", obs->raw_size);
	str_addf(out, " at %s\n", clock_format(obs->time_us, time));
}

static void read_back(int fd, struct reading_result *result)
{
	_cleanup_(bundle_reader_freep) struct bundle_reader *reader = NULL;
	struct error error = {0};
	int r = bundle_reader_new(fd, "bundle", &reader, &result->header, &error);

	while (r == 0) {
		struct observation obs;

		r = bundle_reader_next(reader, &obs, &error);
		if (r == 0) {
			result->n++;
			result->bad_bundle |= obs.method != OBSERVATION_BY_IMPORT;
			tell(&result->text, &obs);
		}
	}
	result->bad_bundle |=
		r != (result->result == EXCHANGE_CUT ? BUNDLE_TRUNCATED : BUNDLE_END) ||
		result->n != result->report.put;
	if (result->bad_bundle)
		result->error = error;
}

void reading_run(const struct exchange_format *format, const void *bytes, size_t n,
	struct reading_result *ret_result)
{
	int in = memfd_create("in", MFD_CLOEXEC), out = memfd_create("out", MFD_CLOEXEC);
	struct exchange_sink sink = {.fd = out,
		.header = {.id = "0123456789abcdef0123456789abcdef",
			.realm = "plant",
			.vantage = "internal",
			.tool = "test",
			.started_us = READING_NOW},
		.now_us = READING_NOW,
		.report = &ret_result->report};
	int ended;

	memset(ret_result, 0, sizeof(*ret_result));
	ret_result->text = STR_INIT(TEXT_MAX);
	assert_true(in >= 0 && out >= 0);
	assert_int_equal(write(in, bytes, n), (ssize_t)n);
	assert_int_equal(lseek(in, 0, SEEK_SET), 0);
	ret_result->result = format->read(in, "sample", &sink, &ret_result->error);
	if (ret_result->result >= 0) {
		ended = exchange_sink_end(
			&sink, ret_result->result == EXCHANGE_CUT, &ret_result->error);
		assert_int_equal(ended, 0);
		assert_int_equal(lseek(out, 0, SEEK_SET), 0);
		read_back(out, ret_result);
	}
	exchange_sink_done(&sink);
	exchange_report_check(&ret_result->report);
	close(in);
	close(out);
}

void reading_done(struct reading_result *result)
{
	str_done(&result->text);
}
