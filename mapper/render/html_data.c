/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The data block of the HTML page; see html.h. One column per field, so that names of fields
 * are written once and not per record. A column is one of
 *   "...."                 numbers, each as its difference to the one before (see
 * put_difference), a difference that comes again as how many times (see put_again)
 *   {"wide": "...."}       the same of numbers that have 64 bits
 *   {"words": [...], "at": "...."}  texts that repeat: each once, and which of them per record
 *   {"heads": "....", "tails": column}  texts as what stands before their first dot and after
 * it; of heads as many characters as they share with the one before are a digit
 *   {"at": "....", "texts": [...]}  texts of few records: which ones, and what
 *   [...]                  texts as they are.
 * What changed is told of an estate that is told against another day, and of no other.
 * mapper/render/html/page.js reads them. Every text passes text_encode_script().
 */
#include "mapper/render/html.h"

#include "common/cleanup.h"
#include "common/clock.h"
#include "common/model/observation.h"
#include "common/siphash.h"
#include "common/text.h"
#include "mapper/changes.h"
#include "mapper/render/measure.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX CHANGES_TEXT_MAX /* of a text that is made */
#define AGAIN_LEAST 3 /* of equal differences, from which on they are counted */

/* What one field of record `i` is. */
struct column {
	const char *name;
	int64_t (*number)(const struct estate *e, uint32_t i);
	uint64_t (*big)(const struct estate *e, uint32_t i);
	const char *(*text)(const struct estate *e, uint32_t i);
	/* Made for this record, "" for none. */
	void (*make)(char out[TEXT_MAX], const struct estate *e, uint32_t i);
	bool split; /* a text with a head and a tail */
	bool difference; /* only against another day */
};

static void put_text(struct str *out, const char *text)
{
	str_addc(out, '"');
	text_encode_script(out, text);
	str_addc(out, '"');
}

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Base 64, five bits in a digit, the lowest first; the sixth says that more follow. Of the
 * number the lowest bit is the sign: small differences of either sign are one digit. */
static void put_difference(struct str *out, uint64_t from, uint64_t to)
{
	bool down = to < from;
	uint64_t size = down ? from - to : to - from, first = (size & 15) << 1 | down;

	size >>= 4;
	str_addc(out, digits[first | (size ? 32 : 0)]);
	while (size) {
		uint64_t digit = size & 31;

		size >>= 5;
		str_addc(out, digits[digit | (size ? 32 : 0)]);
	}
}

/* Numbers on their way out: of differences that come again, how many are not yet written. */
struct steps {
	struct str *out;
	uint64_t last, before; /* the number before, and the one before that */
	uint64_t again;
	bool begun;
};

static struct steps numbers_to(struct str *out)
{
	return (struct steps){.out = out, .last = 1};
}

/* A star, then how many times more, in digits as above without a sign. */
static void put_again(struct steps *s)
{
	if (s->again < AGAIN_LEAST) {
		for (; s->again > 0; s->again--)
			put_difference(s->out, s->before, s->last);
		return;
	}
	str_addc(s->out, '*');
	for (; s->again > 0; s->again >>= 5)
		str_addc(s->out, digits[(s->again & 31) | (s->again > 31 ? 32 : 0)]);
}

static void put_big(struct steps *s, uint64_t number)
{
	if (s->begun && number - s->last == s->last - s->before) {
		s->again++;
	} else {
		put_again(s);
		put_difference(s->out, s->last, number);
	}
	s->before = s->last;
	s->last = number;
	s->begun = true;
}

/* Numbers from -1 on. */
static void put_step(struct steps *s, int64_t number)
{
	put_big(s, (uint64_t)(number + 1));
}

static int64_t index_of(uint32_t index, uint32_t n)
{
	return index < n ? (int64_t)index : -1;
}

#define TEXT_COLUMN(table, field)                                                              \
	static const char *table##_##field(const struct estate *e, uint32_t i)                 \
	{                                                                                      \
		return e->table[i].field;                                                      \
	}
#define NUMBER_COLUMN(table, field)                                                            \
	static int64_t table##_##field(const struct estate *e, uint32_t i)                     \
	{                                                                                      \
		return (int64_t)e->table[i].field;                                             \
	}
#define INDEX_COLUMN(table, field, limit)                                                      \
	static int64_t table##_##field(const struct estate *e, uint32_t i)                     \
	{                                                                                      \
		return index_of(e->table[i].field, e->limit);                                  \
	}

TEXT_COLUMN(assets, name)
NUMBER_COLUMN(assets, role)
TEXT_COLUMN(assets, vendor)
TEXT_COLUMN(assets, model)
TEXT_COLUMN(assets, os)
INDEX_COLUMN(assets, system, n_systems)
NUMBER_COLUMN(assets, exposed)
NUMBER_COLUMN(assets, change)
NUMBER_COLUMN(assets, first_address)
NUMBER_COLUMN(assets, n_addresses)
NUMBER_COLUMN(assets, first_service)
NUMBER_COLUMN(assets, n_services)

static uint64_t assets_id(const struct estate *e, uint32_t i)
{
	return e->assets[i].id;
}

/* Six bytes as one number; 0: none. */
static int64_t mac_number(const struct mac *mac)
{
	int64_t number = 0;

	for (size_t i = 0; i < sizeof(mac->bytes); i++)
		number = number << 8 | mac->bytes[i];
	return number;
}

static int64_t assets_mac(const struct estate *e, uint32_t i)
{
	return mac_number(&e->assets[i].mac);
}

static void assets_differs(char out[TEXT_MAX], const struct estate *e, uint32_t i)
{
	struct changes changes;

	changes_of(e, i, false, CHANGES_ITEMS_MAX, &changes);
	snprintf(out, TEXT_MAX, "%s", changes.text);
}

static const struct column asset_columns[] = {{"id", .big = assets_id},
	{"name", .text = assets_name, .split = true}, {"role", assets_role},
	{"vendor", .text = assets_vendor}, {"model", .text = assets_model}, {"mac", assets_mac},
	{"os", .text = assets_os}, {"system", assets_system}, {"exposed", assets_exposed},
	{"firstAddress", assets_first_address}, {"nAddresses", assets_n_addresses},
	{"firstService", assets_first_service}, {"nServices", assets_n_services},
	{"change", assets_change, .difference = true},
	{"differs", .make = assets_differs, .difference = true}, {NULL}};

INDEX_COLUMN(addresses, subnet, n_subnets)

/* An IPv4 address that is told whole, as a number; 0: it is told as text. */
static int64_t addresses_v4(const struct estate *e, uint32_t i)
{
	const struct addr *addr = &e->addresses[i].addr;

	return addr->family == 4 && !e->redaction
		       ? (int64_t)((uint32_t)addr->bytes[0] << 24 |
				   (uint32_t)addr->bytes[1] << 16 |
				   (uint32_t)addr->bytes[2] << 8 | addr->bytes[3])
		       : 0;
}

static void addresses_text(char out[TEXT_MAX], const struct estate *e, uint32_t i)
{
	char text[ADDR_TEXT_MAX];

	snprintf(out, TEXT_MAX, "%s",
		addresses_v4(e, i) ? "" : estate_addr_text(e, &e->addresses[i].addr, text));
}

static int64_t addresses_mac(const struct estate *e, uint32_t i)
{
	return mac_number(&e->addresses[i].mac);
}

static const struct column address_columns[] = {{"v4", addresses_v4},
	{"text", .make = addresses_text}, {"mac", addresses_mac},
	{"subnet", addresses_subnet}, {NULL}};

NUMBER_COLUMN(services, port)
TEXT_COLUMN(services, protocol)
TEXT_COLUMN(services, product)
TEXT_COLUMN(services, version)
NUMBER_COLUMN(services, exposed)
NUMBER_COLUMN(services, change)

/* On which of the asset's addresses it was found: the index of that address, -1 for none. */
static int64_t services_address(const struct estate *e, uint32_t i)
{
	const struct estate_service *service = &e->services[i];

	if (service->asset < e->n_assets) {
		const struct estate_asset *a = &e->assets[service->asset];

		for (uint32_t k = 0; k < a->n_addresses; k++)
			if (addr_equal(
				    &e->addresses[a->first_address + k].addr, &service->addr))
				return index_of(a->first_address + k, e->n_addresses);
	}
	return -1;
}

/* By name where the protocol has one, else by its number. */
static const char *services_transport(const struct estate *e, uint32_t i)
{
	static char numbers[256][4];
	uint8_t transport = e->services[i].transport;
	const char *name = transport_name((enum transport)transport);

	if (strcmp(name, "none") != 0)
		return name;
	snprintf(numbers[transport], sizeof(numbers[transport]), "%u", transport);
	return numbers[transport];
}

static const struct column service_columns[] = {{"address", services_address},
	{"port", services_port}, {"transport", .text = services_transport},
	{"protocol", .text = services_protocol}, {"product", .text = services_product},
	{"version", .text = services_version}, {"exposed", services_exposed},
	{"change", services_change, .difference = true}, {NULL}};

TEXT_COLUMN(systems, id)
TEXT_COLUMN(systems, name)
TEXT_COLUMN(systems, organisation)
TEXT_COLUMN(systems, sector)
TEXT_COLUMN(systems, business)
NUMBER_COLUMN(systems, tier)
NUMBER_COLUMN(systems, designated)
NUMBER_COLUMN(systems, change)
TEXT_COLUMN(systems, designation_no)
TEXT_COLUMN(systems, designation_pack)

static const struct column system_columns[] = {{"id", .text = systems_id},
	{"name", .text = systems_name}, {"organisation", .text = systems_organisation},
	{"sector", .text = systems_sector}, {"business", .text = systems_business},
	{"tier", systems_tier}, {"designated", systems_designated},
	{"number", .text = systems_designation_no}, {"pack", .text = systems_designation_pack},
	{"change", systems_change, .difference = true}, {NULL}};

TEXT_COLUMN(subnets, name)
TEXT_COLUMN(subnets, zone)

static void subnets_cidr(char out[TEXT_MAX], const struct estate *e, uint32_t i)
{
	char text[CIDR_TEXT_MAX];

	snprintf(out, TEXT_MAX, "%s", estate_cidr_text(e, &e->subnets[i].cidr, text));
}

static const struct column subnet_columns[] = {{"cidr", .make = subnets_cidr},
	{"name", .text = subnets_name}, {"zone", .text = subnets_zone}, {NULL}};

NUMBER_COLUMN(links, from)
NUMBER_COLUMN(links, to)
NUMBER_COLUMN(links, layer)
NUMBER_COLUMN(links, grade)
NUMBER_COLUMN(links, change)

static const struct column link_columns[] = {{"from", links_from}, {"to", links_to},
	{"layer", links_layer}, {"grade", links_grade},
	{"change", links_change, .difference = true}, {NULL}};

static void add_numbers(
	struct str *out, const struct column *c, const struct estate *estate, uint32_t n)
{
	struct steps steps = numbers_to(out);

	str_addc(out, '"');
	for (uint32_t i = 0; i < n; i++)
		put_step(&steps, c->number(estate, i));
	put_again(&steps);
	str_addc(out, '"');
}

static void add_bigs(
	struct str *out, const struct column *c, const struct estate *estate, uint32_t n)
{
	struct steps steps = {.out = out};

	str_adds(out, "{\"wide\":\"");
	for (uint32_t i = 0; i < n; i++)
		put_big(&steps, c->big(estate, i));
	put_again(&steps);
	str_adds(out, "\"}");
}

static void add_texts(
	struct str *out, const struct column *c, const struct estate *estate, uint32_t n)
{
	str_addc(out, '[');
	for (uint32_t i = 0; i < n; i++) {
		str_adds(out, i ? "," : "");
		put_text(out, c->text(estate, i));
	}
	str_addc(out, ']');
}

static void add_made(
	struct str *out, const struct column *c, const struct estate *estate, uint32_t n)
{
	char text[TEXT_MAX];
	const char *comma = "";
	struct steps steps = numbers_to(out);

	str_adds(out, "{\"at\":\"");
	for (uint32_t i = 0; i < n; i++) {
		c->make(text, estate, i);
		if (*text)
			put_step(&steps, i);
	}
	put_again(&steps);
	str_adds(out, "\",\"texts\":[");
	for (uint32_t i = 0; i < n; i++) {
		c->make(text, estate, i);
		if (!*text)
			continue;
		str_adds(out, comma);
		put_text(out, text);
		comma = ",";
	}
	str_adds(out, "]}");
}

/* Which records say the same. */
struct words {
	uint32_t *word;	 /* by record: number of its word */
	uint32_t *first; /* by word: the first record that says it */
	uint32_t n;
};

/* Of a text with a head and a tail, where the tail begins. */
static const char *tail_of(const struct column *c, const char *text)
{
	return c->split ? text + strcspn(text, ".") : text;
}

/* Numbers the different texts of a column, or their tails, in order of appearance. False
 * without memory. */
static bool find_words(
	const struct column *c, const struct estate *e, uint32_t n, struct words *w)
{
	static const struct siphash_key key;
	_cleanup_(cleanup_freep) uint32_t *table = NULL; /* word number + 1; 0 is free */
	uint32_t size = 16;

	while (size < 2 * (uint64_t)n && size < 1u << 31)
		size *= 2;
	table = calloc(size, sizeof(*table));
	w->word = calloc((size_t)n + 1, sizeof(*w->word));
	w->first = calloc((size_t)n + 1, sizeof(*w->first));
	if (!table || !w->word || !w->first)
		return false;

	for (uint32_t i = 0; i < n; i++) {
		const char *text = tail_of(c, c->text(e, i));
		uint32_t at = (uint32_t)siphash(&key, text, strlen(text)) & (size - 1);

		while (table[at] &&
			strcmp(tail_of(c, c->text(e, w->first[table[at] - 1])), text) != 0)
			at = (at + 1) & (size - 1);
		if (!table[at]) {
			w->first[w->n++] = i;
			table[at] = w->n;
		}
		w->word[i] = table[at] - 1;
	}
	return true;
}

static void add_dictionary(struct str *out, const struct column *c, const struct estate *estate,
	uint32_t n, const struct words *w)
{
	struct steps steps = numbers_to(out);

	str_adds(out, "{\"words\":[");
	for (uint32_t i = 0; i < w->n; i++) {
		str_adds(out, i ? "," : "");
		put_text(out, tail_of(c, c->text(estate, w->first[i])));
	}
	str_adds(out, "],\"at\":\"");
	for (uint32_t i = 0; i < n; i++)
		put_step(&steps, w->word[i]);
	put_again(&steps);
	str_adds(out, "\"}");
}

/* Characters that two heads share; as few as a digit says, and none whose bytes the script
 * would count otherwise. */
static size_t shared(const char *a, size_t n_a, const char *b, size_t n_b)
{
	size_t n = 0;

	while (n < n_a && n < n_b && n < 63 && a[n] == b[n] && (uint8_t)a[n] < 0x80)
		n++;
	return n;
}

/* Each with its line's end, which no clean text has. */
static void add_heads(
	struct str *out, const struct column *c, const struct estate *estate, uint32_t n)
{
	_cleanup_(str_done) struct str rest = STR_INIT(out->max);
	const char *last = "";
	size_t n_last = 0;

	str_addc(out, '"');
	for (uint32_t i = 0; i < n && !rest.failed; i++) {
		const char *text = c->text(estate, i);
		size_t size = (size_t)(tail_of(c, text) - text);
		size_t same = shared(last, n_last, text, size);

		str_addc(out, digits[same]);
		str_reset(&rest);
		str_add(&rest, text + same, size - same);
		text_encode_script(out, rest.data);
		str_adds(out, "\\n");
		last = text;
		n_last = size;
	}
	out->failed |= rest.failed;
	str_addc(out, '"');
}

/* A column of texts: as they are, or, if most are said more than once, each word once and a
 * number per record. */
static void add_words(
	struct str *out, const struct column *c, const struct estate *estate, uint32_t n)
{
	struct words w = {0};

	if (!find_words(c, estate, n, &w)) {
		out->failed = true;
	} else if (c->split) {
		str_adds(out, "{\"heads\":");
		add_heads(out, c, estate, n);
		str_adds(out, ",\"tails\":");
		add_dictionary(out, c, estate, n, &w);
		str_addc(out, '}');
	} else if (w.n > n / 2) {
		add_texts(out, c, estate, n);
	} else {
		add_dictionary(out, c, estate, n, &w);
	}
	free(w.word);
	free(w.first);
}

static void add_column(
	struct str *out, const struct column *c, const struct estate *estate, uint32_t n)
{
	if (c->text)
		add_words(out, c, estate, n);
	else if (c->make)
		add_made(out, c, estate, n);
	else if (c->big)
		add_bigs(out, c, estate, n);
	else
		add_numbers(out, c, estate, n);
}

static void add_table(struct str *out, const char *name, const struct column *columns,
	const struct estate *estate, uint32_t n)
{
	str_addf(out, "\"%s\":{", name);
	for (const struct column *c = columns; c->name; c++) {
		if (c->difference && !estate->other_us)
			continue;
		str_addf(out, "%s\"%s\":", c == columns ? "" : ",\n", c->name);
		add_column(out, c, estate, n);
	}
	str_adds(out, "},\n");
}

static const char *role_label(unsigned int role)
{
	return theme_symbols[theme_symbol_find(asset_role_name((enum asset_role)role))].label;
}

static const char *layer_label(unsigned int layer)
{
	return link_layer_name((enum link_layer)layer);
}

static const char *grade_label(unsigned int grade)
{
	return evidence_grade_name((enum evidence_grade)grade);
}

static const char *change_label(unsigned int change)
{
	static const char *const labels[CHANGE_N] = {[CHANGE_NONE] = "",
		[CHANGE_NEW] = "new",
		[CHANGE_GONE] = "gone",
		[CHANGE_CHANGED] = "changed"};

	return labels[change];
}

static void add_names(
	struct str *out, const char *name, const char *(*label)(unsigned int), unsigned int n)
{
	str_addf(out, "\"%s\":[", name);
	for (unsigned int i = 0; i < n; i++) {
		str_adds(out, i ? "," : "");
		put_text(out, label(i));
	}
	str_adds(out, "],\n");
}

/* The other day, and what the numbers in the columns of change mean. */
static void add_difference(struct str *out, const struct estate *estate)
{
	char since[CLOCK_TEXT_MAX];

	if (!estate->other_us)
		return;
	clock_format(estate->other_us - estate->other_us % CLOCK_SECOND, since);
	str_addf(out, "\"since\":\"%.10s %.8s UTC\",\n", since, since + 11);
	add_names(out, "changeNames", change_label, CHANGE_N);
}

struct box {
	double x, y, w, h;
};

/* What an item occupies, if it is one that has an area. */
static bool occupies(const struct scene_item *item, struct box *box)
{
	static const double shares[] = {
		[SCENE_START] = 0, [SCENE_MIDDLE] = 0.5, [SCENE_END] = 1};

	switch (item->kind) {
	case SCENE_RECT:
		*box = (struct box){item->rect.x, item->rect.y, item->rect.w, item->rect.h};
		return true;
	case SCENE_SYMBOL:
		*box = (struct box){
			item->symbol.x, item->symbol.y, item->symbol.size, item->symbol.size};
		return true;
	case SCENE_TEXT:
		box->w = measure_text_mm(item->text.text, item->text.size_pt, item->text.bold);
		box->h = measure_line_mm(item->text.size_pt);
		box->x = item->text.x - shares[item->text.anchor] * box->w;
		box->y = item->text.y - measure_ascent_mm(item->text.size_pt);
		return true;
	default:
		return false;
	}
}

/* What an item occupies; false if that is nothing that could be pointed at. */
static bool covers(const struct scene_item *item, struct box *box)
{
	return occupies(item, box) && lround(100 * box->w) > 0 && lround(100 * box->h) > 0;
}

/* One column of marks: `field` is 0 for the asset, 1..4 for x, y, w, h. Those in the assets'
 * own layer stand first; returns how many these are. */
static size_t add_mark_column(struct str *out, const struct scene *scene, uint32_t n_assets,
	const char *name, int field)
{
	struct steps steps = numbers_to(out);
	size_t n_main = 0, n = 0;

	str_addf(out, "\"%s\":\"", name);
	for (int own = 1; own >= 0; own--) {
		for (size_t i = 0; i < scene->n_items; i++) {
			const struct scene_item *item = &scene->items[i];
			struct box box;

			if ((item->layer == SCENE_ASSETS) != own || item->asset >= n_assets ||
				!covers(item, &box))
				continue;
			n++;
			put_step(&steps,
				field == 0 ? (int64_t)item->asset
					   : lround(100 * (double[]){box.x, box.y, box.w,
								  box.h}[field - 1]));
		}
		n_main = own ? n : n_main;
	}
	put_again(&steps);
	str_addc(out, '"');
	return n_main;
}

static void add_sheet(struct str *out, const struct scene *scene, uint32_t n_assets)
{
	static const char *const fields[] = {"asset", "x", "y", "w", "h"};
	size_t n_main = 0;

	str_adds(out, "{\"name\":");
	put_text(out, scene->name);
	str_adds(out, ",\"title\":");
	put_text(out, scene->title);
	str_addf(out, ",\"width\":%ld,\"height\":%ld,\n\"marks\":{",
		lround(100 * scene->width_mm), lround(100 * scene->height_mm));
	for (int i = 0; i < 5; i++) {
		n_main = add_mark_column(out, scene, n_assets, fields[i], i);
		str_adds(out, ",\n");
	}
	str_addf(out, "\"main\":%zu}}", n_main);
}

/* In one order, whichever they came in: those without direction from the lower number. */
static void add_links(struct str *out, const struct estate *estate)
{
	_cleanup_(cleanup_freep) struct estate_link *links =
		calloc(estate->n_links + 1ul, sizeof(*links));
	struct estate sorted = *estate;

	sorted.links = links;
	for (uint32_t i = 0; links && i < estate->n_links; i++) {
		const struct estate_link *link = &estate->links[i];
		bool turned = link->layer != LINK_FLOW && link->layer != LINK_DEPENDENCY &&
			      link->from > link->to;

		links[i] = *link;
		links[i].from = turned ? link->to : link->from;
		links[i].to = turned ? link->from : link->to;
	}
	if (!links) {
		out->failed = true;
		return;
	}
	qsort(links, estate->n_links, sizeof(*links), estate_link_order);
	add_table(out, "links", link_columns, &sorted, estate->n_links);
}

int html_data(struct str *out, const struct scene *const *scenes, size_t n,
	const struct estate *estate, struct error *reterr)
{
	str_addc(out, '{');
	add_table(out, "assets", asset_columns, estate, estate->n_assets);
	add_table(out, "addresses", address_columns, estate, estate->n_addresses);
	add_table(out, "services", service_columns, estate, estate->n_services);
	add_table(out, "systems", system_columns, estate, estate->n_systems);
	add_table(out, "subnets", subnet_columns, estate, estate->n_subnets);
	add_links(out, estate);
	add_names(out, "roles", role_label, ASSET_ROLE_N);
	add_names(out, "layerNames", layer_label, LINK_LAYER_N);
	add_names(out, "gradeNames", grade_label, GRADE_N);
	add_difference(out, estate);
	str_adds(out, "\"sheets\":[");
	for (size_t i = 0; i < n; i++) {
		str_adds(out, i ? ",\n" : "");
		add_sheet(out, scenes[i], estate->n_assets);
	}
	str_adds(out, "]}");
	if (out->failed)
		return error_set(reterr, ERROR_SYSTEM,
			"cannot write the HTML: no memory, or more than %zu bytes", out->max);
	return 0;
}
