/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GraphML (graphml.graphdrawing.org, 2007): nodes with their attributes, nested in a group for
 * each system, edges with theirs. Geometry and colour stand in yEd's extension, in points, and
 * as plain attributes x and y, in millimetres, for programs that do not know it. Every text
 * passes text_encode_xml(); ids are of our own making.
 */
#include "mapper/render/graph.h"
#include "mapper/render/render.h"

#include "common/text.h"


#include <stdlib.h>
#include <string.h>

#define POINTS_PER_MM (72.0 / 25.4)
#define GROUP_MARGIN_MM 2.0

static const char *const kinds[] = {
	[GRAPH_TEXT] = "string", [GRAPH_NUMBER] = "int", [GRAPH_TRUTH] = "boolean"};

static void add_keys(struct str *out)
{
	const struct graph_attribute *attribute;

	for (size_t i = 0; (attribute = graph_attribute_at(i)) != NULL; i++)
		str_addf(out,
			"<key id=\"n%zu\" for=\"node\" attr.name=\"%s\" attr.type=\"%s\"/>\n",
			i, attribute->name, kinds[attribute->kind]);
	str_adds(out,
		"<key id=\"x\" for=\"node\" attr.name=\"x\" attr.type=\"double\"/>\n"
		"<key id=\"y\" for=\"node\" attr.name=\"y\" attr.type=\"double\"/>\n"
		"<key id=\"g\" for=\"node\" yfiles.type=\"nodegraphics\"/>\n"
		"<key id=\"e0\" for=\"edge\" attr.name=\"layer\" attr.type=\"string\"/>\n"
		"<key id=\"e1\" for=\"edge\" attr.name=\"evidence\" attr.type=\"string\"/>\n");
}

static void add_data(struct str *out, const char *key, const char *text)
{
	if (!*text)
		return;
	str_addf(out, "<data key=\"%s\">", key);
	text_encode_xml(out, text);
	str_adds(out, "</data>");
}

static void add_length(struct str *out, const char *name, double mm)
{
	str_addf(out, " %s=\"", name);
	graph_number(out, mm * POINTS_PER_MM);
	str_addc(out, '"');
}

static void add_geometry(struct str *out, double x, double y, double w, double h)
{
	str_adds(out, "<y:Geometry");
	add_length(out, "x", x);
	add_length(out, "y", y);
	add_length(out, "width", w);
	add_length(out, "height", h);
	str_adds(out, "/>");
}

static void add_graphics(struct str *out, const struct graph *graph, uint32_t asset)
{
	const struct graph_node *node = &graph->nodes[asset];
	char colour[8];

	str_adds(out, "<data key=\"x\">");
	graph_number(out, node->x);
	str_adds(out, "</data><data key=\"y\">");
	graph_number(out, node->y);
	str_adds(out, "</data><data key=\"g\"><y:ShapeNode>");
	add_geometry(out, node->x, node->y, node->w, node->h);
	str_addf(out, "<y:Fill color=\"%s\"/><y:NodeLabel>", graph_colour(node->fill, colour));
	text_encode_xml(out, graph->estate->assets[asset].name);
	str_adds(out, "</y:NodeLabel><y:Shape type=\"rectangle\"/></y:ShapeNode></data>");
}

static void add_node(struct str *out, const struct graph *graph, uint32_t asset)
{
	const struct graph_attribute *attribute;
	char room[GRAPH_TEXT_MAX], key[24];

	str_addf(out, "<node id=\"a%u\">", asset);
	for (size_t i = 0; (attribute = graph_attribute_at(i)) != NULL; i++) {
		snprintf(key, sizeof(key), "n%zu", i);
		add_data(out, key, attribute->text(graph, asset, room));
	}
	add_graphics(out, graph, asset);
	str_adds(out, "</node>\n");
}

/* Around the assets of a system that are on the sheet. */
static void add_group(struct str *out, const struct graph *graph, uint32_t system,
	const uint32_t *assets, uint32_t n)
{
	const struct estate_system *s = &graph->estate->systems[system];
	double x1 = 1e9, y1 = 1e9, x2 = 0, y2 = 0;

	for (uint32_t i = 0; i < n; i++) {
		const struct graph_node *node = &graph->nodes[assets[i]];

		if (node->w <= 0)
			continue;
		x1 = node->x < x1 ? node->x : x1;
		y1 = node->y < y1 ? node->y : y1;
		x2 = node->x + node->w > x2 ? node->x + node->w : x2;
		y2 = node->y + node->h > y2 ? node->y + node->h : y2;
	}
	str_addf(out, "<node id=\"s%u\" yfiles.foldertype=\"group\">", system);
	add_data(out, "n1", s->name[0] ? s->name : s->id);
	add_data(out, "n2", "system");
	str_adds(out, "<data key=\"g\"><y:ProxyAutoBoundsNode><y:Realizers "
		      "active=\"0\"><y:GroupNode>");
	if (x2 > x1)
		add_geometry(out, x1 - GROUP_MARGIN_MM, y1 - GROUP_MARGIN_MM,
			x2 - x1 + 2 * GROUP_MARGIN_MM, y2 - y1 + 2 * GROUP_MARGIN_MM);
	str_adds(out, "<y:NodeLabel modelName=\"internal\" modelPosition=\"t\">");
	text_encode_xml(out, s->name[0] ? s->name : s->id);
	str_addf(out,
		"</y:NodeLabel></y:GroupNode></y:Realizers></y:ProxyAutoBoundsNode></data>\n"
		"<graph id=\"s%u:\" edgedefault=\"undirected\">\n",
		system);
	for (uint32_t i = 0; i < n; i++)
		add_node(out, graph, assets[i]);
	str_adds(out, "</graph></node>\n");
}

static void add_nodes(struct str *out, const struct graph *graph, const uint32_t *by_system)
{
	const struct estate *e = graph->estate;

	for (uint32_t at = 0, n; at < e->n_assets; at += n) {
		uint32_t system = e->assets[by_system[at]].system;

		n = 1;
		while (at + n < e->n_assets && e->assets[by_system[at + n]].system == system)
			n++;
		if (system < e->n_systems) {
			add_group(out, graph, system, by_system + at, n);
			continue;
		}
		for (uint32_t i = 0; i < n; i++)
			add_node(out, graph, by_system[at + i]);
	}
}

static void add_edges(struct str *out, const struct estate *e)
{
	for (uint32_t i = 0; i < e->n_links; i++) {
		const struct estate_link *link = &e->links[i];
		bool directed = link->layer == LINK_FLOW || link->layer == LINK_DEPENDENCY;

		str_addf(out, "<edge id=\"l%u\" source=\"a%u\" target=\"a%u\" directed=\"%s\">",
			i, link->from, link->to, directed ? "true" : "false");
		add_data(out, "e0", link_layer_name(link->layer));
		add_data(out, "e1", evidence_grade_name(link->grade));
		str_adds(out, "</edge>\n");
	}
}

/* Counting sort: by system, those without one last, each in the order of the estate. */
static uint32_t *sort_by_system(const struct estate *e)
{
	uint32_t *next = calloc(e->n_systems + 2ul, sizeof(*next));
	uint32_t *order = calloc(e->n_assets + 1ul, sizeof(*order));

	for (uint32_t i = 0; next && order && i < e->n_assets; i++)
		next[(e->assets[i].system < e->n_systems ? e->assets[i].system : e->n_systems) +
			1]++;
	for (uint32_t s = 0; next && s <= e->n_systems; s++)
		next[s + 1] += next[s];
	for (uint32_t i = 0; next && order && i < e->n_assets; i++) {
		uint32_t s =
			e->assets[i].system < e->n_systems ? e->assets[i].system : e->n_systems;

		order[next[s]++] = i;
	}
	if (!next) {
		free(order);
		order = NULL;
	}
	free(next);
	return order;
}

int render_graphml(const struct scene *scene, const struct estate *estate, struct str *out,
	struct error *reterr)
{
	uint32_t *by_system = sort_by_system(estate);
	struct graph graph;
	int r = by_system ? graph_make(&graph, estate, scene, reterr)
			  : error_set(reterr, ERROR_SYSTEM,
				    "cannot write the map as GraphML: no memory");

	if (r < 0) {
		free(by_system);
		return r;
	}
	str_adds(out,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\" "
		"xmlns:y=\"http://www.yworks.com/xml/graphml\">\n");
	add_keys(out);
	str_adds(out, "<graph id=\"map\" edgedefault=\"undirected\">\n");
	add_nodes(out, &graph, by_system);
	add_edges(out, estate);
	str_adds(out, "</graph>\n</graphml>\n");
	graph_done(&graph);
	free(by_system);
	return render_check(out, "GraphML", reterr);
}
