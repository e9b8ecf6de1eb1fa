/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GEXF 1.3 (gexf.net): nodes with attributes, edges with layer and evidence, and viz:position,
 * viz:size and viz:color as the sheet has them, in millimetres, y upwards as Gephi draws. Every
 * text passes text_encode_xml(); ids are of our own making.
 */
#include "mapper/render/graph.h"
#include "mapper/render/render.h"

#include "common/text.h"

static const char *const kinds[] = {
	[GRAPH_TEXT] = "string", [GRAPH_NUMBER] = "integer", [GRAPH_TRUTH] = "boolean"};

static void add_attributes(struct str *out)
{
	const struct graph_attribute *attribute;

	str_adds(out, "<attributes class=\"node\">\n");
	for (size_t i = 0; (attribute = graph_attribute_at(i)) != NULL; i++)
		str_addf(out, "<attribute id=\"%zu\" title=\"%s\" type=\"%s\"/>\n", i,
			attribute->name, kinds[attribute->kind]);
	str_adds(out,
		"</attributes>\n<attributes class=\"edge\">\n"
		"<attribute id=\"0\" title=\"layer\" type=\"string\"/>\n"
		"<attribute id=\"1\" title=\"evidence\" type=\"string\"/>\n</attributes>\n");
}

static void add_value(struct str *out, size_t i, const char *text)
{
	if (!*text)
		return;
	str_addf(out, "<attvalue for=\"%zu\" value=\"", i);
	text_encode_xml(out, text);
	str_adds(out, "\"/>");
}

static void add_node(struct str *out, const struct graph *graph, uint32_t asset)
{
	const struct graph_node *node = &graph->nodes[asset];
	const struct graph_attribute *attribute;
	char room[GRAPH_TEXT_MAX];

	str_addf(out, "<node id=\"a%u\" label=\"", asset);
	text_encode_xml(out, graph->estate->assets[asset].name);
	str_adds(out, "\"><attvalues>");
	for (size_t i = 0; (attribute = graph_attribute_at(i)) != NULL; i++)
		add_value(out, i, attribute->text(graph, asset, room));
	str_adds(out, "</attvalues><viz:position x=\"");
	graph_number(out, node->x + node->w / 2);
	str_adds(out, "\" y=\"");
	graph_number(out, -(node->y + node->h / 2));
	str_adds(out, "\" z=\"0\"/><viz:size value=\"");
	graph_number(out, node->w > 0 ? node->w : 1);
	str_addf(out, "\"/><viz:color r=\"%u\" g=\"%u\" b=\"%u\"/></node>\n",
		node->fill >> 16 & 255, node->fill >> 8 & 255, node->fill & 255);
}

static void add_edge(struct str *out, const struct estate *e, uint32_t i)
{
	const struct estate_link *link = &e->links[i];
	bool directed = link->layer == LINK_FLOW || link->layer == LINK_DEPENDENCY;

	str_addf(out, "<edge id=\"l%u\" source=\"a%u\" target=\"a%u\" type=\"%s\"><attvalues>",
		i, link->from, link->to, directed ? "directed" : "undirected");
	add_value(out, 0, link_layer_name(link->layer));
	add_value(out, 1, evidence_grade_name(link->grade));
	str_adds(out, "</attvalues></edge>\n");
}

int render_gexf(const struct scene *scene, const struct estate *estate, struct str *out,
	struct error *reterr)
{
	struct graph graph;
	int r = graph_make(&graph, estate, scene, reterr);

	if (r < 0)
		return r;
	str_adds(out,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<gexf xmlns=\"http://gexf.net/1.3\" xmlns:viz=\"http://gexf.net/1.3/viz\" "
		"version=\"1.3\">\n<meta><creator>cadastre " CADASTRE_VERSION
		"</creator><description>");
	text_encode_xml(out, scene->title);
	str_adds(out, "</description></meta>\n<graph defaultedgetype=\"undirected\">\n");
	add_attributes(out);
	str_adds(out, "<nodes>\n");
	for (uint32_t i = 0; i < estate->n_assets; i++)
		add_node(out, &graph, i);
	str_adds(out, "</nodes>\n<edges>\n");
	for (uint32_t i = 0; i < estate->n_links; i++)
		add_edge(out, estate, i);
	str_adds(out, "</edges>\n</graph>\n</gexf>\n");
	graph_done(&graph);
	return render_check(out, "GEXF", reterr);
}
