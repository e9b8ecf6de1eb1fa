/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sheets in Chinese alone: every row of the legend, every note and every label of the title
 * block is Chinese, of every kind of sheet with everything over it, with nothing over it, and
 * against another day. What may be Latin are proper codes, and what the register itself says.
 */
#include "mapper/render/measure.h"
#include "mapper/sheet/sheet.h"

#include "common/model/difference.h"
#include "tests/unit/mapper/sample_estate.h"
#include "tests/unit/mapper/sample_register.h"
#include "tests/unit/mapper/scene_check.h"
#include "tests/unit/unit.h"

static sheet_maker *const makers[] = {sheet_topology, sheet_district, sheet_exposure,
	sheet_business, sheet_address_space, sheet_region, sheet_layers, sheet_bridges,
	sheet_slide};

struct drawn {
	struct arena *now, *then;
	struct estate estate;
	struct model *model;
	struct scene *scene;
};

static void later(struct drawn *d, struct estate *now, enum sample which)
{
	struct estate *then = sample_estate(d->then, which);
	struct error err = {0};

	sample_register(then);
	then->as_of_us -= 1000000;
	for (uint32_t i = 0; i < then->n_assets; i++)
		if (i % 7 == 3)
			then->assets[i].id += 5000000;
		else if (i % 11 == 6)
			then->assets[i].os = "older";
	assert_int_equal(estate_difference(now, then, d->now, &d->estate, &err), 0);
}

static struct drawn draw(enum sample which, sheet_maker *maker, unsigned int overlays,
	enum map_arrange arrange, bool changed)
{
	struct drawn d = {arena_new(256u << 20), arena_new(256u << 20), {0}, NULL, NULL};
	struct estate *estate = sample_estate(d.now, which);
	struct sheet_request request = {.title = "网络地图",
		.number = 1,
		.total = 1,
		.language = MAP_CHINESE,
		.arrange = arrange,
		.paper = maker == sheet_slide ? MAP_PAPER_SLIDE : MAP_PAPER_AUTO,
		.overlays = overlays};
	const struct estate *shown;
	struct error err = {0};

	sample_register(estate);
	d.estate = *estate;
	if (changed)
		later(&d, estate, which);
	assert_int_equal(overlay_estate(&d.estate, overlays, d.now, &shown, &err), 0);
	assert_int_equal(model_make(shown, d.now, &d.model, &err), 0);
	d.model->chinese = true;
	if (maker(d.model, &request, &d.scene, &err) < 0)
		fail_msg("%s: %s", sample_name(which), err.text);
	return d;
}

static void done(struct drawn *d)
{
	measure_done();
	arena_free(d->now);
	arena_free(d->then);
}

/* The smallest frame of the furniture around a point. */
static bool frame_around(
	const struct scene *scene, const struct check_box *text, struct check_box *ret)
{
	double least = 1e12;

	for (size_t i = 0; i < scene->n_items; i++) {
		const struct scene_item *item = &scene->items[i];
		struct check_box box = check_extent(item);
		double size = (box.x2 - box.x1) * (box.y2 - box.y1);

		if (item->kind == SCENE_RECT && item->style == THEME_FURNITURE &&
			box.x1 <= text->x1 && box.x2 >= text->x2 && box.y1 <= text->y1 &&
			box.y2 >= text->y2 && size < least) {
			least = size;
			*ret = box;
		}
	}
	return least < 1e12;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* A standard, a kind of device, what the register knows by no other name. */
static bool is_code(const char *word, size_t n)
{
	static const char *const codes[] = {"IEC", "PLC", "RTU", "SL-T", "IPv", "UTC", "MAC",
		"IP", "RFC", "FILE.xml", "cadastre", "register", "import", "type", "atlas"};

	for (size_t i = 0; i < ARRAY_SIZE(codes); i++)
		if (strlen(codes[i]) == n && strncmp(codes[i], word, n) == 0)
			return true;
	return n == 1; /* "A4", a unit */
}

/* The first word of a text that is no code; NULL if all are. */
static const char *latin(const char *text)
{
	while (*text) {
		size_t n = 0;

		while (is_letter(text[n]) ||
			(n > 0 && (text[n] == '-' || text[n] == '.') && is_letter(text[n + 1])))
			n++;
		if (n > 0 && !is_code(text, n))
			return text;
		text += n > 0 ? n : 1;
	}
	return NULL;
}

/* The key of the codes names organisations; a text that was cut is its beginning. */
static bool is_owner(const struct model *model, const char *text)
{
	size_t n = strlen(text);

	if (n > 3 && strcmp(text + n - 3, "…") == 0)
		n -= 3;
	for (uint32_t i = 0; model->overlay && i < model->overlay->n_owners; i++)
		if (strncmp(model->overlay->owners[i], text, n) == 0)
			return true;
	/* A code itself: "A" to "Z", "AA"... */
	return strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == strlen(text) && strlen(text) <= 2;
}

static size_t n_rows, n_titles; /* looked at */

/* Rows of the legend, and the notes: what stands beside the map, but in the title block. */
static size_t check_frames(const struct drawn *d)
{
	size_t faults = 0;
	struct check_box block = {0}, map = check_map(d->scene);

	for (size_t i = 0; i < d->scene->n_items; i++) {
		const struct scene_item *item = &d->scene->items[i];
		struct check_box box = check_extent(item);

		if (item->kind == SCENE_TEXT && strcmp(item->text.text, "数据截止") == 0)
			assert_true(frame_around(d->scene, &box, &block));
	}
	for (size_t i = 0; i < d->scene->n_items; i++) {
		const struct scene_item *item = &d->scene->items[i];
		struct check_box box = check_extent(item);

		if (item->kind != SCENE_TEXT || item->layer != SCENE_FURNITURE ||
			box.x1 < map.x2 || box.y1 < map.y1 || box.y1 > block.y1)
			continue;
		n_rows++;
		if (latin(item->text.text) && !is_owner(d->model, item->text.text)) {
			print_error("%s: \"%s\"\n", d->scene->name, item->text.text);
			faults++;
		}
	}
	return faults;
}

static const char *const labels[] = {"脱敏", "辖区", "范围", "数据截止", "变化", "数据来源",
	"资产", "服务", "关基", "关基清单", "暴露", "问题", "名称", "审图号", "编制", "审核",
	"制图", "图幅"};

/* Labels of the title block; and its values, as far as they are ours. */
static size_t check_block(const struct drawn *d)
{
	size_t faults = 0, seen = 0;

	for (size_t i = 0; i < d->scene->n_items; i++) {
		const struct scene_item *item = &d->scene->items[i];

		if (item->kind != SCENE_TEXT || item->layer != SCENE_FURNITURE)
			continue;
		for (size_t k = 0; k < ARRAY_SIZE(labels); k++)
			seen += strcmp(item->text.text, labels[k]) == 0;
		if (strstr(item->text.text, "new") || strstr(item->text.text, "changed") ||
			strstr(item->text.text, "assets")) {
			print_error("%s: \"%s\"\n", d->scene->name, item->text.text);
			faults++;
		}
	}
	return faults + (seen < 3);
}

/* What a pointer is told, by the words that sheets add to names. */
static size_t check_titles(const struct drawn *d)
{
	static const char *const words[] = {": gone", ", gone", " asset", " exposed",
		" open findings", "; responsible: ", " addresses used", " systems,",
		", measured", ", claimed", ", attested", ", derived", "tier ",
		"The Internet's side", "by the register", ": Reached, "};
	size_t faults = 0;

	for (size_t i = 0; i < d->scene->n_items; i++) {
		const char *title = d->scene->items[i].title;

		n_titles += title != NULL;
		for (size_t k = 0; k < ARRAY_SIZE(words) && title; k++)
			if (strstr(title, words[k])) {
				print_error("%s: \"%s\"\n", d->scene->name, title);
				faults++;
			}
	}
	return faults;
}

static void check(
	enum sample which, unsigned int overlays, enum map_arrange arrange, bool changed)
{
	size_t faults = 0;

	for (size_t i = 0; i < ARRAY_SIZE(makers); i++) {
		struct drawn d = draw(which, makers[i], overlays, arrange, changed);

		faults += check_frames(&d) + check_block(&d) + check_titles(&d);
		done(&d);
	}
	assert_int_equal(faults, 0);
}

static void test_legends(void **state)
{
	static const enum sample samples[] = {SAMPLE_LAB, SAMPLE_PROVINCE, SAMPLE_CITY};

	(void)state;
	if (!measure_can_show("中文图"))
		skip();
	for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
		check(samples[i], MAP_OVERLAYS_ALL, MAP_ARRANGE_AUTO, false);
		check(samples[i], MAP_OVERLAYS_NONE, MAP_ARRANGE_AUTO, false);
		check(samples[i], MAP_OVERLAYS_ALL, MAP_ARRANGE_PURDUE, true);
	}
	check(SAMPLE_SPARSE, MAP_OVERLAYS_ALL, MAP_ARRANGE_FREE, true);
	assert_true(n_rows > 800 && n_titles > 10000);
}

/* More organisations than the key tells, and than have a code in it. */
static void test_many_owners(void **state)
{
	static const uint32_t numbers[] = {20, 90};

	(void)state;
	if (!measure_can_show("中文图"))
		skip();
	for (size_t n = 0; n < ARRAY_SIZE(numbers); n++) {
		struct drawn d = {arena_new(256u << 20), NULL, {0}, NULL, NULL};
		struct estate *e = sample_estate(d.now, SAMPLE_CITY);
		const struct sheet_request request = {.title = "网络地图",
			.number = 1,
			.total = 1,
			.language = MAP_CHINESE,
			.overlays = MAP_OVERLAYS_ALL};
		struct error err = {0};

		for (uint32_t i = 0; i < e->n_systems; i++)
			e->systems[i].operates = "";
		for (uint32_t i = 0; i < e->n_assets; i++)
			e->assets[i].responsible =
				arena_printf(d.now, "单位 %02u", i % numbers[n]);
		assert_int_equal(model_make(e, d.now, &d.model, &err), 0);
		d.model->chinese = true;
		assert_int_equal(sheet_district(d.model, &request, &d.scene, &err), 0);
		assert_int_equal(check_frames(&d), 0);
		done(&d);
	}
}

static void test_the_check_itself(void **state)
{
	(void)state;
	assert_null(latin("区域间管道（IEC 62443-3-2）"));
	assert_null(latin("普渡 3.5 层, SL-T 2"));
	assert_non_null(latin("An asset"));
	assert_non_null(latin("另有 5 more"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_legends),
		cmocka_unit_test(test_many_owners),
		cmocka_unit_test(test_the_check_itself),
	};

	return RUN(tests);
}
