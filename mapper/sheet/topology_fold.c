/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the model to super nodes: a system with its networks is one, a network without system is
 * one, a joint is one. Beyond as many as there may be the least important are folded by what
 * they are: networks without system behind one router become one box at that router; systems
 * become one box for each sector at the router they hang on, or for each sector alone where
 * that would be too many; what is left goes to one box "elsewhere", and joints last. A system
 * shows a given number of its networks and folds the others. Everything folded is counted.
 */
#include "mapper/sheet/topology.h"

#include "common/cleanup.h"

#include <stdlib.h>
#include <string.h>

#define EXTRA_SHARE 10	   /* super nodes for each line that is not of the ground */
#define EXTRA_LEAST 3
#define EDGES_FEW 60	   /* all are drawn */
#define GROUPS_MAX 48u	   /* boxes of folded systems */

/* What is folded together. */
struct group {
	uint32_t joint;	    /* MODEL_NONE: of any */
	const char *sector; /* NULL: networks without system */
	uint32_t n_systems, n_networks;
	bool open; /* its box is counted */
};

struct folder {
	const struct model *model;
	uint32_t *degree; /* per network: joints it touches */
	uint32_t *joint;  /* per network: the first of them */
	uint32_t *group;  /* per network: of those, MODEL_NONE while it is shown */
	bool *gone_joint, *gone_system;
	struct group *groups;
	size_t n_groups;
	uint32_t *order;
	uint32_t *weight;	/* per system: assets in its networks */
	uint32_t *system_joint; /* per system: the router that it hangs on */
	uint32_t most; /* networks shown in one system */
	size_t n_supers, supers; /* as many as there may be */
	size_t limit;		 /* as many as are left once any is folded */
	size_t most_groups;	 /* boxes of folded systems */
	bool by_joint, by_sector;
	uint32_t keep; /* system + 1 that is not folded */
	bool *was_network, *was_system; /* shown on an earlier sheet; NULL: there is none */
};

static bool is_free(const struct model *model, uint32_t network)
{
	return model->networks[network].system == MODEL_NONE;
}

static void find_degrees(struct folder *f)
{
	const struct model *m = f->model;

	for (uint32_t s = 0; s < m->estate->n_systems; s++)
		f->system_joint[s] = MODEL_NONE;
	for (uint32_t i = 0; i < m->n_networks; i++)
		f->group[i] = f->joint[i] = MODEL_NONE;
	for (uint32_t i = 0; i < m->n_edges; i++) {
		const struct model_edge *e = &m->edges[i];

		if (e->layer != LINK_L3 || e->a >= m->n_networks || e->b < m->n_networks)
			continue;
		f->degree[e->a]++;
		if (f->joint[e->a] == MODEL_NONE)
			f->joint[e->a] = e->b - m->n_networks;
	}
	for (uint32_t i = 0; i < m->n_networks; i++) {
		uint32_t s = m->networks[i].system;

		if (s == MODEL_NONE)
			continue;
		f->weight[s] += m->networks[i].n_places + 1;
		if (f->joint[i] < f->system_joint[s])
			f->system_joint[s] = f->joint[i];
	}
}

/* Least important first: nothing exposed, not shown before, few assets, high index. */
static int by_importance(const void *a, const void *b, void *closure)
{
	const struct folder *f = closure;
	const struct model *m = f->model;
	uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
	const struct model_network *x = &m->networks[i], *y = &m->networks[j];

	if ((x->n_cii > 0) != (y->n_cii > 0))
		return x->n_cii > 0 ? 1 : -1;
	if ((x->n_exposed > 0) != (y->n_exposed > 0))
		return x->n_exposed > 0 ? 1 : -1;
	if (f->was_network && f->was_network[i] != f->was_network[j])
		return f->was_network[i] ? 1 : -1;
	if (x->n_places != y->n_places)
		return x->n_places < y->n_places ? -1 : 1;
	return i > j ? -1 : i < j;
}

static const char *sector_of(const struct folder *f, uint32_t system)
{
	return f->by_sector ? estate_text(f->model->estate->systems[system].sector) : "";
}

static uint32_t group_find(struct folder *f, uint32_t joint, const char *sector)
{
	size_t i = 0;

	for (; i < f->n_groups; i++)
		if (f->groups[i].joint == joint &&
			(sector ? f->groups[i].sector &&
						strcmp(f->groups[i].sector, sector) == 0
				: !f->groups[i].sector))
			return (uint32_t)i;
	f->groups[i] = (struct group){.joint = joint, .sector = sector};
	f->n_groups++;
	return (uint32_t)i;
}

/* One super node less; the first of a group only takes the place of its box. */
static void fold_into(struct folder *f, uint32_t group, size_t n_gone)
{
	f->n_supers -= n_gone - !f->groups[group].open;
	f->groups[group].open = true;
}

/* Networks between two routers with nothing in them are the way between those. */
static bool is_leaf(const struct folder *f, uint32_t network)
{
	return is_free(f->model, network) && !f->model->networks[network].internet &&
	       (f->degree[network] <= 1 ||
		       (f->degree[network] == 2 && f->model->networks[network].n_places > 0));
}

/* Networks without system behind one router or a pair, or behind none. */
static void fold_leaves(struct folder *f)
{
	const struct model *m = f->model;
	uint32_t n = 0;

	for (uint32_t i = 0; i < m->n_networks; i++)
		if (is_leaf(f, i)) {
			f->order[n++] = i;
			f->groups[group_find(f, f->joint[i], NULL)].n_networks++;
		}
	qsort_r(f->order, n, sizeof(*f->order), by_importance, f);
	for (uint32_t i = 0; i < n && f->n_supers > f->limit; i++) {
		uint32_t group = group_find(f, f->joint[f->order[i]], NULL);

		/* One alone would be a box for a box. */
		if (f->groups[group].n_networks < 2)
			continue;
		f->group[f->order[i]] = group;
		fold_into(f, group, 1);
	}
}

struct ranking {
	const struct estate *estate;
	const uint32_t *weight;
	const bool *was; /* NULL: there is no earlier sheet */
};

/* Least important first: not designated, not shown before, of a low tier, with few assets. */
static int by_rank(const void *a, const void *b, void *closure)
{
	const struct ranking *r = closure;
	uint32_t i = *(const uint32_t *)a, k = *(const uint32_t *)b;
	const struct estate_system *x = &r->estate->systems[i], *y = &r->estate->systems[k];

	if ((x->designated != 0) != (y->designated != 0))
		return x->designated ? 1 : -1;
	if (r->was && r->was[i] != r->was[k])
		return r->was[i] ? 1 : -1;
	if (x->tier != y->tier)
		return x->tier < y->tier ? -1 : 1;
	if (r->weight[i] != r->weight[k])
		return r->weight[i] < r->weight[k] ? -1 : 1;
	return i > k ? -1 : i < k;
}

/* How finely systems can be told apart once they are folded. */
static void choose_groups(struct folder *f, const uint32_t *systems, uint32_t n)
{
	size_t before = f->n_groups;

	for (int coarse = 0; coarse < 3; coarse++) {
		f->by_joint = coarse == 0;
		f->by_sector = coarse < 2;
		for (uint32_t i = 0; i < n && f->n_groups - before <= f->most_groups; i++)
			group_find(f, f->by_joint ? f->system_joint[systems[i]] : MODEL_NONE,
				sector_of(f, systems[i]));
		if (f->n_groups - before <= f->most_groups)
			return;
		f->n_groups = before;
	}
}

static void fold_systems(struct folder *f)
{
	const struct model *m = f->model;
	struct ranking ranking = {m->estate, f->weight, f->was_system};
	uint32_t n = 0;

	for (uint32_t s = 0; s < m->estate->n_systems; s++)
		if (f->weight[s] > 0)
			f->order[n++] = s;
	qsort_r(f->order, n, sizeof(*f->order), by_rank, &ranking);
	choose_groups(f, f->order, n);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t s = f->order[i], group;

		if (s + 1 == f->keep)
			continue;
		/* Those on the list only if there is no other way. */
		if (f->n_supers <=
			(m->estate->systems[s].designated ? f->supers : f->limit))
			break;
		group = group_find(
			f, f->by_joint ? f->system_joint[s] : MODEL_NONE, sector_of(f, s));
		f->groups[group].n_systems++;
		f->gone_system[s] = true;
		fold_into(f, group, 1);
		for (uint32_t k = 0; k < m->n_networks; k++)
			if (m->networks[k].system == s)
				f->group[k] = group;
	}
}

/* Whatever is left: networks to one box, then joints. */
static void fold_rest(struct folder *f)
{
	const struct model *m = f->model;
	uint32_t elsewhere = group_find(f, MODEL_NONE, NULL);

	for (uint32_t i = m->n_networks; i-- > 0 && f->n_supers > f->supers;) {
		if (f->group[i] != MODEL_NONE || !is_free(m, i) || m->networks[i].internet)
			continue;
		f->group[i] = elsewhere;
		fold_into(f, elsewhere, 1);
	}
	for (uint32_t j = m->n_joints; j-- > 0 && f->n_supers > f->supers;) {
		f->gone_joint[j] = true;
		f->n_supers--;
	}
}

static size_t count_supers(const struct folder *f)
{
	const struct model *m = f->model;
	size_t n = m->n_joints;

	for (uint32_t s = 0; s < m->estate->n_systems; s++)
		n += f->weight[s] > 0;
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
		qsort_r(f->order, n, sizeof(*f->order), by_importance, (void *)f);
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
	for (size_t g = 0; g < f->n_groups; g++) {
		uint32_t box = topo->n_boxes;

		if (!f->groups[g].open)
			continue;
		add_box(topo, open_super(topo, TOPO_FOLD, MODEL_NONE), TOPO_FOLD, MODEL_NONE);
		topo->boxes[box].sector = f->groups[g].sector;
		topo->boxes[box].joint = f->groups[g].joint;
		topo->boxes[box].n_systems = f->groups[g].n_systems;
		for (uint32_t i = 0; i < f->model->n_networks; i++)
			if (f->group[i] == g)
				add_to_fold(topo, box, i);
	}
}

static void add_nodes(struct topo *topo, const struct folder *f)
{
	const struct model *m = f->model;

	for (uint32_t i = 0; i < m->n_networks; i++)
		if (is_free(m, i) && f->group[i] == MODEL_NONE) {
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

/* ---- too many lines ---- */

static bool is_extra(const struct topo_edge *e)
{
	return e->layer != LINK_L3 || e->tie != MODEL_NONE;
}

/* What makes parallel lines one: the relation, then the two super nodes. */
static void relation_of(const struct topo *topo, const struct topo_edge *e, uint32_t ret[4])
{
	uint32_t a = topo->boxes[e->a].super, b = topo->boxes[e->b].super;

	ret[0] = is_extra(e);
	ret[1] = e->tie != MODEL_NONE ? LINK_LAYER_N : e->layer;
	ret[2] = a < b ? a : b;
	ret[3] = a < b ? b : a;
}

static int by_relation(const void *a, const void *b, void *closure)
{
	const struct topo_edge *x = a, *y = b;
	uint32_t u[4], v[4];

	relation_of(closure, x, u);
	relation_of(closure, y, v);
	for (int i = 0; i < 4; i++)
		if (u[i] != v[i])
			return u[i] < v[i] ? -1 : 1;
	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return by_ends(x, y);
}

static bool is_parallel(
	const struct topo *topo, const struct topo_edge *x, const struct topo_edge *y)
{
	uint32_t u[4], v[4];

	relation_of(topo, x, u);
	relation_of(topo, y, v);
	return u[0] && memcmp(u, v, sizeof(u)) == 0;
}

/* Those that make the ground first, then by weight. */
static int by_weight(const void *a, const void *b)
{
	const struct topo_edge *x = a, *y = b;

	if (is_extra(x) != is_extra(y))
		return is_extra(x) ? 1 : -1;
	if (is_extra(x) && x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return by_ends(a, b);
}

/* Of many super nodes: parallel flows, cables and ties are one line with their sum, where the
 * strongest of them runs; and only so many lines as can be followed. */
static void thin_out(struct topo *topo)
{
	uint32_t kept = 0, extra = 0, most = topo->n_supers / EXTRA_SHARE;

	most = most < EXTRA_LEAST ? EXTRA_LEAST : most;
	if (topo->n_supers <= TOPO_BLOCKS_FROM && topo->n_edges <= EDGES_FEW)
		return;
	qsort_r(topo->edges, topo->n_edges, sizeof(*topo->edges), by_relation, topo);
	for (uint32_t i = 0; i < topo->n_edges; i++) {
		if (kept > 0 && is_parallel(topo, &topo->edges[kept - 1], &topo->edges[i]))
			topo->edges[kept - 1].count += topo->edges[i].count;
		else
			topo->edges[kept++] = topo->edges[i];
	}
	topo->n_edges = kept;
	qsort(topo->edges, topo->n_edges, sizeof(*topo->edges), by_weight);
	kept = 0;
	for (uint32_t i = 0; i < topo->n_edges; i++) {
		const struct topo_edge *edge = &topo->edges[i];

		if (is_extra(edge) && extra++ >= most) {
			topo->thin_lines++;
			topo->thin_links += edge->count;
			continue;
		}
		topo->edges[kept++] = *edge;
	}
	topo->n_edges = kept;
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
		topo->edges[n++] = (struct topo_edge){a < b ? a : b, a < b ? b : a, e->layer,
			e->grade, e->count, e->tie, 0, 0, 0, e->gone};
	}
	qsort(topo->edges, n, sizeof(*topo->edges), by_ends);
	for (uint32_t i = 0; i < n; i++) {
		if (kept > 0 && is_same_line(&topo->edges[kept - 1], &topo->edges[i]))
			topo->edges[kept - 1].count += topo->edges[i].count;
		else
			topo->edges[kept++] = topo->edges[i];
	}
	topo->n_edges = kept;
	thin_out(topo);
	for (uint32_t i = 0; i < topo->n_edges; i++) {
		topo->supers[topo->boxes[topo->edges[i].a].super].linked = true;
		topo->supers[topo->boxes[topo->edges[i].b].super].linked = true;
	}
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
	if (!topo->supers || !topo->boxes || !topo->edges || !topo->box_of_network ||
		!topo->widest || !topo->box_of_joint)
		return NULL;
	memset(topo->box_of_network, 0xff, most * sizeof(uint32_t));
	memset(topo->box_of_joint, 0xff, most * sizeof(uint32_t));
	return topo;
}

/* Whether it is on the earlier sheet. */
static bool was_shown(const struct topo_kept *kept, uint64_t key)
{
	const struct topo_was *was = topo_was_of(kept, key);

	return was && !was->gone;
}

/* What the earlier sheet shows. */
static int remember(struct folder *f, const struct topo_kept *kept)
{
	const struct model *m = f->model;

	f->was_network = arena_alloc(m->arena, m->n_networks + 1ul);
	f->was_system = arena_alloc(m->arena, m->estate->n_systems + 1ul);
	if (!f->was_network || !f->was_system)
		return -1;
	for (uint32_t i = 0; i < m->n_networks; i++)
		f->was_network[i] = was_shown(kept, topo_network_key(m, i));
	for (uint32_t s = 0; s < m->estate->n_systems; s++)
		f->was_system[s] = was_shown(kept, topo_system_key(m, s));
	return 0;
}

int topo_make(const struct model *model, const struct sheet_request *request,
	const struct topo_limits *limits, const struct topo_kept *kept, struct topo **ret_topo)
{
	size_t n = (size_t)model->n_networks + 1, j = (size_t)model->n_joints + 1;
	size_t n_systems = (size_t)model->estate->n_systems + 1;
	_cleanup_(cleanup_freep) uint32_t *numbers =
		calloc(4 * n + 3 * n_systems, sizeof(*numbers));
	_cleanup_(cleanup_freep) bool *flags = calloc(j + n_systems, sizeof(*flags));
	/* A group for each router and for none, and those of systems. */
	_cleanup_(cleanup_freep) struct group *groups =
		calloc(j + n_systems + GROUPS_MAX + 2, sizeof(*groups));
	struct topo *topo = topo_new(model);
	struct folder f;

	if (!numbers || !flags || !topo || !groups)
		return -1;
	f = (struct folder){.model = model,
		.degree = numbers,
		.joint = numbers + n,
		.group = numbers + 2 * n,
		.weight = numbers + 3 * n,
		.system_joint = numbers + 3 * n + n_systems,
		.order = numbers + 3 * n + 2 * n_systems,
		.gone_joint = flags,
		.gone_system = flags + j,
		.groups = groups,
		.most = limits->networks,
		.supers = limits->supers,
		.keep = request->keep};
	if (kept && remember(&f, kept) < 0)
		return -1;
	find_degrees(&f);
	f.n_supers = count_supers(&f);
	f.limit = f.n_supers > f.supers ? f.supers * 2 / 3 : f.supers;
	f.most_groups = f.supers / 3 < GROUPS_MAX ? f.supers / 3 : GROUPS_MAX;
	if (f.n_supers > f.limit)
		fold_leaves(&f);
	if (f.n_supers > f.limit)
		fold_systems(&f);
	if (f.n_supers > f.supers)
		fold_rest(&f);
	topo->request = request;
	add_nodes(topo, &f);
	add_edges(topo);
	*ret_topo = topo;
	return 0;
}
