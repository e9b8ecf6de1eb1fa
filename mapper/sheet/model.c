/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Networks, places and totals of the sheets' model; edges.c adds joints and edges. An IPv6
 * subnet is shown with the IPv4 subnet that its assets share most, counting an equal MAC
 * address thrice: a dual-stack segment is one network on the ground. A domain that all names
 * end in is taken off them.
 */
#include "mapper/sheet/model.h"

#include "common/cleanup.h"
#include "mapper/sheet/edges.h"
#include "mapper/sheet/overlay.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool model_is_cii(const struct estate *estate, const struct estate_asset *asset)
{
	return asset->change != CHANGE_GONE && asset->system < estate->n_systems &&
	       estate->systems[asset->system].designated;
}

uint8_t model_tier(const struct estate *estate, const struct estate_asset *asset)
{
	uint8_t tier =
		asset->system < estate->n_systems ? estate->systems[asset->system].tier : 0;

	if (asset->change == CHANGE_GONE)
		return 0;
	return tier > 5 ? 0 : tier;
}

const char *model_system_name(const struct estate_system *system)
{
	return system->name[0] ? system->name : system->id;
}

/* ---- which subnets are one network ---- */

static bool same_mac(const struct estate_address *a, const struct estate_address *b)
{
	return !mac_is_zero(&a->mac) && memcmp(&a->mac, &b->mac, sizeof(a->mac)) == 0;
}

/* Votes of the addresses of one IPv6 subnet for the IPv4 subnets of the same assets. */
static uint32_t elect(
	const struct estate *estate, const uint32_t *members, uint32_t n, uint32_t *votes)
{
	uint32_t best = ESTATE_NONE, together = 0;

	memset(votes, 0, estate->n_subnets * sizeof(*votes));
	for (uint32_t i = 0; i < n; i++) {
		const struct estate_address *six = &estate->addresses[members[i]];
		const struct estate_asset *asset = &estate->assets[six->asset];
		bool shared = false;

		for (uint32_t k = 0; k < asset->n_addresses; k++) {
			const struct estate_address *four =
				&estate->addresses[asset->first_address + k];

			if (four->addr.family != 4 || four->subnet >= estate->n_subnets)
				continue;
			votes[four->subnet] += same_mac(six, four) ? 3 : 1;
			shared = true;
		}
		together += shared;
	}
	for (uint32_t i = 0; i < estate->n_subnets; i++)
		if (votes[i] > 0 && (best == ESTATE_NONE || votes[i] > votes[best]))
			best = i;
	return together * 2 >= n ? best : ESTATE_NONE;
}

static int by_subnet(const void *a, const void *b, void *closure)
{
	const struct estate_address *addresses = closure;
	uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;

	if (addresses[i].subnet != addresses[j].subnet)
		return addresses[i].subnet < addresses[j].subnet ? -1 : 1;
	return i < j ? -1 : i > j;
}

/* leader[s]: the subnet that s is shown with; itself for most. */
static int elect_leaders(const struct estate *estate, uint32_t *leader)
{
	_cleanup_(cleanup_freep) uint32_t *order =
		calloc(estate->n_addresses + 1, sizeof(*order));
	_cleanup_(cleanup_freep) uint32_t *votes =
		calloc(estate->n_subnets + 1, sizeof(*votes));

	if (!order || !votes)
		return -1;
	for (uint32_t i = 0; i < estate->n_subnets; i++)
		leader[i] = i;
	for (uint32_t i = 0; i < estate->n_addresses; i++)
		order[i] = i;
	qsort_r(order, estate->n_addresses, sizeof(*order), by_subnet, estate->addresses);
	for (uint32_t i = 0, end; i < estate->n_addresses; i = end) {
		uint32_t subnet = estate->addresses[order[i]].subnet;

		for (end = i; end < estate->n_addresses &&
			      estate->addresses[order[end]].subnet == subnet;
			end++)
			;
		if (subnet < estate->n_subnets &&
			estate->subnets[subnet].cidr.base.family == 6) {
			uint32_t four = elect(estate, order + i, end - i, votes);

			leader[subnet] = four == ESTATE_NONE ? subnet : four;
		}
	}
	return 0;
}

/* ---- networks ---- */

static int by_cidr(const void *a, const void *b, void *closure)
{
	const struct estate_subnet *subnets = closure;
	uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
	int c = cidr_compare(&subnets[i].cidr, &subnets[j].cidr);

	return c ? c : i < j ? -1 : i > j;
}

static void name_network(struct model *model, struct model_network *network, uint32_t subnet,
	const uint32_t *leader)
{
	const struct estate *estate = model->estate;
	const struct estate_subnet *s = &estate->subnets[subnet];
	char text[CIDR_TEXT_MAX];

	network->cidr = s->cidr;
	network->name = s->name;
	network->zone = s->zone;
	network->prefixes =
		arena_strdup(model->arena, estate_cidr_text(estate, &s->cidr, text));
	network->internet =
		strcasecmp(s->zone, "internet") == 0 || strcasecmp(s->name, "internet") == 0;
	if (!s->name[0]) {
		network->name = network->prefixes;
		network->prefixes = "";
	}
	for (uint32_t i = 0; i < estate->n_subnets && network->prefixes; i++)
		if (i != subnet && leader[i] == subnet) {
			const char *more =
				estate_cidr_text(estate, &estate->subnets[i].cidr, text);

			network->prefixes = arena_printf(model->arena, "%s%s%s",
				network->prefixes,
				network->prefixes[0] && more[0] ? " \xc2\xb7 " : "", more);
			if (!network->zone[0])
				network->zone = estate->subnets[i].zone;
		}
}

static int make_networks(struct model *model)
{
	const struct estate *estate = model->estate;
	_cleanup_(cleanup_freep) uint32_t *leader =
		calloc(estate->n_subnets + 1, sizeof(*leader));
	_cleanup_(cleanup_freep) uint32_t *order =
		calloc(estate->n_subnets + 1, sizeof(*order));
	uint32_t n = 0;

	model->network_of_subnet = arena_alloc(
		model->arena, (estate->n_subnets + 1) * sizeof(*model->network_of_subnet));
	model->networks =
		arena_alloc(model->arena, (estate->n_subnets + 1) * sizeof(*model->networks));
	if (!leader || !order || !model->networks || !model->network_of_subnet ||
		elect_leaders(estate, leader) < 0)
		return -1;
	for (uint32_t i = 0; i < estate->n_subnets; i++)
		if (leader[i] == i)
			order[n++] = i;
	qsort_r(order, n, sizeof(*order), by_cidr, estate->subnets);
	for (uint32_t i = 0; i < n; i++) {
		name_network(model, &model->networks[i], order[i], leader);
		if (!model->networks[i].prefixes)
			return -1;
		model->network_of_subnet[order[i]] = i;
	}
	for (uint32_t i = 0; i < estate->n_subnets; i++)
		model->network_of_subnet[i] = model->network_of_subnet[leader[i]];
	model->n_networks = model->n_known_networks = n;
	return 0;
}

/* ---- places ---- */

static int by_place(const void *a, const void *b)
{
	const struct model_place *x = a, *y = b;
	int c;

	if (x->network != y->network)
		return x->network < y->network ? -1 : 1;
	c = addr_compare(&x->addr, &y->addr);
	return c ? c : x->asset < y->asset ? -1 : x->asset > y->asset;
}

static int by_asset(const void *a, const void *b)
{
	const struct model_place *x = a, *y = b;
	int c;

	if (x->network != y->network)
		return x->network < y->network ? -1 : 1;
	if (x->asset != y->asset)
		return x->asset < y->asset ? -1 : 1;
	c = addr_compare(&x->addr, &y->addr);
	return c;
}

/* Every asset that is not a joint, once per network, at its lowest address there. */
static int make_places(struct model *model)
{
	const struct estate *estate = model->estate;
	uint32_t n = 0, kept = 0, unknown = model->n_networks;
	struct model_place *places = arena_alloc(model->arena,
		((size_t)estate->n_addresses + estate->n_assets + 1) * sizeof(*places));

	if (!places)
		return -1;
	for (uint32_t i = 0; i < estate->n_assets; i++) {
		const struct estate_asset *asset = &estate->assets[i];
		uint32_t before = n;

		if (model->joint_of[i] != MODEL_NONE)
			continue;
		for (uint32_t k = 0; k < asset->n_addresses; k++) {
			const struct estate_address *a =
				&estate->addresses[asset->first_address + k];

			if (a->subnet < estate->n_subnets)
				places[n++] = (struct model_place){
					model->network_of_subnet[a->subnet], i, a->addr};
		}
		if (n == before)
			places[n++] = (struct model_place){unknown, i,
				asset->n_addresses > 0
					? estate->addresses[asset->first_address].addr
					: (struct addr){0}};
	}
	qsort(places, n, sizeof(*places), by_asset);
	for (uint32_t i = 0; i < n; i++)
		if (kept == 0 || places[i].network != places[kept - 1].network ||
			places[i].asset != places[kept - 1].asset)
			places[kept++] = places[i];
	qsort(places, kept, sizeof(*places), by_place);
	if (kept > 0 && places[kept - 1].network == unknown)
		model->networks[model->n_networks++] =
			(struct model_network){
				.name = "Network not known", .prefixes = "", .zone = ""};
	model->places = places;
	model->n_places = kept;
	return 0;
}

/* The system of most of the assets that have one. */
static int find_owner(struct model *model, struct model_network *network, uint32_t *votes)
{
	const struct estate *estate = model->estate;

	network->system = MODEL_NONE;
	for (uint32_t i = 0; i < network->n_places; i++) {
		const struct model_place *place = &model->places[network->first_place + i];
		const struct estate_asset *asset = &estate->assets[place->asset];
		uint32_t best = network->system;

		network->n_cii += model_is_cii(estate, asset);
		network->n_exposed += asset->exposed != 0;
		network->n_findings += asset->n_findings;
		change_count(&network->changes, asset->change);
		if (asset->system >= estate->n_systems || network->internet)
			continue;
		votes[asset->system]++;
		if (best == MODEL_NONE || votes[asset->system] > votes[best] ||
			(votes[asset->system] == votes[best] && asset->system < best))
			network->system = asset->system;
	}
	for (uint32_t i = 0; i < network->n_places; i++) {
		uint32_t system =
			estate->assets[model->places[network->first_place + i].asset].system;

		if (system < estate->n_systems)
			votes[system] = 0;
	}
	return 0;
}

static int fill_networks(struct model *model)
{
	_cleanup_(cleanup_freep) uint32_t *votes =
		calloc(model->estate->n_systems + 1, sizeof(*votes));

	if (!votes)
		return -1;
	for (uint32_t i = 0; i < model->n_places; i++) {
		struct model_network *network = &model->networks[model->places[i].network];

		if (network->n_places++ == 0)
			network->first_place = i;
	}
	for (uint32_t i = 0; i < model->n_networks; i++)
		find_owner(model, &model->networks[i], votes);
	return 0;
}

static void count_totals(struct model *model)
{
	const struct estate *estate = model->estate;

	for (uint32_t i = 0; i < estate->n_systems; i++) {
		const struct estate_system *system = &estate->systems[i];
		bool ours = !system->external && system->change != CHANGE_GONE;

		model->n_systems += ours;
		model->n_cii_systems += ours && system->designated;
	}
	for (uint32_t i = 0; i < estate->n_assets; i++) {
		change_count(&model->changes, estate->assets[i].change);
		model->n_assets += estate->assets[i].change != CHANGE_GONE;
		model->n_cii_assets += model_is_cii(estate, &estate->assets[i]);
		model->n_exposed_assets += estate->assets[i].exposed != 0;
		model->n_findings += estate->assets[i].n_findings;
		model->n_found_assets += estate->assets[i].n_findings > 0;
	}
	for (uint32_t i = 0; i < estate->n_services; i++) {
		model->n_services += estate->services[i].change != CHANGE_GONE;
		model->n_exposed_services += estate->services[i].exposed != 0;
	}
}

uint32_t model_home(const struct model *model, uint32_t asset)
{
	const struct estate *estate = model->estate;
	const struct estate_asset *a = &estate->assets[asset];
	const struct estate_address *best = NULL;

	for (uint32_t i = 0; i < a->n_addresses; i++) {
		const struct estate_address *address = &estate->addresses[a->first_address + i];

		if (address->subnet < estate->n_subnets &&
			(!best || addr_compare(&address->addr, &best->addr) < 0))
			best = address;
	}
	return best ? model->network_of_subnet[best->subnet] : model->n_known_networks;
}

struct addr model_address(const struct model *model, uint32_t asset)
{
	const struct estate_asset *a = &model->estate->assets[asset];
	const struct estate_address *addresses = &model->estate->addresses[a->first_address];
	uint32_t best = 0;

	for (uint32_t i = 1; i < a->n_addresses; i++)
		if (addr_compare(&addresses[i].addr, &addresses[best].addr) < 0)
			best = i;
	return a->n_addresses > 0 ? addresses[best].addr : (struct addr){0};
}

/* ---- names ---- */

/* What follows the first label of a name, NULL if it has no more. */
static const char *domain_of(const char *name)
{
	const char *dot = strchr(name, '.');

	return dot && dot > name && dot[1] && !strpbrk(name, " /:") ? dot + 1 : NULL;
}

/* The domain of all assets whose name is not merely an address; at least two have one. */
static const char *common_domain(const struct estate *estate)
{
	const char *domain = NULL;
	uint32_t named = 0;

	for (uint32_t i = 0; i < estate->n_assets; i++) {
		const char *own = domain_of(estate->assets[i].name);
		struct addr addr;

		if (!estate->assets[i].name[0] ||
			addr_parse(estate->assets[i].name, &addr, NULL) == 0)
			continue;
		if (!own || (domain && strcasecmp(domain, own) != 0))
			return "";
		if (!domain)
			domain = own;
		named++;
	}
	return named >= 2 ? domain : "";
}

const char *model_asset_name(const struct model *model, uint32_t asset)
{
	const char *whole = model->estate->assets[asset].name;
	struct addr addr;

	if (!model->domain[0])
		return whole;
	if (!model->names[asset])
		model->names[asset] =
			addr_parse(whole, &addr, NULL) == 0
				? whole
				: arena_strndup(model->lasting, whole, strcspn(whole, "."));
	return model->names[asset] ? model->names[asset] : whole;
}

static int find_domain(struct model *model)
{
	model->domain = common_domain(model->estate);
	if (model->domain[0])
		model->names = arena_alloc(
			model->arena, model->estate->n_assets * sizeof(*model->names));
	return model->domain[0] && !model->names ? -1 : 0;
}

int model_make(const struct estate *estate, struct arena *arena, struct model **ret_model,
	struct error *reterr)
{
	struct model *model = arena_alloc(arena, sizeof(*model));

	if (!model)
		return error_set(reterr, ERROR_SYSTEM, "cannot draw the map: no memory");
	model->estate = estate;
	model->arena = model->lasting = arena;
	model->overlay = arena_alloc(arena, sizeof(*model->overlay));
	if (!model->overlay || find_domain(model) < 0 || make_networks(model) < 0 ||
		edges_find_joints(model) < 0 || make_places(model) < 0 ||
		fill_networks(model) < 0 || edges_make(model) < 0)
		return error_set(reterr, ERROR_SYSTEM, "cannot draw the map: no memory");
	count_totals(model);
	*ret_model = model;
	return 0;
}
