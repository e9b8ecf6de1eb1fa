/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The map as one JSON object (RFC 8259), for programs of one's own: the sheet, its boxes, nodes
 * and edges; docs/exchange.md tells every member. Lengths are millimetres, origin top left.
 * Every text passes text_encode_script(), which is JSON's own escaping and more.
 */
#include "mapper/render/graph.h"
#include "mapper/render/render.h"

#include "common/text.h"

static void add_text(struct str *out, const char *text)
{
	str_addc(out, '"');
	text_encode_script(out, text);
	str_addc(out, '"');
}

static void add_box(struct str *out, double x, double y, double w, double h)
{
	const struct {
		const char *name;
		double value;
	} members[] = {{"\"x\":", x}, {",\"y\":", y}, {",\"w\":", w}, {",\"h\":", h}};

	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
		str_adds(out, members[i].name);
		graph_number(out, members[i].value);
	}
}

/* Boxes of sectors, systems, networks, as the sheet draws and titles them. */
static void add_boxes(struct str *out, const struct scene *scene)
{
	const char *comma = "";

	str_adds(out, "\"boxes\":[");
	for (size_t i = 0; i < scene->n_items; i++) {
		const struct scene_item *item = &scene->items[i];

		if (item->kind != SCENE_RECT || item->layer != SCENE_REGIONS || !item->title)
			continue;
		str_addf(out, "%s\n{\"kind\":\"%s\",\"title\":", comma,
			theme_styles[item->style].name);
		add_text(out, item->title);
		str_addc(out, ',');
		add_box(out, item->rect.x, item->rect.y, item->rect.w, item->rect.h);
		str_addc(out, '}');
		comma = ",";
	}
	str_adds(out, "],\n");
}

static void add_node(struct str *out, const struct graph *graph, uint32_t asset)
{
	const struct graph_node *node = &graph->nodes[asset];
	const struct graph_attribute *attribute;
	char room[GRAPH_TEXT_MAX], colour[8];

	str_addf(out, "%s\n{\"id\":%u", asset ? "," : "", asset);
	for (size_t i = 0; (attribute = graph_attribute_at(i)) != NULL; i++) {
		const char *text = attribute->text(graph, asset, room);

		if (!*text)
			continue;
		str_addf(out, ",\"%s\":", attribute->name);
		if (attribute->kind == GRAPH_TEXT)
			add_text(out, text);
		else
			str_adds(out, text);
	}
	if (node->w > 0) {
		str_addf(out, ",\"colour\":\"%s\",", graph_colour(node->fill, colour));
		add_box(out, node->x, node->y, node->w, node->h);
	}
	str_addc(out, '}');
}

int render_json(const struct scene *scene, const struct estate *estate, struct str *out,
	struct error *reterr)
{
	struct graph graph;
	int r = graph_make(&graph, estate, scene, reterr);

	if (r < 0)
		return r;
	str_adds(out, "{\"format\":\"cadastre map 1\",\"sheet\":");
	add_text(out, scene->name);
	str_adds(out, ",\"title\":");
	add_text(out, scene->title);
	str_adds(out, ",\"width\":");
	graph_number(out, scene->width_mm);
	str_adds(out, ",\"height\":");
	graph_number(out, scene->height_mm);
	str_adds(out, ",\n");
	add_boxes(out, scene);
	str_adds(out, "\"nodes\":[");
	for (uint32_t i = 0; i < estate->n_assets; i++)
		add_node(out, &graph, i);
	str_adds(out, "],\n\"edges\":[");
	for (uint32_t i = 0; i < estate->n_links; i++)
		str_addf(out,
			"%s\n{\"from\":%u,\"to\":%u,\"layer\":\"%s\",\"evidence\":\"%s\"}",
			i ? "," : "", estate->links[i].from, estate->links[i].to,
			link_layer_name(estate->links[i].layer),
			evidence_grade_name(estate->links[i].grade));
	str_adds(out, "]}\n");
	graph_done(&graph);
	return render_check(out, "JSON", reterr);
}
