/* SPDX-License-Identifier: Apache-2.0 */
/* Checks of placed scenes; see scene_check.h. */
#include "tests/unit/mapper/scene_check.h"

#include "common/cleanup.h"
#include "mapper/render/measure.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define EM_MM (25.4 / 72.0)
#define SLACK 0.06 /* millimetres that nobody sees */
#define SAID_MAX 8

static size_t said;

static size_t fault(const struct scene *scene, const char *what, const struct scene_item *a,
	const struct scene_item *b)
{
	struct check_box x = check_extent(a), y = b ? check_extent(b) : (struct check_box){0};

	if (said++ < SAID_MAX)
		fprintf(stderr,
			"%s: %s: kind %d style %s \"%.40s\" %.1f,%.1f..%.1f,%.1f and kind %d "
			"style %s \"%.40s\" %.1f,%.1f..%.1f,%.1f\n",
			scene->name, what, a->kind, theme_styles[a->style].name,
			a->kind == SCENE_TEXT ? a->text.text : "", x.x1, x.y1, x.x2, x.y2,
			b ? (int)b->kind : -1, b ? theme_styles[b->style].name : "",
			b && b->kind == SCENE_TEXT ? b->text.text : "", y.x1, y.y1, y.x2, y.y2);
	return 1;
}

static struct check_box around(const struct scene_point *points, size_t n)
{
	struct check_box box = {INFINITY, INFINITY, -INFINITY, -INFINITY};

	for (size_t i = 0; i < n; i++) {
		box.x1 = fmin(box.x1, points[i].x);
		box.y1 = fmin(box.y1, points[i].y);
		box.x2 = fmax(box.x2, points[i].x);
		box.y2 = fmax(box.y2, points[i].y);
	}
	return box;
}

struct check_box check_extent(const struct scene_item *item)
{
	double x, w, em;

	switch (item->kind) {
	case SCENE_RECT:
		return (struct check_box){item->rect.x, item->rect.y,
			item->rect.x + item->rect.w, item->rect.y + item->rect.h};
	case SCENE_SYMBOL:
		return (struct check_box){item->symbol.x, item->symbol.y,
			item->symbol.x + item->symbol.size, item->symbol.y + item->symbol.size};
	case SCENE_TEXT:
		w = measure_text_mm(item->text.text, item->text.size_pt, item->text.bold);
		em = item->text.size_pt * EM_MM;
		x = item->text.x - (item->text.anchor == SCENE_END	       ? w
					   : item->text.anchor == SCENE_MIDDLE ? w / 2
									       : 0);
		return (struct check_box){
			x, item->text.y - 0.74 * em, x + w, item->text.y + 0.2 * em};
	case SCENE_AREA:
		return around(item->area.points, item->area.ends[item->area.n_rings - 1]);
	default:
		return around(item->line.points, item->line.n);
	}
}

static bool overlap(struct check_box a, struct check_box b)
{
	return a.x1 < b.x2 - SLACK && b.x1 < a.x2 - SLACK && a.y1 < b.y2 - SLACK &&
	       b.y1 < a.y2 - SLACK;
}

static bool runs_through(struct check_box line, struct check_box box)
{
	return line.x1 < box.x2 - SLACK && line.x2 > box.x1 + SLACK &&
	       line.y1 < box.y2 - SLACK && line.y2 > box.y1 + SLACK;
}

static bool inside(struct check_box inner, struct check_box outer)
{
	return inner.x1 > outer.x1 - SLACK && inner.y1 > outer.y1 - SLACK &&
	       inner.x2 < outer.x2 + SLACK && inner.y2 < outer.y2 + SLACK;
}

static struct check_box *extents(const struct scene *scene)
{
	struct check_box *boxes = calloc(scene->n_items + 1, sizeof(*boxes));

	if (!boxes) {
		fputs("scene_check: no memory\n", stderr);
		exit(1);
	}
	for (size_t i = 0; i < scene->n_items; i++)
		boxes[i] = check_extent(&scene->items[i]);
	return boxes;
}

size_t check_texts(const struct scene *scene)
{
	_cleanup_(cleanup_freep) struct check_box *boxes = extents(scene);
	size_t faults = 0;
	const struct check_box sheet = {0, 0, scene->width_mm, scene->height_mm};

	for (size_t i = 0; i < scene->n_items; i++) {
		const struct scene_item *text = &scene->items[i];
		struct check_box a = boxes[i];

		if (text->kind != SCENE_TEXT)
			continue;
		if (!inside(a, sheet))
			faults += fault(scene, "text off the sheet", text, NULL);
		if (text->text.size_pt < SCENE_TEXT_MIN_PT)
			faults += fault(scene, "text too small", text, NULL);
		for (size_t k = 0; k < scene->n_items; k++) {
			const struct scene_item *other = &scene->items[k];
			struct check_box b = boxes[k];

			if (k == i || other->kind == SCENE_LINE || other->kind == SCENE_AREA ||
				(other->kind == SCENE_TEXT && k < i))
				continue;
			if (overlap(a, b) &&
				(other->kind == SCENE_TEXT || other->kind == SCENE_SYMBOL))
				faults += fault(scene, "text over a mark", text, other);
			else if (overlap(a, b) && !inside(a, b))
				faults += fault(scene, "text over a border", text, other);
		}
	}
	return faults;
}

size_t check_boxes(const struct scene *scene)
{
	_cleanup_(cleanup_freep) struct check_box *boxes = extents(scene);
	size_t faults = 0;

	for (size_t i = 0; i < scene->n_items; i++)
		for (size_t k = i + 1; k < scene->n_items; k++) {
			const struct scene_item *a = &scene->items[i], *b = &scene->items[k];
			struct check_box x = boxes[i], y = boxes[k];

			if (a->kind != SCENE_RECT || b->kind != SCENE_RECT)
				continue;
			if (overlap(x, y) && !inside(x, y) && !inside(y, x))
				faults += fault(scene, "boxes overlap", a, b);
			if (a->layer == SCENE_ASSETS && b->layer == SCENE_ASSETS &&
				overlap(x, y))
				faults += fault(scene, "cells overlap", a, b);
		}
	return faults;
}

static bool is_ground(const struct scene_item *item)
{
	return item->kind == SCENE_RECT &&
	       (item->style == THEME_SUBNET || item->style == THEME_INTERNET ||
		       item->style == THEME_ROUTER);
}

size_t check_links(const struct scene *scene)
{
	_cleanup_(cleanup_freep) struct check_box *boxes = extents(scene);
	size_t faults = 0;

	for (size_t i = 0; i < scene->n_items; i++) {
		const struct scene_item *line = &scene->items[i];

		if (line->kind != SCENE_LINE || line->layer != SCENE_LINKS)
			continue;
		for (size_t p = 1; p < line->line.n; p++) {
			struct check_box s = {
				fmin(line->line.points[p - 1].x, line->line.points[p].x),
				fmin(line->line.points[p - 1].y, line->line.points[p].y),
				fmax(line->line.points[p - 1].x, line->line.points[p].x),
				fmax(line->line.points[p - 1].y, line->line.points[p].y)};

			for (size_t k = 0; k < scene->n_items; k++) {
				const struct scene_item *other = &scene->items[k];
				bool name = other->kind == SCENE_TEXT &&
					    other->layer == SCENE_LABELS;

				if ((name || is_ground(other)) && runs_through(s, boxes[k]))
					faults += fault(scene, "link through a box or a name",
						line, other);
			}
		}
	}
	return faults;
}

struct check_box check_map(const struct scene *scene)
{
	for (size_t i = 0; i < scene->n_items; i++)
		if (scene->items[i].layer == SCENE_PAPER &&
			scene->items[i].style == THEME_FURNITURE)
			return check_extent(&scene->items[i]);
	return (struct check_box){0};
}

size_t check_legend(const struct scene *scene)
{
	bool used[THEME_STYLE_N] = {false}, shown[THEME_STYLE_N] = {false};
	bool symbol_used[64] = {false}, symbol_shown[64] = {false};
	static const enum theme_style ignored[] = {THEME_SHEET, THEME_FURNITURE, THEME_MARKING,
		THEME_SUBNET_HEAD, THEME_HOST, THEME_HOST_ON_DARK, THEME_CII_CASING,
		THEME_LINK_END, THEME_CHANGE_ON_DARK, THEME_CHANGE_PLATE, THEME_BADGE,
		THEME_TEXT, THEME_TEXT_QUIET, THEME_TEXT_ON_DARK, THEME_TEXT_ON_CELL,
		THEME_TEXT_CII, THEME_LINK_AREA};
	struct check_box map = check_map(scene);
	bool base[2] = {false, false};
	size_t faults = 0;

	for (size_t i = 0; i < scene->n_items; i++) {
		const struct scene_item *item = &scene->items[i];
		bool legend = check_extent(item).x1 > map.x2;

		(legend ? shown : used)[item->style] = true;
		if (item->kind == SCENE_SYMBOL)
			(legend ? symbol_shown : symbol_used)[item->symbol.symbol] = true;
	}
	/* All inks of a base map are one row. */
	for (int i = THEME_BASE1; i <= THEME_BASE_LINE_LIGHT; i++) {
		base[0] |= used[i];
		base[1] |= shown[i];
		used[i] = shown[i] = false;
	}
	used[THEME_BASE1] = base[0];
	shown[THEME_BASE1] = base[1];
	/* The cell that shows a CII outline in the legend is a sample, not a claim. */
	used[THEME_CELL_TIER3] |= shown[THEME_CII_OUTLINE];
	shown[THEME_CELL_TIER3] |= shown[THEME_CII_OUTLINE];
	/* One mark in two inks. */
	used[THEME_AGE] |= used[THEME_AGE_ON_DARK];
	used[THEME_AGE_ON_DARK] = false;
	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		used[ignored[i]] = shown[ignored[i]] = false;
	for (size_t i = 0; i < THEME_STYLE_N; i++)
		if (used[i] != shown[i]) {
			fprintf(stderr, "%s: style %s %s\n", scene->name, theme_styles[i].name,
				used[i] ? "is not in the legend" : "is only in the legend");
			faults++;
		}
	for (size_t i = 0; i < theme_n_symbols; i++)
		if (symbol_used[i] != symbol_shown[i]) {
			fprintf(stderr, "%s: symbol %s %s\n", scene->name,
				theme_symbols[i].name,
				symbol_used[i] ? "is not in the legend"
					       : "is only in the legend");
			faults++;
		}
	return faults;
}

size_t check_same(const struct scene *a, const struct scene *b)
{
	size_t n = a->n_items < b->n_items ? a->n_items : b->n_items;
	size_t faults = a->n_items + b->n_items - 2 * n;

	for (size_t i = 0; i < n; i++) {
		const struct scene_item *p = &a->items[i], *q = &b->items[i];
		struct check_box x = check_extent(p), y = check_extent(q);

		if (p->kind != q->kind || p->style != q->style ||
			memcmp(&x, &y, sizeof(x)) != 0 ||
			(p->kind == SCENE_TEXT && strcmp(p->text.text, q->text.text) != 0))
			faults += fault(a, "not the same", p, q);
	}
	return faults;
}
