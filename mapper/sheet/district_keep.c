/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The places of an earlier district sheet, taken over: whoever knows where a thing stood finds
 * it there again. What is new takes free room, in its network first; where there is none, what
 * stands beside it shifts a little, within the smallest box that holds it. What was kept comes
 * from a database that may be anybody's: it is read within its bounds, and only says where
 * boxes are.
 *
 * Form: a head (version, paper, measures), then sectors, systems and networks, each by a digest
 * of its name and of what it is in, with its box and its row, and of networks the slots of
 * their assets by id. Numbers are big-endian, lengths micrometres. The last eight bytes digest
 * the rest.
 */
#include "mapper/sheet/district.h"

#include "common/cleanup.h"
#include "mapper/sheet/slots.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define VERSION 2
#define LENGTH_MAX 2000.0 /* millimetres, of anything on a sheet */
#define COLUMNS_MAX 100000
#define BAND_PARTS 12 /* steps in which a new sector takes of what another has free */
#define UNKNOWN UINT32_MAX

struct kept_cell {
	uint64_t asset;
	uint32_t slot;
};

struct kept_box {
	uint64_t key;
	struct sheet_box box;
	/* row: the lowest bit says that it stands upright; rank: of a network its rows of
	 * cells */
	uint32_t row, rank;
	uint32_t columns, n_cells;
	size_t at; /* where its cells stand in the bytes */
};

struct kept {
	const uint8_t *bytes;
	struct kept_box *boxes[4]; /* by kind, then key */
	uint32_t n[4];
};

/* ---- keys -------------------------------------------------------------------------------- */

static uint64_t key_of(uint64_t within, const char *name)
{
	struct siphash_key key = {within, 0x6361646173747265};

	return siphash(&key, name, strlen(name));
}

static uint64_t sector_key(const struct district_node *node)
{
	return key_of(node->index == MODEL_NONE, node->label);
}

static uint64_t system_key(const struct district *d, const struct district_node *sector,
	const struct district_node *node)
{
	return key_of(sector_key(sector), node->index == MODEL_NONE
						  ? ""
						  : d->model->estate->systems[node->index].id);
}

static uint64_t network_key(
	const struct district *d, uint64_t system, const struct district_node *node)
{
	char text[CIDR_TEXT_MAX] = "";

	if (node->index < d->model->n_known_networks)
		cidr_format(&d->model->networks[node->index].cidr, text);
	return key_of(system, text);
}

/* ---- reading ----------------------------------------------------------------------------- */

static double get_length(struct cursor *c)
{
	double mm = (double)(int32_t)cursor_be(c, 4) / DISTRICT_UNITS;

	if (mm < 0 || mm > LENGTH_MAX)
		cursor_fail(c);
	return mm;
}

static void get_box(struct cursor *c, const struct sheet_box *area, struct sheet_box *box)
{
	box->x = get_length(c);
	box->y = get_length(c);
	box->w = get_length(c);
	box->h = get_length(c);
	if (box->x < area->x - 1 || box->y < area->y - 1 ||
		box->x + box->w > area->x + area->w + 1 ||
		box->y + box->h > area->y + area->h + 1)
		cursor_fail(c);
}

static void get_measure(struct cursor *c, struct district_measure *m)
{
	m->cell_w = get_length(c);
	m->cell_h = get_length(c);
	for (int kind = DISTRICT_SECTOR; kind <= DISTRICT_NETWORK; kind++)
		m->head_pt[kind] = get_length(c);
	m->pad = get_length(c);
	m->gap = get_length(c);
	m->slack = get_length(c);
	m->strip = get_length(c);
	m->packed = get_length(c);
	if (m->cell_w < 0.1 || m->cell_h < 0.1 ||
		m->head_pt[DISTRICT_NETWORK] < SCENE_TEXT_MIN_PT ||
		m->head_pt[DISTRICT_SYSTEM] < SCENE_TEXT_MIN_PT ||
		m->head_pt[DISTRICT_SECTOR] < SCENE_TEXT_MIN_PT || m->strip > 0.5 ||
		m->slack > 1 || m->packed < m->cell_w)
		cursor_fail(c);
}

static int by_key(const void *a, const void *b)
{
	const struct kept_box *x = a, *y = b;

	return x->key < y->key ? -1 : x->key > y->key;
}

static bool get_boxes(struct cursor *c, const struct sheet_box *area, struct arena *arena,
	enum district_kind kind, struct kept *kept)
{
	const size_t least = kind == DISTRICT_NETWORK ? 40 : 32;
	uint32_t n = (uint32_t)cursor_be(c, 4);

	if (n > cursor_left(c) / least)
		return false;
	kept->boxes[kind] = arena_alloc(arena, (n + 1ul) * sizeof(**kept->boxes));
	for (uint32_t i = 0; kept->boxes[kind] && i < n; i++) {
		struct kept_box *box = &kept->boxes[kind][i];

		box->key = cursor_be(c, 8);
		get_box(c, area, &box->box);
		box->row = (uint32_t)cursor_be(c, 4);
		box->rank = (uint32_t)cursor_be(c, 4);
		if (kind != DISTRICT_NETWORK)
			continue;
		box->columns = (uint32_t)cursor_be(c, 4);
		box->n_cells = (uint32_t)cursor_be(c, 4);
		box->at = c->pos;
		if (box->columns == 0 || box->columns > COLUMNS_MAX || box->rank > COLUMNS_MAX)
			cursor_fail(c);
		cursor_skip(c, 12ul * box->n_cells);
	}
	kept->n[kind] = n;
	if (kept->boxes[kind])
		qsort(kept->boxes[kind], n, sizeof(**kept->boxes), by_key);
	return kept->boxes[kind] && cursor_ok(c);
}

static const struct siphash_key seal_key = {0x6d61702d736c6f74, VERSION};

/* False: there is nothing, or nothing that can be used. */
static bool read_kept(const struct district *d, const struct sheet_request *request,
	struct kept *kept, struct district_measure *ret_measure, enum sheet_paper *ret_paper)
{
	enum sheet_paper first, end;
	struct sheet_box area;
	struct cursor c;

	if (!slots_open(request->slots, &seal_key, &c) || cursor_be(&c, 4) != VERSION)
		return false;
	sheet_papers(request, &first, &end);
	*ret_paper = (enum sheet_paper)cursor_be(&c, 4);
	if (*ret_paper < first || *ret_paper >= end)
		return false;
	area = sheet_map_area(request, *ret_paper);
	kept->bytes = request->slots->bytes;
	get_measure(&c, ret_measure);
	for (int kind = DISTRICT_SECTOR; kind <= DISTRICT_NETWORK; kind++)
		if (!get_boxes(&c, &area, d->model->arena, (enum district_kind)kind, kept))
			return false;
	return cursor_ok(&c);
}

static const struct kept_box *find_box(
	const struct kept *kept, enum district_kind kind, uint64_t key)
{
	const struct kept_box wanted = {.key = key};

	return bsearch(&wanted, kept->boxes[kind], kept->n[kind], sizeof(wanted), by_key);
}

/* The slot of an asset in a network, UNKNOWN if it had none. They stand in order of id. */
static uint32_t find_slot(
	const struct kept *kept, const struct kept_box *network, uint64_t asset)
{
	uint32_t low = 0, high = network->n_cells;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		struct cursor c = cursor_of(kept->bytes + network->at + 12ul * middle, 12);
		uint64_t there = cursor_be(&c, 8);

		if (there == asset)
			return (uint32_t)cursor_be(&c, 4);
		if (there < asset)
			low = middle + 1;
		else
			high = middle;
	}
	return UNKNOWN;
}

/* ---- slots of one network ---------------------------------------------------------------- */

/* Who had a slot keeps row and column; the others take the next free one behind their neighbour
 * by address. False if one finds none. */
static bool take_slots(struct district *d, const struct kept *kept,
	const struct kept_box *before, struct district_node *network, uint32_t room)
{
	const struct estate *estate = d->model->estate;
	_cleanup_(cleanup_freep) uint8_t *taken = calloc(room + 1ul, 1);
	uint32_t last = 0;

	if (!taken)
		return false;
	for (uint32_t i = 0; i < network->n; i++) {
		struct district_cell *cell = &d->cells[network->first + i];
		uint32_t slot = find_slot(kept, before, estate->assets[cell->asset].id);
		uint32_t column = slot % before->columns, row = slot / before->columns;

		cell->slot = UNKNOWN;
		if (slot == UNKNOWN || column >= network->columns ||
			row >= room / network->columns)
			continue;
		slot = row * network->columns + column;
		cell->slot = taken[slot] ? UNKNOWN : slot;
		taken[slot] = 1;
	}
	for (uint32_t i = 0; i < network->n; i++) {
		struct district_cell *cell = &d->cells[network->first + i];
		uint32_t tries = 0;

		while (cell->slot == UNKNOWN && tries++ < room) {
			if (!taken[last]) {
				cell->slot = last;
				taken[last] = 1;
			}
			last = (last + 1) % room;
		}
		if (cell->slot == UNKNOWN)
			return false;
		last = cell->slot;
	}
	return true;
}

/* ---- places ------------------------------------------------------------------------------ */

static const struct kept_box *restore_box(
	const struct kept *kept, uint64_t key, struct district_node *node)
{
	const struct kept_box *before = find_box(kept, node->kind, key);

	node->box = before ? before->box : (struct sheet_box){0};
	node->row = before ? before->row / 2 : 0;
	node->upright = before && before->row % 2;
	node->rank = before && node->kind != DISTRICT_NETWORK ? before->rank : 0;
	node->rows = before && node->kind == DISTRICT_NETWORK ? before->rank : 0;
	node->columns = before ? before->columns : 0;
	return before;
}

/* Boxes and rows of a sector as they were. A new network comes onto the shelf of its
 * neighbour. */
static void restore_boxes(
	struct district *d, const struct kept *kept, struct district_node *sector)
{
	restore_box(kept, sector_key(sector), sector);
	for (uint32_t i = 0; i < sector->n; i++) {
		struct district_node *system = &d->nodes[DISTRICT_SYSTEM][sector->first + i];
		struct district_node *networks = &d->nodes[DISTRICT_NETWORK][system->first];
		uint64_t key = system_key(d, sector, system);

		uint32_t shelf = restore_box(kept, key, system) ? 1 : 0, last = 0;

		for (uint32_t k = 0; k < system->n; k++) {
			const struct kept_box *before = restore_box(
				kept, network_key(d, key, &networks[k]), &networks[k]);

			shelf += before && last && before->row != last;
			last = before ? before->row : last;
			networks[k].row = shelf;
		}
	}
}

/* Whether everything of a system has room where it was. */
static bool has_room(struct district *d, const struct district_node *system,
	const struct district_measure *m)
{
	struct district_node *networks = &d->nodes[DISTRICT_NETWORK][system->first];
	bool room = true;

	for (uint32_t i = 0; i < system->n && room; i++)
		room = district_squeeze(&networks[i], m);
	return room;
}

/* Systems that are new, or have no room where they were, stand where the sector is free: in the
 * strip that it was made with, or where others went. */
static bool place_systems(struct district *d, const struct district_node *sector,
	const struct district_measure *m)
{
	for (uint32_t i = 0; i < sector->n; i++) {
		struct district_node *system = &d->nodes[DISTRICT_SYSTEM][sector->first + i];

		if (system->box.w > 0)
			continue;
		system->row = 0;
		if (!district_place_system(d, sector, system, m))
			return false;
	}
	return true;
}

/* Boxes stay, then all but those of systems that have no room, then about where they were. */
static bool restore_sector(struct district *d, const struct kept *kept,
	struct district_node *sector, const struct district_measure *m)
{
	restore_boxes(d, kept, sector);
	for (uint32_t i = 0; i < sector->n; i++) {
		struct district_node *system = &d->nodes[DISTRICT_SYSTEM][sector->first + i];

		if (system->box.w > 0 && !has_room(d, system, m) &&
			!district_lay_system(d, system, m))
			system->box = (struct sheet_box){0};
	}
	if (place_systems(d, sector, m))
		return true;
	restore_boxes(d, kept, sector);
	return district_shift_sector(d, sector, m);
}

/* What a sector has free below all of its systems, or beside them, to the edge of its box. */
static struct sheet_box free_band(const struct district *d, const struct district_node *sector,
	const struct district_measure *m, bool below)
{
	struct sheet_box band = sector->box;
	double edge = 0;

	for (uint32_t i = 0; i < sector->n; i++) {
		const struct sheet_box *box = &d->nodes[DISTRICT_SYSTEM][sector->first + i].box;

		edge = fmax(edge, below ? box->y + box->h : box->x + box->w);
	}
	edge += m->pad + m->gap;
	if (below) {
		band.h = fmax(band.y + band.h - edge, 0);
		band.y = edge;
	} else {
		band.w = fmax(band.x + band.w - edge, 0);
		band.x = edge;
	}
	return band;
}

/* As little of a band as a sector needs, at the edge of the sheet's other side. */
static bool place_in_band(struct district *d, struct district_node *sector,
	const struct sheet_box *band, const struct district_measure *m, bool below)
{
	double most = below ? band->h : band->w;

	for (int part = 2; part <= BAND_PARTS && most > m->gap; part++) {
		double thick =
			round(most * part / BAND_PARTS * DISTRICT_UNITS) / DISTRICT_UNITS;
		struct sheet_box box = *band;

		box.x += below ? 0 : most - thick;
		box.y += below ? most - thick : 0;
		box.w = below ? box.w : thick;
		box.h = below ? thick : box.h;
		sector->box = box;
		for (uint32_t i = 0; i < sector->n; i++)
			d->nodes[DISTRICT_SYSTEM][sector->first + i].box =
				(struct sheet_box){0};
		if (place_systems(d, sector, m))
			return true;
	}
	return false;
}

/* A sector that is new stands in what another one has free, which gives that. */
static bool place_sector(
	struct district *d, struct district_node *sector, const struct district_measure *m)
{
	for (uint32_t i = 0; i < 2 * d->n_nodes[DISTRICT_SECTOR]; i++) {
		struct district_node *from = &d->nodes[DISTRICT_SECTOR][i / 2];
		bool below = i % 2;
		struct sheet_box band;

		if (from == sector || from->box.w <= 0)
			continue;
		band = free_band(d, from, m, below);
		if (!place_in_band(d, sector, &band, m, below)) {
			sector->box = (struct sheet_box){0};
			continue;
		}
		if (below)
			from->box.h = sector->box.y - m->gap - from->box.y;
		else
			from->box.w = sector->box.x - m->gap - from->box.x;
		return true;
	}
	return false;
}

/* Those that were there, then those that are new. */
static bool restore_sectors(
	struct district *d, const struct kept *kept, const struct district_measure *m)
{
	bool fits = true;

	for (uint32_t i = 0; i < d->n_nodes[DISTRICT_SECTOR] && fits; i++) {
		struct district_node *sector = &d->nodes[DISTRICT_SECTOR][i];

		if (find_box(kept, DISTRICT_SECTOR, sector_key(sector)))
			fits = restore_sector(d, kept, sector, m);
		else
			restore_boxes(d, kept, sector);
	}
	for (uint32_t i = 0; i < d->n_nodes[DISTRICT_SECTOR] && fits; i++) {
		struct district_node *sector = &d->nodes[DISTRICT_SECTOR][i];

		if (sector->box.w <= 0)
			fits = place_sector(d, sector, m);
	}
	return fits;
}

static bool restore_slots(struct district *d, const struct kept *kept)
{
	bool ok = true;

	for (uint32_t i = 0; i < d->n_nodes[DISTRICT_SECTOR]; i++) {
		struct district_node *sector = &d->nodes[DISTRICT_SECTOR][i];

		for (uint32_t k = 0; k < sector->n; k++) {
			struct district_node *system =
				&d->nodes[DISTRICT_SYSTEM][sector->first + k];
			uint64_t key = system_key(d, sector, system);

			for (uint32_t n = 0; n < system->n && ok; n++) {
				struct district_node *network =
					&d->nodes[DISTRICT_NETWORK][system->first + n];
				const struct kept_box *before = find_box(
					kept, DISTRICT_NETWORK, network_key(d, key, network));

				ok = !before ||
				     take_slots(d, kept, before, network,
					     network->columns * network->rows);
			}
		}
	}
	return ok;
}

bool district_restore(struct district *d, const struct sheet_request *request,
	struct district_measure *ret_measure, enum sheet_paper *ret_paper)
{
	struct kept kept = {0};
	struct sheet_box area;
	bool fits;

	if (!request->slots || d->per_cell > 1 ||
		!read_kept(d, request, &kept, ret_measure, ret_paper))
		return false;
	d->kept = true;
	area = sheet_map_area(request, *ret_paper);
	district_weigh(d, ret_measure);
	fits = restore_sectors(d, &kept, ret_measure);
	while (!fits) {
		for (uint32_t i = 0; i < d->n_nodes[DISTRICT_SECTOR]; i++)
			restore_boxes(d, &kept, &d->nodes[DISTRICT_SECTOR][i]);
		fits = district_shift(d, &area, ret_measure);
		if (!fits && !district_shrink(ret_measure))
			break;
	}
	d->kept = false;
	return fits && restore_slots(d, &kept);
}

/* ---- writing ----------------------------------------------------------------------------- */

static void put_length(struct str *out, double mm)
{
	slots_put(out, (uint64_t)llround(mm * DISTRICT_UNITS), 4);
}

static void put_box(struct str *out, uint64_t key, const struct district_node *node)
{
	slots_put(out, key, 8);
	put_length(out, node->box.x);
	put_length(out, node->box.y);
	put_length(out, node->box.w);
	put_length(out, node->box.h);
	slots_put(out, (uint64_t)node->row * 2 + node->upright, 4);
	slots_put(out, node->kind == DISTRICT_NETWORK ? node->rows : node->rank, 4);
}

static int by_asset(const void *a, const void *b)
{
	const struct kept_cell *x = a, *y = b;

	return x->asset < y->asset ? -1 : x->asset > y->asset;
}

static void put_cells(
	struct str *out, const struct district *d, const struct district_node *network)
{
	_cleanup_(cleanup_freep) struct kept_cell *cells =
		calloc(network->n + 1ul, sizeof(*cells));

	if (!cells) {
		out->failed = true;
		return;
	}
	for (uint32_t i = 0; i < network->n; i++) {
		const struct district_cell *cell = &d->cells[network->first + i];

		cells[i] = (struct kept_cell){
			d->model->estate->assets[cell->asset].id, cell->slot};
	}
	qsort(cells, network->n, sizeof(*cells), by_asset);
	slots_put(out, network->columns, 4);
	slots_put(out, network->n, 4);
	for (uint32_t i = 0; i < network->n; i++) {
		slots_put(out, cells[i].asset, 8);
		slots_put(out, cells[i].slot, 4);
	}
}

static void put_systems(struct str *out, const struct district *d, enum district_kind kind)
{
	slots_put(out, d->n_nodes[kind], 4);
	for (uint32_t i = 0; i < d->n_nodes[DISTRICT_SECTOR]; i++) {
		const struct district_node *sector = &d->nodes[DISTRICT_SECTOR][i];

		for (uint32_t k = 0; k < sector->n; k++) {
			const struct district_node *system =
				&d->nodes[DISTRICT_SYSTEM][sector->first + k];
			uint64_t key = system_key(d, sector, system);

			if (kind == DISTRICT_SYSTEM)
				put_box(out, key, system);
			for (uint32_t n = 0; kind == DISTRICT_NETWORK && n < system->n; n++) {
				const struct district_node *network =
					&d->nodes[DISTRICT_NETWORK][system->first + n];

				put_box(out, network_key(d, key, network), network);
				put_cells(out, d, network);
			}
		}
	}
}

void district_keep(const struct district *d, const struct sheet_request *request,
	const struct district_measure *m, enum sheet_paper paper)
{
	struct str *out = request->slots ? &request->slots->kept : NULL;

	/* A sheet on a paper of its own does not move what stands on the others. */
	if (!out || d->per_cell > 1 || request->paper != MAP_PAPER_AUTO)
		return;
	slots_put(out, VERSION, 4);
	slots_put(out, paper, 4);
	put_length(out, m->cell_w);
	put_length(out, m->cell_h);
	for (int kind = DISTRICT_SECTOR; kind <= DISTRICT_NETWORK; kind++)
		put_length(out, m->head_pt[kind]);
	put_length(out, m->pad);
	put_length(out, m->gap);
	put_length(out, m->slack);
	put_length(out, m->strip);
	put_length(out, m->packed);
	slots_put(out, d->n_nodes[DISTRICT_SECTOR], 4);
	for (uint32_t i = 0; i < d->n_nodes[DISTRICT_SECTOR]; i++) {
		const struct district_node *sector = &d->nodes[DISTRICT_SECTOR][i];

		put_box(out, sector_key(sector), sector);
	}
	put_systems(out, d, DISTRICT_SYSTEM);
	put_systems(out, d, DISTRICT_NETWORK);
	slots_seal(out, &seal_key);
}
