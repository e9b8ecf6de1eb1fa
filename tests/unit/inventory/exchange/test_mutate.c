/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every sample, changed in a thousand ways that are the same each time: bytes altered,
 * inserted, cut out, pieces doubled and swapped. A reader may take or refuse what comes; it
 * must end, and what it lets through must be a bundle that the intake reads.
 */
#include "tests/unit/unit.h"

#include "tests/unit/inventory/exchange/reading.h"

#define ROUNDS 1500
#define GROWTH 4096

static uint64_t random_state;

static uint32_t next_random(uint32_t below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint32_t)(random_state >> 33) % below;
}

static size_t mutate(char *bytes, size_t n)
{
	static const char *const pieces[] = {"<", ">", "\"", "&amp;", "&#0;", "]]>", "<!--",
		"{", "}", "[", ",", "\\u0000", "\xff", "\xe4\xb8", "-1", "99999999999999999999",
		"host", "</host>", "<host>", "<port>", "\n", ";", "\x1b[31m", "0.0.0.0",
		"::", "<script id='ssl-cert'>"};
	int changes = 1 + (int)next_random(6);

	while (changes-- > 0 && n > 8) {
		size_t at = next_random((uint32_t)n), size = 1 + next_random(64);
		const char *piece = pieces[next_random(sizeof(pieces) / sizeof(pieces[0]))];

		if (size > n - at)
			size = n - at;
		switch (next_random(5)) {
		case 0:
			bytes[at] = (char)next_random(256);
			break;
		case 1: /* cut out */
			memmove(bytes + at, bytes + at + size, n - at - size);
			n -= size;
			break;
		case 2: /* insert */
			memmove(bytes + at + strlen(piece), bytes + at, n - at);
			memcpy(bytes + at, piece, strlen(piece));
			n += strlen(piece);
			break;
		case 3: /* double */
			memmove(bytes + at + size, bytes + at, n - at);
			n += size;
			break;
		default: /* stop here */
			n = next_random(8) ? n : at;
		}
	}
	return n;
}

static void one_sample(const char *name)
{
	struct str sample = reading_sample(name);
	const struct exchange_format *format = reading_format(sample.data, sample.len);
	char *bytes = malloc(sample.len + GROWTH);
	int taken = 0;

	assert_non_null(bytes);
	random_state = 0x9e3779b97f4a7c15u ^ sample.len;
	for (int i = 0; i < ROUNDS; i++) {
		struct reading_result result;
		size_t n;

		memcpy(bytes, sample.data, sample.len);
		n = mutate(bytes, sample.len);
		reading_run(format, bytes, n, &result);
		if (result.result >= 0 && result.bad_bundle)
			fail_msg("%s, round %d: no bundle: %s", name, i, result.error.text);
		if (result.result < 0 && !strstr(result.error.text, "sample"))
			fail_msg("%s, round %d: a refusal without a place: %s", name, i,
				result.error.text);
		taken += result.result >= 0;
		reading_done(&result);
	}
	/* The test sees more than refusals. */
	assert_true(taken > ROUNDS / 20);
	free(bytes);
	str_done(&sample);
}

static void samples(void **state)
{
	(void)state;
	one_sample("nmap-plant.xml");
	one_sample("nmap-six.xml");
	one_sample("masscan.xml");
	one_sample("masscan.json");
	one_sample("masscan.ndjson");
	one_sample("hosts.csv");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(samples),
	};

	return RUN(tests);
}
