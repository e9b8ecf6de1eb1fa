/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A simulated year for identity: things with addresses and keys of which the truth is known, a
 * run a week, and the assets that inventory/identity makes of them. Counts what was wrong and
 * prints one JSON object. It does no I/O but that.
 *
 * A wrong merge is an asset that was given addresses of two things at any time of the year;
 * each thing beyond its first counts. A false split is a thing that was given two assets,
 * neither of which is an alias of the other at the end; each asset beyond the first counts.
 *
 * What is decidable: things that show a key. Three kinds of errors are counted apart:
 * - "keyless": one of the two things shows no key, or none in the week when it happened (some
 *   greetings fail), so that nothing but its address tells it from whatever has the address
 *   next; or it has addresses in two networks and no key but the MAC of one of them;
 * - "alike": the two show the same keys and nothing else (images copied without making new
 * keys, where no MAC is heard);
 * - "rekeyed": a thing whose every key changed at once (installed anew) is told from another
 *   thing by nothing.
 */
#include "common/siphash.h"
#include "inventory/identity/identity.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ADDRESSES_MAX 24 /* of a thing */
#define NETWORK_SIZE 256
#define POOL 230 /* addresses that are given out in a network */
#define PER_NETWORK 185
#define BUNDLES 2
#define YOUNG_MAX 64 /* images that are copied during the year */
#define THINGS_PER_YOUNG 1500
#define KEYS_MAX 8 /* of a thing, and seen at an address */

/* Chances, of a million. */
enum {
	LOCAL = 200000,	   /* networks whose MACs are heard */
	WANDERING = 600000, /* networks that give out addresses */
	OFF = 50000,	   /* things that are off in a week */
	LOST = 5000,	   /* greetings that fail */
	LEASE_ENDS = 300000, /* addresses that a thing loses by being off */
	BOTH_FAMILIES = 100000,
	SECOND_NETWORK = 20000,
	CHURN = 100000,	 /* of all things, in a week: their address changes */
	REPLACED = 10000, /* in a year: another thing in its place */
	NEW_CARD = 5000,  /* in a year: another network card */
	REKEYED = 2000,	  /* in a year: installed anew */
	RECONFIGURED = 10000, /* in a year: serves something more, or less */
	COPIED = 300000,  /* in a week: one more copy of an image that began with one */
	FAILOVER = 100000 /* in a week: the service address goes to the other one */
};

enum class { SERVER, CLIENT, DEVICE, ROUTER, CLONE, PAIR, CLASS_N };
enum kind { SSH, ENGINE, TLS, SERIAL, MAC, KIND_N };
static const struct {
	const char *type;
	struct key_trust trust;
} kinds[KIND_N] = {
	[SSH] = {"ssh.hostkey.sha256", {KEY_DEFINITIVE, HOLDS_ONE, 90, true, 256}},
	[ENGINE] = {"snmp.engineid", {KEY_DEFINITIVE, HOLDS_ONE, 85, true, 256}},
	[TLS] = {"tls.device.sha256", {KEY_DEFINITIVE, HOLDS_ONE, 70, false, 32}},
	[SERIAL] = {"serial", {KEY_DEFINITIVE, HOLDS_LIFE, 100, true, 256}},
	[MAC] = {"mac", {KEY_STRONG, HOLDS_MANY, 65, true, 16}},
};

struct thing {
	enum class class;
	uint32_t network, n_addresses, address[ADDRESSES_MAX]; /* places; 0: none */
	uint32_t key[KIND_N];				       /* 0: none */
	uint32_t image;	 /* of a clone */
	uint32_t service; /* place of the service address that it holds now */
	uint32_t other;	  /* of a pair */
	bool off, rekeyed, has_left;
	uint32_t assets[16], n_assets; /* that it was given, by number */
	bool mute[16];		       /* in a week in which it showed no key */
};

/* What the register holds of an address. A place is a number: network * 512 + host, + 256 for
 * IPv6. */
struct place {
	uint32_t asset; /* index, 0: none */
	uint32_t seen[KEYS_MAX], n_seen;
	uint32_t thing; /* that has it in truth, index + 1 */
	bool is_mute;	/* shows no key this week, or only what copies have in common */
	uint32_t endpoint;
};

struct keys {
	uint32_t *items, n, room;
};

struct asset {
	int64_t id;
	struct keys keys, places;
	uint32_t into; /* alias of, 0: none */
	uint32_t thing, others; /* first thing it was given; how many more */
};

struct world {
	uint64_t state;
	uint32_t n_things, room_things, n_networks, n_keys, n_assets, room_assets;
	struct thing *things;
	struct place *places;
	uint8_t *local, *wandering, *restless;
	uint32_t bundle; /* which of the run's */
	uint32_t young[YOUNG_MAX], n_young; /* images that began with one copy */
	uint8_t *shared, *key_kind; /* by key */
	uint32_t room_keys;
	struct asset *assets;
	uint32_t *by_counter; /* asset by counter of its id */
	int64_t counter;
	uint64_t merges, splits, moves, service_notes;
	uint64_t wrong[4], split[4]; /* decidable, keyless, alike, rekeyed */
};

static void *must(void *memory)
{
	if (!memory) {
		fprintf(stderr, "no memory\n");
		exit(70);
	}
	return memory;
}

/* splitmix64 (Steele, Lea and Flood, 2014) */
static uint64_t number(struct world *w)
{
	uint64_t z = w->state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static uint32_t below(struct world *w, uint32_t n)
{
	return (uint32_t)(number(w) % n);
}

static bool chance(struct world *w, uint32_t of_a_million)
{
	return below(w, 1000000) < of_a_million;
}

static void keys_add(struct keys *keys, uint32_t key)
{
	for (uint32_t i = 0; i < keys->n; i++)
		if (keys->items[i] == key)
			return;
	if (keys->n == keys->room) {
		keys->room = keys->room ? keys->room * 2 : 4;
		keys->items = must(reallocarray(keys->items, keys->room, sizeof(uint32_t)));
	}
	keys->items[keys->n++] = key;
}

static void keys_drop(struct keys *keys, uint32_t key)
{
	for (uint32_t i = 0; i < keys->n; i++)
		if (keys->items[i] == key)
			keys->items[i--] = keys->items[--keys->n];
}

static bool keys_have(const struct keys *keys, uint32_t key)
{
	for (uint32_t i = 0; i < keys->n; i++)
		if (keys->items[i] == key)
			return true;
	return false;
}

/* ---- the world ---------------------------------------------------------------------- */

static uint32_t new_key(struct world *w, enum kind kind)
{
	if (++w->n_keys >= w->room_keys) {
		uint32_t room = w->room_keys ? w->room_keys * 2 : 1024;

		w->shared = must(reallocarray(w->shared, room, 1));
		w->key_kind = must(reallocarray(w->key_kind, room, 1));
		memset(w->shared + w->room_keys, 0, room - w->room_keys);
		w->room_keys = room;
	}
	w->key_kind[w->n_keys] = (uint8_t)kind;
	return w->n_keys;
}

static uint32_t network_of_place(uint32_t place)
{
	return place / 512;
}

static struct addr addr_of(uint32_t place)
{
	uint32_t net = place / 512, host = place % 256;
	uint8_t v6[16] = {0x20, 0x01, 0x0d, 0xb8, 0, 0, (uint8_t)(net >> 8), (uint8_t)net};

	if (!(place & 256))
		return addr_v4(10u << 24 | net << 8 | host);
	v6[15] = (uint8_t)host;
	return addr_from_bytes(6, v6);
}

/* A free host of the network; 0 if it is full. */
static uint32_t free_place(struct world *w, uint32_t net, bool v6)
{
	for (int i = 0; i < 4096; i++) {
		uint32_t place = net * 512 + (v6 ? 256 : 0) + 2 + below(w, POOL);

		if (!w->places[place].thing)
			return place;
	}
	return 0;
}

static void occupy(struct world *w, uint32_t thing, uint32_t place)
{
	struct thing *t = &w->things[thing];

	if (!place || t->n_addresses == ADDRESSES_MAX)
		return;
	t->address[t->n_addresses++] = place;
	w->places[place].thing = thing + 1;
}

/* What things of a class show: shares in a million of SSH, SNMP engine, TLS and serial
 * number. */
static const uint32_t shows[CLASS_N][4] = {
	[SERVER] = {800000, 50000, 200000, 0},
	[CLIENT] = {350000, 0, 80000, 0},
	[DEVICE] = {100000, 500000, 250000, 150000},
	[ROUTER] = {700000, 1000000, 0, 100000},
	[CLONE] = {0, 0, 500000, 0},
	[PAIR] = {1000000, 0, 0, 0},
};
#define DEFAULTS 6 /* certificates that makers deliver to many */
#define DEFAULT_TLS 200000
static uint32_t defaults[DEFAULTS];
#define IMAGES_OF 40 /* clones of one image */

static void give_keys(struct world *w, struct thing *t)
{
	for (int kind = SSH; kind <= SERIAL; kind++)
		t->key[kind] =
			chance(w, shows[t->class][kind]) ? new_key(w, (enum kind)kind) : 0;
	if (t->key[TLS] && t->class == DEVICE && chance(w, DEFAULT_TLS))
		t->key[TLS] = defaults[below(w, DEFAULTS)];
	if (t->class == CLONE)
		t->key[SSH] = t->image;
	t->key[MAC] = new_key(w, MAC);
}

static uint32_t add_thing(struct world *w, enum class class, uint32_t net)
{
	uint32_t own = w->n_things++;

	if (w->n_things > w->room_things) {
		w->room_things = w->room_things ? w->room_things * 2 : 1024;
		w->things = must(reallocarray(w->things, w->room_things, sizeof(*w->things)));
	}
	w->things[own] = (struct thing){.class = class, .network = net};
	return own;
}

static void add_ordinary(struct world *w, uint32_t net, uint32_t image)
{
	enum class class = w->wandering[net] ? CLIENT : below(w, 100) < 65 ? SERVER : DEVICE;
	uint32_t own;

	if (image)
		class = CLONE;
	own = add_thing(w, class, net);
	w->things[own].image = image;
	give_keys(w, &w->things[own]);
	occupy(w, own, free_place(w, net, false));
	if (chance(w, BOTH_FAMILIES))
		occupy(w, own, free_place(w, net, true));
	if (class == SERVER && chance(w, SECOND_NETWORK)) {
		uint32_t second = below(w, w->n_networks);

		if (second != net)
			occupy(w, own, free_place(w, second, false));
	}
}

static void add_router(struct world *w)
{
	uint32_t own = add_thing(w, ROUTER, below(w, w->n_networks));
	uint32_t n = 3 + below(w, ADDRESSES_MAX - 3), first = w->things[own].network;

	give_keys(w, &w->things[own]);
	for (uint32_t i = 0; i < n && i < w->n_networks; i++)
		occupy(w, own, free_place(w, (first + i) % w->n_networks, false));
}

static void add_pair(struct world *w, uint32_t net)
{
	uint32_t one = add_thing(w, PAIR, net), two = add_thing(w, PAIR, net);

	for (uint32_t t = one; t <= two; t++) {
		give_keys(w, &w->things[t]);
		w->things[t].other = t == one ? two : one;
		occupy(w, t, free_place(w, net, false));
	}
	w->things[one].service = free_place(w, net, false);
	w->places[w->things[one].service].thing = one + 1;
}

static void make(struct world *w, uint32_t n_things)
{
	uint32_t image = 0, copies = 0;

	w->n_networks = n_things / PER_NETWORK + 2;
	w->places = must(calloc((size_t)w->n_networks * 512, sizeof(*w->places)));
	w->local = must(calloc(w->n_networks, 1));
	w->wandering = must(calloc(w->n_networks, 1));
	w->restless = must(calloc(w->n_networks, 1));
	w->assets = must(calloc(1024, sizeof(*w->assets)));
	w->room_assets = 1024;
	w->n_assets = 1; /* 0: none */
	for (uint32_t i = 0; i < w->n_networks; i++) {
		w->local[i] = chance(w, LOCAL);
		w->wandering[i] = chance(w, WANDERING);
	}
	for (int i = 0; i < DEFAULTS; i++)
		defaults[i] = new_key(w, TLS);
	while (w->n_things < n_things) {
		uint32_t net = w->n_things / PER_NETWORK, dice = below(w, 1000);

		if (dice < 4)
			add_router(w);
		else if (dice < 7)
			add_pair(w, net);
		else if (dice < 17) {
			if (copies++ % IMAGES_OF == 0)
				image = new_key(w, SSH);
			add_ordinary(w, net, image);
		} else if (w->n_young < YOUNG_MAX &&
			   w->n_things > (w->n_young + 1) * THINGS_PER_YOUNG) {
			w->young[w->n_young] = new_key(w, SSH);
			add_ordinary(w, net, w->young[w->n_young++]);
		} else {
			add_ordinary(w, net, 0);
		}
	}
}

/* ---- a week ------------------------------------------------------------------------- */

static void release(struct world *w, struct thing *t, uint32_t i)
{
	w->places[t->address[i]].thing = 0;
	t->address[i] = t->address[--t->n_addresses];
}

/* Gives up its IPv4 address in its own network, and gets another one: it may be one that
 * somebody gave up this week. */
static void move(struct world *w, uint32_t thing)
{
	struct thing *t = &w->things[thing];

	for (uint32_t i = 0; i < t->n_addresses; i++)
		if (!(t->address[i] & 256) && network_of_place(t->address[i]) == t->network) {
			release(w, t, i);
			break;
		}
	t->has_left = true;
}

static void replace(struct world *w, uint32_t thing)
{
	struct thing *old = &w->things[thing], *new;
	uint32_t own = add_thing(w, old->class, old->network);

	old = &w->things[thing];
	new = &w->things[own];
	new->image = old->image;
	give_keys(w, new);
	while (old->n_addresses) {
		uint32_t place = old->address[0];

		release(w, old, 0);
		occupy(w, own, place);
	}
}

/* One service more, or one less where another key remains. */
static void reconfigure(struct world *w, struct thing *t)
{
	enum kind kind = (enum kind)below(w, SERIAL);
	int n = 0;

	for (int i = SSH; i <= SERIAL; i++)
		n += t->key[i] != 0;
	if (!t->key[kind])
		t->key[kind] = new_key(w, kind);
	else if (n > 1)
		t->key[kind] = 0;
}

static void week(struct world *w, double weeks)
{
	uint32_t n = w->n_things;
	uint32_t wander = 0, clients = 0;

	for (uint32_t i = 0; i < n; i++) {
		struct thing *t = &w->things[i];

		t->off = chance(w, OFF);
		clients += (t->class == CLIENT || t->class == CLONE) &&
			   w->wandering[t->network] && t->n_addresses;
	}
	wander = clients ? (uint32_t)((uint64_t)CHURN * n / clients) : 0;
	for (uint32_t i = 0; i < n; i++) {
		struct thing *t = &w->things[i];
		bool wanders = (t->class == CLIENT || t->class == CLONE) && t->n_addresses &&
			       w->wandering[t->network];

		if (wanders && (chance(w, wander) || (t->off && chance(w, LEASE_ENDS))))
			move(w, i);
		if (chance(w, (uint32_t)(NEW_CARD / weeks))) {
			t->key[MAC] = new_key(w, MAC);
			t->rekeyed |= !t->key[SSH] && !t->key[ENGINE] && !t->key[TLS] &&
				      !t->key[SERIAL];
		}
		if (t->class != CLONE && chance(w, (uint32_t)(REKEYED / weeks))) {
			t->rekeyed |= t->key[SSH] || t->key[ENGINE] || t->key[TLS];
			for (int kind = SSH; kind < SERIAL; kind++)
				t->key[kind] = t->key[kind] ? new_key(w, (enum kind)kind) : 0;
		}
		if (t->class != CLONE && chance(w, (uint32_t)(RECONFIGURED / weeks)))
			reconfigure(w, t);
		if (t->service && (t->off || chance(w, FAILOVER))) {
			w->things[t->other].service = t->service;
			w->places[t->service].thing = t->other + 1;
			t->service = 0;
		}
		if (t->class != PAIR && t->n_addresses &&
			chance(w, (uint32_t)(REPLACED / weeks)))
			replace(w, i);
	}
	for (uint32_t i = 0; i < w->n_young; i++)
		if (chance(w, COPIED))
			add_ordinary(w, below(w, w->n_networks), w->young[i]);
	for (uint32_t i = 0; i < n; i++)
		if (w->things[i].has_left && !w->things[i].off) {
			w->things[i].has_left = false;
			occupy(w, i, free_place(w, w->things[i].network, false));
		}
}

/* ---- a run -------------------------------------------------------------------------- */

static uint32_t feed_key(struct world *w, struct identity *identity, uint32_t key)
{
	const char *type = kinds[w->key_kind[key]].type;
	char value[24];

	snprintf(value, sizeof(value), "%u", key);
	return identity_key(identity, type, value, &kinds[w->key_kind[key]].trust);
}

static struct mac mac_of(uint32_t key)
{
	return (struct mac){{0, 0x11, (uint8_t)(key >> 24), (uint8_t)(key >> 16),
		(uint8_t)(key >> 8), (uint8_t)key}};
}

/* Keys that a place shows this week. */
static uint32_t shown(struct world *w, uint32_t place, uint32_t keys[KEYS_MAX])
{
	const struct thing *t = &w->things[w->places[place].thing - 1];
	uint32_t n = 0;

	for (int kind = 0; kind < KIND_N; kind++) {
		if (!t->key[kind] || (kind == MAC && !w->local[network_of_place(place)]))
			continue;
		if (kind == MAC && t->class == ROUTER) /* each interface has its own */
			continue;
		if (kind != MAC && chance(w, LOST))
			continue;
		keys[n++] = t->key[kind];
	}
	return n;
}

static bool has_kind(const struct world *w, const uint32_t *keys, uint32_t n, uint32_t kind)
{
	for (uint32_t i = 0; i < n; i++)
		if (w->key_kind[keys[i]] == kind)
			return true;
	return false;
}

static void feed_met(struct world *w, struct identity *identity, uint32_t place)
{
	struct place *p = &w->places[place];
	const struct thing *t = &w->things[p->thing - 1];
	struct addr addr = addr_of(place);
	struct mac mac = {0};
	uint32_t keys[KEYS_MAX], n = shown(w, place, keys), net = network_of_place(place);

	p->is_mute = n == 0 || (n == 1 && keys[0] == t->image);
	if (w->local[net] && t->class != ROUTER)
		mac = mac_of(t->key[MAC]);
	p->endpoint = identity_endpoint(
		identity, &addr, &mac, p->asset ? w->assets[p->asset].id : 0);
	for (uint32_t i = 0; i < n; i++)
		identity_endpoint_key(
			identity, p->endpoint, feed_key(w, identity, keys[i]), false);
	for (uint32_t i = 0; i < p->n_seen; i++) {
		uint32_t key = feed_key(w, identity, p->seen[i]);

		identity_known_sighting(identity, p->endpoint, key);
		/* Asked for: the port is closed, or a greeting failed. */
		if (w->key_kind[p->seen[i]] != MAC &&
			!has_kind(w, keys, n, w->key_kind[p->seen[i]]))
			identity_endpoint_lacks(identity, p->endpoint, key,
				!t->key[w->key_kind[p->seen[i]]]);
	}
	if (w->restless[net])
		identity_endpoint_restless(identity, p->endpoint);
	/* Kept for the filing. */
	p->n_seen = p->n_seen > KEYS_MAX ? KEYS_MAX : p->n_seen;
}

/* A run comes in several bundles, each of a part of the networks. */
static bool is_covered(const struct world *w, uint32_t place)
{
	return network_of_place(place) / 4 % BUNDLES == w->bundle;
}

static bool is_up(const struct world *w, uint32_t place)
{
	const struct place *p = &w->places[place];

	return is_covered(w, place) && p->thing && !w->things[p->thing - 1].off;
}

static void feed(struct world *w, struct identity *identity)
{
	uint32_t n = w->n_networks * 512;

	for (uint32_t place = 0; place < n; place++) {
		struct place *p = &w->places[place];

		p->endpoint = UINT32_MAX;
		if (is_up(w, place)) {
			feed_met(w, identity, place);
		} else if (p->asset) {
			struct addr addr = addr_of(place);

			p->endpoint = identity_known_address(
				identity, w->assets[p->asset].id, &addr, is_covered(w, place));
			for (uint32_t i = 0; i < p->n_seen; i++)
				identity_known_sighting(identity, p->endpoint,
					feed_key(w, identity, p->seen[i]));
		}
	}
	for (uint32_t i = 1; i < w->n_assets; i++) {
		const struct asset *a = &w->assets[i];

		if (a->into)
			continue;
		identity_known_asset(identity, a->id, a->places.n, 0);
		for (uint32_t j = 0; j < a->keys.n; j++)
			identity_known_key(identity, a->id,
				feed_key(w, identity, a->keys.items[j]),
				w->shared[a->keys.items[j]], false);
	}
}

/* ---- filing, as the register does it ------------------------------------------------ */

static uint32_t asset_of(struct world *w, int64_t id)
{
	uint32_t counter = (uint32_t)(id & 0xffffffff);

	if (counter >= w->n_assets) {
		uint32_t room = w->room_assets;

		while (room <= counter)
			room *= 2;
		if (room != w->room_assets)
			w->assets = must(reallocarray(w->assets, room, sizeof(*w->assets)));
		w->room_assets = room;
		memset(w->assets + w->n_assets, 0,
			(counter + 1 - w->n_assets) * sizeof(*w->assets));
		w->n_assets = counter + 1;
	}
	w->assets[counter].id = id;
	return counter;
}

static void give(struct world *w, uint32_t place, uint32_t asset)
{
	struct place *p = &w->places[place];

	if (p->asset == asset)
		return;
	if (p->asset) {
		keys_drop(&w->assets[p->asset].places, place);
		w->restless[network_of_place(place)] = 1;
		w->moves++;
	}
	p->asset = asset;
	p->n_seen = 0;
	if (asset)
		keys_add(&w->assets[asset].places, place);
}

static void apply_merge(struct world *w, const struct identity_merge *m)
{
	uint32_t from = asset_of(w, m->asset), into = asset_of(w, m->into);
	struct asset *a = &w->assets[from];

	for (uint32_t i = 0; i < a->keys.n; i++)
		keys_add(&w->assets[into].keys, a->keys.items[i]);
	for (uint32_t i = 0; i < a->places.n; i++) {
		w->places[a->places.items[i]].asset = into;
		keys_add(&w->assets[into].places, a->places.items[i]);
	}
	a->keys.n = a->places.n = 0;
	a->into = into;
	w->merges++;
}

static void apply_split(struct world *w, const struct identity_split *s, uint32_t n_places)
{
	uint32_t into = asset_of(w, s->into);

	for (uint32_t i = 0; i < w->assets[asset_of(w, s->asset)].places.n; i++) {
		uint32_t place = w->assets[asset_of(w, s->asset)].places.items[i];
		struct addr addr = addr_of(place);
		struct place *p = &w->places[place];

		if (place >= n_places || !addr_equal(&addr, &s->addr))
			continue;
		for (uint32_t j = 0; j < p->n_seen; j++)
			keys_add(&w->assets[into].keys, p->seen[j]);
		keys_drop(&w->assets[p->asset].places, place);
		keys_add(&w->assets[into].places, place);
		p->asset = into;
		break;
	}
	w->splits++;
}

enum reason { DECIDABLE, KEYLESS, ALIKE, REKEYED_THING };

static bool has_key(const struct world *w, const struct thing *t)
{
	for (int kind = SSH; kind <= SERIAL; kind++)
		if (t->key[kind] && !w->shared[t->key[kind]])
			return true;
	return w->local[t->network];
}

/* MACs do not cross a router: they do not make one thing of addresses on both sides. */
static bool is_beyond(const struct thing *t)
{
	bool beyond = false;

	for (int kind = SSH; kind <= SERIAL; kind++)
		if (t->key[kind])
			return false;
	for (uint32_t i = 0; i < t->n_addresses; i++)
		beyond |= network_of_place(t->address[i]) != t->network;
	return beyond;
}

static enum reason reason_of(const struct world *w, uint32_t one, uint32_t other)
{
	const struct thing *a = &w->things[one], *b = &w->things[other];

	if (a->rekeyed || b->rekeyed)
		return REKEYED_THING;
	if (a->class == CLONE && b->class == CLONE && a->image == b->image &&
		(!a->key[TLS] || !b->key[TLS]))
		return ALIKE;
	if (!has_key(w, a) || !has_key(w, b))
		return a->class == CLONE || b->class == CLONE ? ALIKE : KEYLESS;
	return DECIDABLE;
}

/* The truth, beside what was decided. */
static void judge(struct world *w, uint32_t place, uint32_t asset, bool tell)
{
	uint32_t thing = w->places[place].thing - 1;
	struct thing *t = &w->things[thing];
	struct asset *a = &w->assets[asset];
	enum reason reason;
	bool known = false;

	if (t->service == place)
		return; /* it is of the pair; judged by the addresses of their own */
	for (uint32_t i = 0; i < t->n_assets; i++)
		known |= t->assets[i] == asset;
	if (known)
		return;
	if (t->n_assets < 16) {
		t->mute[t->n_assets] = w->places[place].is_mute;
		t->assets[t->n_assets++] = asset;
	}
	if (!a->thing) {
		a->thing = thing + 1;
		return;
	}
	if (a->thing == thing + 1)
		return;
	a->others++;
	reason = reason_of(w, a->thing - 1, thing);
	if (reason == DECIDABLE && w->places[place].is_mute)
		reason = t->class == CLONE ? ALIKE : KEYLESS;
	w->wrong[reason]++;
	if (tell && reason == DECIDABLE) {
		const struct thing *o = &w->things[a->thing - 1];
		struct addr addr = addr_of(place);
		char text[ADDR_TEXT_MAX];

		fprintf(stderr,
			"wrong merge at %s: asset %u of thing %u (class %d; ssh %u engine %u tls "
			"%u serial %u), now thing %u (class %d; ssh %u engine %u tls %u serial "
			"%u)%s%s\n",
			addr_format(&addr, text), asset, a->thing - 1, o->class, o->key[SSH],
			o->key[ENGINE], o->key[TLS], o->key[SERIAL], thing, t->class,
			t->key[SSH], t->key[ENGINE], t->key[TLS], t->key[SERIAL],
			w->local[network_of_place(place)] ? " local" : "",
			w->wandering[network_of_place(place)] ? " wandering" : "");
	}
}

/* What an asset shows in place of keys of a kind ends those. */
static void end_keys(struct world *w, uint32_t asset, const struct keys *now)
{
	struct keys *held = &w->assets[asset].keys;

	for (int kind = 0; kind < KIND_N; kind++) {
		uint32_t n_now = 0, n_held = 0;

		for (uint32_t i = 0; i < now->n; i++)
			n_now += w->key_kind[now->items[i]] == kind;
		for (uint32_t i = 0; i < held->n; i++)
			n_held += w->key_kind[held->items[i]] == kind;
		for (uint32_t i = held->n; i-- > 0 && n_now && n_now >= n_held;)
			if (w->key_kind[held->items[i]] == kind &&
				!keys_have(now, held->items[i]))
				held->items[i] = held->items[--held->n];
	}
	for (uint32_t i = 0; i < now->n; i++)
		keys_add(held, now->items[i]);
}

/* What each asset showed in this run, gathered by asset. */
struct met {
	struct keys *keys; /* by asset */
	uint8_t *families; /* by asset: 1 IPv4, 2 IPv6 */
};

static void file_place(struct world *w, struct identity *identity, uint32_t place,
	struct met *met, bool tell)
{
	struct place *p = &w->places[place];
	struct identity_answer answer = identity_answer(identity, p->endpoint);
	uint32_t asset = asset_of(w, answer.asset);

	give(w, place, asset);
	met->families[asset] |= place & 256 ? 2 : 1;
	w->service_notes += answer.note != NULL;
	judge(w, place, asset, tell);
}

static void mark_shared(struct world *w, const struct identity *identity)
{
	struct identity_shared shared;
	uint32_t at = 0;

	while (identity_shared_next(identity, &at, &shared))
		w->shared[strtoul(shared.value, NULL, 10)] = 1;
}

/* Keys were shown with chance: the same draw has to be filed as was fed. It is repeated from
 * the state that the generator had. */
static void file_keys(struct world *w, struct met *met, uint64_t state)
{
	uint64_t kept = w->state;

	w->state = state;
	for (uint32_t place = 0; place < w->n_networks * 512; place++) {
		struct place *p = &w->places[place];
		uint32_t keys[KEYS_MAX], n;

		if (!is_up(w, place))
			continue;
		n = shown(w, place, keys);
		for (uint32_t i = 0; i < n; i++) {
			uint32_t kind = w->key_kind[keys[i]], j;

			keys_add(&met->keys[p->asset], keys[i]);
			for (j = 0; j < p->n_seen && w->key_kind[p->seen[j]] != kind; j++)
				;
			if (j < KEYS_MAX)
				p->seen[j] = keys[i];
			p->n_seen = j == p->n_seen && j < KEYS_MAX ? j + 1 : p->n_seen;
		}
	}
	w->state = kept;
	for (uint32_t i = 1; i < w->n_assets; i++) {
		end_keys(w, i, &met->keys[i]);
		free(met->keys[i].items);
	}
}

/* Addresses that did not answer, of assets that answer at another one of the family. */
static void end_addresses(struct world *w, const struct met *met)
{
	for (uint32_t place = 0; place < w->n_networks * 512; place++) {
		struct place *p = &w->places[place];

		if (is_covered(w, place) && !is_up(w, place) && p->asset &&
			met->families[p->asset] & (place & 256 ? 2 : 1)) {
			keys_drop(&w->assets[p->asset].places, place);
			p->asset = p->n_seen = 0;
		}
	}
}

static void run(struct world *w, bool tell)
{
	struct identity *identity = must(identity_new());
	const struct identity_merge *merges;
	const struct identity_split *splits;
	struct met met;
	uint64_t state = w->state;
	size_t n;

	feed(w, identity);
	if (!identity_resolve(identity, &w->counter))
		must(NULL);
	asset_of(w, w->counter > 0 ? w->counter : 1);
	met.keys = must(calloc(w->n_assets + 1, sizeof(*met.keys)));
	met.families = must(calloc(w->n_assets + 1, 1));
	n = identity_merges(identity, &merges);
	for (size_t i = 0; i < n; i++)
		apply_merge(w, &merges[i]);
	n = identity_splits(identity, &splits);
	for (size_t i = 0; i < n; i++)
		apply_split(w, &splits[i], w->n_networks * 512);
	mark_shared(w, identity);
	for (uint32_t place = 0; place < w->n_networks * 512; place++)
		if (is_up(w, place))
			file_place(w, identity, place, &met, tell);
	file_keys(w, &met, state);
	end_addresses(w, &met);
	identity_free(identity);
	free(met.keys);
	free(met.families);
}

/* ---- the result --------------------------------------------------------------------- */

static uint32_t final_of(const struct world *w, uint32_t asset)
{
	while (w->assets[asset].into)
		asset = w->assets[asset].into;
	return asset;
}

static void count_splits(struct world *w, bool tell)
{
	for (uint32_t i = 0; i < w->n_things; i++) {
		const struct thing *t = &w->things[i];
		uint32_t distinct = 0, mute = 0;
		enum reason reason;

		for (uint32_t a = 0; a < t->n_assets; a++) {
			bool before = false;

			for (uint32_t b = 0; b < a; b++)
				before |=
					final_of(w, t->assets[a]) == final_of(w, t->assets[b]);
			distinct += !before && !t->mute[a];
			mute += !before && t->mute[a];
		}
		w->split[KEYLESS] += mute - (mute && !distinct);
		if (distinct < 2)
			continue;
		reason = t->rekeyed	       ? REKEYED_THING
			 : t->class == CLONE   ? ALIKE
			 : !has_key(w, t) || is_beyond(t) ? KEYLESS
					       : DECIDABLE;
		w->split[reason] += distinct - 1;
		if (tell && reason == DECIDABLE)
			fprintf(stderr,
				"false split: thing %u (class %d, %u addresses; ssh %u engine "
				"%u tls %u serial %u) became %u assets%s%s\n",
				i, t->class, t->n_addresses, t->key[SSH], t->key[ENGINE],
				t->key[TLS], t->key[SERIAL], distinct,
				w->local[t->network] ? " local" : "",
				w->wandering[t->network] ? " wandering" : "");
	}
}

static uint32_t count_keyless(const struct world *w)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < w->n_things; i++)
		n += !has_key(w, &w->things[i]) && w->things[i].class != CLONE;
	return n;
}

static void done(struct world *w)
{
	for (uint32_t i = 1; i < w->n_assets; i++) {
		free(w->assets[i].keys.items);
		free(w->assets[i].places.items);
	}
	free(w->assets);
	free(w->things);
	free(w->places);
	free(w->local);
	free(w->wandering);
	free(w->restless);
	free(w->shared);
	free(w->key_kind);
}

/* THINGS RUNS SEED [tell]: exit 1 if a decidable thing was merged wrongly, or too many
 * split. */
int main(int argc, char **argv)
{
	struct world w = {0};
	uint32_t things = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 2000;
	uint32_t runs = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 20;
	bool tell = argc > 4;

	w.state = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
	if (things < 100 || things > 4000000 || runs < 1 || runs > 520) {
		fprintf(stderr, "year THINGS RUNS SEED [tell]\n");
		return 2;
	}
	make(&w, things);
	for (uint32_t i = 0; i < runs; i++) {
		if (i)
			week(&w, 52);
		for (w.bundle = 0; w.bundle < BUNDLES; w.bundle++)
			run(&w, tell);
	}
	count_splits(&w, tell);
	printf("{\"things\":%u,\"runs\":%u,\"assets\":%" PRId64
	       ",\"keyless\":%u,\"moves\":%" PRIu64 ",\"merges\":%" PRIu64
	       ",\"splits\":%" PRIu64 ",\"wrong_merges\":%" PRIu64 ",\"false_splits\":%" PRIu64
	       ",\"wrong_keyless\":%" PRIu64 ",\"split_keyless\":%" PRIu64
	       ",\"wrong_alike\":%" PRIu64 ",\"split_alike\":%" PRIu64
	       ",\"wrong_rekeyed\":%" PRIu64 ",\"split_rekeyed\":%" PRIu64 "}\n",
		w.n_things, runs, w.counter, count_keyless(&w), w.moves, w.merges, w.splits,
		w.wrong[DECIDABLE], w.split[DECIDABLE], w.wrong[KEYLESS], w.split[KEYLESS],
		w.wrong[ALIKE], w.split[ALIKE], w.wrong[REKEYED_THING], w.split[REKEYED_THING]);
	things = w.n_things;
	runs = (uint32_t)(w.wrong[DECIDABLE] * 100000 > things ||
			  w.split[DECIDABLE] * 1000 > things);
	done(&w);
	return (int)runs;
}
