/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Graphviz's DOT language (graphviz.org/doc/info/lang.html): nodes pinned where the sheet has
 * them, in points, so that `neato -n2` draws them there. Texts stand in quoted strings in which
 * quotes and backslashes are escaped, so that none can end its string or be an escape of a
 * label; ids are of our own making. A statement has one edge.
 */
#include "mapper/render/graph.h"
#include "mapper/render/render.h"

#include <string.h>

#define POINTS_PER_MM (72.0 / 25.4)
#define POINTS_PER_INCH 72.0

/* Graphviz reads no string of more than 16,384 bytes; what is longer than half of that is cut,
 * between two characters. */
#define TEXT_BYTES_MAX 8000

static void add_quoted(struct str *out, const char *text)
{
	size_t n = strlen(text), end = n < TEXT_BYTES_MAX ? n : TEXT_BYTES_MAX;

	while (end < n && ((uint8_t)text[end] & 0xc0) == 0x80)
		end--;
	str_addc(out, '"');
	for (const char *stop = text + end; text < stop; text++) {
		if (*text == '"' || *text == '\\')
			str_addc(out, '\\');
		str_addc(out, *text);
	}
	str_addc(out, '"');
}

static void add_attribute(struct str *out, const char *name, const char *text)
{
	if (!*text)
		return;
	str_addf(out, ",%s=", name);
	add_quoted(out, text);
}

static void add_node(struct str *out, const struct graph *graph, uint32_t asset)
{
	const struct graph_node *node = &graph->nodes[asset];
	const struct graph_attribute *attribute;
	char room[GRAPH_TEXT_MAX], colour[8];
	double size = (node->w > 0 ? node->w : 1) * POINTS_PER_MM / POINTS_PER_INCH;

	str_addf(out, "a%u [pos=\"", asset);
	graph_number(out, (node->x + node->w / 2) * POINTS_PER_MM);
	str_addc(out, ',');
	graph_number(out, (graph->scene->height_mm - node->y - node->h / 2) * POINTS_PER_MM);
	str_adds(out, "!\",width=");
	graph_number(out, size);
	str_adds(out, ",height=");
	graph_number(out, size);
	str_addf(out, ",fillcolor=\"%s\",label=", graph_colour(node->fill, colour));
	add_quoted(out, graph->estate->assets[asset].name);
	for (size_t i = 0; (attribute = graph_attribute_at(i)) != NULL; i++)
		if (strcmp(attribute->name, "name") != 0) /* Graphviz's own word for the id */
			add_attribute(
				out, attribute->name, attribute->text(graph, asset, room));
	str_adds(out, "];\n");
}

static void add_edge(struct str *out, const struct estate_link *link)
{
	bool directed = link->layer == LINK_FLOW || link->layer == LINK_DEPENDENCY;

	str_addf(out, "a%u -> a%u [dir=%s,layer_=\"%s\",evidence=\"%s\"];\n", link->from,
		link->to, directed ? "forward" : "none", link_layer_name(link->layer),
		evidence_grade_name(link->grade));
}

int render_dot(const struct scene *scene, const struct estate *estate, struct str *out,
	struct error *reterr)
{
	struct graph graph;
	int r = graph_make(&graph, estate, scene, reterr);

	if (r < 0)
		return r;
	str_adds(out, "digraph map {\ngraph [layout=neato,splines=line,label=");
	add_quoted(out, scene->title);
	str_adds(out, "];\nnode [shape=box,style=filled,fixedsize=shape,fontsize=6];\n");
	for (uint32_t i = 0; i < estate->n_assets; i++)
		add_node(out, &graph, i);
	for (uint32_t i = 0; i < estate->n_links; i++)
		add_edge(out, &estate->links[i]);
	str_adds(out, "}\n");
	graph_done(&graph);
	return render_check(out, "DOT", reterr);
}
