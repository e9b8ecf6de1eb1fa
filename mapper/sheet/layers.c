/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The four-layer sheet, as cyberspace geography has it: geographic, network, actor and business
 * layer, with the relations across. This file collects the nodes of each row and their
 * relations, folds what is too much, and puts related ones near each other.
 */
#include "mapper/sheet/layers.h"

#include "common/cleanup.h"
#include "mapper/sheet/words.h"

#include <stdlib.h>
#include <string.h>

#define ROUNDS 4 /* of putting related nodes near each other */

static void add_node(struct layers *l, enum layers_row row, const char *name, const char *quiet,
	const char *key, uint32_t index, bool cii)
{
	l->rows[row][l->n[row]++] = (struct layers_node){.name = name[0] ? name : key,
		.quiet = estate_text(quiet),
		.key = key,
		.index = index,
		.cii = cii};
}

static int by_key(const void *a, const void *b)
{
	const struct layers_node *x = a, *y = b;
	int c = strcmp(x->key, y->key);

	return c ? c : x->index < y->index ? -1 : x->index > y->index;
}

/* Sorts a row by key and drops what is there twice or has no key. */
static void settle(struct layers *l, enum layers_row row)
{
	struct layers_node *nodes = l->rows[row];
	uint32_t n = l->n[row];

	qsort(nodes, n, sizeof(*nodes), by_key);
	l->n[row] = 0;
	for (uint32_t i = 0; i < n; i++)
		if (nodes[i].key[0] &&
			(l->n[row] == 0 || strcmp(nodes[i].key, nodes[l->n[row] - 1].key) != 0))
			nodes[l->n[row]++] = nodes[i];
	for (uint32_t i = 0; i < l->n[row]; i++)
		nodes[i].index = i;
	l->n_all[row] = l->n[row];
}

static uint32_t find(const struct layers *l, enum layers_row row, const char *key)
{
	struct layers_node wanted = {.key = key};
	const struct layers_node *found;
	uint32_t from = 0, to = l->n[row];

	while (from < to) {
		uint32_t middle = from + (to - from) / 2;

		found = &l->rows[row][middle];
		if (strcmp(found->key, wanted.key) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from < l->n[row] && strcmp(l->rows[row][from].key, key) == 0 ? from : MODEL_NONE;
}

/* Who runs a system: its operator, else its manager, else its organisation. */
static const char *actor_of(const struct estate_system *s)
{
	const char *operates = estate_text(s->operates), *manages = estate_text(s->manages);

	return operates[0] ? operates : manages[0] ? manages : estate_text(s->organisation);
}

static const char *business_key(const struct model *m, const char *id, const char *name)
{
	return estate_text(arena_printf(m->arena, "%.200s\x1f%.200s", name, id));
}

static const char *system_key(const struct model *m, uint32_t i)
{
	return estate_text(arena_printf(m->arena, "%.200s\x1f%.200s\x1f%08u",
		estate_text(m->estate->systems[i].sector),
		estate_text(m->estate->systems[i].id), i));
}

static const char *network_key(const struct model *m, uint32_t i)
{
	return estate_text(arena_printf(m->arena, "%08u", i));
}

static void collect_systems(struct layers *l)
{
	const struct model *m = l->model;
	const struct estate *e = m->estate;

	for (uint32_t i = 0; i < e->n_systems; i++) {
		const struct estate_system *s = &e->systems[i];

		add_node(l, LAYERS_SYSTEM, model_system_name(s), s->sector, system_key(m, i), i,
			s->designated);
		if (actor_of(s)[0])
			add_node(l, LAYERS_ACTOR, actor_of(s), "operator", actor_of(s), i,
				false);
		if (estate_text(s->division)[0])
			add_node(l, LAYERS_REGION, s->division, "", s->division, i, false);
		if (estate_text(s->business)[0])
			add_node(l, LAYERS_BUSINESS, s->business, "key business",
				business_key(m, "", s->business), i, false);
	}
	for (uint32_t i = 0; i < e->n_supplies; i++)
		if (estate_text(e->supplies[i].supplier)[0])
			add_node(l, LAYERS_ACTOR, e->supplies[i].supplier, "supplier",
				e->supplies[i].supplier, e->n_systems + i, false);
	for (uint32_t i = 0; i < e->n_organisations; i++) {
		const struct estate_organisation *o = &e->organisations[i];
		const char *name = estate_text(o->name)[0] ? o->name : estate_text(o->id);

		if (name[0])
			add_node(l, LAYERS_ACTOR, name, estate_text(o->sector), name,
				e->n_systems + e->n_supplies + i, false);
		if (estate_text(o->division)[0])
			add_node(l, LAYERS_REGION, o->division, "", o->division, i, false);
	}
	for (uint32_t i = 0; i < e->n_businesses; i++) {
		const struct estate_business *b = &e->businesses[i];
		const char *name = estate_text(b->name)[0] ? b->name : estate_text(b->id);

		if (name[0])
			add_node(l, LAYERS_BUSINESS, name, b->key ? "key business" : "business",
				business_key(m, "", name), e->n_systems + i, false);
	}
	for (uint32_t i = 0; i < m->n_known_networks; i++)
		add_node(l, LAYERS_NETWORK, m->networks[i].name, m->networks[i].prefixes,
			network_key(m, i), i, m->networks[i].n_cii > 0);
}

/* ---- relations ---- */

static void relate(struct layers *l, enum layers_row from_row, uint32_t from,
	enum layers_row to_row, uint32_t to, bool cii)
{
	if (from == MODEL_NONE || to == MODEL_NONE)
		return;
	l->links[l->n_links++] =
		(struct layers_link){(uint8_t)from_row, (uint8_t)to_row, from, to, cii, 1};
	l->rows[from_row][from].n_links++;
	l->rows[to_row][to].n_links++;
	l->rows[to_row][to].cii |= cii && to_row != LAYERS_ACTOR && to_row != LAYERS_REGION;
	l->rows[from_row][from].cii |= cii && from_row == LAYERS_BUSINESS;
}

static void relate_systems(struct layers *l)
{
	const struct model *m = l->model;
	const struct estate *e = m->estate;

	for (uint32_t i = 0; i < e->n_systems; i++) {
		const struct estate_system *s = &e->systems[i];
		uint32_t node = find(l, LAYERS_SYSTEM, system_key(m, i));
		uint32_t actor = find(l, LAYERS_ACTOR, actor_of(s));

		relate(l, LAYERS_BUSINESS,
			find(l, LAYERS_BUSINESS, business_key(m, "", estate_text(s->business))),
			LAYERS_SYSTEM, node, s->designated);
		relate(l, LAYERS_SYSTEM, node, LAYERS_ACTOR, actor, s->designated);
		relate(l, LAYERS_ACTOR, actor, LAYERS_REGION,
			find(l, LAYERS_REGION, estate_text(s->division)), s->designated);
	}
	for (uint32_t i = 0; i < e->n_supports; i++) {
		const struct estate_support *s = &e->supports[i];
		const struct estate_business *b = &e->businesses[s->business];

		if (s->system < e->n_systems && s->business < e->n_businesses)
			relate(l, LAYERS_BUSINESS,
				find(l, LAYERS_BUSINESS,
					business_key(m, "",
						estate_text(b->name)[0] ? b->name
									: estate_text(b->id))),
				LAYERS_SYSTEM, find(l, LAYERS_SYSTEM, system_key(m, s->system)),
				e->systems[s->system].designated);
	}
	for (uint32_t i = 0; i < e->n_supplies; i++)
		if (e->supplies[i].system < e->n_systems)
			relate(l, LAYERS_SYSTEM,
				find(l, LAYERS_SYSTEM, system_key(m, e->supplies[i].system)),
				LAYERS_ACTOR,
				find(l, LAYERS_ACTOR, estate_text(e->supplies[i].supplier)),
				e->systems[e->supplies[i].system].designated);
	for (uint32_t i = 0; i < e->n_organisations; i++) {
		const struct estate_organisation *o = &e->organisations[i];

		relate(l, LAYERS_ACTOR,
			find(l, LAYERS_ACTOR,
				estate_text(o->name)[0] ? o->name : estate_text(o->id)),
			LAYERS_REGION, find(l, LAYERS_REGION, estate_text(o->division)), false);
	}
}

/* A system is carried by the networks in which its assets stand. */
static void relate_networks(struct layers *l)
{
	const struct model *m = l->model;
	const struct estate *e = m->estate;

	for (uint32_t i = 0; i < m->n_places; i++) {
		const struct estate_asset *a = &e->assets[m->places[i].asset];

		if (a->system < e->n_systems && m->places[i].network < m->n_known_networks)
			l->links[l->n_links++] = (struct layers_link){LAYERS_SYSTEM,
				LAYERS_NETWORK,
				find(l, LAYERS_SYSTEM, system_key(m, a->system)),
				find(l, LAYERS_NETWORK, network_key(m, m->places[i].network)),
				e->systems[a->system].designated != 0, 1};
	}
}

static int by_ends(const void *a, const void *b)
{
	const struct layers_link *x = a, *y = b;
	const uint32_t xs[] = {x->from_row, x->to_row, x->from, x->to};
	const uint32_t ys[] = {y->from_row, y->to_row, y->from, y->to};

	for (size_t i = 0; i < ARRAY_SIZE(xs); i++)
		if (xs[i] != ys[i])
			return xs[i] < ys[i] ? -1 : 1;
	return 0;
}

static void merge_links(struct layers *l)
{
	uint32_t n = 0;

	qsort(l->links, l->n_links, sizeof(*l->links), by_ends);
	for (uint32_t i = 0; i < l->n_links; i++)
		if (n > 0 && by_ends(&l->links[n - 1], &l->links[i]) == 0) {
			l->links[n - 1].count += l->links[i].count;
			l->links[n - 1].cii |= l->links[i].cii;
		} else {
			l->links[n++] = l->links[i];
		}
	l->n_links = n;
}

/* ---- folding and order ---- */

static int by_weight(const void *a, const void *b)
{
	const struct layers_node *x = a, *y = b;

	if (x->cii != y->cii)
		return x->cii ? -1 : 1;
	if (x->n_links != y->n_links)
		return x->n_links > y->n_links ? -1 : 1;
	return by_key(a, b);
}

static int by_order(const void *a, const void *b)
{
	const struct layers_node *x = a, *y = b;

	if (x->folded != y->folded)
		return x->folded ? 1 : -1;
	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	return by_key(a, b);
}

/* Links follow their nodes to where these stand now; `index` is where they stood. */
static void follow(struct layers *l, enum layers_row row, const uint32_t *now)
{
	for (uint32_t i = 0; i < l->n_links; i++) {
		if (l->links[i].from_row == row)
			l->links[i].from = now[l->links[i].from];
		if (l->links[i].to_row == row)
			l->links[i].to = now[l->links[i].to];
	}
	for (uint32_t i = 0; i < l->n[row]; i++)
		l->rows[row][i].index = i;
}

static int fold(struct layers *l, enum layers_row row)
{
	uint32_t n = l->n[row], kept = n > l->most ? l->most - 1 : n;
	_cleanup_(cleanup_freep) uint32_t *now = calloc((size_t)n + 1, sizeof(*now));
	struct layers_node *nodes = l->rows[row];

	if (!now)
		return -1;
	if (kept == n)
		return 0;
	qsort(nodes, n, sizeof(*nodes), by_weight);
	for (uint32_t i = 0; i < n; i++)
		now[nodes[i].index] = i < kept ? i : kept;
	nodes[kept] = (struct layers_node){
		.name = words_more(l->model, n - kept),
		.quiet = "folded",
		.key = "",
		.folded = true,
		.n_folded = n - kept};
	l->n[row] = kept + 1;
	follow(l, row, now);
	return 0;
}

/* Each node wants to stand where those above or below it do, on average. */
static int arrange(struct layers *l, enum layers_row row, bool from_above)
{
	struct layers_node *nodes = l->rows[row];
	uint32_t n = l->n[row], now[LAYERS_NODES_MAX];
	double sum[LAYERS_NODES_MAX] = {0};
	uint32_t count[LAYERS_NODES_MAX] = {0};

	for (uint32_t i = 0; i < l->n_links; i++) {
		const struct layers_link *k = &l->links[i];
		bool mine = from_above ? k->to_row == row : k->from_row == row;
		uint8_t other = from_above ? k->from_row : k->to_row;
		uint32_t me = from_above ? k->to : k->from, at = from_above ? k->from : k->to;

		if (!mine)
			continue;
		sum[me] += (at + 0.5) / l->n[other];
		count[me]++;
	}
	for (uint32_t i = 0; i < n; i++)
		nodes[i].order = count[i] > 0 ? sum[i] / count[i] : (i + 0.5) / n;
	qsort(nodes, n, sizeof(*nodes), by_order);
	for (uint32_t i = 0; i < n; i++)
		now[nodes[i].index] = i;
	follow(l, row, now);
	return 0;
}

int layers_make(const struct model *model, uint32_t most_nodes, struct layers **ret_layers)
{
	const struct estate *e = model->estate;
	struct layers *l = arena_alloc(model->arena, sizeof(*l));
	size_t most = (size_t)e->n_systems * 2 + e->n_organisations + e->n_businesses +
		      e->n_supplies + model->n_networks + 1;

	if (!l)
		return -1;
	l->model = model;
	l->most = most_nodes;
	l->links = arena_alloc(
		model->arena, ((size_t)e->n_systems * 3 + e->n_supports + e->n_supplies +
				      e->n_organisations + model->n_places + 1) *
				      sizeof(*l->links));
	for (int row = 0; row < LAYERS_ROW_N; row++) {
		l->rows[row] = arena_alloc(model->arena, most * sizeof(*l->rows[row]));
		if (!l->rows[row])
			return -1;
	}
	if (!l->links)
		return -1;
	collect_systems(l);
	for (int row = 0; row < LAYERS_ROW_N; row++)
		settle(l, (enum layers_row)row);
	relate_systems(l);
	relate_networks(l);
	merge_links(l);
	for (int row = 0; row < LAYERS_ROW_N; row++)
		if (fold(l, (enum layers_row)row) < 0)
			return -1;
	merge_links(l);
	for (int round = 0; round < ROUNDS; round++) {
		for (int row = LAYERS_SYSTEM; row < LAYERS_ROW_N; row++)
			arrange(l, (enum layers_row)row, true);
		for (int row = LAYERS_NETWORK; row >= 0; row--)
			arrange(l, (enum layers_row)row, false);
	}
	merge_links(l);
	*ret_layers = l;
	return 0;
}
