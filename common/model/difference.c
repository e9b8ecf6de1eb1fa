/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Joins two estates; see difference.h. Each kind of record is paired by its key, in the order
 * of keys, and numbered anew; references go through the tables of new numbers.
 */
#include "common/model/difference.h"

#include <stdlib.h>
#include <string.h>

/* A record of the join: where it comes from, ESTATE_NONE if it was not there. */
struct pair {
	uint32_t now, other;
};

struct pairs {
	struct pair *all;
	uint32_t n;
	uint32_t *of_now, *of_other; /* new number of each old one; ESTATE_NONE: left out */
};

struct joiner {
	const struct estate *now, *other;
	struct estate *joined;
	struct arena *arena;
	struct pairs systems, subnets, assets;
	uint32_t n_moved; /* addresses */
};

typedef int compare_fn(const void *a, const void *b);

struct sorted {
	const char *base;
	size_t size;
	compare_fn *compare;
};

static int by_key(const void *a, const void *b, void *closure)
{
	const struct sorted *s = closure;
	uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
	int order = s->compare(s->base + i * s->size, s->base + j * s->size);

	return order ? order : i < j ? -1 : i > j;
}

static void *array(struct joiner *j, size_t n, size_t size)
{
	return arena_alloc(j->arena, (n + 1) * size);
}

/* The numbers of the records in the order of their keys, equal ones in the order they have. */
static uint32_t *sort(struct joiner *j, struct sorted *s, uint32_t n)
{
	uint32_t *order = array(j, n, sizeof(*order));

	for (uint32_t i = 0; order && i < n; i++)
		order[i] = i;
	if (order && n > 0)
		qsort_r(order, n, sizeof(*order), by_key, s);
	return order;
}

/* Pairs the records of both sides. `wanted`, if there is one, says which of the other side stay
 * without a partner. -1 without memory. */
static int pair_up(struct joiner *j, struct sorted now, uint32_t n, struct sorted other,
	uint32_t m, const uint8_t *wanted, struct pairs *ret)
{
	uint32_t *a = sort(j, &now, n), *b = sort(j, &other, m), i = 0, k = 0;

	ret->all = array(j, (size_t)n + m, sizeof(*ret->all));
	ret->of_now = array(j, n, sizeof(*ret->of_now));
	ret->of_other = array(j, m, sizeof(*ret->of_other));
	if (!a || !b || !ret->all || !ret->of_now || !ret->of_other)
		return -1;
	while (i < n || k < m) {
		int order = i == n   ? 1
			    : k == m ? -1
				     : now.compare(now.base + a[i] * now.size,
					       other.base + b[k] * other.size);
		struct pair pair = {
			order <= 0 ? a[i++] : ESTATE_NONE, order >= 0 ? b[k++] : ESTATE_NONE};

		if (pair.now == ESTATE_NONE && wanted && !wanted[pair.other]) {
			ret->of_other[pair.other] = ESTATE_NONE;
			continue;
		}
		if (pair.now != ESTATE_NONE)
			ret->of_now[pair.now] = ret->n;
		if (pair.other != ESTATE_NONE)
			ret->of_other[pair.other] = ret->n;
		ret->all[ret->n++] = pair;
	}
	return 0;
}

static uint8_t change_of(const struct pair *pair, bool differs)
{
	if (pair->other == ESTATE_NONE)
		return CHANGE_NEW;
	if (pair->now == ESTATE_NONE)
		return CHANGE_GONE;
	return differs ? CHANGE_CHANGED : CHANGE_NONE;
}

static bool differ(const char *a, const char *b)
{
	return strcmp(estate_text(a), estate_text(b)) != 0;
}

static uint32_t renumber(const uint32_t *map, uint32_t n, uint32_t old)
{
	return old < n ? map[old] : ESTATE_NONE;
}

/* ---- systems ---- */

static int compare_systems(const void *a, const void *b)
{
	return strcmp(estate_text(((const struct estate_system *)a)->id),
		estate_text(((const struct estate_system *)b)->id));
}

static bool systems_differ(const struct estate_system *a, const struct estate_system *b)
{
	return differ(a->name, b->name) || differ(a->organisation, b->organisation) ||
	       differ(a->sector, b->sector) || a->tier != b->tier ||
	       a->designated != b->designated || differ(a->designation_no, b->designation_no);
}

static int join_systems(struct joiner *j)
{
	const struct estate *now = j->now, *other = j->other;
	struct estate *e = j->joined;
	struct sorted a = {(const char *)now->systems, sizeof(*now->systems), compare_systems};
	struct sorted b = {
		(const char *)other->systems, sizeof(*now->systems), compare_systems};

	if (pair_up(j, a, now->n_systems, b, other->n_systems, NULL, &j->systems) < 0)
		return -1;
	e->n_systems = j->systems.n;
	e->systems = array(j, e->n_systems, sizeof(*e->systems));
	if (!e->systems)
		return -1;
	for (uint32_t i = 0; i < e->n_systems; i++) {
		const struct pair *p = &j->systems.all[i];
		bool both = p->now != ESTATE_NONE && p->other != ESTATE_NONE;

		e->systems[i] =
			p->now != ESTATE_NONE ? now->systems[p->now] : other->systems[p->other];
		e->systems[i].change =
			change_of(p, both && systems_differ(&now->systems[p->now],
						     &other->systems[p->other]));
	}
	return 0;
}

/* ---- subnets ---- */

static int compare_subnets(const void *a, const void *b)
{
	return cidr_compare(&((const struct estate_subnet *)a)->cidr,
		&((const struct estate_subnet *)b)->cidr);
}

static int compare_assets(const void *a, const void *b)
{
	uint64_t x = ((const struct estate_asset *)a)->id,
		 y = ((const struct estate_asset *)b)->id;

	return x < y ? -1 : x > y;
}

static int pair_assets(struct joiner *j)
{
	const struct estate *now = j->now, *other = j->other;
	struct sorted a = {(const char *)now->assets, sizeof(*now->assets), compare_assets};
	struct sorted b = {(const char *)other->assets, sizeof(*now->assets), compare_assets};

	return pair_up(j, a, now->n_assets, b, other->n_assets, NULL, &j->assets);
}

static bool is_gone(const struct joiner *j, uint32_t other_asset)
{
	uint32_t asset = renumber(j->assets.of_other, j->other->n_assets, other_asset);

	return asset != ESTATE_NONE && j->assets.all[asset].now == ESTATE_NONE;
}

/* The subnet of now that holds a whole one of the other day: the longest; ESTATE_NONE if
 * none. */
static uint32_t heir(const struct estate *now, const struct cidr *cidr)
{
	uint32_t best = ESTATE_NONE;

	for (uint32_t i = 0; i < now->n_subnets; i++) {
		const struct cidr *c = &now->subnets[i].cidr;

		if (c->length <= cidr->length && cidr_contains(c, &cidr->base) &&
			(best == ESTATE_NONE || c->length > now->subnets[best].cidr.length))
			best = i;
	}
	return best;
}

/* Those of the other day stay that hold a gone asset and that no subnet of now has taken in. */
static int join_subnets(struct joiner *j)
{
	const struct estate *now = j->now, *other = j->other;
	struct estate *e = j->joined;
	struct sorted a = {(const char *)now->subnets, sizeof(*now->subnets), compare_subnets};
	struct sorted b = {
		(const char *)other->subnets, sizeof(*now->subnets), compare_subnets};
	uint8_t *wanted = array(j, other->n_subnets, 1);
	uint32_t *heirs = array(j, other->n_subnets, sizeof(*heirs));

	if (!wanted || !heirs)
		return -1;
	for (uint32_t i = 0; i < other->n_addresses; i++)
		if (other->addresses[i].subnet < other->n_subnets &&
			is_gone(j, other->addresses[i].asset))
			wanted[other->addresses[i].subnet] = 1;
	for (uint32_t i = 0; i < other->n_subnets; i++) {
		heirs[i] = wanted[i] ? heir(now, &other->subnets[i].cidr) : ESTATE_NONE;
		wanted[i] = wanted[i] && heirs[i] == ESTATE_NONE;
	}
	if (pair_up(j, a, now->n_subnets, b, other->n_subnets, wanted, &j->subnets) < 0)
		return -1;
	for (uint32_t i = 0; i < other->n_subnets; i++)
		if (heirs[i] != ESTATE_NONE)
			j->subnets.of_other[i] = j->subnets.of_now[heirs[i]];
	e->n_subnets = j->subnets.n;
	e->subnets = array(j, e->n_subnets, sizeof(*e->subnets));
	for (uint32_t i = 0; e->subnets && i < e->n_subnets; i++) {
		const struct pair *p = &j->subnets.all[i];

		e->subnets[i] =
			p->now != ESTATE_NONE ? now->subnets[p->now] : other->subnets[p->other];
	}
	return e->subnets ? 0 : -1;
}

/* ---- services of an asset ---- */

static int compare_services(const void *a, const void *b)
{
	const struct estate_service *x = a, *y = b;
	int order = addr_compare(&x->addr, &y->addr);

	if (order)
		return order;
	if (x->transport != y->transport)
		return x->transport < y->transport ? -1 : 1;
	return x->port < y->port ? -1 : x->port > y->port;
}

static bool services_differ(const struct estate_service *a, const struct estate_service *b)
{
	return differ(a->protocol, b->protocol) || differ(a->product, b->product) ||
	       differ(a->version, b->version) || a->exposed != b->exposed;
}

/* Both lists come in the order of places, as the inventory gives them, or are put in it.
 * Returns whether anything differs. */
static bool merge_services(struct joiner *j, uint32_t asset, struct estate_service *a,
	uint32_t n, struct estate_service *b, uint32_t m)
{
	struct estate *e = j->joined;
	uint32_t i = 0, k = 0;
	bool differs = false;

	while (i < n || k < m) {
		int order = i == n ? 1 : k == m ? -1 : compare_services(&a[i], &b[k]);
		struct estate_service *s = &e->services[e->n_services++];

		*s = order <= 0 ? a[i] : b[k];
		s->change = order < 0			    ? CHANGE_NEW
			    : order > 0			    ? CHANGE_GONE
			    : services_differ(&a[i], &b[k]) ? CHANGE_CHANGED
							    : CHANGE_NONE;
		s->asset = asset;
		if (s->change == CHANGE_GONE)
			s->exposed = 0;
		differs |= s->change != CHANGE_NONE;
		i += order <= 0;
		k += order >= 0;
	}
	return differs;
}

static struct estate_service *services_of(
	struct joiner *j, const struct estate *e, uint32_t asset, uint32_t *ret_n)
{
	const struct estate_asset *a = asset == ESTATE_NONE ? NULL : &e->assets[asset];
	struct estate_service *copy;

	*ret_n = a ? a->n_services : 0;
	copy = array(j, *ret_n, sizeof(*copy));
	if (copy && *ret_n > 0) {
		memcpy(copy, &e->services[a->first_service], *ret_n * sizeof(*copy));
		qsort(copy, *ret_n, sizeof(*copy), compare_services);
	}
	return copy;
}

/* 1 if they differ, 0 if not, -1 without memory. */
static int join_services(struct joiner *j, uint32_t asset, const struct pair *p)
{
	struct estate_asset *owner = &j->joined->assets[asset];
	uint32_t n, m, first = j->joined->n_services;
	struct estate_service *a = services_of(j, j->now, p->now, &n);
	struct estate_service *b = services_of(j, j->other, p->other, &m);
	bool differs;

	if (!a || !b)
		return -1;
	differs = merge_services(j, asset, a, n, b, m);
	owner->first_service = first;
	owner->n_services = j->joined->n_services - first;
	return differs;
}

/* ---- assets ---- */

static bool has_address(
	const struct estate *e, const struct estate_asset *a, const struct addr *addr)
{
	for (uint32_t i = 0; i < a->n_addresses; i++)
		if (addr_compare(&e->addresses[a->first_address + i].addr, addr) == 0)
			return true;
	return false;
}

static uint8_t aspects_of(struct joiner *j, const struct pair *p)
{
	const struct estate_asset *a = &j->now->assets[p->now],
				  *b = &j->other->assets[p->other];
	unsigned int aspects = 0;

	if (renumber(j->systems.of_now, j->now->n_systems, a->system) !=
		renumber(j->systems.of_other, j->other->n_systems, b->system))
		aspects |= ASPECT_SYSTEM;
	aspects |= differ(a->name, b->name) ? ASPECT_NAME : 0;
	aspects |= a->role != b->role ? ASPECT_ROLE : 0;
	aspects |= differ(a->vendor, b->vendor) ? ASPECT_VENDOR : 0;
	aspects |= differ(a->model, b->model) ? ASPECT_MODEL : 0;
	aspects |= differ(a->os, b->os) ? ASPECT_OS : 0;
	return (uint8_t)aspects;
}

/* The addresses of one side that the other does not have. */
static uint32_t move_addresses(struct joiner *j, const struct estate *from,
	const struct estate_asset *a, const struct estate *to, const struct estate_asset *b)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < a->n_addresses; i++) {
		const struct addr *addr = &from->addresses[a->first_address + i].addr;

		if (has_address(to, b, addr))
			continue;
		j->joined->moved[j->n_moved++] = *addr;
		n++;
	}
	return n;
}

/* Remembers how it was; returns whether it was otherwise. */
static bool keep_before(struct joiner *j, struct estate_asset *asset, const struct pair *p)
{
	struct estate *e = j->joined;
	struct estate_before *before = &e->befores[e->n_befores];
	const struct estate_asset *a = &j->now->assets[p->now],
				  *b = &j->other->assets[p->other];
	const struct estate_system *s =
		b->system < j->other->n_systems ? &j->other->systems[b->system] : NULL;

	*before = (struct estate_before){.aspects = aspects_of(j, p),
		.role = b->role,
		.name = estate_text(b->name),
		.vendor = estate_text(b->vendor),
		.model = estate_text(b->model),
		.os = estate_text(b->os),
		.system_id = s ? estate_text(s->id) : "",
		.system = s ? estate_text(s->name) : "",
		.first_address = j->n_moved};
	before->n_came = move_addresses(j, j->now, a, j->other, b);
	before->n_gone = move_addresses(j, j->other, b, j->now, a);
	if (before->aspects == 0 && before->n_came + before->n_gone == 0)
		return false;
	asset->before = ++e->n_befores;
	return true;
}

/* The addresses it has, or had. */
static void join_addresses(struct joiner *j, uint32_t asset, const struct estate *from,
	const struct estate_asset *source, const uint32_t *subnets)
{
	struct estate *e = j->joined;

	e->assets[asset].first_address = e->n_addresses;
	for (uint32_t i = 0; i < source->n_addresses; i++) {
		struct estate_address *address = &e->addresses[e->n_addresses++];

		*address = from->addresses[source->first_address + i];
		address->asset = asset;
		address->subnet = renumber(subnets, from->n_subnets, address->subnet);
	}
}

static int join_asset(struct joiner *j, uint32_t i)
{
	const struct pair *p = &j->assets.all[i];
	bool gone = p->now == ESTATE_NONE;
	const struct estate *from = gone ? j->other : j->now;
	const struct estate_asset *source = &from->assets[gone ? p->other : p->now];
	struct estate_asset *a = &j->joined->assets[i];
	bool differs = false;
	int services;

	*a = *source;
	a->system = renumber(gone ? j->systems.of_other : j->systems.of_now, from->n_systems,
		source->system);
	join_addresses(j, i, from, source, gone ? j->subnets.of_other : j->subnets.of_now);
	services = join_services(j, i, p);
	if (services < 0)
		return -1;
	a->before = 0;
	if (!gone && p->other != ESTATE_NONE)
		differs = keep_before(j, a, p) || services > 0;
	a->change = change_of(p, differs);
	if (gone)
		a->exposed = a->n_findings = 0;
	return 0;
}

static int join_assets(struct joiner *j)
{
	struct estate *e = j->joined;

	e->assets = array(j, j->assets.n, sizeof(*e->assets));
	e->addresses = array(
		j, (size_t)j->now->n_addresses + j->other->n_addresses, sizeof(*e->addresses));
	e->services = array(
		j, (size_t)j->now->n_services + j->other->n_services, sizeof(*e->services));
	e->befores = array(j, j->assets.n, sizeof(*e->befores));
	e->moved = array(
		j, (size_t)j->now->n_addresses + j->other->n_addresses, sizeof(*e->moved));
	if (!e->assets || !e->addresses || !e->services || !e->befores || !e->moved)
		return -1;
	e->n_assets = j->assets.n;
	for (uint32_t i = 0; i < e->n_assets; i++)
		if (join_asset(j, i) < 0)
			return -1;
	return 0;
}

/* ---- links ---- */

static int compare_links(const void *a, const void *b)
{
	const struct estate_link *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	if (x->to != y->to)
		return x->to < y->to ? -1 : 1;
	return x->layer < y->layer ? -1 : x->layer > y->layer;
}

/* The links of one side, between assets of the join. */
static struct estate_link *links_of(
	struct joiner *j, const struct estate *e, const uint32_t *assets)
{
	struct estate_link *links = array(j, e->n_links, sizeof(*links));

	for (uint32_t i = 0; links && i < e->n_links; i++) {
		links[i] = e->links[i];
		links[i].from = renumber(assets, e->n_assets, links[i].from);
		links[i].to = renumber(assets, e->n_assets, links[i].to);
	}
	return links;
}

static int join_links(struct joiner *j)
{
	struct estate *e = j->joined;
	struct estate_link *a = links_of(j, j->now, j->assets.of_now);
	struct estate_link *b = links_of(j, j->other, j->assets.of_other);
	struct sorted sa = {(const char *)a, sizeof(*a), compare_links};
	struct sorted sb = {(const char *)b, sizeof(*b), compare_links};
	struct pairs pairs = {0};

	if (!a || !b ||
		pair_up(j, sa, j->now->n_links, sb, j->other->n_links, NULL, &pairs) < 0)
		return -1;
	e->links = array(j, pairs.n, sizeof(*e->links));
	if (!e->links)
		return -1;
	e->n_links = pairs.n;
	for (uint32_t i = 0; i < pairs.n; i++) {
		const struct pair *p = &pairs.all[i];
		bool both = p->now != ESTATE_NONE && p->other != ESTATE_NONE;

		e->links[i] = p->now != ESTATE_NONE ? a[p->now] : b[p->other];
		e->links[i].change = change_of(p, both && a[p->now].grade != b[p->other].grade);
	}
	return 0;
}

/* ---- the register's records ---- */

static int copy_register(struct joiner *j)
{
	const struct estate *now = j->now;
	struct estate *e = j->joined;
	const uint32_t *map = j->systems.of_now;
	uint32_t n = now->n_systems;

	e->supports =
		arena_copy(j->arena, now->supports, now->n_supports * sizeof(*e->supports));
	e->dependencies = arena_copy(
		j->arena, now->dependencies, now->n_dependencies * sizeof(*e->dependencies));
	e->supplies =
		arena_copy(j->arena, now->supplies, now->n_supplies * sizeof(*e->supplies));
	e->exits = arena_copy(j->arena, now->exits, now->n_exits * sizeof(*e->exits));
	if (!e->supports || !e->dependencies || !e->supplies || !e->exits)
		return -1;
	for (uint32_t i = 0; i < e->n_supports; i++)
		e->supports[i].system = renumber(map, n, e->supports[i].system);
	for (uint32_t i = 0; i < e->n_dependencies; i++) {
		e->dependencies[i].from = renumber(map, n, e->dependencies[i].from);
		e->dependencies[i].on = renumber(map, n, e->dependencies[i].on);
	}
	for (uint32_t i = 0; i < e->n_supplies; i++)
		e->supplies[i].system = renumber(map, n, e->supplies[i].system);
	for (uint32_t i = 0; i < e->n_exits; i++)
		e->exits[i].asset =
			renumber(j->assets.of_now, now->n_assets, e->exits[i].asset);
	return 0;
}

int estate_difference(const struct estate *now, const struct estate *other, struct arena *arena,
	struct estate *ret_joined, struct error *reterr)
{
	struct estate joined = *now;
	struct joiner j = {.now = now, .other = other, .joined = &joined, .arena = arena};

	joined.arena = arena;
	joined.other_us = other->as_of_us;
	joined.n_addresses = joined.n_services = joined.n_befores = 0;
	if (join_systems(&j) < 0 || pair_assets(&j) < 0 || join_subnets(&j) < 0 ||
		join_assets(&j) < 0 || join_links(&j) < 0 || copy_register(&j) < 0)
		return error_set(reterr, ERROR_SYSTEM,
			"no memory for the difference of two days; draw one realm at a time");
	*ret_joined = joined;
	return 0;
}
