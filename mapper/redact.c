/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The redactor; see redact.h. Every field is named here when it is copied, and a record is
 * never copied whole: a field that is new stays out until somebody decides about it. Runs over
 * the estate twice: first to learn what is hidden and which things need a pseudonym, then to
 * write.
 */
#include "mapper/redact.h"

#include "mapper/mapper.h"
#include "mapper/pseudonym.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define WORD_LEAST 3 /* bytes; a host called "1" hides no text with a 1 in it */
#define WORD_MAX 256 /* bytes of a word that is compared with what is hidden */
#define PLAIN_V4 24
#define PLAIN_V6 64
#define FAKE_V4 0xf0000000u /* class E, in which no host has an address */

static const char *const level_names[REDACTION_N] = {"none", "internal", "partner", "public"};

const char *redaction_name(enum estate_redaction level)
{
	return (unsigned int)level < REDACTION_N ? level_names[level] : "?";
}

int redaction_parse(const char *name, enum estate_redaction *ret_level, struct error *reterr)
{
	for (int i = 0; i < REDACTION_N; i++)
		if (strcmp(level_names[i], name) == 0) {
			*ret_level = (enum estate_redaction)i;
			return 0;
		}
	return error_set(reterr, ERROR_USAGE,
		"there is no level of redaction \"%s\": it is one of none, internal, partner, "
		"public", name);
}

unsigned int redaction_overlays(enum estate_redaction level)
{
	static const unsigned int kept[REDACTION_N] = {[REDACTION_NONE] = ~0u,
		[REDACTION_INTERNAL] = ~0u,
		[REDACTION_PARTNER] = ~(unsigned int)(MAP_OVERLAY_FINDINGS | MAP_OVERLAY_AGE),
		[REDACTION_PUBLIC] = 0};

	return kept[level];
}

struct rank {
	uint64_t number;
	uint32_t index;
};

struct redactor {
	const struct estate *from;
	struct estate *to;
	enum estate_redaction level;
	struct pseudonyms names;
	struct number_set hidden; /* whole texts */
	struct number_set words; /* names of hosts that cannot be ordinary words, and domains */
	uint32_t *asset_at, *asset_from; /* new index of an old one, and back */
	uint32_t *subnet_at, *subnet_from;
	struct rank *organisations; /* by the number of their name */
	bool failed; /* without memory */
};

static int by_rank(const void *a, const void *b)
{
	const struct rank *x = a, *y = b;

	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

/* ---- texts ---- */

static uint64_t number_of(const char *text, size_t n)
{
	static const struct siphash_key key;
	char small[WORD_MAX];

	/* Without regard to case. */
	if (n > sizeof(small))
		return siphash(&key, text, n);
	for (size_t i = 0; i < n; i++)
		small[i] = (char)(text[i] >= 'A' && text[i] <= 'Z' ? text[i] + 32 : text[i]);
	return siphash(&key, small, n);
}

/* Remembers what must not be seen. */
static void hide(struct redactor *r, const char *text)
{
	text = estate_text(text);
	if (!r->names.sealed && text[0])
		number_set_add(&r->hidden, number_of(text, strlen(text)));
}

/* The name of a host, besides: as a word in other texts, and its domain. */
static void hide_host(struct redactor *r, const char *name)
{
	size_t n = strlen(name);
	const char *dot = strchr(name, '.');

	hide(r, name);
	if (r->names.sealed || n > WORD_MAX || strpbrk(name, " /"))
		return;
	if (n >= WORD_LEAST && strpbrk(name, ".0123456789"))
		number_set_add(&r->words, number_of(name, n));
	for (; dot && strchr(dot + 1, '.'); dot = strchr(dot + 1, '.'))
		number_set_add(&r->words, number_of(dot + 1, strlen(dot + 1)));
}

static const char *copy(struct redactor *r, const char *text)
{
	const char *own = arena_strdup(r->to->arena, text);

	r->failed |= !own;
	return own ? own : "";
}

static const char *alias(struct redactor *r, enum pseudonym_kind kind, const char *known_by)
{
	return pseudonym_of(&r->names, kind, known_by);
}

static bool is_address(const char *word)
{
	struct addr addr;
	struct cidr cidr;
	struct mac mac;

	return addr_parse(word, &addr, NULL) == 0 || cidr_parse(word, &cidr, NULL) == 0 ||
	       mac_parse(word, &mac, NULL) == 0;
}

/* Whether a word is hidden, or a part of it between marks of punctuation. */
static bool word_tells(const struct redactor *r, const char *text, size_t n)
{
	static const char *const marks = ".:/-_";
	char word[WORD_MAX + 1];

	for (size_t from = 0; from < n; from++) {
		if (from > 0 && !strchr(marks, text[from - 1]))
			continue;
		for (size_t to = from + 1; to <= n && to - from <= WORD_MAX; to++) {
			if (to < n && !strchr(marks, text[to]))
				continue;
			memcpy(word, text + from, to - from);
			word[to - from] = '\0';
			if (is_address(word) ||
				number_set_has(&r->words, number_of(word, to - from)))
				return true;
		}
	}
	return false;
}

/* Whether a text that stays would tell what is hidden. */
static bool tells(const struct redactor *r, const char *text)
{
	static const char *const parts = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
					 "0123456789.:/-_";

	if (number_set_has(&r->hidden, number_of(text, strlen(text))))
		return true;
	while (*text) {
		size_t n = strspn(text, parts);

		/* Nobody writes such a word: it is not read, and not shown. */
		if (n > WORD_MAX || word_tells(r, text, n))
			return true;
		text += n;
		text += strcspn(text, parts);
	}
	return false;
}

/* The text up to a level, then nothing; nothing either if it would tell what is hidden. */
static const char *keep(struct redactor *r, const char *text, enum estate_redaction most)
{
	text = estate_text(text);
	if (r->level > most) {
		hide(r, text);
		return "";
	}
	return !r->names.sealed || tells(r, text) ? "" : copy(r, text);
}

/* The same, with a pseudonym in its place. */
static const char *name(struct redactor *r, const char *text, enum estate_redaction most,
	enum pseudonym_kind kind, const char *known_by)
{
	const char *other, *kept;

	text = estate_text(text);
	if (!text[0] && !estate_text(known_by)[0])
		return "";
	other = alias(r, kind, estate_text(known_by)[0] ? known_by : text);
	kept = keep(r, text, most);
	return kept[0] ? kept : other;
}

/* Organisations and businesses are often known by name alone: their records tell the id. */
static const char *organisation(
	struct redactor *r, const char *text, enum estate_redaction most)
{
	const char *known_by = estate_text(text);
	uint64_t number = number_of(known_by, strlen(known_by));
	uint32_t low = 0, high = r->from->n_organisations;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (r->organisations[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	if (known_by[0] && low < r->from->n_organisations &&
		r->organisations[low].number == number)
		known_by = r->from->organisations[r->organisations[low].index].id;
	return name(r, text, most, PSEUDONYM_ORGANISATION, known_by);
}

static const char *business(struct redactor *r, const char *text)
{
	const struct estate *e = r->from;
	const char *id = estate_text(text);

	for (uint32_t i = 0; i < e->n_businesses && id[0]; i++)
		if (strcmp(estate_text(e->businesses[i].name), id) == 0)
			return name(r, text, REDACTION_INTERNAL, PSEUDONYM_BUSINESS,
				e->businesses[i].id);
	return name(r, text, REDACTION_INTERNAL, PSEUDONYM_BUSINESS, id);
}

static const char *sector(struct redactor *r, const char *text)
{
	return name(r, text, REDACTION_PARTNER, PSEUDONYM_SECTOR, text);
}

/* "440304" of a partner's sheet is "440000". */
static const char *division(struct redactor *r, const char *code)
{
	code = estate_text(code);
	if (strlen(code) != 6 || strspn(code, "0123456789") != 6)
		return "";
	if (r->level == REDACTION_PARTNER) {
		const char *province = arena_printf(r->to->arena, "%.2s0000", code);

		r->failed |= !province;
		return province ? province : "";
	}
	return keep(r, code, REDACTION_PARTNER);
}

static const struct estate_system *find_system(const struct estate *e, const char *id)
{
	for (uint32_t i = 0; i < e->n_systems; i++)
		if (strcmp(estate_text(e->systems[i].id), id) == 0)
			return &e->systems[i];
	return NULL;
}

static const char *join(struct redactor *r, const char *list, const char *one)
{
	const char *joined =
		arena_printf(r->to->arena, "%s%s%s", list, list[0] ? "; " : "", one);

	r->failed |= !joined;
	return joined ? joined : "";
}

/* Of the systems of an exit, whose ids are joined by "; ": ids, and names as the systems have
 * them. */
static void put_systems_of_exit(struct redactor *r, const char *ids, struct estate_exit *to)
{
	to->system_ids = to->systems = "";
	for (ids = estate_text(ids); *ids;) {
		const char *end = strstr(ids, "; ");
		size_t n = end ? (size_t)(end - ids) : strlen(ids);
		const char *id = arena_strndup(r->to->arena, ids, n);
		const struct estate_system *s = id ? find_system(r->from, id) : NULL;

		ids += n + (end ? 2 : 0);
		r->failed |= !id;
		if (!id || !id[0])
			continue;
		hide(r, id);
		to->system_ids = join(r, to->system_ids, alias(r, PSEUDONYM_SYSTEM, id));
		to->systems = join(r, to->systems,
			name(r, s ? s->name : "", REDACTION_INTERNAL, PSEUDONYM_SYSTEM, id));
	}
}

/* ---- addresses ---- */

static struct cidr plain(const struct cidr *cidr)
{
	uint8_t most = cidr->base.family == 4 ? PLAIN_V4 : PLAIN_V6;

	return cidr_of(&cidr->base, cidr->length < most ? cidr->length : most);
}

/* By the number of its pseudonym; nothing of the old one is left but the family. */
static struct cidr fake(uint8_t family, uint32_t rank)
{
	struct addr base = addr_v4(FAKE_V4 + (rank << 8));
	uint8_t bytes[16] = {1, 0, 0, 0, (uint8_t)(rank >> 24), (uint8_t)(rank >> 16),
		(uint8_t)(rank >> 8), (uint8_t)rank}; /* 100::/8 is given to nobody */

	if (family == 6)
		base = addr_from_bytes(6, bytes);
	return cidr_of(&base, family == 6 ? PLAIN_V6 : PLAIN_V4);
}

static struct addr address(const struct redactor *r, const struct addr *addr, uint32_t subnet)
{
	if (!addr->family)
		return (struct addr){0};
	if (r->level == REDACTION_INTERNAL)
		return cidr_of(addr, addr->family == 4 ? PLAIN_V4 : PLAIN_V6).base;
	if (subnet < r->from->n_subnets)
		return r->to->subnets[r->subnet_at[subnet]].cidr.base;
	return fake(addr->family, UINT16_MAX).base;
}

static bool on_the_internet(const struct estate_subnet *s)
{
	return strcasecmp(estate_text(s->zone), "internet") == 0 ||
	       strcasecmp(estate_text(s->name), "internet") == 0;
}

/* The zone that a subnet names is a record's name or its id. */
static const char *zone_of(struct redactor *r, const struct estate_subnet *s)
{
	const struct estate *e = r->from;
	const char *text = estate_text(s->zone);

	if (on_the_internet(s))
		return "internet";
	for (uint32_t i = 0; i < e->n_zones && text[0]; i++)
		if (strcmp(estate_text(e->zones[i].name), text) == 0 ||
			strcmp(estate_text(e->zones[i].id), text) == 0)
			return name(r, e->zones[i].name, REDACTION_INTERNAL, PSEUDONYM_ZONE,
				e->zones[i].id);
	return name(r, text, REDACTION_INTERNAL, PSEUDONYM_ZONE, text);
}

static void put_subnets(struct redactor *r)
{
	for (uint32_t i = 0; i < r->from->n_subnets; i++) {
		const struct estate_subnet *s = &r->from->subnets[r->subnet_from[i]];
		struct estate_subnet *to = &r->to->subnets[i];
		char prefix[CIDR_TEXT_MAX];
		bool hidden = r->level >= REDACTION_PARTNER;

		cidr_format(&s->cidr, prefix);
		to->cidr = hidden ? fake(s->cidr.base.family, i) : plain(&s->cidr);
		/* One without a name is called by its prefix, as far as that stays. */
		to->name = hidden || estate_text(s->name)[0]
				   ? name(r, s->name, REDACTION_INTERNAL, PSEUDONYM_NETWORK,
					     prefix)
				   : "";
		to->zone = zone_of(r, s);
	}
}

/* ---- the register ---- */

static void put_systems(struct redactor *r)
{
	bool open = r->level < REDACTION_PUBLIC;

	for (uint32_t i = 0; i < r->from->n_systems; i++) {
		const struct estate_system *s = &r->from->systems[i];
		struct estate_system *to = &r->to->systems[i];

		hide(r, s->id);
		to->id = alias(r, PSEUDONYM_SYSTEM, s->id);
		to->name = name(r, s->name, REDACTION_INTERNAL, PSEUDONYM_SYSTEM, s->id);
		to->organisation = organisation(r, s->organisation, REDACTION_INTERNAL);
		to->sector = sector(r, s->sector);
		to->business = business(r, s->business);
		to->tier = open ? s->tier : 0;
		to->designated = open ? s->designated : 0;
		to->designation_no = keep(r, s->designation_no, REDACTION_INTERNAL);
		to->designation_pack = keep(r, s->designation_pack, REDACTION_INTERNAL);
		to->external = s->external;
		to->change = open ? s->change : CHANGE_NONE;
		to->division = division(r, s->division);
		to->manages = organisation(r, s->manages, REDACTION_INTERNAL);
		to->operates = organisation(r, s->operates, REDACTION_INTERNAL);
		to->maximum = open ? s->maximum : 0;
		to->decided = open ? s->decided : 0;
	}
}

static void put_organisations(struct redactor *r)
{
	for (uint32_t i = 0; i < r->from->n_organisations; i++) {
		const struct estate_organisation *o = &r->from->organisations[i];
		struct estate_organisation *to = &r->to->organisations[i];

		hide(r, o->id);
		to->id = alias(r, PSEUDONYM_ORGANISATION, o->id);
		to->name = name(r, o->name, REDACTION_INTERNAL, PSEUDONYM_ORGANISATION, o->id);
		to->sector = sector(r, o->sector);
		to->division = division(r, o->division);
	}
}

static void put_businesses(struct redactor *r)
{
	for (uint32_t i = 0; i < r->from->n_businesses; i++) {
		const struct estate_business *b = &r->from->businesses[i];
		struct estate_business *to = &r->to->businesses[i];

		hide(r, b->id);
		to->id = alias(r, PSEUDONYM_BUSINESS, b->id);
		to->name = name(r, b->name, REDACTION_INTERNAL, PSEUDONYM_BUSINESS, b->id);
		to->organisation = organisation(r, b->organisation, REDACTION_INTERNAL);
		to->sector = sector(r, b->sector);
		to->key = r->level < REDACTION_PUBLIC ? b->key : 0;
	}
}

static void put_relations(struct redactor *r)
{
	const struct estate *e = r->from;

	for (uint32_t i = 0; i < e->n_supports; i++) {
		r->to->supports[i].system = e->supports[i].system;
		r->to->supports[i].business = e->supports[i].business;
		r->to->supports[i].strength =
			keep(r, e->supports[i].strength, REDACTION_PARTNER);
	}
	for (uint32_t i = 0; i < e->n_dependencies; i++) {
		r->to->dependencies[i].from = e->dependencies[i].from;
		r->to->dependencies[i].on = e->dependencies[i].on;
		r->to->dependencies[i].strength =
			keep(r, e->dependencies[i].strength, REDACTION_PARTNER);
	}
	for (uint32_t i = 0; i < e->n_supplies; i++) {
		const struct estate_supply *s = &e->supplies[i];
		struct estate_supply *to = &r->to->supplies[i];

		to->system = s->system;
		to->supplier = organisation(r, s->supplier, REDACTION_NONE);
		to->service = keep(r, s->service, REDACTION_INTERNAL);
		to->path = keep(r, s->path, REDACTION_NONE);
		to->remote = r->level < REDACTION_PUBLIC ? s->remote : 0;
	}
}

static void put_exits(struct redactor *r)
{
	const struct estate *e = r->from;

	for (uint32_t i = 0; i < e->n_exits; i++) {
		const struct estate_exit *x = &e->exits[i];
		struct estate_exit *to = &r->to->exits[i];

		hide(r, x->id);
		to->id = alias(r, PSEUDONYM_EXIT, x->id);
		to->name = name(r, x->name, REDACTION_INTERNAL, PSEUDONYM_EXIT, x->id);
		to->carrier = organisation(r, x->carrier, REDACTION_INTERNAL);
		to->asset = x->asset < e->n_assets ? r->asset_at[x->asset] : ESTATE_NONE;
		put_systems_of_exit(r, x->system_ids, to);
	}
}

static const char *purdue(const struct redactor *r, const char *level)
{
	static const char *const levels[] = {"0", "1", "2", "3", "3.5", "4", "5"};

	for (size_t i = 0; i < ARRAY_SIZE(levels) && r->level < REDACTION_PUBLIC; i++)
		if (strcmp(estate_text(level), levels[i]) == 0)
			return levels[i];
	return "";
}

static void put_zones(struct redactor *r)
{
	const struct estate *e = r->from;

	for (uint32_t i = 0; i < e->n_zones; i++) {
		const struct estate_zone *z = &e->zones[i];
		struct estate_zone *to = &r->to->zones[i];

		hide(r, z->id);
		to->id = alias(r, PSEUDONYM_ZONE, z->id);
		to->name = name(r, z->name, REDACTION_INTERNAL, PSEUDONYM_ZONE, z->id);
		to->parent = z->parent;
		to->purdue = purdue(r, z->purdue);
		to->protects = keep(r, z->protects, REDACTION_PARTNER);
		to->sl_t = r->level < REDACTION_PUBLIC ? z->sl_t : 0;
	}
	for (uint32_t i = 0; i < e->n_conduits; i++) {
		const struct estate_conduit *c = &e->conduits[i];
		struct estate_conduit *to = &r->to->conduits[i];

		hide(r, c->id);
		to->id = alias(r, PSEUDONYM_CONDUIT, c->id);
		to->name = name(r, c->name, REDACTION_INTERNAL, PSEUDONYM_CONDUIT, c->id);
		to->from = c->from;
		to->to = c->to;
		to->device = keep(r, c->device, REDACTION_NONE);
		to->protocols = keep(r, c->protocols, REDACTION_INTERNAL);
	}
}

/* ---- assets ---- */

static uint64_t asset_number(const struct redactor *r, uint32_t asset)
{
	char id[24];

	snprintf(id, sizeof(id), "%" PRIu64, r->from->assets[asset].id);
	return pseudonym_number(&r->names, PSEUDONYM_HOST, id);
}

static void put_services(
	struct redactor *r, const struct estate_asset *a, struct estate_asset *to)
{
	bool open = r->level < REDACTION_PUBLIC;

	to->first_service = r->to->n_services;
	for (uint32_t i = 0; i < a->n_services; i++) {
		const struct estate_service *s = &r->from->services[a->first_service + i];
		struct estate_service *new = &r->to->services[r->to->n_services++];
		uint32_t subnet = ESTATE_NONE;

		for (uint32_t k = 0; k < a->n_addresses && subnet == ESTATE_NONE; k++)
			if (addr_equal(
				    &r->from->addresses[a->first_address + k].addr, &s->addr))
				subnet = r->from->addresses[a->first_address + k].subnet;
		new->asset = (uint32_t)(to - r->to->assets);
		new->addr = address(r, &s->addr, subnet);
		new->transport = open ? s->transport : 0;
		new->port = open ? s->port : 0;
		new->protocol = keep(r, s->protocol, REDACTION_PARTNER);
		new->product = keep(r, s->product, REDACTION_NONE);
		new->version = keep(r, s->version, REDACTION_NONE);
		new->exposed = open ? s->exposed : 0;
		new->justified = open ? s->justified : LEDGER_NONE;
		new->change = open ? s->change : CHANGE_NONE;
		new->kind = keep(r, s->kind, REDACTION_PARTNER);
		to->n_services++;
	}
}

static void put_addresses(
	struct redactor *r, const struct estate_asset *a, struct estate_asset *to)
{
	to->first_address = r->to->n_addresses;
	for (uint32_t i = 0; i < a->n_addresses; i++) {
		const struct estate_address *from = &r->from->addresses[a->first_address + i];
		struct estate_address *new = &r->to->addresses[r->to->n_addresses++];

		new->asset = (uint32_t)(to - r->to->assets);
		new->subnet = from->subnet < r->from->n_subnets ? r->subnet_at[from->subnet]
								: ESTATE_NONE;
		new->addr = address(r, &from->addr, from->subnet);
		to->n_addresses++;
	}
}

static void put_assets(struct redactor *r)
{
	bool open = r->level < REDACTION_PUBLIC, inside = r->level == REDACTION_INTERNAL;

	r->to->n_addresses = r->to->n_services = 0;
	for (uint32_t i = 0; i < r->from->n_assets; i++) {
		const struct estate_asset *a = &r->from->assets[r->asset_from[i]];
		struct estate_asset *to = &r->to->assets[i];
		char id[24];

		snprintf(id, sizeof(id), "%" PRIu64, a->id);
		hide_host(r, estate_text(a->name));
		to->id = asset_number(r, r->asset_from[i]) >>
			 1; /* one that the register could give */
		to->name = alias(r, PSEUDONYM_HOST, id);
		to->role = a->role;
		to->vendor = keep(r, a->vendor, REDACTION_NONE);
		to->model = keep(r, a->model, REDACTION_NONE);
		to->os = keep(r, a->os, REDACTION_NONE);
		to->system = a->system;
		to->exposed = open ? a->exposed : 0;
		to->change = open ? a->change : CHANGE_NONE;
		to->n_findings = inside ? a->n_findings : 0;
		to->seen_us = inside ? a->seen_us : 0;
		to->responsible = organisation(r, a->responsible, REDACTION_INTERNAL);
		to->boundary = open ? a->boundary : 0;
		to->before = open ? a->before : 0;
		to->n_addresses = to->n_services = 0;
		put_addresses(r, a, to);
		put_services(r, a, to);
	}
}

/* The role and the system of before are told as those of now are, and ports by their changes;
 * of names, makers, models, software and addresses that they were others, not what they were.
 * What else it was called is hidden too. */
static void put_befores(struct redactor *r)
{
	for (uint32_t i = 0; i < r->from->n_befores; i++) {
		const struct estate_before *b = &r->from->befores[i];
		struct estate_before *to = &r->to->befores[i];

		*to = (struct estate_before){.aspects = b->aspects,
			.role = b->role,
			.n_came = b->n_came,
			.n_gone = b->n_gone};
		hide_host(r, estate_text(b->name));
		to->name = "";
		to->vendor = keep(r, b->vendor, REDACTION_NONE);
		to->model = keep(r, b->model, REDACTION_NONE);
		to->os = keep(r, b->os, REDACTION_NONE);
		hide(r, b->system_id);
		to->system_id = estate_text(b->system_id)[0]
					? alias(r, PSEUDONYM_SYSTEM, b->system_id)
					: "";
		to->system = name(
			r, b->system, REDACTION_INTERNAL, PSEUDONYM_SYSTEM, b->system_id);
	}
	r->to->moved = NULL;
}

static void put_links(struct redactor *r)
{
	const struct estate *e = r->from;

	for (uint32_t i = 0; i < e->n_links; i++) {
		struct estate_link *to = &r->to->links[i];

		to->from = r->asset_at[e->links[i].from];
		to->to = r->asset_at[e->links[i].to];
		to->layer = e->links[i].layer;
		to->grade = e->links[i].grade;
		to->change = r->level < REDACTION_PUBLIC ? e->links[i].change : CHANGE_NONE;
	}
	if (e->n_links > 0)
		qsort(r->to->links, e->n_links, sizeof(*r->to->links), estate_link_order);
}

/* ---- order ---- */

/* at[old] = new and from[new] = old, in the order of the numbers; ranks are used up. */
static void order(struct rank *ranks, uint32_t n, uint32_t *at, uint32_t *from)
{
	if (n > 0)
		qsort(ranks, n, sizeof(*ranks), by_rank);
	for (uint32_t i = 0; i < n; i++) {
		from[i] = ranks[i].index;
		at[ranks[i].index] = i;
	}
}

/* Assets by pseudonym, and networks too where their prefix is hidden. */
static bool make_orders(struct redactor *r)
{
	const struct estate *e = r->from;
	size_t n = (e->n_assets > e->n_subnets ? e->n_assets : e->n_subnets) + 1ul;
	_cleanup_(cleanup_freep) struct rank *ranks = calloc(n, sizeof(*ranks));
	char prefix[CIDR_TEXT_MAX];

	r->asset_at = arena_alloc(r->to->arena, n * sizeof(uint32_t));
	r->asset_from = arena_alloc(r->to->arena, n * sizeof(uint32_t));
	r->subnet_at = arena_alloc(r->to->arena, n * sizeof(uint32_t));
	r->subnet_from = arena_alloc(r->to->arena, n * sizeof(uint32_t));
	if (!ranks || !r->asset_at || !r->asset_from || !r->subnet_at || !r->subnet_from)
		return false;
	for (uint32_t i = 0; i < e->n_assets; i++)
		ranks[i] = (struct rank){asset_number(r, i), i};
	order(ranks, e->n_assets, r->asset_at, r->asset_from);
	for (uint32_t i = 0; i < e->n_subnets; i++)
		ranks[i] = (struct rank){r->level == REDACTION_INTERNAL ? i
			: pseudonym_number(&r->names, PSEUDONYM_NETWORK,
				  cidr_format(&e->subnets[i].cidr, prefix)), i};
	order(ranks, e->n_subnets, r->subnet_at, r->subnet_from);
	r->organisations = arena_alloc(
		r->to->arena, (e->n_organisations + 1ul) * sizeof(*r->organisations));
	for (uint32_t i = 0; i < e->n_organisations && r->organisations; i++) {
		const char *text = estate_text(e->organisations[i].name);

		r->organisations[i] = (struct rank){number_of(text, strlen(text)), i};
	}
	if (r->organisations && e->n_organisations > 0)
		qsort(r->organisations, e->n_organisations, sizeof(*r->organisations), by_rank);
	return r->organisations != NULL;
}

/* ---- all of it ---- */

static bool make_arrays(struct redactor *r)
{
	const struct estate *from = r->from;
	struct estate *to = r->to;
	bool made = true;

#define ARRAY(field)                                                                           \
	to->field = arena_alloc(to->arena, (from->n_##field + 1ul) * sizeof(*to->field));      \
	to->n_##field = from->n_##field;                                                       \
	made &= to->field != NULL
	ARRAY(systems);
	ARRAY(subnets);
	ARRAY(assets);
	ARRAY(addresses);
	ARRAY(services);
	ARRAY(links);
	ARRAY(organisations);
	ARRAY(businesses);
	ARRAY(supports);
	ARRAY(dependencies);
	ARRAY(supplies);
	ARRAY(exits);
	ARRAY(zones);
	ARRAY(conduits);
	ARRAY(befores);
#undef ARRAY
	return made;
}

/* One pass over everything. In the first nothing of it is of use but what it remembers. */
static void put_all(struct redactor *r)
{
	r->to->realm =
		name(r, r->from->realm, REDACTION_PARTNER, PSEUDONYM_REALM, r->from->realm);
	r->to->as_of_us = r->from->as_of_us;
	r->to->other_us = r->level < REDACTION_PUBLIC ? r->from->other_us : 0;
	r->to->redaction = r->level;
	put_subnets(r);
	put_systems(r);
	put_organisations(r);
	put_businesses(r);
	put_relations(r);
	put_assets(r);
	put_befores(r);
	put_exits(r);
	put_zones(r);
	put_links(r);
}

int redact_estate(const struct estate *estate, enum estate_redaction level,
	const struct siphash_key *key, struct arena *arena, struct estate **ret_estate,
	struct error *reterr)
{
	struct redactor r = {.from = estate,
		.level = level,
		.names = {.key = *key, .arena = arena},
		.to = arena_alloc(arena, sizeof(struct estate))};
	bool made = r.to != NULL;

	if (made) {
		r.to->arena = arena;
		made = make_arrays(&r) && make_orders(&r);
	}
	if (made) {
		put_all(&r);
		made = number_set_seal(&r.hidden) && number_set_seal(&r.words) &&
		       pseudonyms_seal(&r.names);
	}
	if (made)
		put_all(&r);
	number_set_done(&r.hidden);
	number_set_done(&r.words);
	pseudonyms_done(&r.names);
	if (!made || r.failed)
		return error_set(reterr, ERROR_SYSTEM, "cannot redact the map: no memory");
	*ret_estate = r.to;
	return 0;
}
