/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only file that sees Graphviz. Runs in the forked child: builds the graph through the API
 * from numbers, lets the engine place it and reads the centres. It parses no DOT text, draws
 * nothing, routes no edges and frees nothing.
 */
#include "mapper/layout/internal.h"

#include "common/cleanup.h"

#include <graphviz/gvc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MM_PER_INCH 25.4
#define MM_PER_POINT (25.4 / 72.0)

static int say_nothing(char *text)
{
	(void)text;
	return 0;
}

static void set(void *object, const char *name, double value)
{
	char text[32];

	snprintf(text, sizeof(text), "%.4f", value);
	agsafeset(object, (char *)name, text, (char *)"");
}

static void set_graph(Agraph_t *g, const struct layout_request *request)
{
	static const char *const attributes[][2] = {
		{"overlap", "true"}, /* prism gives another result each time; apart.c removes
					them */
		{"splines", "false"},
		{"start", "1"},
		{"nodesep", "0.25"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(attributes); i++)
		agattr(g, AGRAPH, (char *)attributes[i][0], (char *)attributes[i][1]);
	agattr(g, AGRAPH, (char *)"rankdir", (char *)(request->sideways ? "LR" : "TB"));
	agattr(g, AGNODE, (char *)"shape", (char *)"box");
	agattr(g, AGNODE, (char *)"fixedsize", (char *)"true");
	agattr(g, AGNODE, (char *)"label", (char *)"");
	set(g, "nodesep", request->gap_mm / MM_PER_INCH);
	set(g, "ranksep", request->gap_mm / MM_PER_INCH);
}

static double mean_half(const struct layout_node *node)
{
	return (node->w + node->h) / 4;
}

int graph_place(const struct layout_request *request, const struct layout_node *nodes,
	size_t n_nodes, const struct layout_edge *edges, size_t n_edges, double *xy)
{
	Agnode_t **made = calloc(n_nodes, sizeof(Agnode_t *));
	/* dot knows ranks and turns them itself; the others are turned here. */
	bool turn = request->sideways && strcmp(request->engine, "dot") != 0;
	GVC_t *gvc;
	Agraph_t *g;

	/* Plug-ins come from where Debian put them, whatever the environment says. */
	unsetenv("GVBINDIR");
	agseterrf(say_nothing);
	gvc = gvContext();
	g = agopen((char *)"g", Agundirected, NULL);
	if (!made || !gvc || !g)
		return -1;
	set_graph(g, request);
	for (size_t i = 0; i < n_nodes; i++) {
		char name[24];

		snprintf(name, sizeof(name), "n%zu", i);
		made[i] = agnode(g, name, 1);
		if (!made[i])
			return -1;
		set(made[i], "width", (turn ? nodes[i].h : nodes[i].w) / MM_PER_INCH);
		set(made[i], "height", (turn ? nodes[i].w : nodes[i].h) / MM_PER_INCH);
	}
	for (size_t i = 0; i < n_edges; i++) {
		Agedge_t *edge = agedge(g, made[edges[i].from], made[edges[i].to], NULL, 1);

		if (!edge)
			return -1;
		set(edge, "len",
			(mean_half(&nodes[edges[i].from]) + mean_half(&nodes[edges[i].to]) +
				request->gap_mm) /
				MM_PER_INCH);
	}
	if (gvLayout(gvc, g, request->engine) != 0)
		return -1;
	for (size_t i = 0; i < n_nodes; i++) {
		xy[2 * i + turn] = ND_coord(made[i]).x * MM_PER_POINT;
		xy[2 * i + !turn] = ND_coord(made[i]).y * MM_PER_POINT;
	}
	return 0;
}
