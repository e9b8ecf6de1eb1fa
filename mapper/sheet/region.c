/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The region sheet: which division a system belongs to, by that of its organisation, and what
 * is counted there. Codes are those of GB/T 2260: the first two digits are the province, the
 * next two the prefecture. No boundaries are shipped: the grid is schematic.
 */
#include "mapper/sheet/region.h"

#include "common/cleanup.h"
#include "mapper/sheet/words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CODE 6

static const char *division_of(const struct region *r, uint32_t system)
{
	return estate_text(r->model->estate->systems[system].division);
}

/* The province that a division's code begins with, or n_divisions. */
static size_t province_of(const char *division)
{
	size_t n = strspn(division, "0123456789");

	if (division[n] || (n != 2 && n != 4 && n != CODE))
		return n_divisions;
	for (size_t i = 0; i < n_divisions; i++)
		if (strncmp(divisions[i].code, division, 2) == 0)
			return i;
	return n_divisions;
}

const struct division *region_division(const char *code)
{
	size_t province = province_of(code);

	return province < n_divisions ? &divisions[province] : NULL;
}

/* "330100" of "330102"; "" if it says no prefecture. */
static const char *prefecture_of(const struct region *r, const char *division)
{
	if (strlen(division) < 4 || strncmp(division + 2, "00", 2) == 0)
		return "";
	return estate_text(arena_printf(r->model->arena, "%.4s00", division));
}

static struct region_tile *add_tile(
	struct region *r, const char *label, const char *code, int column, int row)
{
	struct region_tile *tile = &r->tiles[r->n_tiles++];

	*tile = (struct region_tile){.label = label,
		.code = code,
		.column = column,
		.row = row,
		.shape = MODEL_NONE};
	return tile;
}

static bool is_drawn(const struct region *r, uint32_t system)
{
	return !r->model->estate->systems[system].external;
}

/* ---- the tiles ---- */

static void add_provinces(struct region *r)
{
	for (size_t i = 0; i < n_divisions; i++) {
		add_tile(r,
			sheet_request_say(r->request, r->model->arena, divisions[i].english,
				divisions[i].chinese),
			estate_text(arena_printf(r->model->arena, "%s0000", divisions[i].code)),
			divisions[i].column, divisions[i].row);
		r->columns = divisions[i].column >= r->columns ? divisions[i].column + 1
							       : r->columns;
		r->rows = divisions[i].row >= r->rows ? divisions[i].row + 1 : r->rows;
	}
	r->n_grid = r->n_tiles;
	for (uint32_t s = 0; s < r->model->estate->n_systems; s++) {
		size_t province = province_of(division_of(r, s));

		if (province < n_divisions && is_drawn(r, s))
			r->tile_of[s] = (uint32_t)province;
	}
}

struct keyed {
	const char *key;
	uint32_t system;
};

static int by_key(const void *a, const void *b)
{
	const struct keyed *x = a, *y = b;
	int c = strcmp(x->key, y->key);

	/* What is not said stands last. */
	if (!x->key[0] != !y->key[0])
		return x->key[0] ? -1 : 1;
	return c ? c : x->system < y->system ? -1 : x->system > y->system;
}

/* A tile for each prefecture of the one province, in order of code. */
static void add_prefectures(struct region *r, struct keyed *keyed)
{
	uint32_t n = 0;

	for (uint32_t s = 0; s < r->model->estate->n_systems; s++)
		if (is_drawn(r, s) && province_of(division_of(r, s)) < n_divisions)
			keyed[n++] = (struct keyed){prefecture_of(r, division_of(r, s)), s};
	qsort(keyed, n, sizeof(*keyed), by_key);
	for (uint32_t i = 0; i < n; i++) {
		if (i == 0 || strcmp(keyed[i].key, keyed[i - 1].key) != 0) {
			size_t province = province_of(division_of(r, keyed[i].system));

			add_tile(r,
				keyed[i].key[0] ? keyed[i].key
						: sheet_request_say(r->request, r->model->arena,
							  divisions[province].english,
							  divisions[province].chinese),
				"", 0, 0);
		}
		r->tile_of[keyed[i].system] = r->n_tiles - 1;
	}
	r->n_grid = r->n_tiles;
	r->columns = (int)fmax(ceil(sqrt(r->n_tiles)), 1);
	r->rows = ((int)r->n_tiles + r->columns - 1) / r->columns;
	for (uint32_t i = 0; i < r->n_tiles; i++) {
		r->tiles[i].column = (int)i % r->columns;
		r->tiles[i].row = (int)i / r->columns;
	}
}

/* Texts that are no codes: a tile for each, in order. */
static void add_others(struct region *r, struct keyed *keyed)
{
	uint32_t n = 0, texts = 0, seen = 0;

	for (uint32_t s = 0; s < r->model->estate->n_systems; s++)
		if (is_drawn(r, s) && r->tile_of[s] == MODEL_NONE)
			keyed[n++] = (struct keyed){division_of(r, s), s};
	qsort(keyed, n, sizeof(*keyed), by_key);
	for (uint32_t i = 0; i < n; i++)
		texts += i == 0 || strcmp(keyed[i].key, keyed[i - 1].key) != 0;
	for (uint32_t i = 0; i < n; i++) {
		bool fresh = i == 0 || strcmp(keyed[i].key, keyed[i - 1].key) != 0;
		const char *key = keyed[i].key;

		seen += fresh;
		if (fresh && (seen <= REGION_OTHERS_MAX - 1 || texts <= REGION_OTHERS_MAX))
			add_tile(r,
				key[0] ? key
				       : sheet_request_say(r->request, r->model->arena,
						 "Division not stated", "未填区划"),
				"", -1, -1);
		else if (fresh && seen == REGION_OTHERS_MAX) {
			r->n_folded = texts - REGION_OTHERS_MAX + 1;
			add_tile(r,
				words_more(r->model, r->n_folded),
				"", -1, -1);
		}
		r->tile_of[keyed[i].system] = r->n_tiles - 1;
	}
}

/* Whether a division lies in a shape: by the digits that its code has, or by name. */
static bool in_shape(const struct geography_shape *shape, const char *division)
{
	size_t n = strlen(shape->division), province = province_of(division);

	if (!division[0])
		return false;
	if (strcmp(division, shape->name) == 0 || strcmp(division, shape->division) == 0)
		return true;
	if (province == n_divisions)
		return false;
	if (!shape->division[0])
		return strcmp(shape->name, divisions[province].chinese) == 0 ||
		       strcmp(shape->name, divisions[province].english) == 0;
	while (n > 2 && n % 2 == 0 && strncmp(shape->division + n - 2, "00", 2) == 0)
		n -= 2;
	return n >= 2 && strncmp(shape->division, division, n) == 0;
}

static void add_shapes(struct region *r)
{
	const struct geography *g = r->request->geography;

	for (uint32_t i = 0; i < g->n_shapes; i++)
		add_tile(r, g->shapes[i].name[0] ? g->shapes[i].name : g->shapes[i].division,
			g->shapes[i].name[0] ? g->shapes[i].division : "", -1, -1)
			->shape = i;
	r->n_grid = r->n_tiles;
	for (uint32_t s = 0; s < r->model->estate->n_systems; s++) {
		size_t best = 0;

		/* The narrowest shape that holds it. */
		for (uint32_t i = 0; i < g->n_shapes && is_drawn(r, s); i++) {
			size_t n = strlen(g->shapes[i].division);

			while (n > 2 && g->shapes[i].division[n - 1] == '0')
				n--;
			if (in_shape(&g->shapes[i], division_of(r, s)) && n + 1 > best) {
				best = n + 1;
				r->tile_of[s] = i;
			}
		}
		r->n_lost += is_drawn(r, s) && r->tile_of[s] == MODEL_NONE;
	}
}

/* ---- counting ---- */

static int by_name(const void *a, const void *b)
{
	const struct region_count *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static int by_number(const void *a, const void *b)
{
	const struct region_count *x = a, *y = b;

	if (x->n != y->n)
		return x->n > y->n ? -1 : 1;
	return strcmp(x->name, y->name);
}

static uint32_t merge(struct region_count *counts, uint32_t n)
{
	uint32_t kept = 0;

	qsort(counts, n, sizeof(*counts), by_name);
	for (uint32_t i = 0; i < n; i++)
		if (kept > 0 && strcmp(counts[i].name, counts[kept - 1].name) == 0) {
			counts[kept - 1].n += counts[i].n;
			counts[kept - 1].n_cii += counts[i].n_cii;
		} else {
			counts[kept++] = counts[i];
		}
	return kept;
}

static int count_all(struct region *r)
{
	const struct estate *e = r->model->estate;
	_cleanup_(cleanup_freep) uint8_t *exposed = calloc((size_t)e->n_systems + 1, 1);

	if (!exposed)
		return -1;
	for (uint32_t i = 0; i < e->n_assets; i++)
		if (e->assets[i].exposed && e->assets[i].system < e->n_systems)
			exposed[e->assets[i].system] = 1;
	for (uint32_t s = 0; s < e->n_systems; s++)
		if (r->tile_of[s] != MODEL_NONE)
			r->tiles[r->tile_of[s]].n_systems++;
	for (uint32_t i = 0; i < r->n_tiles; i++) {
		struct region_tile *t = &r->tiles[i];

		t->sectors = arena_alloc(
			r->model->arena, ((size_t)t->n_systems + 1) * sizeof(*t->sectors));
		t->parts = arena_alloc(
			r->model->arena, ((size_t)t->n_systems + 1) * sizeof(*t->parts));
		if (!t->sectors || !t->parts)
			return -1;
	}
	for (uint32_t s = 0; s < e->n_systems; s++) {
		const struct estate_system *system = &e->systems[s];
		struct region_tile *t;
		const char *part;

		if (r->tile_of[s] == MODEL_NONE)
			continue;
		t = &r->tiles[r->tile_of[s]];
		part = r->mode == REGION_PROVINCES && t->column >= 0
			       ? prefecture_of(r, division_of(r, s))
			       : "";
		t->n_cii += system->designated != 0;
		t->n_exposed += exposed[s];
		t->tiers[system->tier > 5 ? 0 : system->tier]++;
		t->sectors[t->n_sectors++] = (struct region_count){
			estate_text(system->sector), 1, system->designated != 0};
		if (part[0])
			t->parts[t->n_parts++] =
				(struct region_count){part, 1, system->designated != 0};
		r->n_systems++;
	}
	for (uint32_t i = 0; i < r->n_tiles; i++) {
		struct region_tile *t = &r->tiles[i];

		t->n_sectors = merge(t->sectors, t->n_sectors);
		qsort(t->sectors, t->n_sectors, sizeof(*t->sectors), by_number);
		t->n_parts = merge(t->parts, t->n_parts);
	}
	return 0;
}

/* Prefectures, if all codes are of one province and say more than that. */
static enum region_mode mode_of(const struct region *r)
{
	size_t only = n_divisions;
	bool narrower = false;

	if (r->request->geography)
		return REGION_SHAPES;
	for (uint32_t s = 0; s < r->model->estate->n_systems; s++) {
		size_t province = province_of(division_of(r, s));

		if (province == n_divisions || !is_drawn(r, s))
			continue;
		if (only != n_divisions && province != only)
			return REGION_PROVINCES;
		only = province;
		narrower |= prefecture_of(r, division_of(r, s))[0] != 0;
	}
	return narrower ? REGION_PREFECTURES : REGION_PROVINCES;
}

int region_make(const struct model *model, const struct sheet_request *request,
	struct region **ret_region)
{
	uint32_t n = model->estate->n_systems;
	size_t most = n_divisions + REGION_PREFECTURES_MAX + REGION_OTHERS_MAX + 2 + n +
		      (request->geography ? request->geography->n_shapes : 0);
	struct region *r = arena_alloc(model->arena, sizeof(*r));
	_cleanup_(cleanup_freep) struct keyed *keyed = calloc((size_t)n + 1, sizeof(*keyed));

	if (!r || !keyed)
		return -1;
	r->model = model;
	r->request = request;
	r->tiles = arena_alloc(model->arena, most * sizeof(*r->tiles));
	r->tile_of = arena_alloc(model->arena, ((size_t)n + 1) * sizeof(*r->tile_of));
	if (!r->tiles || !r->tile_of)
		return -1;
	for (uint32_t s = 0; s < n; s++)
		r->tile_of[s] = MODEL_NONE;
	r->mode = mode_of(r);
	if (r->mode == REGION_SHAPES)
		add_shapes(r);
	else if (r->mode == REGION_PREFECTURES)
		add_prefectures(r, keyed);
	else
		add_provinces(r);
	if (r->mode != REGION_SHAPES)
		add_others(r, keyed);
	*ret_region = r;
	return count_all(r);
}
