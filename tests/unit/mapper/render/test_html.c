/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The HTML writer: what the file may hold and the data block, read back with jansson. How the
 * page behaves is tested in a real browser (tests/browser).
 */
#include "tests/unit/unit.h"

#include "common/model/digest.h"
#include "mapper/render/html.h"
#include "tests/unit/mapper/render/writer.h"

#include <inttypes.h>
#include <jansson.h>

static void write_page(struct str *page, enum sample which)
{
	struct sheets sheets = sheets_of(which);
	struct error error = {0};

	if (render_html(sheets.scenes, 2, sheets.estate, page, &error) != 0)
		fail_msg("%s: %s", sample_name(which), error.text);
	sheets_done(&sheets);
}

/* ---- columns, as page.js reads them ------------------------------------------------------ */

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Five bits in a digit, the lowest first, up to one that says that no more follow. */
static uint64_t next_number(const char **text)
{
	uint64_t value = 0, d;
	unsigned int bits = 0;

	do {
		assert_true(bits < 65 && **text && strchr(digits, **text));
		d = (uint64_t)(strchr(digits, *(*text)++) - digits);
		value |= bits < 64 ? (d & 31) << bits : 0;
		bits += 5;
	} while (d & 32);
	return value;
}

/* A difference, of which the first bit is the sign. */
static uint64_t next_difference(const char **text)
{
	uint64_t d = (uint64_t)(strchr(digits, **text) - digits), size = (d & 31) >> 1;

	(*text)++;
	if (d & 32)
		size |= next_number(text) << 4;
	return d & 1 ? 0 - size : size;
}

static json_t *numbers_of(const char *text, bool big)
{
	json_t *out = json_array();
	uint64_t last = big ? 0 : 1, difference = 0;

	while (*text) {
		uint64_t times = 1;

		if (*text == '*') {
			text++;
			times = next_number(&text);
			assert_in_range(times, 3, 1 << 24);
		} else {
			difference = next_difference(&text);
		}
		for (; times > 0; times--) {
			char number[24];

			last += difference;
			snprintf(number, sizeof(number), "%" PRIu64, last);
			json_array_append_new(out, big ? json_string(number)
						       : json_integer((json_int_t)last - 1));
		}
	}
	return out;
}

static json_t *column_of(const json_t *column, size_t n);

static json_t *split_of(const json_t *column, size_t n)
{
	const char *at = json_string_value(json_object_get(column, "heads"));
	json_t *tails = column_of(json_object_get(column, "tails"), n), *out = json_array();
	struct str text = STR_INIT(1 << 20);

	for (size_t i = 0; i < n; i++) {
		size_t same = (size_t)(strchr(digits, *at) - digits), size = strcspn(at, "\n");
		struct str whole = STR_INIT(1 << 20);

		assert_true(at[size] == '\n' && same <= text.len);
		str_add(&whole, text.data, same);
		str_add(&whole, at + 1, size - 1);
		str_reset(&text);
		str_add(&text, whole.data, whole.len);
		str_adds(&whole, json_string_value(json_array_get(tails, i)));
		json_array_append_new(out, json_string(whole.data));
		str_done(&whole);
		at += size + 1;
	}
	assert_true(*at == '\0');
	str_done(&text);
	json_decref(tails);
	return out;
}

/* As an array of `n` texts or numbers. */
static json_t *column_of(const json_t *column, size_t n)
{
	const json_t *words = json_object_get(column, "words"),
		     *texts = json_object_get(column, "texts"),
		     *at = json_object_get(column, "at");
	json_t *numbers, *out;

	if (json_is_string(column))
		return numbers_of(json_string_value(column), false);
	if (json_is_array(column))
		return json_incref((json_t *)column);
	if (json_object_get(column, "wide"))
		return numbers_of(json_string_value(json_object_get(column, "wide")), true);
	if (json_object_get(column, "heads"))
		return split_of(column, n);
	numbers = numbers_of(json_string_value(at), false);
	out = json_array();
	for (size_t i = 0; i < n && texts; i++)
		json_array_append_new(out, json_string(""));
	for (size_t i = 0; i < json_array_size(numbers); i++) {
		size_t k = (size_t)json_integer_value(json_array_get(numbers, i));

		if (words)
			json_array_append(out, json_array_get(words, k));
		else
			json_array_set(out, k, json_array_get(texts, i));
	}
	json_decref(numbers);
	return out;
}

/* Every column of the tables and of the marks becomes an array. */
static void expand(json_t *table, size_t n)
{
	const char *name;
	json_t *column;
	void *next;

	json_object_foreach_safe(table, next, name, column)
		if (!json_is_integer(column))
			json_object_set_new(table, name, column_of(column, n));
}

/* The data block, parsed. */
static json_t *data_of(const struct str *page)
{
	static const char start[] = "<script type=\"application/json\" id=\"data\">";
	const char *from = strstr(page->data, start), *to;
	json_error_t why;
	json_t *data;

	assert_non_null(from);
	from += sizeof(start) - 1;
	to = strstr(from, "</script>");
	assert_non_null(to);
	assert_null(memchr(from, '<', (size_t)(to - from)));
	data = json_loadb(from, (size_t)(to - from), JSON_REJECT_DUPLICATES, &why);
	if (!data)
		fail_msg("data: %s at %d", why.text, why.position);
	return data;
}

static void check_columns(const json_t *table, size_t n)
{
	const char *name;
	json_t *column;

	assert_true(json_object_size(table) > 0);
	json_object_foreach((json_t *)table, name, column)
	{
		assert_int_equal(json_array_size(column), n);
	}
}

static double number_at(const json_t *table, const char *column, size_t i)
{
	return json_number_value(json_array_get(json_object_get(table, column), i));
}

static const char *text_at(const json_t *table, const char *column, size_t i)
{
	return json_string_value(json_array_get(json_object_get(table, column), i));
}

/* Marks lie on their sheet and name assets that exist; the main ones stand first. */
static void check_marks(const json_t *sheet, size_t n_assets)
{
	const json_t *marks = json_object_get(sheet, "marks");
	size_t n = json_array_size(json_object_get(marks, "asset"));
	double width = json_number_value(json_object_get(sheet, "width"));

	assert_true(json_integer_value(json_object_get(marks, "main")) <= (json_int_t)n);
	for (size_t i = 0; i < n; i++) {
		assert_true(number_at(marks, "asset", i) < n_assets);
		assert_true(number_at(marks, "x", i) >= 0 && number_at(marks, "w", i) > 0);
		assert_true(number_at(marks, "x", i) < width);
		assert_true(number_at(marks, "h", i) > 0);
	}
}

static void every_sample_has_whole_data(void **state)
{
	static const char *const tables[] = {
		"assets", "addresses", "services", "systems", "subnets", "links"};

	(void)state;
	for (enum sample which = 0; which < SAMPLE_N; which++) {
		_cleanup_(arena_freep) struct arena *arena = arena_new(SAMPLE_ARENA_MAX);
		const struct estate *e = sample_estate(arena, which);
		const size_t sizes[] = {e->n_assets, e->n_addresses, e->n_services,
			e->n_systems, e->n_subnets, e->n_links};
		struct str page = STR_INIT(RENDER_BYTES_MAX);
		json_t *data, *sheets;

		write_page(&page, which);
		data = data_of(&page);
		for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
			expand(json_object_get(data, tables[i]), sizes[i]);
			check_columns(json_object_get(data, tables[i]), sizes[i]);
		}
		sheets = json_object_get(data, "sheets");
		assert_int_equal(json_array_size(sheets), 2);
		for (size_t i = 0; i < 2; i++)
			expand(json_object_get(json_array_get(sheets, i), "marks"), 0);
		for (size_t i = 0; i < 2; i++)
			check_marks(json_array_get(sheets, i), e->n_assets);
		json_decref(data);
		str_done(&page);
	}
}

static void facts_arrive(void **state)
{
	struct str page = STR_INIT(RENDER_BYTES_MAX);
	json_t *data, *assets, *services;
	size_t i = 0, s;

	(void)state;
	write_page(&page, SAMPLE_LAB);
	data = data_of(&page);
	assets = json_object_get(data, "assets");
	services = json_object_get(data, "services");
	expand(assets, 39);
	expand(services, 0);
	expand(json_object_get(data, "systems"), 0);
	while (strcmp(text_at(assets, "name", i), "erp.lanhe.example") != 0)
		i++;
	assert_string_equal(text_at(assets, "id", i), "1014");
	assert_string_equal(text_at(assets, "model", i), "Redis 7");
	assert_int_equal(number_at(assets, "nServices", i), 3);
	s = (size_t)number_at(assets, "firstService", i);
	assert_int_equal(number_at(services, "port", s + 2), 6379);
	assert_string_equal(text_at(services, "transport", s + 2), "tcp");
	assert_string_equal(text_at(services, "protocol", s + 2), "redis");
	assert_string_equal(
		text_at(json_object_get(data, "systems"), "number", 0), "LH-2026-001");
	assert_int_equal(number_at(assets, "system", 0), -1);
	json_decref(data);
	str_done(&page);
}

/* Hostile names make no element, no attribute, no reference. */
static void nothing_from_outside_is_markup(void **state)
{
	struct str page = STR_INIT(RENDER_BYTES_MAX);

	(void)state;
	write_page(&page, SAMPLE_HOSTILE);
	assert_int_equal(count_of(&page, "<script"), 2);
	assert_int_equal(count_of(&page, "</script"), 2);
	assert_int_equal(count_of(&page, "</svg>"), 3);
	assert_int_equal(count_of(&page, "</style>"), 3);
	assert_int_equal(count_of(&page, "<b>"), 0);
	assert_true(count_of(&page, "&lt;script&gt;alert(1)") > 0);
	str_done(&page);
}

static void nothing_is_asked_from_outside(void **state)
{
	static const char *const none[] = {" src=", "@import", "url(", "fetch(",
		"XMLHttpRequest", "innerHTML", "outerHTML", "insertAdjacentHTML",
		"document.write", "eval(", "import("};
	struct str page = STR_INIT(RENDER_BYTES_MAX);

	(void)state;
	write_page(&page, SAMPLE_LAB);
	for (size_t i = 0; i < ARRAY_SIZE(none); i++)
		if (count_of(&page, none[i]))
			fail_msg("the page has %s", none[i]);
	/* The only addresses are the SVG namespace's names. */
	assert_int_equal(count_of(&page, "://"), count_of(&page, "http://www.w3.org/2000/svg"));
	assert_int_equal(count_of(&page, "href=\"#p") + count_of(&page, "href=\"#query\"") +
				 count_of(&page, "href=\"#end\"") +
				 count_of(&page, "href=\"data:,\""),
		count_of(&page, "href="));
	str_done(&page);
}

static void the_policy_admits_our_script_only(void **state)
{
	struct str page = STR_INIT(RENDER_BYTES_MAX), script = STR_INIT(1 << 20);
	struct str policy = STR_INIT(1000);
	uint8_t digest[DIGEST_SIZE];

	(void)state;
	write_page(&page, SAMPLE_LAB);
	str_addf(&script, "\n%s", html_script);
	assert_non_null(strstr(page.data, script.data));
	digest_sha256(script.data, script.len, digest);
	str_adds(&policy, "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-");
	base64_encode(&policy, digest, sizeof(digest));
	str_adds(&policy, "'; img-src data:; base-uri 'none'; form-action 'none'\"");
	assert_int_equal(count_of(&page, policy.data), 1);
	str_done(&policy);
	str_done(&script);
	str_done(&page);
}

static void the_same_bytes_twice(void **state)
{
	struct str once = STR_INIT(RENDER_BYTES_MAX), twice = STR_INIT(RENDER_BYTES_MAX);

	(void)state;
	write_page(&once, SAMPLE_CITY);
	write_page(&twice, SAMPLE_CITY);
	assert_string_equal(once.data, twice.data);
	str_done(&once);
	str_done(&twice);
}

static void failures_are_errors(void **state)
{
	struct sheets sheets = sheets_of(SAMPLE_LAB);
	struct str page = STR_INIT(50000);
	struct error error = {0};

	(void)state;
	assert_int_equal(
		render_html(sheets.scenes, 2, sheets.estate, &page, &error), ERROR_SYSTEM);
	assert_non_null(strstr(error.text, "HTML"));
	str_reset(&page);
	page.max = RENDER_BYTES_MAX;
	assert_int_equal(
		render_html(sheets.scenes, 0, sheets.estate, &page, &error), ERROR_INTERNAL);
	((struct scene *)sheets.scenes[1])->failed = true;
	assert_int_equal(
		render_html(sheets.scenes, 2, sheets.estate, &page, &error), ERROR_SYSTEM);
	str_done(&page);
	sheets_done(&sheets);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_sample_has_whole_data),
		cmocka_unit_test(facts_arrive),
		cmocka_unit_test(nothing_from_outside_is_markup),
		cmocka_unit_test(nothing_is_asked_from_outside),
		cmocka_unit_test(the_policy_admits_our_script_only),
		cmocka_unit_test(the_same_bytes_twice), cmocka_unit_test(failures_are_errors)};

	return RUN(tests);
}
