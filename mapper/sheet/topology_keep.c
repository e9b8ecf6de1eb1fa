/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The places of a topology sheet, kept for the next and read again (docs/adr/0018). What was
 * kept comes from a database that may be anybody's: it is read within its bounds, every place
 * lies on the sheet, and it only says where things are.
 *
 * Form: a head (version, paper, level of detail, what was folded, arrangement, the request, how
 * tangled a new layout was), then the nodes, each by a digest of what it stands for: first
 * those on the sheet, by digest, then those that are gone, the newest first. Numbers are
 * big-endian, lengths are steps of the raster, against the area. The last eight bytes digest
 * the rest.
 */
#include "mapper/sheet/topology.h"

#include "common/cleanup.h"
#include "mapper/sheet/slots.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define VERSION 1
#define NODE_BYTES 28
#define TANGLE_PARTS 1000.0
#define TANGLE_MAX 1e12

static const struct siphash_key seal_key = {0x746f706f2d736c6f, VERSION};

/* ---- keys ---- */

static uint64_t key_of(enum topo_kind kind, uint64_t more, const char *text)
{
	struct siphash_key key = {more, 0x746f706f00ull + (uint64_t)kind};

	return siphash(&key, text, strlen(text));
}

uint64_t topo_system_key(const struct model *model, uint32_t system)
{
	return key_of(TOPO_SYSTEM, 0, estate_text(model->estate->systems[system].id));
}

uint64_t topo_network_key(const struct model *model, uint32_t network)
{
	char text[CIDR_TEXT_MAX] = "";

	if (network < model->n_known_networks)
		cidr_format(&model->networks[network].cidr, text);
	return key_of(TOPO_NETWORK, 0, text);
}

static uint64_t joint_id(const struct model *model, uint32_t joint)
{
	return joint < model->n_joints ? model->estate->assets[model->joints[joint]].id : 0;
}

uint64_t topo_super_key(const struct topo *topo, uint32_t super)
{
	const struct topo_super *s = &topo->supers[super];
	const struct topo_box *box = &topo->boxes[s->first_box];

	switch (s->kind) {
	case TOPO_SYSTEM:
		return topo_system_key(topo->model, s->system);
	case TOPO_NETWORK:
		return topo_network_key(topo->model, box->index);
	case TOPO_JOINT:
		return key_of(TOPO_JOINT, joint_id(topo->model, box->index), "");
	default:
		return key_of(TOPO_FOLD, joint_id(topo->model, box->joint) * 2 + !box->sector,
			estate_text(box->sector));
	}
}

static uint64_t settings_of(const struct sheet_request *request)
{
	const uint8_t text[] = {(uint8_t)request->language, (uint8_t)request->overlays,
		(uint8_t)(request->overlays >> 8)};

	return siphash(&seal_key, text, sizeof(text));
}

/* ---- reading ---- */

static int by_key(const void *a, const void *b)
{
	const struct topo_was *x = a, *y = b;

	return x->key < y->key ? -1 : x->key > y->key;
}

static void get_node(struct cursor *c, uint32_t across, uint32_t down, struct topo_was *was)
{
	was->key = cursor_be64(c);
	was->x = cursor_be16(c);
	was->y = cursor_be16(c);
	was->w = cursor_be16(c);
	was->h = cursor_be16(c);
	was->in_x = cursor_be16(c);
	was->in_y = cursor_be16(c);
	was->column = cursor_be16(c);
	was->own_w = cursor_be16(c);
	was->own_h = cursor_be16(c);
	was->limit = cursor_be16(c);
	if (was->w == 0 || was->h == 0 || was->own_w == 0 || was->own_h == 0 ||
		was->x + was->w > across || was->y + was->h > down ||
		was->in_x + was->own_w > was->w || was->in_y + was->own_h > was->h ||
		(was->column != TOPO_NO_COLUMN && was->column >= TOPOLOGY_SUPERS_MAX))
		cursor_fail(c);
}

/* False if a node stands there twice. */
static bool get_nodes(struct cursor *c, const struct sheet_request *request,
	struct arena *arena, struct topo_kept *kept)
{
	struct sheet_box map = sheet_map_area(request, kept->paper), area;
	double step = topo_step(&map);

	area = topo_area(&map, step);
	kept->n_there = cursor_be16(c);
	kept->n = cursor_be16(c);
	if (!cursor_ok(c) || kept->n_there > kept->n ||
		kept->n != cursor_left(c) / NODE_BYTES || cursor_left(c) % NODE_BYTES != 0)
		return false;
	kept->nodes = arena_alloc(arena, (kept->n + 1ul) * sizeof(*kept->nodes));
	if (!kept->nodes)
		return false;
	for (uint32_t i = 0; i < kept->n; i++) {
		get_node(c, (uint32_t)lround(area.w / step), (uint32_t)lround(area.h / step),
			&kept->nodes[i]);
		kept->nodes[i].gone = i >= kept->n_there;
		kept->nodes[i].rank = i;
	}
	qsort(kept->nodes, kept->n, sizeof(*kept->nodes), by_key);
	for (uint32_t i = 1; i < kept->n; i++)
		if (kept->nodes[i - 1].key == kept->nodes[i].key)
			return false;
	return cursor_ok(c);
}

const struct topo_kept *topo_kept_read(
	const struct model *model, const struct sheet_request *request)
{
	struct topo_kept *kept = arena_alloc(model->arena, sizeof(*kept));
	enum sheet_paper first, end;
	struct cursor c;

	if (!kept || !slots_open(request->topology_slots, &seal_key, &c) ||
		cursor_be32(&c) != VERSION)
		return NULL;
	sheet_papers(request, &first, &end);
	kept->paper = (enum sheet_paper)cursor_u8(&c);
	kept->level = cursor_u8(&c);
	kept->limits = cursor_u8(&c);
	kept->arrange = (enum topo_arrange)cursor_u8(&c);
	kept->blocks = cursor_u8(&c);
	kept->squeezed = cursor_u8(&c);
	kept->settings = cursor_be64(&c);
	kept->tangle = (double)cursor_be64(&c) / TANGLE_PARTS;
	if (kept->paper < first || kept->paper >= end || kept->level >= topo_n_levels ||
		kept->limits >= TOPO_LIMITS_N || kept->arrange >= TOPO_ARRANGE_N ||
		kept->tangle > TANGLE_MAX || !get_nodes(&c, request, model->arena, kept))
		return NULL;
	return kept;
}

const struct topo_was *topo_was_of(const struct topo_kept *kept, uint64_t key)
{
	const struct topo_was wanted = {.key = key};

	return bsearch(&wanted, kept->nodes, kept->n, sizeof(wanted), by_key);
}

bool topo_kept_of(const struct topo_kept *kept, const struct sheet_request *request)
{
	return kept->settings == settings_of(request);
}

/* ---- writing ---- */

static void put_node(struct str *out, const struct topo_was *was)
{
	const uint32_t parts[] = {was->x, was->y, was->w, was->h, was->in_x, was->in_y,
		was->column, was->own_w, was->own_h, was->limit};

	slots_put(out, was->key, 8);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		slots_put(out, parts[i] < UINT16_MAX ? parts[i] : UINT16_MAX, 2);
}

static uint32_t steps(double mm, double step)
{
	return (uint32_t)fmax(0, fmin(round(mm / step), UINT16_MAX));
}

/* Where every super node is: with its block, or by itself. */
static void find_places(const struct topo *topo, const struct sheet_box *area, double step,
	struct topo_was *places)
{
	const struct topo_blocks *blocks = topo->blocks;

	for (uint32_t s = 0; s < topo->n_supers; s++) {
		const struct topo_super *super = &topo->supers[s];

		places[s] = (struct topo_was){.key = topo_super_key(topo, s),
			.x = steps(super->x - area->x, step),
			.y = steps(super->y - area->y, step),
			.w = steps(super->w, step),
			.h = steps(super->h, step),
			.column = TOPO_NO_COLUMN,
			.own_w = steps(super->w, step),
			.own_h = steps(super->h, step),
			.limit = steps(super->limit, step)};
	}
	for (uint32_t i = 0; blocks && i < blocks->ground.n_supers; i++)
		for (uint32_t m = blocks->first[i]; m < blocks->first[i + 1]; m++) {
			const struct topo_super *block = &blocks->ground.supers[i];
			struct topo_was *was = &places[blocks->members[m]];
			uint32_t column = blocks->column[blocks->members[m]];

			was->in_x = was->x;
			was->in_y = was->y;
			was->x = steps(block->x - area->x, step);
			was->y = steps(block->y - area->y, step);
			was->in_x -= was->x < was->in_x ? was->x : was->in_x;
			was->in_y -= was->y < was->in_y ? was->y : was->in_y;
			was->w = steps(block->w, step);
			was->h = steps(block->h, step);
			was->column = column == MODEL_NONE ? TOPO_NO_COLUMN : column;
		}
}

/* Those of the last sheet first, then in the order in which they were kept. */
static int by_age(const void *a, const void *b)
{
	const struct topo_was *x = a, *y = b;

	if (x->gone != y->gone)
		return x->gone ? 1 : -1;
	return x->rank < y->rank ? -1 : x->rank > y->rank;
}

/* What was on an earlier sheet of the same paper and is not on this one. */
static uint32_t find_gone(const struct topo_kept *kept, const struct topo_was *places,
	uint32_t n, struct topo_was *gone)
{
	uint32_t n_gone = 0;

	for (uint32_t i = 0; i < kept->n; i++)
		if (!bsearch(&kept->nodes[i], places, n, sizeof(*places), by_key))
			gone[n_gone++] = kept->nodes[i];
	qsort(gone, n_gone, sizeof(*gone), by_age);
	return n_gone < TOPO_GONE_MAX ? n_gone : TOPO_GONE_MAX;
}

void topo_keep(const struct topo *topo, const struct topo_kept *kept,
	const struct topo_plan *plan, enum sheet_paper paper, size_t limits, double tangle)
{
	const struct sheet_request *request = topo->request;
	struct str *out = &request->topology_slots->kept;
	size_t most = (size_t)topo->n_supers + (kept ? kept->n : 0) + 1;
	_cleanup_(cleanup_freep) struct topo_was *places = calloc(most, sizeof(*places));
	struct sheet_box map = sheet_map_area(request, paper),
			 area = topo_area(&map, plan->step);
	uint32_t n = 0, n_gone = 0;

	if (!places)
		return;
	find_places(topo, &area, plan->step, places);
	qsort(places, topo->n_supers, sizeof(*places), by_key);
	for (uint32_t i = 0; i < topo->n_supers; i++)
		if (n == 0 || places[n - 1].key != places[i].key)
			places[n++] = places[i];
	if (kept && kept->paper == paper)
		n_gone = find_gone(kept, places, n, places + n);
	slots_put(out, VERSION, 4);
	slots_put(out, paper, 1);
	slots_put(out, (uint64_t)(plan->level - topo_levels), 1);
	slots_put(out, limits, 1);
	slots_put(out, plan->arrange, 1);
	slots_put(out, topo->blocks != NULL, 1);
	slots_put(out, topo->squeezed, 1);
	slots_put(out, settings_of(request), 8);
	slots_put(out, (uint64_t)llround(fmin(tangle, TANGLE_MAX) * TANGLE_PARTS), 8);
	slots_put(out, n, 2);
	slots_put(out, n + n_gone, 2);
	for (uint32_t i = 0; i < n + n_gone; i++)
		put_node(out, &places[i]);
	slots_seal(out, &seal_key);
}
