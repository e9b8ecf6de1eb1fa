/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conduits on the topology sheet (IEC 62443-3-2): a registered conduit joins two zones, and
 * where a link leaves a network of one of them for routers that lead to a network of the other,
 * a bar stands across it at the network's boundary. Routers that are linked, and networks in no
 * zone between them, are one way through.
 */
#include "mapper/sheet/topology.h"

#include "common/cleanup.h"
#include "mapper/sheet/words.h"

#include <math.h>
#include <stdlib.h>

#define PART_MAX 200 /* bytes of one name */

struct ways {
	const struct topo *topo;
	const struct overlay *overlay;
	uint32_t *way; /* per box that is in no zone: the way through that it belongs to */
};

static uint32_t zone_of(const struct ways *w, uint32_t box)
{
	const struct topo_box *b = &w->topo->boxes[box];

	return b->kind == TOPO_NETWORK && b->index < w->topo->model->n_known_networks
		       ? w->overlay->zone_of_network[b->index]
		       : MODEL_NONE;
}

/* Routers, and networks in no zone between them; the Internet is no way from zone to zone. */
static bool is_way(const struct ways *w, uint32_t box)
{
	const struct topo_box *b = &w->topo->boxes[box];

	return b->kind == TOPO_JOINT ||
	       (b->kind == TOPO_NETWORK && zone_of(w, box) == MODEL_NONE &&
		       !w->topo->model->networks[b->index].internet);
}

static uint32_t way_of(const struct ways *w, uint32_t box)
{
	while (w->way[box] != box)
		box = w->way[box];
	return box;
}

static void join_ways(struct ways *w)
{
	const struct topo *topo = w->topo;

	for (uint32_t i = 0; i < topo->n_boxes; i++)
		w->way[i] = i;
	for (uint32_t i = 0; i < topo->n_edges; i++) {
		uint32_t a = topo->edges[i].a, b = topo->edges[i].b;

		if (topo->edges[i].tie != MODEL_NONE || !is_way(w, a) || !is_way(w, b))
			continue;
		a = way_of(w, a);
		b = way_of(w, b);
		w->way[a > b ? a : b] = a > b ? b : a;
	}
}

/* Whether what begins at `box` leads to a network of that zone. */
static bool leads_to(const struct ways *w, uint32_t box, uint32_t zone)
{
	const struct topo *topo = w->topo;
	uint32_t way = way_of(w, box);

	if (zone_of(w, box) == zone)
		return true;
	for (uint32_t i = 0; i < topo->n_edges && is_way(w, box); i++) {
		uint32_t a = topo->edges[i].a, b = topo->edges[i].b;

		if (topo->edges[i].tie == MODEL_NONE &&
			((is_way(w, a) && way_of(w, a) == way && zone_of(w, b) == zone) ||
				(is_way(w, b) && way_of(w, b) == way && zone_of(w, a) == zone)))
			return true;
	}
	return false;
}

/* The end of the line that lies at the box: 0 for its first point. */
static int end_at(const struct topo_box *box, const struct route_line *line)
{
	double far[2];

	for (int end = 0; end < 2; end++) {
		const struct scene_point *p = &line->points[end ? line->n - 1 : 0];

		far[end] = hypot(fmax(fmax(box->x - p->x, p->x - box->x - box->w), 0),
			fmax(fmax(box->y - p->y, p->y - box->y - box->h), 0));
	}
	return far[1] < far[0];
}

/* A text, after what stands before it, if there is one. */
static const char *joined(
	const struct model *model, const char *text, const char *before, const char *more)
{
	const char *all = text;

	if (more[0])
		all = arena_printf(model->arena, "%s%s%.*s", text, before,
			words_whole(more, PART_MAX), more);
	return all ? all : text;
}

static const char *title_of(const struct model *model, const struct estate_conduit *c)
{
	const struct estate_zone *zones = model->estate->zones;
	const char *name = estate_text(c->name)[0] ? c->name : estate_text(c->id);
	const char *text = joined(model, "Conduit", " ", name);

	text = joined(model, text, ": ", estate_text(zones[c->from].name));
	text = joined(model, text, " \xe2\x80\x93 ", estate_text(zones[c->to].name));
	text = joined(model, text, ", ", estate_text(c->device));
	return joined(model, text, ", ", estate_text(c->protocols));
}

/* Bars of one conduit; false if no link on the sheet passes it. */
static bool draw_conduit(const struct ways *w, const struct estate_conduit *c,
	const struct route_line *lines, struct sheet *sheet)
{
	const struct topo *topo = w->topo;
	bool drawn = false;

	for (uint32_t i = 0; i < topo->n_edges; i++)
		for (int side = 0; side < 2; side++) {
			const struct topo_edge *edge = &topo->edges[i];
			const struct route_line *line = &lines[i];
			uint32_t here = side ? edge->b : edge->a,
				 there = side ? edge->a : edge->b;
			uint32_t zone = zone_of(w, here);
			uint32_t other = zone == c->from ? c->to : c->from;
			int end;

			if (edge->tie != MODEL_NONE || line->n < 2 || c->from == c->to ||
				(zone != c->from && zone != c->to) ||
				!leads_to(w, there, other))
				continue;
			end = end_at(&topo->boxes[here], line);
			mark_conduit(sheet, &line->points[end ? line->n - 1 : 0],
				&line->points[end ? line->n - 2 : 1], title_of(topo->model, c));
			drawn = true;
		}
	return drawn;
}

void topo_draw_conduits(
	const struct topo *topo, const struct route_line *lines, struct sheet *sheet)
{
	const struct estate *estate = topo->model->estate;
	_cleanup_(cleanup_freep) uint32_t *way = calloc(topo->n_boxes + 1ul, sizeof(*way));
	struct ways w = {topo, overlay_of(topo->model), way};
	uint32_t missing = 0;

	if (!way || !w.overlay) {
		sheet->scene->failed = true;
		return;
	}
	join_ways(&w);
	for (uint32_t i = 0; i < estate->n_conduits; i++) {
		const struct estate_conduit *c = &estate->conduits[i];

		missing += c->from >= estate->n_zones || c->to >= estate->n_zones ||
			   !draw_conduit(&w, c, lines, sheet);
	}
	if (missing > 0)
		sheet_note(sheet, "Conduits that no link on this sheet passes: %u.",
			"本图无连接经过的管道：%u 条。", missing);
}
