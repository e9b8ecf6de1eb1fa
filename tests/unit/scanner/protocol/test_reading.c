/* SPDX-License-Identifier: Apache-2.0 */
/* The reading: bounds, clean text, records that are not mixed, host names, observations. */
#include "tests/unit/scanner/protocol/check.h"

#include <stdio.h>

static void attributes(void **state)
{
	struct reading *r = check_reading();

	(void)state;
	reading_add_text(r, "a", " one \r\n");
	check_is(r, "a", "one");
	reading_add_text(r, "a", "two");
	check_is(r, "a", "two");
	assert_int_equal(r->n_attributes, 1);
	reading_add_text(r, "b", "  ");
	reading_add_text(r, "c", NULL);
	assert_int_equal(r->n_attributes, 1);
	reading_add(r, "d", "\x1b[2J\0\xff<b>", 9);
	check_is(r, "d", "\\x1b[2J\\x00\\xff<b>");
	reading_add_number(r, "e", 18446744073709551615ull);
	check_is(r, "e", "18446744073709551615");
}

static void bounds(void **state)
{
	static char names[OBSERVATION_ATTRIBUTES_MAX + 10][8], large[20000];
	struct reading *r = check_reading();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(names[i], sizeof(names[i]), "n%zu", i);
		reading_add_text(r, names[i], "v");
	}
	assert_int_equal(r->n_attributes, OBSERVATION_ATTRIBUTES_MAX);
	reading_clear(r);
	memset(large, 'x', sizeof(large));
	for (size_t i = 0; i < 20; i++)
		reading_add(r, names[i], large, sizeof(large));
	assert_true(r->used <= sizeof(r->text));
	assert_in_range(r->n_attributes, 1, 8);
	for (size_t i = 0; i < r->n_attributes; i++)
		assert_true(strlen(r->attributes[i].value) <= ATTRIBUTE_VALUE_MAX);
	reading_clear(r);
	for (size_t i = 0; i < 50; i++) {
		reading_key(r, "k", "v", 1);
		snprintf(names[i], sizeof(names[i]), "h%zu", i);
		reading_name(r, "s", names[i], strlen(names[i]));
	}
	assert_int_equal(r->n_keys, READING_KEYS_MAX);
	assert_int_equal(r->n_names, READING_NAMES_MAX);
}

/* Each once, in the order in which they came, as long as there is room. */
static void lists(void **state)
{
	struct reading *r = check_reading();
	char word[64];

	(void)state;
	reading_append(r, "a", "");
	check_is(r, "a", NULL);
	reading_append(r, "a", "TLSv1");
	reading_append(r, "a", "SHA1 signature");
	reading_append(r, "a", "TLSv1");
	reading_append(r, "a", "TLSv1.1");
	reading_append(r, "a", "SHA1 signature");
	reading_append(r, "a", "\x1b[2J");
	check_is(r, "a", "TLSv1, SHA1 signature, TLSv1.1, \\x1b[2J");
	for (int i = 0; i < 1000; i++) {
		snprintf(word, sizeof(word), "a word of some length, %d", i);
		reading_append(r, "b", word);
	}
	assert_true(strlen(reading_get(r, "b")) <= ATTRIBUTE_VALUE_MAX);
	assert_non_null(strstr(reading_get(r, "b"), "length, 9,"));
	assert_true(
		r->used < 2 * ATTRIBUTE_VALUE_MAX + 256); /* its earlier states take no room */
	reading_append(
		r, "a", "more"); /* not the last any more: it moves, and nothing else does */
	check_is(r, "a", "TLSv1, SHA1 signature, TLSv1.1, \\x1b[2J, more");
	assert_non_null(strstr(reading_get(r, "b"), "length, 9,"));
	while (r->used + 600 < sizeof(r->text)) { /* no room: the list stays */
		snprintf(word, sizeof(word), "c%zu", r->used);
		reading_add(r, "c", (char[512]){[0 ... 511] = 'x'}, 512);
	}
	reading_append(r, "d", "first");
	for (int i = 0; i < 100; i++) {
		snprintf(word, sizeof(word), "word %d", i);
		reading_append(r, "d", word);
	}
	assert_memory_equal(reading_get(r, "d"), "first, word 0, word 1", 21);
	assert_true(r->used <= sizeof(r->text));
}

static void records_are_not_mixed(void **state)
{
	struct reading *r = check_reading();

	(void)state;
	reading_match(r, "http_header.server", "nginx", 5);
	check_is(r, "service.product", "nginx");
	check_is(r, "service.version", NULL);
	reading_match(r, "ssh.banner", "OpenSSH_9.2p1 Debian-2+deb12u3", 30);
	check_is(r, "service.product", "nginx");
	check_is(r, "service.version", NULL); /* not OpenSSH's */
	check_is(r, "os.vendor", "Debian");   /* nobody spoke of it before */
}

static size_t names_of(const char *text)
{
	struct reading *r = check_reading();

	reading_name(r, "s", text, strlen(text));
	return r->n_names;
}

static void host_names(void **state)
{
	static const char *const good[] = {"a", "a.example", "3com.example", "A-1.Example.",
		"xn--fiqs8s.example", "host1"};
	static const char *const bad[] = {"", ".", "-a", "a-", "a..b", ".a", "a b", "a_b",
		"*.example", "198.18.0.1", "2001:db8::1", "a.1", "<script>", "a\x1b[0m",
		"\xc3\xa9.example", "a/b", "a'--", "a-.example",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example"};
	struct reading *r;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		if (!names_of(good[i]))
			fail_msg("%s", good[i]);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		if (names_of(bad[i]))
			fail_msg("%s", bad[i]);
	r = check_reading();
	reading_name(r, "s", "WWW.Example.", 12);
	reading_name(r, "t", "www.example", 11);
	assert_int_equal(r->n_names, 1);
	check_name(r, "s", "www.example");
	reading_name(r, "s", "a\0b", 3);
	assert_int_equal(r->n_names, 1);
}

static int seen[OBSERVATION_KIND_N], fail_at = -1, taken;

static int take(void *context, const struct observation *obs, struct error *reterr)
{
	(void)context;
	seen[obs->kind]++;
	assert_int_equal(obs->port, 443);
	assert_int_equal(obs->method, OBSERVATION_BY_LISTENING);
	if (obs->kind == OBSERVATION_KEY)
		assert_string_equal(observation_attribute(obs, "type"), "k");
	if (obs->kind == OBSERVATION_NAME)
		assert_string_equal(observation_attribute(obs, "name"), "a.example");
	if (obs->kind == OBSERVATION_SERVICE)
		assert_int_equal(obs->raw_size, 3);
	return taken++ == fail_at ? error_set(reterr, ERROR_SYSTEM, "full") : 0;
}

/* Several values of one attribute: each once, in their order, as far as they have room. */
static void notes(void **state)
{
	struct reading *r = check_reading();
	char text[READING_NOTE_MAX + 10];

	(void)state;
	reading_note_text(r, "a", "1");
	reading_note_text(r, "b", "2");
	reading_note_text(r, "a", "3");
	reading_note_text(r, "a", "1");
	reading_note_text(r, "a", "");
	assert_int_equal(r->n_notes, 3);
	memset(text, 'x', sizeof(text));
	reading_note(r, "c", text, sizeof(text));
	reading_join(r);
	check_is(r, "a", "1; 3");
	check_is(r, "b", "2");
	assert_int_equal(strlen(reading_get(r, "c")), READING_NOTE_MAX);
	assert_int_equal(r->n_notes, 0);
	for (int i = 0; i < READING_NOTES_MAX + 5; i++) {
		snprintf(text, sizeof(text), "%d", i);
		reading_note_text(r, "d", text);
	}
	assert_int_equal(r->n_notes, READING_NOTES_MAX);
}

static void emission(void **state)
{
	struct reading *r = check_reading();
	struct observation obs = {.method = OBSERVATION_BY_LISTENING, .port = 443,
		.protocol = "tls", .raw = (const uint8_t *)"abc", .raw_size = 3};
	struct observation_sink sink = {take, NULL};
	struct error err = {0};

	(void)state;
	reading_key(r, "k", "v", 1);
	reading_name(r, "s", "a.example", 9);
	assert_int_equal(reading_emit(r, &obs, &sink, &err), 0);
	assert_int_equal(seen[OBSERVATION_SERVICE], 1);
	assert_int_equal(seen[OBSERVATION_KEY], 1);
	assert_int_equal(seen[OBSERVATION_NAME], 1);
	fail_at = 4;
	assert_int_equal(reading_emit(r, &obs, &sink, &err), ERROR_SYSTEM);
	assert_int_equal(taken, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(attributes),
		cmocka_unit_test(bounds), cmocka_unit_test(lists),
		cmocka_unit_test(records_are_not_mixed), cmocka_unit_test(host_names),
		cmocka_unit_test(notes), cmocka_unit_test(emission)};

	return RUN(tests);
}
