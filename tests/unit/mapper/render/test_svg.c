/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The SVG writer. A file is read back by a small strict parser that knows which elements and
 * attributes we write, and by xmllint: whatever the names in the estate, nothing else may
 * stand in it.
 */
#include "tests/unit/unit.h"

#include "mapper/render/svg.h"
#include "tests/unit/mapper/render/writer.h"

#include <ctype.h>
#include <stdio.h>

static bool listed(const char *word, size_t n, const char *const *list)
{
	for (; *list; list++)
		if (strlen(*list) == n && strncmp(*list, word, n) == 0)
			return true;
	return false;
}

static const char *const elements[] = {"svg", "title", "desc", "style", "defs", "symbol",
	"path", "g", "rect", "use", "text", NULL};
static const char *const attributes[] = {"xmlns", "xmlns:xlink", "version", "role",
	"aria-labelledby", "width", "height", "viewBox", "id", "class", "x", "y", "rx", "d",
	"xlink:href", "overflow", "fill", "transform", "style", "font-size", NULL};

/* Reads ` name="value"` and checks it; returns what follows. */
static const char *read_attribute(const char *p)
{
	const char *name = ++p, *value;

	while (*p && *p != '=')
		p++;
	if (!listed(name, (size_t)(p - name), attributes))
		fail_msg("attribute %.*s", (int)(p - name), name);
	assert_true(p[0] == '=' && p[1] == '"');
	value = p += 2;
	while (*p && *p != '"') {
		assert_true(*p != '<' && *p != '>');
		p++;
	}
	assert_int_equal(*p, '"');
	if (strncmp(name, "xlink:href", 10) == 0)
		assert_true(value[0] == '#' && value[1] == 'p');
	if (strncmp(name, "style", 5) == 0)
		assert_true(strncmp(value, "stroke-width:", 13) == 0);
	return p + 1;
}

/* An element from its `<`; keeps the stack of open elements. */
static const char *read_tag(const char *p, const char **stack, size_t *depth)
{
	const char *name = ++p;
	bool closing = *p == '/';

	if (closing)
		name = ++p;
	while (isalnum((unsigned char)*p))
		p++;
	if (!listed(name, (size_t)(p - name), elements))
		fail_msg("element %.*s", (int)(p - name), name);
	if (closing) {
		assert_true(*depth > 0);
		assert_memory_equal(stack[--*depth], name, (size_t)(p - name));
		assert_int_equal(*p, '>');
		return p + 1;
	}
	while (*p == ' ')
		p = read_attribute(p);
	if (p[0] == '/' && p[1] == '>')
		return p + 2;
	assert_int_equal(*p, '>');
	assert_true(*depth < 16);
	stack[(*depth)++] = name;
	return p + 1;
}

static size_t read_back(const struct str *svg)
{
	const char *p = svg->data, *stack[16];
	size_t depth = 0, n = 0;

	assert_true(strncmp(p, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", 39) == 0);
	p += 39;
	while (*p) {
		if (*p == '<') {
			p = read_tag(p, stack, &depth);
			n++;
		} else {
			assert_true(*p != '>' && (depth > 0 || *p == '\n'));
			p++;
		}
	}
	assert_int_equal(p - svg->data, svg->len);
	assert_int_equal(depth, 0);
	return n;
}

static void check_with_xmllint(const struct str *svg)
{
	static const char *const argv[] = {"xmllint", "--noout", "--nonet", "@", NULL};
	struct str printed = STR_INIT(65536);
	int status = run_tool(svg, &printed, argv);

	if (status != 127 && status != 0)
		fail_msg("xmllint: %s", printed.data);
	str_done(&printed);
}

static int compare_ids(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* No id twice. */
static void check_ids(const struct str *svg)
{
	size_t n = count_of(svg, " id=\""), k = 0;
	char **ids = calloc(n, sizeof(*ids));

	for (const char *at = svg->data; (at = strstr(at, " id=\"")); k++) {
		at += 5;
		ids[k] = strndup(at, strcspn(at, "\""));
		assert_int_equal(strspn(ids[k], "abcdefghijklmnopqrstuvwxyz0123456789-"),
			strlen(ids[k]));
	}
	qsort(ids, n, sizeof(*ids), compare_ids);
	for (size_t i = 1; i < n; i++)
		assert_string_not_equal(ids[i - 1], ids[i]);
	for (size_t i = 0; i < n; i++)
		free(ids[i]);
	free(ids);
}

static void every_sample_is_well_formed(void **state)
{
	(void)state;
	for (enum sample which = 0; which < SAMPLE_N; which++) {
		struct sheets sheets = sheets_of(which);
		struct str svg = STR_INIT(RENDER_BYTES_MAX);
		struct error error = {0};

		if (render_svg(sheets.scenes, 2, &svg, &error) != 0)
			fail_msg("%s: %s", sample_name(which), error.text);
		assert_true(read_back(&svg) > 40);
		check_ids(&svg);
		check_with_xmllint(&svg);
		str_done(&svg);
		sheets_done(&sheets);
	}
}

/* Raw bytes that break the promise of clean text still give a well-formed file. */
static void unclean_bytes_are_shown_escaped(void **state)
{
	static const char *const bad[] = {"\x01\x1b[31m", "\xff\xfe", "\xed\xa0\x80",
		"a\xef\xbf\xbf", "<script>alert(1)</script>", "\" onload=\"alert(1)", "]]>",
		"&amp;&#0;", "--><!--"};
	_cleanup_(arena_freep) struct arena *arena = arena_new(1 << 20);
	struct scene *scene = scene_new(arena, "bad", bad[4], 100, 100);
	const struct scene *scenes[] = {scene};
	struct str svg = STR_INIT(1 << 20);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		scene_text(scene, SCENE_LABELS, THEME_TEXT, 1, 5, 6, SCENE_END, true, bad[i])
			->title = bad[i];
		scene_rect(scene, SCENE_REGIONS, THEME_SUBNET, 0, 0, 5, 5)->title = bad[i];
	}
	assert_int_equal(render_svg(scenes, 1, &svg, NULL), 0);
	read_back(&svg);
	check_with_xmllint(&svg);
	assert_int_equal(count_of(&svg, "<script"), 0);
	assert_int_equal(count_of(&svg, "&lt;script&gt;alert(1)"), 4);
	assert_int_equal(count_of(&svg, "\\xff\\xfe"), 3);
	str_done(&svg);
}

static void numbers_are_short(void **state)
{
	static const struct {
		double value;
		const char *text;
	} rows[] = {{0, "0"}, {1, "1"}, {-1, "-1"}, {0.05, ".05"}, {0.5, ".5"}, {-0.004, "0"},
		{-0.25, "-.25"}, {12.345678, "12.35"}, {100, "100"}, {1189.1, "1189.1"},
		{1e300, "1000000000"}, {-1e300, "-1000000000"}, {0.0 / 0.0, "0"}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct str out = STR_INIT(100);

		svg_number(&out, rows[i].value);
		assert_string_equal(out.data, rows[i].text);
		str_done(&out);
	}
}

static void the_same_bytes_twice(void **state)
{
	struct str once = STR_INIT(RENDER_BYTES_MAX), twice = STR_INIT(RENDER_BYTES_MAX);
	struct sheets a = sheets_of(SAMPLE_LAB), b;

	(void)state;
	assert_int_equal(render_svg(a.scenes, 2, &once, NULL), 0);
	sheets_done(&a);
	b = sheets_of(SAMPLE_LAB);
	assert_int_equal(render_svg(b.scenes, 2, &twice, NULL), 0);
	sheets_done(&b);
	assert_string_equal(once.data, twice.data);
	str_done(&once);
	str_done(&twice);
}

static void sheets_stand_below_each_other(void **state)
{
	struct sheets sheets = sheets_of(SAMPLE_LAB);
	struct str svg = STR_INIT(RENDER_BYTES_MAX);

	(void)state;
	assert_int_equal(render_svg(sheets.scenes, 2, &svg, NULL), 0);
	assert_int_equal(count_of(&svg, "viewBox=\"0 0 420 604\""), 1);
	assert_int_equal(count_of(&svg, "transform=\"translate(0 307)\""), 1);
	assert_int_equal(count_of(&svg, "class=\"drawing\""), 2);
	for (int layer = 0; layer < SCENE_LAYER_N; layer++) {
		char group[64];

		snprintf(group, sizeof(group), "<g class=\"layer %s\" id=\"s1-%s\">",
			scene_layer_name(layer), scene_layer_name(layer));
		assert_int_equal(count_of(&svg, group), 1);
	}
	/* 39 assets, each with one id; what they are called stands in it as text. */
	assert_int_equal(count_of(&svg, " id=\"a"), 39);
	assert_int_equal(count_of(&svg, ">relay-a1</text>"), 1);
	str_done(&svg);
	sheets_done(&sheets);
}

static void an_empty_scene_is_a_file(void **state)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(1 << 16);
	const struct scene *scenes[] = {scene_new(arena, "empty", "", 10, 10)};
	struct str svg = STR_INIT(1 << 20);

	(void)state;
	assert_int_equal(render_svg(scenes, 1, &svg, NULL), 0);
	read_back(&svg);
	check_with_xmllint(&svg);
	str_done(&svg);
}

/* 100,000 cells: few elements, few bytes each. */
static void many_cells_are_few_elements(void **state)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(64u << 20);
	struct scene *scene = scene_new(arena, "many", "Many", 1189, 841);
	const struct scene *scenes[] = {scene};
	struct str svg = STR_INIT(RENDER_BYTES_MAX);

	(void)state;
	for (uint32_t i = 0; i < 100000; i++)
		scene_rect(scene, SCENE_ASSETS, THEME_CELL_TIER1 + i / 100 % 5, i % 500 * 2.1,
			i / 500 * 2.1, 1.8, 1.8)
			->asset = i;
	assert_int_equal(render_svg(scenes, 1, &svg, NULL), 0);
	assert_true(read_back(&svg) < 2100);
	assert_true(svg.len < 30 * 100000);
	str_done(&svg);
}

static void failures_are_errors(void **state)
{
	struct sheets sheets = sheets_of(SAMPLE_LAB);
	struct error error = {0};
	struct str svg = STR_INIT(5000);

	(void)state;
	assert_int_equal(render_svg(sheets.scenes, 2, &svg, &error), ERROR_SYSTEM);
	assert_non_null(strstr(error.text, "SVG"));
	assert_int_equal(render_svg(sheets.scenes, 0, &svg, &error), ERROR_INTERNAL);
	str_reset(&svg);
	((struct scene *)sheets.scenes[1])->failed = true;
	svg.max = RENDER_BYTES_MAX;
	assert_int_equal(render_svg(sheets.scenes, 2, &svg, &error), ERROR_SYSTEM);
	str_done(&svg);
	sheets_done(&sheets);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_sample_is_well_formed),
		cmocka_unit_test(unclean_bytes_are_shown_escaped),
		cmocka_unit_test(numbers_are_short), cmocka_unit_test(the_same_bytes_twice),
		cmocka_unit_test(sheets_stand_below_each_other),
		cmocka_unit_test(an_empty_scene_is_a_file),
		cmocka_unit_test(many_cells_are_few_elements),
		cmocka_unit_test(failures_are_errors)};

	return RUN(tests);
}
