/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the model to super nodes: a system with its networks is one, a network without system is
 * one, a joint is one. Beyond TOPOLOGY_SUPERS_MAX the least important are folded: networks
 * behind one router become one box at that router, then systems and joints go to one box
 * "elsewhere". A system shows a given number of its networks and folds the others. Everything
 * folded is counted.
 */
#include "mapper/sheet/topology.h"

#include "common/cleanup.h"

#include <stdlib.h>
#include <string.h>

struct folder {
	const struct model *model;
	uint32_t *degree; /* per network: joints it touches */
	uint32_t *joint;  /* per network: one of them */
	bool *gone_network, *gone_joint, *gone_system;
	bool *fold_at; /* per joint: a box of folded networks stands there */
	bool elsewhere;
	uint32_t *order;
	uint32_t most; /* networks shown in one system */
	size_t n_supers;
};

static bool is_free(const struct model *model, uint32_t network)
{
	return model->networks[network].system == MODEL_NONE;
}

static void find_degrees(struct folder *f)
{
	const struct model *m = f->model;

	for (uint32_t i = 0; i < m->n_edges; i++) {
		const struct model_edge *e = &m->edges[i];

		if (e->layer != LINK_L3 || e->a >= m->n_networks || e->b < m->n_networks)
			continue;
		f->degree[e->a]++;
		f->joint[e->a] = e->b - m->n_networks;
	}
}

/* Least important first: nothing exposed, few assets, high index. */
static int by_importance(const void *a, const void *b, void *closure)
{
	const struct model *m = closure;
	uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
	const struct model_network *x = &m->networks[i], *y = &m->networks[j];

	if ((x->n_cii > 0) != (y->n_cii > 0))
		return x->n_cii > 0 ? 1 : -1;
	if ((x->n_exposed > 0) != (y->n_exposed > 0))
		return x->n_exposed > 0 ? 1 : -1;
	if (x->n_places != y->n_places)
		return x->n_places < y->n_places ? -1 : 1;
	return i > j ? -1 : i < j;
}

static void fold_leaves(struct folder *f)
{
	const struct model *m = f->model;
	uint32_t n = 0;

	for (uint32_t i = 0; i < m->n_networks; i++)
		if (is_free(m, i) && !m->networks[i].internet && f->degree[i] <= 1)
			f->order[n++] = i;
	qsort_r(f->order, n, sizeof(*f->order), by_importance, (void *)m);
	for (uint32_t i = 0; i < n && f->n_supers > TOPOLOGY_SUPERS_MAX; i++) {
		uint32_t network = f->order[i];
		bool *at = f->degree[network] ? &f->fold_at[f->joint[network]] : &f->elsewhere;

		f->gone_network[network] = true;
		f->n_supers -= *at; /* the first of a fold only takes the place of one */
		*at = true;
	}
}

/* Systems, without designation first, then joints, then whatever is left: to one box. */
static void fold_rest(struct folder *f)
{
	const struct model *m = f->model;

	for (int designated = 0; designated < 2; designated++)
		for (uint32_t s = m->estate->n_systems; s-- > 0;) {
			bool any = false;

			if (f->n_supers <= TOPOLOGY_SUPERS_MAX ||
				(m->estate->systems[s].designated != 0) != designated)
				continue;
			for (uint32_t i = 0; i < m->n_networks; i++)
				if (m->networks[i].system == s)
					f->gone_network[i] = any = true;
			if (!any)
				continue;
			f->gone_system[s] = true;
			f->n_supers -= f->elsewhere;
			f->elsewhere = true;
		}
	for (uint32_t j = m->n_joints; j-- > 0 && f->n_supers > TOPOLOGY_SUPERS_MAX;) {
		f->gone_joint[j] = true;
		f->n_supers -= 1u + (f->fold_at[j] && f->elsewhere);
		f->elsewhere |= f->fold_at[j];
	}
	for (uint32_t i = m->n_networks; i-- > 0 && f->n_supers > TOPOLOGY_SUPERS_MAX;) {
		if (f->gone_network[i] || !is_free(m, i) || m->networks[i].internet)
			continue;
		f->gone_network[i] = true;
		f->n_supers -= f->elsewhere;
		f->elsewhere = true;
	}
}

static size_t count_supers(const struct model *m)
{
	size_t n = m->n_joints;

	for (uint32_t s = 0; s < m->estate->n_systems; s++)
		for (uint32_t i = 0; i < m->n_networks; i++)
			if (m->networks[i].system == s) {
				n++;
				break;
			}
	for (uint32_t i = 0; i < m->n_networks; i++)
		n += is_free(m, i);
	return n;
}

/* ---- supers and boxes ---- */

static struct topo_super *open_super(struct topo *topo, enum topo_kind kind, uint32_t system)
{
	struct topo_super *super = &topo->supers[topo->n_supers++];

	super->kind = kind;
	super->system = system;
	super->first_box = topo->n_boxes;
	return super;
}

static struct topo_box *add_box(
	struct topo *topo, struct topo_super *super, enum topo_kind kind, uint32_t index)
{
	struct topo_box *box = &topo->boxes[topo->n_boxes++];

	box->kind = kind;
	box->index = index;
	box->super = (uint32_t)(super - topo->supers);
	super->n_boxes++;
	return box;
}

static void add_to_fold(struct topo *topo, uint32_t box, uint32_t network)
{
	const struct model_network *n = &topo->model->networks[network];
	struct topo_box *fold = &topo->boxes[box];

	fold->n_networks++;
	fold->n_assets += n->n_places;
	fold->n_cii += n->n_cii;
	fold->n_exposed += n->n_exposed;
	for (int c = 0; c < CHANGE_N; c++)
		fold->changes.n[c] += n->changes.n[c];
	topo->folded_networks++;
	topo->folded_assets += n->n_places;
	topo->box_of_network[network] = box;
}

/* Its networks, the most important first if not all of them are to be shown. */
static void add_system(struct topo *topo, const struct folder *f, uint32_t system)
{
	const struct model *m = f->model;
	struct topo_super *super;
	uint32_t n = 0, shown, fold;

	for (uint32_t i = 0; i < m->n_networks; i++)
		if (m->networks[i].system == system)
			f->order[n++] = i;
	if (n == 0)
		return;
	super = open_super(topo, TOPO_SYSTEM, system);
	shown = n <= f->most ? n : f->most - 1;
	if (shown < n)
		qsort_r(f->order, n, sizeof(*f->order), by_importance, (void *)m);
	for (uint32_t i = 0; i < shown; i++) {
		uint32_t network = f->order[shown < n ? n - 1 - i : i];

		topo->box_of_network[network] = topo->n_boxes;
		add_box(topo, super, TOPO_NETWORK, network);
	}
	fold = topo->n_boxes;
	if (shown < n)
		add_box(topo, super, TOPO_FOLD, MODEL_NONE);
	for (uint32_t i = 0; i < n - shown; i++)
		add_to_fold(topo, fold, f->order[i]);
}

static void add_systems(struct topo *topo, const struct folder *f)
{
	for (uint32_t s = 0; s < f->model->estate->n_systems; s++) {
		topo->folded_systems += f->gone_system[s];
		if (!f->gone_system[s])
			add_system(topo, f, s);
	}
}

static void add_folds(struct topo *topo, const struct folder *f)
{
	const struct model *m = f->model;
	uint32_t elsewhere = MODEL_NONE;

	for (uint32_t j = 0; j < m->n_joints; j++) {
		uint32_t box = topo->n_boxes;

		if (!f->fold_at[j] || f->gone_joint[j])
			continue;
		add_box(topo, open_super(topo, TOPO_FOLD, MODEL_NONE), TOPO_FOLD, MODEL_NONE);
		for (uint32_t i = 0; i < m->n_networks; i++)
			if (f->gone_network[i] && is_free(m, i) && f->degree[i] == 1 &&
				f->joint[i] == j)
				add_to_fold(topo, box, i);
	}
	for (uint32_t i = 0; i < m->n_networks; i++) {
		if (!f->gone_network[i] || topo->box_of_network[i] != MODEL_NONE)
			continue;
		if (elsewhere == MODEL_NONE) {
			elsewhere = topo->n_boxes;
			add_box(topo, open_super(topo, TOPO_FOLD, MODEL_NONE), TOPO_FOLD,
				MODEL_NONE);
		}
		add_to_fold(topo, elsewhere, i);
	}
}

static void add_nodes(struct topo *topo, const struct folder *f)
{
	const struct model *m = f->model;

	for (uint32_t i = 0; i < m->n_networks; i++)
		if (is_free(m, i) && !f->gone_network[i]) {
			topo->box_of_network[i] = topo->n_boxes;
			add_box(topo, open_super(topo, TOPO_NETWORK, MODEL_NONE), TOPO_NETWORK,
				i);
		}
	add_systems(topo, f);
	for (uint32_t j = 0; j < m->n_joints; j++) {
		topo->folded_joints += f->gone_joint[j];
		if (f->gone_joint[j])
			continue;
		topo->box_of_joint[j] = topo->n_boxes;
		add_box(topo, open_super(topo, TOPO_JOINT, MODEL_NONE), TOPO_JOINT, j);
	}
	add_folds(topo, f);
}

/* ---- edges ---- */

static uint32_t box_of(const struct topo *topo, uint32_t node)
{
	uint32_t n = topo->model->n_networks;

	return node < n ? topo->box_of_network[node] : topo->box_of_joint[node - n];
}

static int by_ends(const void *a, const void *b)
{
	const struct topo_edge *x = a, *y = b;
	const uint32_t xs[] = {x->a, x->b, ~x->tie, x->gone, x->layer, x->grade};
	const uint32_t ys[] = {y->a, y->b, ~y->tie, y->gone, y->layer, y->grade};

	for (size_t i = 0; i < ARRAY_SIZE(xs); i++)
		if (xs[i] != ys[i])
			return xs[i] < ys[i] ? -1 : 1;
	return 0;
}

/* Equal ones, and all ties between the same two boxes, are one line. */
static bool is_same_line(const struct topo_edge *x, const struct topo_edge *y)
{
	return by_ends(x, y) == 0 ||
	       (x->a == y->a && x->b == y->b && x->tie != MODEL_NONE && y->tie != MODEL_NONE);
}

/* Edges of folded networks fall together and are counted. */
static void add_edges(struct topo *topo)
{
	const struct model *m = topo->model;
	uint32_t n = 0, kept = 0;

	for (uint32_t i = 0; i < m->n_edges; i++) {
		const struct model_edge *e = &m->edges[i];
		uint32_t a = box_of(topo, e->a), b = box_of(topo, e->b);

		if (a == MODEL_NONE || b == MODEL_NONE || a == b) {
			topo->dropped_edges++;
			continue;
		}
		topo->edges[n++] = (struct topo_edge){
			a < b ? a : b, a < b ? b : a, e->layer, e->grade, e->count, e->tie, e->gone};
	}
	qsort(topo->edges, n, sizeof(*topo->edges), by_ends);
	for (uint32_t i = 0; i < n; i++) {
		if (kept > 0 && is_same_line(&topo->edges[kept - 1], &topo->edges[i]))
			topo->edges[kept - 1].count += topo->edges[i].count;
		else
			topo->edges[kept++] = topo->edges[i];
		topo->supers[topo->boxes[topo->edges[kept - 1].a].super].linked = true;
		topo->supers[topo->boxes[topo->edges[kept - 1].b].super].linked = true;
	}
	topo->n_edges = kept;
}

static struct topo *topo_new(const struct model *m)
{
	struct topo *topo = arena_alloc(m->arena, sizeof(*topo));
	size_t most = (size_t)m->n_networks + m->n_joints + 2;

	if (!topo)
		return NULL;
	topo->model = m;
	topo->supers = arena_alloc(m->arena, 2 * most * sizeof(*topo->supers));
	topo->boxes = arena_alloc(m->arena, 2 * most * sizeof(*topo->boxes));
	topo->edges = arena_alloc(m->arena, ((size_t)m->n_edges + 1) * sizeof(*topo->edges));
	topo->widest = arena_alloc(m->arena, most * TOPO_TEXT_N * sizeof(*topo->widest));
	topo->box_of_network = arena_alloc(m->arena, most * sizeof(uint32_t));
	topo->box_of_joint = arena_alloc(m->arena, most * sizeof(uint32_t));
	if (!topo->supers || !topo->boxes || !topo->edges || !topo->box_of_network || !topo->widest ||
		!topo->box_of_joint)
		return NULL;
	memset(topo->box_of_network, 0xff, most * sizeof(uint32_t));
	memset(topo->box_of_joint, 0xff, most * sizeof(uint32_t));
	return topo;
}

int topo_make(const struct model *model, uint32_t most, struct topo **ret_topo)
{
	size_t n = (size_t)model->n_networks + 1, j = (size_t)model->n_joints + 1;
	_cleanup_(cleanup_freep) uint32_t *numbers = calloc(3 * n, sizeof(*numbers));
	_cleanup_(cleanup_freep) bool *flags =
		calloc(n + 2 * j + model->estate->n_systems + 1, sizeof(*flags));
	struct topo *topo = topo_new(model);
	struct folder f;

	if (!numbers || !flags || !topo)
		return -1;
	f = (struct folder){.model = model,
		.degree = numbers,
		.joint = numbers + n,
		.order = numbers + 2 * n,
		.gone_network = flags,
		.gone_joint = flags + n,
		.fold_at = flags + n + j,
		.gone_system = flags + n + 2 * j,
		.most = most,
		.n_supers = count_supers(model)};
	find_degrees(&f);
	if (f.n_supers > TOPOLOGY_SUPERS_MAX)
		fold_leaves(&f);
	if (f.n_supers > TOPOLOGY_SUPERS_MAX)
		fold_rest(&f);
	add_nodes(topo, &f);
	add_edges(topo);
	*ret_topo = topo;
	return 0;
}
