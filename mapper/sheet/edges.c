/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Joints and edges of the sheets' model. A joint is an asset that forwards: a router or
 * firewall, or one that stands in the middle of a traced path, which touches at least two
 * networks or joints. It touches the networks of its addresses, and the network of a host that
 * a layer-3 link leads to: a traced path shows only the near side of a router.
 */
#include "mapper/sheet/edges.h"

#include "common/cleanup.h"

#include <stdlib.h>

/* Edges before they are counted: two super nodes each. */
struct edge_list {
	struct model_edge *edges;
	size_t n, max;
};

static bool add(struct edge_list *list, uint32_t a, uint32_t b, enum link_layer layer,
	enum evidence_grade grade, uint32_t tie, bool gone)
{
	if (list->n == list->max) {
		size_t max = list->max ? list->max * 2 : 256;
		struct model_edge *edges = reallocarray(list->edges, max, sizeof(*edges));

		if (!edges)
			return false;
		list->edges = edges;
		list->max = max;
	}
	list->edges[list->n++] =
		(struct model_edge){a < b ? a : b, a < b ? b : a, layer, grade, 1,
			gone, tie};
	return true;
}

static uint32_t network_of(const struct model *model, const struct estate_address *address)
{
	return address->subnet < model->estate->n_subnets
		       ? model->network_of_subnet[address->subnet]
		       : MODEL_NONE;
}

static bool touches(const struct model *model, uint32_t asset, uint32_t network)
{
	const struct estate_asset *a = &model->estate->assets[asset];

	for (uint32_t i = 0; i < a->n_addresses; i++)
		if (network_of(model, &model->estate->addresses[a->first_address + i]) ==
			network)
			return true;
	return false;
}

static bool share_network(const struct model *model, uint32_t x, uint32_t y)
{
	const struct estate_asset *a = &model->estate->assets[x];

	for (uint32_t i = 0; i < a->n_addresses; i++) {
		uint32_t network =
			network_of(model, &model->estate->addresses[a->first_address + i]);

		if (network != MODEL_NONE && touches(model, y, network))
			return true;
	}
	return false;
}

static uint32_t count_networks(const struct model *model, uint32_t asset)
{
	const struct estate_asset *a = &model->estate->assets[asset];
	uint32_t n = 0;

	for (uint32_t i = 0; i < a->n_addresses; i++) {
		uint32_t network =
			network_of(model, &model->estate->addresses[a->first_address + i]);
		bool seen = network == MODEL_NONE;

		for (uint32_t k = 0; k < i && !seen; k++)
			seen = network_of(model,
				       &model->estate->addresses[a->first_address + k]) ==
			       network;
		n += !seen;
	}
	return n;
}

enum { LEADS_ON = 1, LED_TO = 2, FORWARDS = 4 };

int edges_find_joints(struct model *model)
{
	const struct estate *estate = model->estate;
	_cleanup_(cleanup_freep) uint8_t *part = calloc(estate->n_assets + 1, 1);
	_cleanup_(cleanup_freep) uint32_t *degree =
		calloc(estate->n_assets + 1, sizeof(*degree));

	model->joint_of =
		arena_alloc(model->arena, (estate->n_assets + 1) * sizeof(*model->joint_of));
	model->joints =
		arena_alloc(model->arena, (estate->n_assets + 1) * sizeof(*model->joints));
	if (!part || !degree || !model->joint_of || !model->joints)
		return -1;
	for (uint32_t i = 0; i < estate->n_links; i++)
		if (estate->links[i].layer == LINK_L3) {
			part[estate->links[i].from] |= LEADS_ON;
			part[estate->links[i].to] |= LED_TO;
		}
	for (uint32_t i = 0; i < estate->n_assets; i++) {
		enum asset_role role = estate->assets[i].role;

		if (role == ASSET_ROLE_ROUTER || role == ASSET_ROLE_FIREWALL ||
			part[i] == (LEADS_ON | LED_TO))
			part[i] |= FORWARDS;
		degree[i] = count_networks(model, i);
	}
	for (uint32_t i = 0; i < estate->n_links; i++) {
		const struct estate_link *link = &estate->links[i];

		if (link->layer != LINK_L3 || share_network(model, link->from, link->to))
			continue;
		degree[link->from]++;
		degree[link->to]++;
	}
	for (uint32_t i = 0; i < estate->n_assets; i++) {
		model->joint_of[i] = MODEL_NONE;
		if ((part[i] & FORWARDS) && degree[i] >= 2) {
			model->joint_of[i] = model->n_joints;
			model->joints[model->n_joints++] = i;
		}
	}
	return 0;
}

/* The super node an asset stands in or is. */
static uint32_t node_of(const struct model *model, uint32_t asset)
{
	return model->joint_of[asset] != MODEL_NONE ? model->n_networks + model->joint_of[asset]
						    : model_home(model, asset);
}

/* Joints to the networks of their addresses. */
static bool add_memberships(const struct model *model, struct edge_list *list)
{
	const struct estate *estate = model->estate;

	for (uint32_t j = 0; j < model->n_joints; j++) {
		const struct estate_asset *asset = &estate->assets[model->joints[j]];

		for (uint32_t k = 0; k < asset->n_addresses; k++) {
			uint32_t network =
				network_of(model, &estate->addresses[asset->first_address + k]);

			if (network != MODEL_NONE &&
				!add(list, network, model->n_networks + j, LINK_L3,
					GRADE_MEASURED, MODEL_NONE,
					asset->change == CHANGE_GONE))
				return false;
		}
	}
	return true;
}

/* Other assets that stand in several networks: one tie from the first to each other. */
static bool add_ties(const struct model *model, struct edge_list *list)
{
	const struct estate *estate = model->estate;

	for (uint32_t i = 0; i < estate->n_assets; i++) {
		const struct estate_asset *asset = &estate->assets[i];
		uint32_t home = model_home(model, i);

		if (model->joint_of[i] != MODEL_NONE)
			continue;
		for (uint32_t k = 0; k < asset->n_addresses; k++) {
			uint32_t network =
				network_of(model, &estate->addresses[asset->first_address + k]);

			if (network != MODEL_NONE && network != home &&
				!add(list, home, network, LINK_L3, GRADE_MEASURED, i,
					asset->change == CHANGE_GONE))
				return false;
		}
	}
	return true;
}

static bool add_links(struct model *model, struct edge_list *list)
{
	const struct estate *estate = model->estate;

	for (uint32_t i = 0; i < estate->n_links; i++) {
		const struct estate_link *link = &estate->links[i];
		uint32_t a = node_of(model, link->from), b = node_of(model, link->to);
		bool joints = a >= model->n_networks && b >= model->n_networks;

		/* Joints that share a network are joined by it already: a cable between them is
		 * one inside. */
		if (link->layer != LINK_FLOW && joints &&
			share_network(model, link->from, link->to)) {
			model->n_inner_links += link->layer == LINK_L2;
			continue;
		}
		if (a == b)
			model->n_inner_links++;
		else if (!add(list, a, b, link->layer, link->grade, MODEL_NONE,
				 link->change == CHANGE_GONE))
			return false;
	}
	return true;
}

static int by_ends(const void *a, const void *b)
{
	const struct model_edge *x = a, *y = b;

	if (x->a != y->a)
		return x->a < y->a ? -1 : 1;
	if (x->b != y->b)
		return x->b < y->b ? -1 : 1;
	if (x->tie != y->tie) /* links first */
		return x->tie > y->tie ? -1 : 1;
	if (x->gone != y->gone) /* after what is there */
		return x->gone ? 1 : -1;
	if (x->layer != y->layer)
		return (x->layer == LINK_L3) != (y->layer == LINK_L3)
			       ? (x->layer == LINK_L3 ? -1 : 1)
		       : x->layer < y->layer ? -1
					     : 1;
	return x->grade < y->grade ? -1 : x->grade > y->grade;
}

/* Equal ones become one with a count. Between the same two nodes, layer 3 keeps the best
 * grade only, and says all that layer 2 would; what is gone says nothing where something is. */
static size_t merge(struct model_edge *edges, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		struct model_edge *last = kept > 0 ? &edges[kept - 1] : NULL;
		bool same = last && last->a == edges[i].a && last->b == edges[i].b &&
			    last->tie == MODEL_NONE && edges[i].tie == MODEL_NONE;

		if (last && by_ends(last, &edges[i]) == 0)
			last->count++;
		else if (same && edges[i].gone && !last->gone)
			continue; /* something still joins them */
		else if (!same || last->layer != LINK_L3 ||
			 (edges[i].layer != LINK_L3 && edges[i].layer != LINK_L2))
			edges[kept++] = edges[i];
	}
	return kept;
}

int edges_make(struct model *model)
{
	struct edge_list list = {NULL, 0, 0};
	bool ok = add_memberships(model, &list) && add_ties(model, &list) &&
		  add_links(model, &list);

	if (ok && list.n > 0) {
		qsort(list.edges, list.n, sizeof(*list.edges), by_ends);
		list.n = merge(list.edges, list.n);
		model->edges =
			arena_copy(model->arena, list.edges, list.n * sizeof(*list.edges));
		model->n_edges = (uint32_t)list.n;
		ok = model->edges != NULL;
	}
	free(list.edges);
	return ok ? 0 : -1;
}
