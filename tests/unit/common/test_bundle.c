/* SPDX-License-Identifier: Apache-2.0 */
/* Bundles: every member survives the journey; a cut, an altered byte, a hostile line are
 * noticed and named. */
#include "tests/unit/unit.h"

#include "common/model/bundle.h"

#include <stdio.h>
#include <unistd.h>

static const struct bundle_header header = {"00112233445566778899aabbccddeeff", "lanhe",
	"internal", "cadastre test", 1795477205000000};

static FILE *write_bundle(size_t n)
{
	FILE *file = tmpfile();
	struct bundle_writer *writer = NULL;
	struct bundle_counters counters = {0};
	struct attribute attributes[] = {
		{"service.product", "Open\"SSH"}, {"note", "\xe5\x85\xb3 \\x1b"}};
	struct observation obs = {.kind = OBSERVATION_SERVICE,
		.method = OBSERVATION_BY_GREETING,
		.time_us = 1795477205123456,
		.addr = {4, {198, 18, 0, 1}},
		.peer = {6, {0x20, 1, 0xd, 0xb8}},
		.mac = {{2, 0, 0x5e, 0x10, 0, 1}},
		.transport = TRANSPORT_TCP,
		.port = 22,
		.ttl = 61,
		.protocol = "ssh",
		.attributes = attributes,
		.n_attributes = 2,
		.raw = (const uint8_t *)"a\0\xff",
		.raw_size = 3};

	assert_non_null(file);
	assert_int_equal(bundle_writer_new(fileno(file), &header, &writer, NULL), 0);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(bundle_writer_put(writer, &obs, NULL), 0);
	bundle_counters_add(&counters, "sent", 7);
	bundle_counters_add(&counters, "sent", 1);
	assert_int_equal(bundle_writer_end(writer, &counters, NULL), 0);
	bundle_writer_free(writer);
	rewind(file);
	return file;
}

static void round_trip(void **state)
{
	FILE *file = write_bundle(3000);
	struct bundle_reader *reader = NULL;
	struct bundle_header back;
	struct observation obs;
	size_t n = 0;
	int r;

	(void)state;
	assert_int_equal(bundle_reader_new(fileno(file), "t", &reader, &back, NULL), 0);
	assert_string_equal(back.id, header.id);
	assert_string_equal(back.realm, "lanhe");
	assert_int_equal(back.started_us, header.started_us);
	while ((r = bundle_reader_next(reader, &obs, NULL)) == 0) {
		char text[64];

		n++;
		assert_int_equal(obs.kind, OBSERVATION_SERVICE);
		assert_int_equal(obs.time_us, 1795477205123456);
		assert_string_equal(addr_format(&obs.addr, text), "198.18.0.1");
		assert_string_equal(addr_format(&obs.peer, text), "2001:db8::");
		assert_string_equal(mac_format(&obs.mac, text), "02:00:5e:10:00:01");
		assert_int_equal(obs.port, 22);
		assert_int_equal(obs.ttl, 61);
		assert_string_equal(obs.protocol, "ssh");
		assert_string_equal(
			observation_attribute(&obs, "service.product"), "Open\"SSH");
		assert_string_equal(observation_attribute(&obs, "note"), "\xe5\x85\xb3 \\x1b");
		assert_null(observation_attribute(&obs, "absent"));
		assert_int_equal(obs.raw_size, 3);
		assert_memory_equal(obs.raw, "a\0\xff", 3);
	}
	assert_int_equal(r, BUNDLE_END);
	assert_int_equal(n, 3000);
	assert_int_equal(bundle_counters_get(bundle_reader_counters(reader), "sent"), 8);
	bundle_reader_free(reader);
	fclose(file);
}

/* Reads the given bytes as a bundle to their end; the last answer. */
static int read_bytes(const char *bytes, size_t n, struct error *reterr)
{
	FILE *file = tmpfile();
	struct bundle_reader *reader = NULL;
	struct bundle_header back;
	struct observation obs;
	int r;

	assert_int_equal(fwrite(bytes, 1, n, file), n);
	fflush(file);
	rewind(file);
	r = bundle_reader_new(fileno(file), "t", &reader, &back, reterr);
	while (r == 0)
		r = bundle_reader_next(reader, &obs, reterr);
	bundle_reader_free(reader);
	fclose(file);
	return r;
}

static void a_cut_anywhere_is_noticed(void **state)
{
	FILE *file = write_bundle(2);
	char bytes[8192];
	size_t n = fread(bytes, 1, sizeof(bytes), file);

	(void)state;
	assert_int_equal(read_bytes(bytes, n, NULL), BUNDLE_END);
	for (size_t cut = 0; cut < n; cut++) {
		int r = read_bytes(bytes, cut, NULL);

		assert_true(r == BUNDLE_TRUNCATED || r == ERROR_INPUT);
	}
	fclose(file);
}

static void an_altered_byte_is_noticed(void **state)
{
	FILE *file = write_bundle(1);
	char bytes[8192];
	size_t n = fread(bytes, 1, sizeof(bytes), file);
	size_t trailer = n - 1;

	(void)state;
	while (bytes[trailer - 1] != '\n')
		trailer--;
	for (size_t i = 0; i < trailer; i++) {
		bytes[i] ^= 1;
		assert_int_not_equal(read_bytes(bytes, n, NULL), BUNDLE_END);
		bytes[i] ^= 1;
	}
	fclose(file);
}

static void hostile_lines_are_named(void **state)
{
	static const char head[] = "{\"cadastre\":\"bundle\",\"version\":1,\"id\":"
				   "\"00112233445566778899aabbccddeeff\","
				   "\"realm\":\"r\",\"vantage\":\"internal\",\"tool\":\"t\",\"started\":\"2026-01-01\"}\n";
	static const char *const lines[] = {"[]", "nonsense", "{\"kind\":\"port\"}",
		"{\"kind\":\"x\",\"method\":\"syn\",\"time\":\"2026-01-01\",\"addr\":\"198.18.0.1\"}",
		"{\"kind\":\"port\",\"method\":\"syn\",\"time\":\"2026-01-01\"}",
		"{\"kind\":\"port\",\"method\":\"syn\",\"time\":\"2026-01-01\",\"addr\":7}",
		"{\"kind\":\"port\",\"method\":\"syn\",\"time\":\"2026-01-01\",\"addr\":\"198."
		"18.0.1\",\"port\":70000}",
		"{\"kind\":\"port\",\"method\":\"syn\",\"time\":\"2026-01-01\",\"addr\":\"198."
		"18.0.1\",\"attributes\":{\"A B\":\"x\"}}",
		"{\"kind\":\"port\",\"method\":\"syn\",\"time\":\"2026-01-01\",\"addr\":\"198."
		"18.0.1\",\"attributes\":{\"a\":\"\\u001b\"}}",
		"{\"kind\":\"port\",\"method\":\"syn\",\"time\":\"2026-01-01\",\"addr\":\"198."
		"18.0.1\",\"raw\":\"***\"}",
		"{\"end\":true,\"observations\":0,\"sha256\":\"00\"}"};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct error error = {0};
		char bytes[2048];
		int n = snprintf(bytes, sizeof(bytes), "%s%s\n", head, lines[i]);

		assert_int_equal(read_bytes(bytes, (size_t)n, &error), ERROR_INPUT);
		assert_non_null(strstr(error.text, "\"t\", line 2"));
	}
}

static void a_line_without_end_is_refused(void **state)
{
	size_t n = BUNDLE_LINE_MAX + 10;
	char *bytes = malloc(n);
	struct error error = {0};

	(void)state;
	memset(bytes, 'a', n);
	assert_int_equal(read_bytes(bytes, n, &error), ERROR_INPUT);
	assert_non_null(strstr(error.text, "too long"));
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(round_trip),
		cmocka_unit_test(a_cut_anywhere_is_noticed),
		cmocka_unit_test(an_altered_byte_is_noticed),
		cmocka_unit_test(hostile_lines_are_named),
		cmocka_unit_test(a_line_without_end_is_refused)};

	return RUN(tests);
}
