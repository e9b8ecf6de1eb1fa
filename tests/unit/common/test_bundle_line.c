/* SPDX-License-Identifier: Apache-2.0 */
/* The lean reader of bundle lines beside jansson: over good, bad and mutated lines both say the
 * same, to the letter of the error. A tab after the opening brace is white space to JSON and
 * makes a line that is not plain: so the same line is read in both ways. */
#include "tests/unit/unit.h"

#include "common/model/bundle.h"
#include "common/model/bundle_line.h"
#include "common/siphash.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX 4096
#define SAID_MAX 16384
#define MUTATIONS 4000

#define TIME "\"time\":\"2026-03-01T08:00:00Z\""
#define HEAD "{\"kind\":\"service\",\"method\":\"greeting\"," TIME ",\"addr\":\"198.18.0.1\""

static const char *const plain[] = {
	"{\"kind\":\"host\",\"method\":\"echo\"," TIME ",\"addr\":\"198.18.0.1\",\"ttl\":64}",
	"{\"kind\":\"port\",\"method\":\"syn\",\"time\":\"2026-03-01T08:00:00.123456Z\","
	"\"addr\":\"2001:db8::1\",\"transport\":\"tcp\",\"port\":22}",
	"{ \"kind\": \"host\", \"method\": \"arp\", " TIME ", \"addr\": \"198.18.0.1\", "
	"\"mac\": \"02:00:5e:10:00:01\" }",
	HEAD
	",\"transport\":\"tcp\",\"port\":80,\"protocol\":\"http\",\"attributes\":{"
	"\"service.vendor\":\"Lanhe\",\"service.version\":\"1.2\",\"http.title\":\"~ !#$\"},"
	"\"raw\":\"aGVsbG8=\"}",
	HEAD ",\"attributes\":{},\"port\":0,\"transport\":\"udp\"}",
	"{\"kind\":\"hop\",\"method\":\"trace\"," TIME
	",\"addr\":\"198.18.0.1\",\"peer\":\"198.18.0.2\",\"ttl\":3}",
	/* Taken apart, then refused by what both share: */
	HEAD ",\"port\":65536}",
	HEAD ",\"ttl\":256}",
	HEAD ",\"raw\":\"*\"}",
	HEAD ",\"protocol\":\"HTTP\"}",
	HEAD ",\"attributes\":{\"A\":\"b\"}}",
	HEAD ",\"attributes\":{\"\":\"b\"}}",
	"{\"kind\":\"nothing\"}",
	"{\"addr\":\"198.18.0.1\"}",
};

/* Left to jansson, which takes some and refuses others. */
static const char *const others[] = {
	"",
	"{}",
	"null",
	"[]",
	"{\"end\":true}",
	HEAD "} ",
	HEAD "}}",
	HEAD,
	HEAD ",}",
	HEAD ",\"port\":022}",
	HEAD ",\"port\":22.0}",
	HEAD ",\"port\":2e1}",
	HEAD ",\"port\":-1}",
	HEAD ",\"port\":\"22\"}",
	HEAD ",\"port\":10000000000}",
	HEAD ",\"port\":99999999999999999999999}",
	HEAD ",\"port\":null}",
	HEAD ",\"port\":22,\"port\":22}",
	HEAD ",\"addr\":\"198.18.0.1\"}",
	HEAD ",\"unknown\":1}",
	HEAD ",\"unknown\":{\"a\":[1,2,{\"b\":null}]}}",
	HEAD ",\"unknown\":{\"a\":1,\"a\":2}}",
	HEAD ",\"attributes\":{\"a\":\"b\",\"a\":\"b\"}}",
	HEAD ",\"attributes\":{\"a\":\"b\",}}",
	HEAD ",\"attributes\":{\"a\":1}}",
	HEAD ",\"attributes\":[]}",
	HEAD ",\"attributes\":\"a\"}",
	HEAD ",\"attributes\":{\"a\":\"\\\"\"}}",
	HEAD ",\"attributes\":{\"a\":\"\\u0041\"}}",
	HEAD ",\"attributes\":{\"a\":\"\\u0000\"}}",
	HEAD ",\"attributes\":{\"a\":\"\\ud800\"}}",
	HEAD ",\"attributes\":{\"a\":\"\xe5\x85\xb3\"}}",
	HEAD ",\"attributes\":{\"a\":\"\xe5\x85\"}}",
	HEAD ",\"attributes\":{\"a\":\"\x7f\"}}",
	HEAD ",\"attributes\":{\"a\":\"\x01\"}}",
	HEAD ",\"mac\":2}",
	HEAD ",\"proto\\u0063ol\":\"ssh\"}",
};

/* ---- what a reader says of a line -------------------------------------------------------- */

static void put(int fd, const char *bytes, size_t n)
{
	assert_int_equal(write(fd, bytes, n), n);
}

static size_t describe(const struct observation *obs, char said[SAID_MAX])
{
	char addr[ADDR_TEXT_MAX], peer[ADDR_TEXT_MAX], mac[MAC_TEXT_MAX];
	size_t n = (size_t)snprintf(said, SAID_MAX, "%d %d %lld %s %s %s %d %u %u %s",
		obs->kind, obs->method, (long long)obs->time_us, addr_format(&obs->addr, addr),
		addr_format(&obs->peer, peer), mac_format(&obs->mac, mac), obs->transport,
		obs->port, obs->ttl, obs->protocol ? obs->protocol : "-");

	for (size_t i = 0; i < obs->n_attributes; i++)
		n += (size_t)snprintf(said + n, SAID_MAX - n, " %s=%s", obs->attributes[i].name,
			obs->attributes[i].value);
	for (size_t i = 0; i < obs->raw_size; i++)
		n += (size_t)snprintf(said + n, SAID_MAX - n, " %02x", obs->raw[i]);
	return n;
}

static void read_as(const char *line, size_t n, bool by_jansson, char said[SAID_MAX])
{
	static const char head[] = "{\"cadastre\":\"bundle\",\"version\":1,\"id\":"
				   "\"00112233445566778899aabbccddeeff\","
				   "\"realm\":\"r\",\"vantage\":\"internal\",\"tool\":\"t\","
				   "\"started\":\"2026-03-01T08:00:00Z\"}\n";
	struct bundle_reader *reader = NULL;
	struct bundle_header header;
	struct observation obs;
	struct error error = {0};
	int pipes[2], r;

	assert_int_equal(pipe(pipes), 0);
	put(pipes[1], head, sizeof(head) - 1);
	put(pipes[1], line, n ? 1 : 0);
	put(pipes[1], "\t", by_jansson && n ? 1 : 0);
	put(pipes[1], line + 1, n ? n - 1 : 0);
	put(pipes[1], "\n", 1);
	close(pipes[1]);
	assert_int_equal(bundle_reader_new(pipes[0], "b", &reader, &header, NULL), 0);
	r = bundle_reader_next(reader, &obs, &error);
	if (r == 0)
		describe(&obs, said);
	else
		snprintf(said, SAID_MAX, "%d %s", r, error.text);
	bundle_reader_free(reader);
	close(pipes[0]);
}

static bool is_plain(const char *line, size_t n)
{
	struct attribute attributes[OBSERVATION_ATTRIBUTES_MAX];
	struct bundle_line parts;
	char *copy = malloc(n + 1);
	bool read;

	assert_non_null(copy);
	memcpy(copy, line, n);
	bundle_line_init(&parts, attributes);
	read = bundle_line_read(copy, n, &parts);
	assert_memory_equal(copy, line, n);
	free(copy);
	return read;
}

static void both_say_the_same(const char *line, size_t n)
{
	static char lean[SAID_MAX], jansson[SAID_MAX];

	/* Behind a newline another line begins; without a brace a tab would be something
	 * else. */
	if (n == 0 || line[0] != '{' || memchr(line, '\n', n))
		return;
	read_as(line, n, false, lean);
	read_as(line, n, true, jansson);
	assert_string_equal(lean, jansson);
}

/* ---- cases ------------------------------------------------------------------------------- */

static void plain_lines_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(plain); i++) {
		if (!is_plain(plain[i], strlen(plain[i])))
			fail_msg("not plain: %s", plain[i]);
		both_say_the_same(plain[i], strlen(plain[i]));
	}
}

static void other_lines_are_left(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		if (is_plain(others[i], strlen(others[i])))
			fail_msg("plain: %s", others[i]);
		both_say_the_same(others[i], strlen(others[i]));
	}
}

static void limits_are_kept(void **state)
{
	char line[LINE_MAX];
	int n;

	(void)state;
	for (int count = 63; count <= 66; count++) {
		n = snprintf(line, sizeof(line), "%s,\"attributes\":{", HEAD);
		for (int i = 0; i < count; i++)
			n += snprintf(line + n, sizeof(line) - (size_t)n, "%s\"a%d\":\"b\"",
				i ? "," : "", i);
		n += snprintf(line + n, sizeof(line) - (size_t)n, "}}");
		assert_int_equal(
			is_plain(line, (size_t)n), count <= OBSERVATION_ATTRIBUTES_MAX);
		both_say_the_same(line, (size_t)n);
	}
	for (int size = ATTRIBUTE_VALUE_MAX - 1; size <= ATTRIBUTE_VALUE_MAX + 1; size++) {
		n = snprintf(line, sizeof(line), "%s,\"attributes\":{\"a\":\"%0*d\"}}", HEAD,
			size, 0);
		both_say_the_same(line, (size_t)n);
	}
}

static uint64_t next(uint64_t *at)
{
	const struct siphash_key key = siphash_key_seeded(7);

	++*at;
	return siphash(&key, at, sizeof(*at));
}

/* One byte changed, one put in, one taken out, or a piece said twice. */
static size_t mutate(char line[LINE_MAX], size_t n, uint64_t *at)
{
	static const char odd[] = "\"\\{}[]:,0189e.-+ \t\x01\x7f\x80\xc3\xff\0truenull/u";
	uint64_t x = next(at);
	size_t place = x / 256 % n, piece = 1 + x / 65536 % 24;
	char byte = odd[x / 16777216 % (sizeof(odd) - 1)];

	if (place + piece > n)
		piece = n - place;
	switch (x % 4) {
	case 0:
		line[place] = byte;
		return n;
	case 1:
		memmove(line + place + 1, line + place, n - place);
		line[place] = byte;
		return n + 1;
	case 2:
		memmove(line + place, line + place + 1, n - place - 1);
		return n - 1;
	default:
		memmove(line + place + piece, line + place, n - place);
		return n + piece;
	}
}

static void mutated_lines_too(void **state)
{
	uint64_t at = 0, read = 0;

	(void)state;
	for (int i = 0; i < MUTATIONS; i++) {
		const char *from = plain[next(&at) % ARRAY_SIZE(plain)];
		char line[LINE_MAX];
		size_t n = strlen(from);

		memcpy(line, from, n);
		for (uint64_t left = 1 + next(&at) % 3; left && n; left--)
			n = mutate(line, n, &at);
		read += n && is_plain(line, n);
		both_say_the_same(line, n);
	}
	/* Neither all nor none: the cases are of both kinds. */
	assert_in_range(read, MUTATIONS / 20, MUTATIONS / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(plain_lines_are_read),
		cmocka_unit_test(other_lines_are_left), cmocka_unit_test(limits_are_kept),
		cmocka_unit_test(mutated_lines_too)};

	return RUN(tests);
}
