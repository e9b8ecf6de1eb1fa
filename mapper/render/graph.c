/* SPDX-License-Identifier: Apache-2.0 */
/* Nodes and their attributes; see graph.h. */
#include "mapper/render/graph.h"

#include "common/cleanup.h"
#include "mapper/render/render.h"
#include "mapper/render/svg.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ADDRESSES_MAX 4 /* named in one attribute; of the others the number */

static bool box_of(const struct scene_item *item, struct graph_node *node)
{
	switch (item->kind) {
	case SCENE_RECT:
		*node = (struct graph_node){
			item->rect.x, item->rect.y, item->rect.w, item->rect.h, 0, 0};
		return true;
	case SCENE_SYMBOL:
		*node = (struct graph_node){item->symbol.x, item->symbol.y, item->symbol.size,
			item->symbol.size, 0, 0};
		return true;
	default:
		return false;
	}
}

/* The first mark in the assets' own layer is where an asset stands; else any. */
static void place_nodes(struct graph *graph)
{
	const struct scene *scene = graph->scene;

	for (int own = 1; own >= 0; own--)
		for (size_t i = 0; i < scene->n_items; i++) {
			const struct scene_item *item = &scene->items[i];
			struct graph_node box, *node;

			if ((item->layer == SCENE_ASSETS) != own ||
				item->asset >= graph->estate->n_assets || !box_of(item, &box))
				continue;
			node = &graph->nodes[item->asset];
			if (node->w > 0)
				continue;
			box.network = node->network;
			box.fill = theme_styles[item->style].fill == THEME_NONE
					   ? 0xffffff
					   : theme_styles[item->style].fill;
			*node = box;
		}
}

int graph_make(struct graph *graph, const struct estate *estate, const struct scene *scene,
	struct error *reterr)
{
	*graph = (struct graph){.estate = estate, .scene = scene};
	graph->nodes = calloc(estate->n_assets + 1ul, sizeof(*graph->nodes));
	if (!graph->nodes)
		return error_set(
			reterr, ERROR_SYSTEM, "cannot write the map as a graph: no memory");
	for (uint32_t i = 0; i < estate->n_assets; i++) {
		const struct estate_asset *asset = &estate->assets[i];

		graph->nodes[i].fill = 0xffffff;
		graph->nodes[i].network =
			asset->n_addresses ? estate->addresses[asset->first_address].subnet
					   : ESTATE_NONE;
	}
	place_nodes(graph);
	return 0;
}

int render_check(const struct str *out, const char *form, struct error *reterr)
{
	return out->failed ? error_set(reterr, ERROR_SYSTEM,
				     "cannot write the map as %s: no memory, or more than %zu bytes",
				     form, out->max)
			   : 0;
}

void graph_done(struct graph *graph)
{
	free(graph->nodes);
	*graph = (struct graph){0};
}

/* ---- attributes -------------------------------------------------------------------------- */

static const struct estate_asset *asset_of(const struct graph *graph, uint32_t asset)
{
	return &graph->estate->assets[asset];
}

static const struct estate_system *system_of(const struct graph *graph, uint32_t asset)
{
	uint32_t system = asset_of(graph, asset)->system;

	return system < graph->estate->n_systems ? &graph->estate->systems[system] : NULL;
}

static const char *number(char room[GRAPH_TEXT_MAX], uint64_t value)
{
	snprintf(room, GRAPH_TEXT_MAX, "%" PRIu64, value);
	return room;
}

static const char *truth(bool value)
{
	return value ? "true" : "false";
}

/* Of a redacted estate the numbers are made up, and tell nothing. */
static const char *get_id(const struct graph *graph, uint32_t asset, char room[GRAPH_TEXT_MAX])
{
	return number(room, asset_of(graph, asset)->id);
}

static const char *get_name(
	const struct graph *graph, uint32_t asset, char room[GRAPH_TEXT_MAX])
{
	(void)room;
	return asset_of(graph, asset)->name;
}

static const char *get_role(
	const struct graph *graph, uint32_t asset, char room[GRAPH_TEXT_MAX])
{
	(void)room;
	return asset_role_name(asset_of(graph, asset)->role);
}

static const char *get_vendor(
	const struct graph *graph, uint32_t asset, char room[GRAPH_TEXT_MAX])
{
	(void)room;
	return asset_of(graph, asset)->vendor;
}

static const char *get_model(
	const struct graph *graph, uint32_t asset, char room[GRAPH_TEXT_MAX])
{
	(void)room;
	return asset_of(graph, asset)->model;
}

static const char *get_os(const struct graph *graph, uint32_t asset, char room[GRAPH_TEXT_MAX])
{
	(void)room;
	return asset_of(graph, asset)->os;
}

static const char *get_addresses(
	const struct graph *graph, uint32_t asset, char room[GRAPH_TEXT_MAX])
{
	const struct estate_asset *a = asset_of(graph, asset);
	char text[ADDR_TEXT_MAX];
	size_t n = 0;

	room[0] = '\0';
	for (uint32_t i = 0; i < a->n_addresses && i < ADDRESSES_MAX; i++)
		n += (size_t)snprintf(room + n, GRAPH_TEXT_MAX - n, "%s%s", i ? " " : "",
			estate_addr_text(graph->estate,
				&graph->estate->addresses[a->first_address + i].addr, text));
	if (a->n_addresses > ADDRESSES_MAX)
		snprintf(room + n, GRAPH_TEXT_MAX - n, " and %u more",
			a->n_addresses - ADDRESSES_MAX);
	return room;
}

static const char *get_network(
	const struct graph *graph, uint32_t asset, char room[GRAPH_TEXT_MAX])
{
	uint32_t network = graph->nodes[asset].network;
	char text[CIDR_TEXT_MAX];

	if (network >= graph->estate->n_subnets)
		return "";
	snprintf(room, GRAPH_TEXT_MAX, "%s",
		estate_cidr_text(graph->estate, &graph->estate->subnets[network].cidr, text));
	return room;
}

static const char *get_system(
	const struct graph *graph, uint32_t asset, char room[GRAPH_TEXT_MAX])
{
	const struct estate_system *system = system_of(graph, asset);

	(void)room;
	return !system ? "" : system->name[0] ? system->name : system->id;
}

static const char *get_tier(
	const struct graph *graph, uint32_t asset, char room[GRAPH_TEXT_MAX])
{
	const struct estate_system *system = system_of(graph, asset);

	return number(room, system ? system->tier : 0);
}

static const char *get_cii(const struct graph *graph, uint32_t asset, char room[GRAPH_TEXT_MAX])
{
	const struct estate_system *system = system_of(graph, asset);

	(void)room;
	return truth(system && system->designated);
}

static const char *get_designation(
	const struct graph *graph, uint32_t asset, char room[GRAPH_TEXT_MAX])
{
	const struct estate_system *system = system_of(graph, asset);

	(void)room;
	return system ? system->designation_no : "";
}

static const char *get_exposed(
	const struct graph *graph, uint32_t asset, char room[GRAPH_TEXT_MAX])
{
	(void)room;
	return truth(asset_of(graph, asset)->exposed);
}

static const char *get_services(
	const struct graph *graph, uint32_t asset, char room[GRAPH_TEXT_MAX])
{
	return number(room, asset_of(graph, asset)->n_services);
}

static const char *get_change(
	const struct graph *graph, uint32_t asset, char room[GRAPH_TEXT_MAX])
{
	static const char *const names[CHANGE_N] = {"", "new", "gone", "changed"};
	uint8_t change = asset_of(graph, asset)->change;

	(void)room;
	return change < CHANGE_N ? names[change] : "";
}

static const char *get_drawn(
	const struct graph *graph, uint32_t asset, char room[GRAPH_TEXT_MAX])
{
	(void)room;
	return truth(graph->nodes[asset].w > 0);
}

static const struct graph_attribute attributes[] = {{"asset", GRAPH_TEXT, get_id},
	{"name", GRAPH_TEXT, get_name}, {"role", GRAPH_TEXT, get_role},
	{"vendor", GRAPH_TEXT, get_vendor}, {"model", GRAPH_TEXT, get_model},
	{"os", GRAPH_TEXT, get_os}, {"addresses", GRAPH_TEXT, get_addresses},
	{"network", GRAPH_TEXT, get_network}, {"system", GRAPH_TEXT, get_system},
	{"tier", GRAPH_NUMBER, get_tier}, {"cii", GRAPH_TRUTH, get_cii},
	{"designation", GRAPH_TEXT, get_designation}, {"exposed", GRAPH_TRUTH, get_exposed},
	{"services", GRAPH_NUMBER, get_services}, {"change", GRAPH_TEXT, get_change},
	{"drawn", GRAPH_TRUTH, get_drawn}};

const struct graph_attribute *graph_attribute_at(size_t i)
{
	return i < ARRAY_SIZE(attributes) ? &attributes[i] : NULL;
}

const char *graph_colour(uint32_t rgb, char out[8])
{
	snprintf(out, 8, "#%06x", rgb & 0xffffff);
	return out;
}

void graph_number(struct str *out, double value)
{
	svg_number(out, value);
}
