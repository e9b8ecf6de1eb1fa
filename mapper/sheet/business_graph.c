/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes the graph of the business sheet from the register's part of the estate. Boundaries are
 * those that the register derived and that were decided, by the assets within them. Of a system
 * for which it derived none the maximum is what its key business reaches: the systems that
 * carry it, all that those depend on, and all that these exchange flows with (GB/T 39204 speaks
 * of the business chain). Systems beyond the sheet's number are folded. Places nothing.
 */
#include "mapper/sheet/business.h"

#include "common/cleanup.h"

#include <stdlib.h>
#include <string.h>

const struct business_limits business_limits[] = {
	{BUSINESS_SYSTEMS_MAX, 48, 24, 24, BUSINESS_EDGES_MAX}, {40, 24, 12, 12, 120},
	{20, 12, 6, 6, 60}, {10, 6, 3, 3, 30}, {5, 3, 1, 1, 12}, {2, 1, 1, 0, 4},
	{1, 0, 0, 0, 4}};
const size_t n_business_limits = ARRAY_SIZE(business_limits);

struct rank {
	uint32_t index, weight;
	const char *name, *id;
};

struct making {
	struct business_graph *graph;
	const struct business_limits *limits;
	const struct estate *estate;
	/* per system: whether in a boundary, of a key business */
	uint8_t *within, *key, *decided, *reckoned;
	uint32_t *node_of_system, *node_of_business, *node_of_supply;
	uint32_t *flows; /* pairs of systems */
	uint32_t n_flows;
};

static int by_weight(const void *a, const void *b)
{
	const struct rank *x = a, *y = b;
	int order;

	if (x->weight != y->weight)
		return x->weight > y->weight ? -1 : 1;
	order = strcmp(x->name, y->name);
	return order ? order : strcmp(x->id, y->id);
}

static int by_name(const void *a, const void *b)
{
	const struct rank *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : strcmp(x->id, y->id);
}

static enum business_strength strength_of(const char *words)
{
	if (strcmp(words, "essential") == 0)
		return STRENGTH_ESSENTIAL;
	if (strcmp(words, "important") == 0)
		return STRENGTH_IMPORTANT;
	return strcmp(words, "supporting") == 0 ? STRENGTH_SUPPORTING : STRENGTH_OTHER;
}

/* ---- the boundary ---- */

static uint32_t system_of(const struct estate *e, uint32_t asset)
{
	return asset < e->n_assets && e->assets[asset].system < e->n_systems
		       ? e->assets[asset].system
		       : MODEL_NONE;
}

/* Pairs of systems that exchange something; those inside one are left out. */
static void find_flows(struct making *m)
{
	const struct estate *e = m->estate;

	for (uint32_t i = 0; i < e->n_links; i++) {
		uint32_t from = system_of(e, e->links[i].from),
			 to = system_of(e, e->links[i].to);

		if (e->links[i].layer != LINK_FLOW && e->links[i].layer != LINK_DEPENDENCY)
			continue;
		if (from == MODEL_NONE || to == MODEL_NONE || from == to)
			continue;
		m->flows[2 * m->n_flows] = from;
		m->flows[2 * m->n_flows++ + 1] = to;
	}
}

static bool reach(struct making *m, uint32_t from, uint32_t to)
{
	if (from >= m->estate->n_systems || to >= m->estate->n_systems ||
		!m->reckoned[from] || m->reckoned[to])
		return false;
	m->reckoned[to] = 1;
	return true;
}

static void take_derived(struct making *m)
{
	const struct estate *e = m->estate;

	for (uint32_t i = 0; i < e->n_systems; i++)
		m->graph->derived |= e->systems[i].maximum > 0;
	for (uint32_t i = 0; m->graph->derived && i < e->n_assets; i++) {
		uint32_t system = system_of(e, i);

		if (system == MODEL_NONE)
			continue;
		m->within[system] |= (e->assets[i].boundary & ESTATE_IN_MAXIMUM) != 0;
		m->decided[system] |= (e->assets[i].boundary & ESTATE_IN_DECIDED) != 0;
	}
}

/* Of systems without a boundary of their own. To a fixed point: each round takes in one system
 * at least. */
static void reckon(struct making *m)
{
	const struct estate *e = m->estate;
	bool more = true;

	for (uint32_t i = 0; i < e->n_systems; i++)
		m->reckoned[i] = m->key[i] && e->systems[i].maximum == 0;
	while (more) {
		more = false;
		for (uint32_t i = 0; i < e->n_dependencies; i++)
			more |= reach(m, e->dependencies[i].from, e->dependencies[i].on);
		for (uint32_t i = 0; i < m->n_flows; i++)
			more |= reach(m, m->flows[2 * i], m->flows[2 * i + 1]) ||
				reach(m, m->flows[2 * i + 1], m->flows[2 * i]);
	}
}

static void find_boundary(struct making *m)
{
	const struct estate *e = m->estate;

	for (uint32_t i = 0; i < e->n_supports; i++) {
		const struct estate_support *s = &e->supports[i];

		if (s->system < e->n_systems && s->business < e->n_businesses &&
			e->businesses[s->business].key)
			m->key[s->system] = 1;
	}
	take_derived(m);
	reckon(m);
	for (uint32_t i = 0; i < e->n_systems; i++) {
		m->graph->n_reckoned += m->reckoned[i] && !m->within[i];
		m->within[i] |= m->reckoned[i];
		m->graph->n_within += m->within[i];
		m->graph->n_decided += m->decided[i];
	}
}

/* ---- nodes ---- */

static struct business_node *add_node(
	struct making *m, enum business_kind kind, uint32_t index, const char *name)
{
	struct business_node *node = &m->graph->nodes[m->graph->n_nodes++];

	*node = (struct business_node){
		.kind = kind, .index = index, .name = name, .n_folded = 1};
	return node;
}

static int add_businesses(struct making *m)
{
	const struct estate *e = m->estate;
	_cleanup_(cleanup_freep) struct rank *ranks =
		calloc(e->n_businesses + 1, sizeof(*ranks));

	if (!ranks)
		return -1;
	for (uint32_t i = 0; i < e->n_businesses; i++) {
		const struct estate_business *b = &e->businesses[i];
		const char *id = estate_text(b->id), *name = estate_text(b->name);

		ranks[i] = (struct rank){i, b->key != 0, name[0] ? name : id, id};
	}
	qsort(ranks, e->n_businesses, sizeof(*ranks), by_weight);
	for (uint32_t i = 0; i < e->n_businesses; i++) {
		struct business_node *node;

		if (i < m->limits->businesses) {
			node = add_node(m, NODE_BUSINESS, ranks[i].index, ranks[i].name);
		} else if (i == m->limits->businesses) {
			node = add_node(m, NODE_BUSINESS, MODEL_NONE, "");
			node->n_folded = e->n_businesses - m->limits->businesses;
			m->graph->n_folded_businesses = node->n_folded;
		} else {
			node = &m->graph->nodes[m->graph->n_nodes - 1];
		}
		node->key |= ranks[i].weight > 0;
		m->node_of_business[ranks[i].index] = m->graph->n_nodes - 1;
	}
	return 0;
}

static const char *fold_key(const struct estate_system *s, bool sector)
{
	return estate_text(sector ? s->sector : s->organisation);
}

static uint32_t count_keys(const struct rank *ranks, uint32_t n)
{
	uint32_t keys = 0;

	for (uint32_t i = 0; i < n; i++)
		keys += i == 0 || strcmp(ranks[i].name, ranks[i - 1].name) != 0;
	return keys;
}

/* Those without a card of their own: by organisation, by sector if that makes too many or one,
 * and what is then still too much in the last. */
static void add_folds(struct making *m, struct rank *ranks, uint32_t n)
{
	const struct estate *e = m->estate;
	uint32_t folds = 0, keys, folds_max = m->limits->systems - m->limits->kept;

	for (int pass = 0; pass < 2; pass++) {
		m->graph->by_sector = pass == 1;
		for (uint32_t i = 0; i < n; i++)
			ranks[i].name = fold_key(&e->systems[ranks[i].index], pass == 1);
		qsort(ranks, n, sizeof(*ranks), by_name);
		keys = count_keys(ranks, n);
		if (keys > 1 && keys <= folds_max)
			break;
	}
	for (uint32_t i = 0; i < n; i++) {
		struct business_node *node = &m->graph->nodes[m->graph->n_nodes - 1];

		if (folds == 0 ||
			(folds < folds_max && strcmp(ranks[i].name, ranks[i - 1].name) != 0)) {
			node = add_node(m, NODE_SYSTEM, MODEL_NONE, ranks[i].name);
			node->n_folded = 0;
			folds++;
		} else if (folds == folds_max && strcmp(ranks[i].name, node->name) != 0) {
			node->name = "";
		}
		node->n_folded++;
		node->within |= m->within[ranks[i].index];
		node->decided |= m->decided[ranks[i].index];
		m->node_of_system[ranks[i].index] = m->graph->n_nodes - 1;
	}
	m->graph->n_folds = folds;
	m->graph->n_folded_systems = n;
}

static int add_systems(struct making *m)
{
	const struct estate *e = m->estate;
	_cleanup_(cleanup_freep) struct rank *ranks = calloc(e->n_systems + 1, sizeof(*ranks));
	uint32_t kept =
		e->n_systems <= m->limits->systems ? e->n_systems : m->limits->kept;

	if (!ranks)
		return -1;
	for (uint32_t i = 0; i < e->n_systems; i++) {
		const struct estate_system *s = &e->systems[i];

		ranks[i] = (struct rank){i,
			(s->designated ? 64u : 0) + (m->key[i] ? 32u : 0) +
				(m->within[i] ? 16u : 0) + s->tier,
			model_system_name(s), estate_text(s->id)};
	}
	qsort(ranks, e->n_systems, sizeof(*ranks), by_weight);
	for (uint32_t i = 0; i < kept; i++) {
		struct business_node *node =
			add_node(m, NODE_SYSTEM, ranks[i].index, ranks[i].name);

		node->within = m->within[ranks[i].index];
		node->decided = m->decided[ranks[i].index];
		m->node_of_system[ranks[i].index] = m->graph->n_nodes - 1;
	}
	add_folds(m, ranks + kept, e->n_systems - kept);
	return 0;
}

/* One node per name; those with most systems keep theirs. */
static int add_suppliers(struct making *m)
{
	const struct estate *e = m->estate;
	size_t n = (size_t)e->n_supplies + 1;
	_cleanup_(cleanup_freep) struct rank *all = calloc(2 * n, sizeof(*all));
	struct rank *each = all ? all + n : NULL;
	uint32_t n_each = 0;

	if (!all)
		return -1;
	for (uint32_t i = 0; i < e->n_supplies; i++)
		all[i] = (struct rank){i, 0, estate_text(e->supplies[i].supplier),
			estate_text(e->supplies[i].service)};
	qsort(all, e->n_supplies, sizeof(*all), by_name);
	for (uint32_t i = 0; i < e->n_supplies; i++) {
		if (i == 0 || strcmp(all[i].name, all[i - 1].name) != 0)
			each[n_each++] = all[i];
		each[n_each - 1].weight++;
	}
	qsort(each, n_each, sizeof(*each), by_weight);
	for (uint32_t i = 0; i < n_each; i++) {
		if (i <= m->limits->suppliers)
			add_node(m, NODE_SUPPLIER,
				i < m->limits->suppliers ? each[i].index : MODEL_NONE,
				i < m->limits->suppliers ? each[i].name : "");
		each[i].weight = m->graph->n_nodes - 1;
	}
	if (n_each > m->limits->suppliers)
		m->graph->n_folded_suppliers = m->graph->nodes[m->graph->n_nodes - 1].n_folded =
			n_each - m->limits->suppliers;
	qsort(each, n_each, sizeof(*each), by_name);
	for (uint32_t i = 0, k = 0; i < e->n_supplies; i++) {
		struct business_node *node;

		while (strcmp(each[k].name, all[i].name) != 0)
			k++;
		node = &m->graph->nodes[each[k].weight];
		node->remote |= e->supplies[all[i].index].remote != 0;
		m->node_of_supply[all[i].index] = each[k].weight;
	}
	return 0;
}

static void count_assets(struct making *m)
{
	const struct estate *e = m->estate;

	for (uint32_t i = 0; i < e->n_assets; i++) {
		const struct estate_asset *a = &e->assets[i];
		uint32_t system = system_of(e, i);
		struct business_node *node;

		if (system == MODEL_NONE)
			continue;
		node = &m->graph->nodes[m->node_of_system[system]];
		node->n_assets++;
		node->roles[a->role < ASSET_ROLE_N ? a->role : ASSET_ROLE_UNKNOWN]++;
	}
	for (uint32_t i = 0; i < e->n_services; i++) {
		const struct estate_service *s = &e->services[i];
		uint32_t system = s->exposed ? system_of(e, s->asset) : MODEL_NONE;

		if (system == MODEL_NONE)
			continue;
		m->graph->nodes[m->node_of_system[system]].n_exposed++;
		m->graph->nodes[m->node_of_system[system]].n_unjustified +=
			s->justified != LEDGER_JUSTIFIED;
	}
	for (uint32_t i = 0; i < e->n_systems; i++)
		m->graph->nodes[m->node_of_system[i]].n_cii += e->systems[i].designated != 0;
}

/* ---- edges ---- */

static int by_ends(const void *a, const void *b)
{
	const struct business_edge *x = a, *y = b;

	if (x->a != y->a)
		return x->a < y->a ? -1 : 1;
	if (x->b != y->b)
		return x->b < y->b ? -1 : 1;
	if (x->relation != y->relation)
		return x->relation < y->relation ? -1 : 1;
	if (x->strength != y->strength)
		return x->strength > y->strength ? -1 : 1;
	return strcmp(x->words, y->words);
}

static int by_strength(const void *a, const void *b)
{
	const struct business_edge *x = a, *y = b;

	if (x->strength != y->strength)
		return x->strength > y->strength ? -1 : 1;
	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return by_ends(a, b);
}

static void add_edge(struct making *m, uint32_t a, uint32_t b, enum business_relation relation,
	const char *words, bool cross)
{
	if (a == b)
		return;
	m->graph->edges[m->graph->n_edges++] = (struct business_edge){.a = a,
		.b = b,
		.relation = relation,
		.strength = strength_of(estate_text(words)),
		.words = estate_text(words),
		.count = 1,
		.cross = cross};
}

static bool across(const struct estate *e, uint32_t from, uint32_t on)
{
	const char *a = estate_text(e->systems[from].sector),
		   *b = estate_text(e->systems[on].sector);

	return a[0] && b[0] && strcmp(a, b) != 0;
}

static void collect_edges(struct making *m)
{
	const struct estate *e = m->estate;

	for (uint32_t i = 0; i < e->n_supports; i++)
		if (e->supports[i].system < e->n_systems &&
			e->supports[i].business < e->n_businesses)
			add_edge(m, m->node_of_business[e->supports[i].business],
				m->node_of_system[e->supports[i].system], RELATION_SUPPORT,
				e->supports[i].strength, false);
	for (uint32_t i = 0; i < e->n_dependencies; i++) {
		const struct estate_dependency *d = &e->dependencies[i];

		if (d->from < e->n_systems && d->on < e->n_systems)
			add_edge(m, m->node_of_system[d->from], m->node_of_system[d->on],
				RELATION_DEPENDENCY, d->strength, across(e, d->from, d->on));
	}
	for (uint32_t i = 0; i < m->n_flows; i++) {
		uint32_t a = m->node_of_system[m->flows[2 * i]];
		uint32_t b = m->node_of_system[m->flows[2 * i + 1]];

		add_edge(m, a < b ? a : b, a < b ? b : a, RELATION_FLOW, "", false);
	}
	for (uint32_t i = 0; i < e->n_supplies; i++)
		if (e->supplies[i].system < e->n_systems)
			add_edge(m, m->node_of_system[e->supplies[i].system],
				m->node_of_supply[i], RELATION_SUPPLY, "", false);
}

/* One edge for each relation of two nodes, the strongest word kept; the weakest go when there
 * are too many. */
static void merge_edges(struct business_graph *g, uint32_t most)
{
	uint32_t kept = 0;

	qsort(g->edges, g->n_edges, sizeof(*g->edges), by_ends);
	for (uint32_t i = 0; i < g->n_edges; i++) {
		struct business_edge *last = kept > 0 ? &g->edges[kept - 1] : NULL;
		const struct business_edge *e = &g->edges[i];

		if (last && last->a == e->a && last->b == e->b &&
			last->relation == e->relation) {
			last->count++;
			last->cross |= e->cross;
			continue;
		}
		g->edges[kept++] = *e;
	}
	g->n_edges = kept;
	if (kept > most) {
		qsort(g->edges, kept, sizeof(*g->edges), by_strength);
		g->dropped_edges = kept - most;
		g->n_edges = most;
		qsort(g->edges, g->n_edges, sizeof(*g->edges), by_ends);
	}
	for (uint32_t i = 0; i < g->n_edges; i++)
		g->nodes[g->edges[i].a].linked = g->nodes[g->edges[i].b].linked = true;
}

/* ---- all of it ---- */

static int make(struct making *m)
{
	find_flows(m);
	find_boundary(m);
	if (add_businesses(m) < 0 || add_systems(m) < 0 || add_suppliers(m) < 0)
		return -1;
	count_assets(m);
	collect_edges(m);
	merge_edges(m->graph, m->limits->edges);
	return 0;
}

int business_graph_make(const struct model *model, const struct business_limits *limits,
	struct business_graph **ret_graph)
{
	const struct estate *e = model->estate;
	size_t n_nodes = (size_t)e->n_systems + e->n_businesses + e->n_supplies + 4;
	size_t n_edges =
		(size_t)e->n_supports + e->n_dependencies + e->n_supplies + e->n_links + 1;
	size_t n_systems = (size_t)e->n_systems + 1;
	_cleanup_(cleanup_freep) uint32_t *numbers = calloc(n_nodes, sizeof(*numbers));
	_cleanup_(cleanup_freep) uint32_t *flows =
		calloc((size_t)e->n_links + 1, 2 * sizeof(*flows));
	_cleanup_(cleanup_freep) uint8_t *flags = calloc(n_systems, 4);
	struct business_graph *g = arena_alloc(model->arena, sizeof(*g));
	struct making m = {.graph = g,
		.limits = limits,
		.estate = e,
		.within = flags,
		.flows = flows,
		.node_of_system = numbers};

	if (!numbers || !flows || !flags || !g)
		return -1;
	m.key = flags + n_systems;
	m.decided = flags + 2 * n_systems;
	m.reckoned = flags + 3 * n_systems;
	m.node_of_business = numbers + n_systems;
	m.node_of_supply = m.node_of_business + e->n_businesses + 1;
	*g = (struct business_graph){.model = model,
		.nodes = arena_alloc(model->arena, n_nodes * sizeof(*g->nodes)),
		.edges = arena_alloc(model->arena, n_edges * sizeof(*g->edges))};
	if (!g->nodes || !g->edges || make(&m) < 0)
		return -1;
	*ret_graph = g;
	return 0;
}
