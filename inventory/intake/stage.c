/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From observations to staging rows; see stage.h. One writer per kind of observation; text is
 * clean already (common/model/bundle.h).
 */
#include "inventory/intake/stage.h"

#include "common/model/digest.h"
#include "common/model/place.h"
#include "common/packer.h"
#include "common/siphash.h"
#include "inventory/identity/identity.h"
#include "inventory/intake/endpoints.h"
#include "inventory/intake/ports.h"
#include "inventory/store/queries.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SUBJECT_MAX (ADDR_TEXT_MAX + 16)
#define DETAIL_MAX 2048
#define RANGES_MAX (64 * 1024)
#define NAME_VALUE_MAX 255
#define KEY_VALUE_MAX 1024
/* Sums over all ports of an address stay in 64 bits. */
#define DIGEST_MASK ((1ull << 45) - 1)

enum table { ENDPOINT, SERVICE, PORT, STATEMENT, LINK, COVERAGE, EVIDENCE, TABLE_N };

static const struct query *const copies[TABLE_N] = {&query_intake_copy_endpoint,
	&query_intake_copy_service, &query_intake_copy_port, &query_intake_copy_statement,
	&query_intake_copy_link, &query_intake_copy_coverage, &query_intake_copy_evidence};

/* A database that rows go to. Its buffers are made when they are needed. */
struct place {
	struct db *db;
	int64_t batch;
	bool open;
	struct db_copy *copy[TABLE_N];
	struct db_sender *sender; /* while rows are sent; the connection is its own then */
};

#define PLACES_MAX 65

struct stage {
	struct place places[PLACES_MAX]; /* the first: everything, or what all nodes need */
	size_t n_places;
	const uint8_t *node_of; /* NULL: there is one place */
	int64_t number;
	struct endpoints *endpoints;
	struct siphash_key secret; /* of the digests of services */
	/* Of the observation at hand: */
	const struct observation *obs;
	const char *method;
	bool imported; /* somebody else's word: claimed, not measured */
	uint8_t digest[DIGEST_SIZE];
	bool has_digest;
};

/* What a service says of itself goes into columns of its own. */
static const char *const service_columns[] = {
	"service.vendor", "service.product", "service.version", "service.cpe23"};

int64_t stage_batch_of(const char *bundle_id)
{
	char digits[BATCH_BITS / 4 + 1];

	snprintf(digits, sizeof(digits), "%.*s", BATCH_BITS / 4, bundle_id);
	return strtoll(digits, NULL, 16);
}

static int load_secret(struct stage *stage, struct db *home, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *found = NULL;
	_cleanup_(str_done) struct str bytes = STR_INIT(sizeof(stage->secret));
	int r = db_run(home, &query_intake_digest_key, DB_NO_VALUES, &found, reterr);

	if (r < 0)
		return r;
	if (db_rows(found) == 1)
		db_get_bytes(found, 0, 0, &bytes);
	if (bytes.len != sizeof(stage->secret))
		return error_set(reterr, ERROR_DATABASE, "the key of digests is missing");
	memcpy(&stage->secret, bytes.data, sizeof(stage->secret));
	return 0;
}

static int open_place(struct place *place, struct error *reterr)
{
	int r = db_run(place->db, &query_intake_stage_open, DB_VALUES(db_int(place->batch)),
		NULL, reterr);

	place->open = r == 0;
	return r;
}

/* ---- at all places at the same time ------------------------------------------------- */

struct errand {
	struct place *place;
	int (*work)(struct place *place, struct error *reterr);
	pthread_t thread;
	bool started;
	int r;
	struct error error;
};

static void *run_errand(void *context)
{
	struct errand *errand = context;

	errand->r = errand->work(errand->place, &errand->error);
	return NULL;
}

/* At the places from the given one on, each of which has a session of its own. Waits for all,
 * also after a failure; the first one is told. */
static int at_places(struct stage *stage, size_t from,
	int (*work)(struct place *place, struct error *reterr), struct error *reterr)
{
	size_t n = stage->n_places - from;
	struct errand *errands = calloc(n + 1, sizeof(*errands));
	int r = 0;

	if (!errands)
		return error_set(reterr, ERROR_SYSTEM, "no memory for staging");
	for (size_t i = 0; i < n; i++) {
		errands[i] = (struct errand){.place = &stage->places[from + i], .work = work};
		errands[i].started = i + 1 < n && pthread_create(&errands[i].thread, NULL,
							 run_errand, &errands[i]) == 0;
		if (!errands[i].started)
			run_errand(&errands[i]);
	}
	for (size_t i = 0; i < n; i++) {
		if (errands[i].started)
			pthread_join(errands[i].thread, NULL);
		if (r == 0 && errands[i].r < 0) {
			r = errands[i].r;
			if (reterr)
				*reterr = errands[i].error;
		}
	}
	free(errands);
	return r;
}

/* The first place is opened before the others: who takes the same bundle waits there. */
static int open_places(
	struct stage *stage, const struct stage_route *route, struct error *reterr)
{
	int r;

	stage->places[stage->n_places++] =
		(struct place){.db = route->home, .batch = route->batch_all};
	r = at_places(stage, 0, open_place, reterr);
	for (size_t i = 0; i < route->n_nodes && i + 1 < PLACES_MAX; i++)
		stage->places[stage->n_places++] =
			(struct place){.db = route->nodes[i], .batch = route->batch};
	return r < 0 ? r : at_places(stage, 1, open_place, reterr);
}

int stage_new_routed(
	const struct stage_route *route, struct stage **ret_stage, struct error *reterr)
{
	_cleanup_(stage_freep) struct stage *stage = calloc(1, sizeof(*stage));
	struct place *first;
	int r;

	if (!stage)
		return error_set(reterr, ERROR_SYSTEM, "no memory for staging");
	stage->node_of = route->node_of;
	r = load_secret(stage, route->home, reterr);
	if (r == 0)
		r = open_places(stage, route, reterr);
	first = &stage->places[0];
	if (r == 0)
		r = db_copy_new(first->db, copies[ENDPOINT], &first->copy[ENDPOINT], reterr);
	for (size_t i = 0; r == 0 && i < stage->n_places; i++)
		r = db_sender_new(stage->places[i].db, &stage->places[i].sender, reterr);
	if (r < 0)
		return r;
	db_copy_use(first->copy[ENDPOINT], first->sender);
	stage->endpoints = endpoints_new(first->copy[ENDPOINT], route->batch_all);
	if (!stage->endpoints)
		return error_set(reterr, ERROR_SYSTEM, "no memory for staging");
	*ret_stage = STEAL(stage);
	return 0;
}

int stage_new(struct db *db, int64_t batch, struct stage **ret_stage, struct error *reterr)
{
	const struct stage_route here = {.home = db, .batch_all = batch};

	return stage_new_routed(&here, ret_stage, reterr);
}

void stage_free(struct stage *stage)
{
	if (!stage)
		return;
	for (size_t i = 0; i < stage->n_places; i++) {
		struct place *place = &stage->places[i];

		db_sender_free(place->sender);
		/* On a lost connection the server has given the locks up by itself. */
		if (place->open)
			db_run(place->db, &query_intake_stage_close, DB_NO_VALUES, NULL, NULL);
		for (int table = 0; table < TABLE_N; table++)
			db_copy_free(place->copy[table]);
	}
	endpoints_free(stage->endpoints);
	free(stage);
}

int64_t stage_batch(const struct stage *stage)
{
	return stage->places[0].batch;
}

/* Where a row about the address of the observation goes that only its asset needs. */
static struct place *place_of_asset(struct stage *stage)
{
	return stage->node_of
		       ? &stage->places[1 + stage->node_of[identity_bucket(&stage->obs->addr)]]
		       : &stage->places[0];
}

/* Begins a row; its first column is the batch. */
static int begin_row(struct place *place, enum table table, int n_columns,
	struct db_copy **ret_copy, struct error *reterr)
{
	if (!place->copy[table]) {
		int r = db_copy_new(place->db, copies[table], &place->copy[table], reterr);

		if (r < 0)
			return r;
		db_copy_use(place->copy[table], place->sender);
	}
	*ret_copy = place->copy[table];
	db_copy_row(*ret_copy, n_columns);
	db_copy_int8(*ret_copy, place->batch);
	return 0;
}

/* ---- rows --------------------------------------------------------------------------- */

static void put_evidence(struct stage *stage, struct db_copy *copy)
{
	if (stage->has_digest)
		db_copy_bytes(copy, stage->digest, sizeof(stage->digest));
	else
		db_copy_null(copy);
}

/* The address of the observation was met. */
static int add_met(struct stage *stage, struct error *reterr)
{
	const struct observation *obs = stage->obs;

	return endpoints_met(stage->endpoints, &obs->addr, &obs->mac, obs->method, reterr);
}

/* It was met by what it says of itself; by what a foreign file says of it, it is spoken of. */
static int add_said(struct stage *stage, struct error *reterr)
{
	const struct observation *obs = stage->obs;

	return stage->imported ? endpoints_spoken(stage->endpoints, &obs->addr, &obs->mac, true,
					 stage->method, reterr)
			       : add_met(stage, reterr);
}

struct statement {
	const char *kind, *subject, *attribute, *value, *source, *grade;
};

/* What a foreign file says is claimed, whatever it would be if we had seen it ourselves. */
static const char *grade_of(const struct stage *stage, const char *grade)
{
	return stage->imported ? "claimed" : grade;
}

static int add_statement(
	struct stage *stage, const struct statement *statement, struct error *reterr)
{
	bool is_key = strcmp(statement->kind, "key") == 0;
	struct db_copy *copy;
	int r = begin_row(is_key ? &stage->places[0] : place_of_asset(stage), STATEMENT, 11,
		&copy, reterr);

	if (r < 0)
		return r;
	db_copy_text(copy, statement->kind);
	db_copy_addr(copy, &stage->obs->addr);
	db_copy_text(copy, statement->subject);
	db_copy_text(copy, statement->attribute);
	db_copy_text(copy, statement->value);
	db_copy_text(copy, statement->source);
	db_copy_text(copy, grade_of(stage, statement->grade));
	db_copy_text(copy, stage->method);
	put_evidence(stage, copy);
	db_copy_int8(copy, stage->number);
	return db_copy_end_row(copy, reterr);
}

static int put_raw(struct stage *stage, struct place *place, struct error *reterr)
{
	const struct observation *obs = stage->obs;
	struct db_copy *copy;
	int r = begin_row(place, EVIDENCE, 4, &copy, reterr);

	if (r < 0)
		return r;
	put_evidence(stage, copy);
	db_copy_text(copy, obs->protocol ? obs->protocol : observation_kind_name(obs->kind));
	db_copy_bytes(copy, obs->raw, obs->raw_size);
	return db_copy_end_row(copy, reterr);
}

/* Raw bytes go where the rows go that they prove. */
static int add_evidence(struct stage *stage, struct error *reterr)
{
	const struct observation *obs = stage->obs;
	bool at_first = obs->kind == OBSERVATION_KEY || obs->kind == OBSERVATION_LINK ||
			obs->kind == OBSERVATION_HOP || obs->kind == OBSERVATION_HOST;
	int r = 0;

	stage->has_digest = obs->raw_size > 0;
	if (!stage->has_digest)
		return 0;
	digest_sha256(obs->raw, obs->raw_size, stage->digest);
	if (at_first)
		r = put_raw(stage, &stage->places[0], reterr);
	if (r == 0 && (!at_first || (stage->node_of && obs->kind == OBSERVATION_HOST)))
		r = put_raw(stage, place_of_asset(stage), reterr);
	return r;
}

static const char *text_of(const struct observation *obs, const char *name)
{
	const char *value = observation_attribute(obs, name);

	return value ? value : "";
}

/* ---- statements --------------------------------------------------------------------- */

static int add_name(
	struct stage *stage, const char *value, const char *source, struct error *reterr)
{
	char name[NAME_VALUE_MAX + 1];
	size_t n = strlen(value);

	while (n && value[n - 1] == '.')
		n--;
	if (n == 0 || n > NAME_VALUE_MAX)
		return 1;
	memcpy(name, value, n);
	name[n] = '\0';
	return add_statement(stage,
		&(struct statement){"name", "", "name", name, source, "claimed"}, reterr);
}

/* Whether an attribute goes into a column of the service's own. */
static bool is_column(const struct observation *obs, const struct attribute *a)
{
	if (obs->kind != OBSERVATION_SERVICE || strncmp(a->name, "service.", 8) != 0)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(service_columns); i++)
		if (strcmp(a->name, service_columns[i]) == 0)
			return true;
	return false;
}

static bool has_facts(const struct observation *obs)
{
	for (size_t i = 0; i < obs->n_attributes; i++)
		if (!is_column(obs, &obs->attributes[i]))
			return true;
	return false;
}

/* Every attribute that is not one of the service's own columns. An attribute "source" names
 * where the others come from. */
static int add_facts(
	struct stage *stage, const char *subject, const char *source, struct error *reterr)
{
	const struct observation *obs = stage->obs;
	const char *named = observation_attribute(obs, "source");

	if (named && *named)
		source = named;
	for (size_t i = 0; i < obs->n_attributes; i++) {
		const struct attribute *a = &obs->attributes[i];
		struct statement statement = {
			"fact", subject, a->name, a->value, source, "measured"};
		int r;

		if (!*a->value || strcmp(a->name, "source") == 0 || is_column(obs, a))
			continue;
		if (strcmp(a->name, "host.name") == 0)
			r = add_name(stage, a->value, source, reterr);
		else
			r = add_statement(stage, &statement, reterr);
		if (r < 0)
			return r;
	}
	return 0;
}

/* ---- observations ------------------------------------------------------------------- */

static int add_host(struct stage *stage, struct error *reterr)
{
	const struct observation *obs = stage->obs;
	char subject[ADDR_TEXT_MAX], mac[MAC_TEXT_MAX];
	int r;

	r = add_met(stage, reterr);
	/* Only a MAC that answered for itself on the link identifies a thing; what is overheard
	 * may be a router's. */
	if (r == 0 && obs->method != OBSERVATION_BY_LISTENING && !mac_is_zero(&obs->mac) &&
		!mac_is_local(&obs->mac) && !mac_is_multicast(&obs->mac))
		r = add_statement(stage,
			&(struct statement){"key", "", "mac", mac_format(&obs->mac, mac),
				stage->method, "measured"},
			reterr);
	if (r < 0)
		return r;
	return add_facts(stage, addr_format(&obs->addr, subject), stage->method, reterr);
}

/* What is at a port, or (of nothing) the port itself. What a foreign file says is told apart
 * from the same, measured. */
static int64_t digest_of(struct stage *stage, const char *protocol, bool with_columns)
{
	const struct observation *obs = stage->obs;
	char bytes[sizeof(obs->addr) + 4 + 1 + ATTRIBUTE_NAME_MAX + 1 +
		   ARRAY_SIZE(service_columns) * (ATTRIBUTE_VALUE_MAX + 1)];
	struct packer out = packer_of((uint8_t *)bytes, sizeof(bytes));

	packer_bytes(&out, &obs->addr, sizeof(obs->addr));
	packer_be16(&out, (uint16_t)obs->transport);
	packer_be16(&out, obs->port);
	packer_bytes(&out, "import", stage->imported);
	packer_bytes(&out, protocol, strlen(protocol) + 1);
	for (size_t i = 0; i < ARRAY_SIZE(service_columns); i++) {
		const char *text = with_columns ? text_of(obs, service_columns[i]) : "";

		packer_bytes(&out, text, strlen(text) + 1);
	}
	return (int64_t)(siphash(&stage->secret, bytes, out.pos) & DIGEST_MASK);
}

static int put_service(struct stage *stage, const char *protocol, struct error *reterr)
{
	const struct observation *obs = stage->obs;
	struct db_copy *copy;
	int64_t content = digest_of(stage, protocol, true);
	int r = begin_row(place_of_asset(stage), SERVICE, 13, &copy, reterr);

	if (r < 0)
		return r;
	endpoints_greeted(stage->endpoints,
		&(struct greeting){.port = digest_of(stage, "", false),
			.content = content,
			.partial = obs->method == OBSERVATION_BY_LISTENING || stage->imported,
			.spoke = *protocol});
	db_copy_addr(copy, &obs->addr);
	db_copy_int2(copy, (int16_t)obs->transport);
	db_copy_int4(copy, obs->port);
	db_copy_text(copy, protocol);
	for (size_t i = 0; i < ARRAY_SIZE(service_columns); i++)
		db_copy_text(copy, text_of(obs, service_columns[i]));
	db_copy_text(copy, stage->method);
	put_evidence(stage, copy);
	db_copy_int8(copy, stage->number);
	db_copy_int8(copy, content);
	return db_copy_end_row(copy, reterr);
}

static int put_port(struct stage *stage, struct error *reterr)
{
	const struct observation *obs = stage->obs;
	struct db_copy *copy;
	int64_t port = digest_of(stage, "", false);
	int r = begin_row(place_of_asset(stage), PORT, 8, &copy, reterr);

	if (r < 0)
		return r;
	endpoints_port(stage->endpoints, port);
	db_copy_int8(copy, stage->number);
	db_copy_int8(copy, port);
	db_copy_int4(copy, obs->port);
	db_copy_int2(copy, (int16_t)obs->transport);
	db_copy_addr(copy, &obs->addr);
	db_copy_text(copy, stage->method);
	put_evidence(stage, copy);
	return db_copy_end_row(copy, reterr);
}

static int add_service(struct stage *stage, struct error *reterr)
{
	const struct observation *obs = stage->obs;
	bool greeted = obs->kind == OBSERVATION_SERVICE;
	const char *protocol = greeted && obs->protocol ? obs->protocol : "";
	char subject[SUBJECT_MAX], addr[ADDR_TEXT_MAX];
	int r;

	if (obs->transport == TRANSPORT_NONE || obs->port == 0)
		return 1;
	r = add_met(stage, reterr);
	if (r == 0)
		r = greeted ? put_service(stage, protocol, reterr) : put_port(stage, reterr);
	if (r < 0 || !has_facts(obs))
		return r;
	snprintf(subject, sizeof(subject), "%s %s/%u", addr_format(&obs->addr, addr),
		transport_name(obs->transport), obs->port);
	return add_facts(stage, subject, *protocol ? protocol : stage->method, reterr);
}

static int add_named(struct stage *stage, struct error *reterr)
{
	const struct observation *obs = stage->obs;
	const char *source = text_of(obs, "source");
	int r = add_name(stage, text_of(obs, "name"), *source ? source : stage->method, reterr);

	return r ? r : endpoints_spoken(stage->endpoints, &obs->addr, &obs->mac, false,
				"name", reterr);
}

static int add_key(struct stage *stage, struct error *reterr)
{
	const struct observation *obs = stage->obs;
	const char *type = text_of(obs, "type"), *value = text_of(obs, "value");
	const char *source = obs->protocol ? obs->protocol : stage->method;
	int r;

	if (!*type || !*value || strlen(type) > ATTRIBUTE_NAME_MAX ||
		strlen(value) > KEY_VALUE_MAX)
		return 1;
	r = add_said(stage, reterr);
	return r < 0 ? r
		     : add_statement(stage,
			       &(struct statement){"key", "", type, value, source, "measured"},
			       reterr);
}

/* The port of a flow at the end that was asked; 0: who tells of the flow does not know who
 * asked. */
static uint16_t port_of(const struct observation *obs)
{
	unsigned long port = obs->port ? obs->port : strtoul(text_of(obs, "port"), NULL, 10);

	return port <= UINT16_MAX ? (uint16_t)port : 0;
}

static const char *way_of(const struct observation *obs)
{
	if (strcmp(text_of(obs, "direction"), "one-way") == 0)
		return "one-way";
	return port_of(obs) ? "both" : "unknown";
}

static int put_link(struct stage *stage, const char *layer, const char *source,
	const char *grade, const char *detail, struct error *reterr)
{
	const struct observation *obs = stage->obs;
	const char *protocol = obs->protocol ? obs->protocol : text_of(obs, "protocol");
	struct db_copy *copy;
	int r = begin_row(&stage->places[0], LINK, 14, &copy, reterr);

	if (r < 0)
		return r;
	db_copy_addr(copy, &obs->addr);
	db_copy_addr(copy, &obs->peer);
	db_copy_text(copy, layer);
	db_copy_int2(copy, obs->ttl);
	db_copy_text(copy, source);
	db_copy_text(copy, grade_of(stage, grade));
	db_copy_text(copy, stage->method);
	db_copy_text(copy, detail);
	put_evidence(stage, copy);
	db_copy_int2(copy, (int16_t)obs->transport);
	db_copy_int4(copy, port_of(obs));
	db_copy_text(copy, protocol);
	db_copy_text(copy, way_of(obs));
	return db_copy_end_row(copy, reterr);
}

static int add_hop(struct stage *stage, struct error *reterr)
{
	const struct observation *obs = stage->obs;
	const struct mac none = {0};
	int r;

	if (!obs->peer.family || obs->ttl == 0 || addr_is_multicast(&obs->peer))
		return 1;
	r = endpoints_spoken(stage->endpoints, &obs->addr, &none, false, "spoken", reterr);
	if (r == 0)
		r = endpoints_spoken(
			stage->endpoints, &obs->peer, &none, true, stage->method, reterr);
	return r < 0 ? r : put_link(stage, "hop", "hop", "measured", "", reterr);
}

static int add_link(struct stage *stage, struct error *reterr)
{
	const struct observation *obs = stage->obs;
	_cleanup_(str_done) struct str detail = STR_INIT(DETAIL_MAX);
	const char *layer = text_of(obs, "layer"), *source = text_of(obs, "source");
	bool flow = strcmp(layer, "flow") == 0,
	     listened = obs->method == OBSERVATION_BY_LISTENING;
	const char *how = flow ? "spoken" : stage->method;
	const struct mac none = {0};
	int r;

	if (!obs->peer.family || addr_is_multicast(&obs->peer) ||
		(!flow && strcmp(layer, "l2") != 0 && strcmp(layer, "l3") != 0))
		return 1;
	for (size_t i = 0; i < obs->n_attributes; i++)
		if (strcmp(obs->attributes[i].name, "layer") != 0 &&
			strcmp(obs->attributes[i].name, "source") != 0)
			str_addf(&detail, "%s%s=%s", detail.len ? ", " : "",
				obs->attributes[i].name, obs->attributes[i].value);
	r = endpoints_spoken(stage->endpoints, &obs->addr, &none, !flow, how, reterr);
	if (r == 0)
		r = endpoints_spoken(stage->endpoints, &obs->peer, &none, !flow, how, reterr);
	if (r < 0)
		return r;
	return put_link(stage, layer,
		*source ? source
		: flow	? "flow"
			: stage->method,
		flow || listened ? "measured" : "claimed", detail.data, reterr);
}

/* A station without an address has what addresses have by other kinds of observations: keys,
 * and names by what it says of itself. By the one key it is found again; the other one is a
 * thing's wherever it is met, if its maker gave it. */
static int add_station(struct stage *stage, struct error *reterr)
{
	static const char *const names[][2] = {
		{"dcp.name", "dcp"}, {"lldp.name", "lldp"}, {"cdp.device", "cdp"}};
	const struct observation *obs = stage->obs;
	char mac[MAC_TEXT_MAX];
	struct statement key = {"key", "", "station", mac_format(&obs->mac, mac), stage->method,
		"measured"};
	int r = add_statement(stage, &key, reterr);

	key.attribute = "mac";
	if (r == 0 && !mac_is_local(&obs->mac))
		r = add_statement(stage, &key, reterr);
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(names); i++) {
		const char *name = observation_attribute(obs, names[i][0]);

		if (name)
			r = add_name(stage, name, names[i][1], reterr);
		r = r > 0 ? 0 : r; /* no name */
	}
	return r;
}

static int add_fact(struct stage *stage, struct error *reterr)
{
	const struct observation *obs = stage->obs;
	char subject[ADDR_TEXT_MAX];
	int r = add_said(stage, reterr);

	if (r == 0 && place_is_mac(&obs->addr))
		r = add_station(stage, reterr);
	return r < 0 ? r
		     : add_facts(stage, place_format(&obs->addr, subject),
			       obs->protocol ? obs->protocol : stage->method, reterr);
}

/* A method of UDP probes or one that says so covers UDP ports, any other one with ports TCP. */
static enum transport coverage_transport(const struct observation *obs, const char *ports)
{
	const char *named = text_of(obs, "transport");
	enum transport transport;

	if (obs->transport != TRANSPORT_NONE)
		return obs->transport;
	if (transport_parse(named, &transport))
		return transport;
	if (!*ports)
		return TRANSPORT_NONE;
	return strncmp(text_of(obs, "method"), "udp", 3) == 0 ? TRANSPORT_UDP : TRANSPORT_TCP;
}

static int add_coverage(struct stage *stage, struct error *reterr)
{
	const struct observation *obs = stage->obs;
	_cleanup_(str_done) struct str ranges = STR_INIT(RANGES_MAX);
	const char *method = text_of(obs, "method"), *ports = text_of(obs, "ports");
	struct db_copy *copy;
	struct cidr cidr;
	int r;

	if (cidr_parse(text_of(obs, "cidr"), &cidr, NULL) < 0 ||
		!ports_to_ranges(ports, &ranges))
		return 1;
	r = begin_row(&stage->places[0], COVERAGE, 5, &copy, reterr);
	if (r < 0)
		return r;
	db_copy_cidr(copy, &cidr);
	db_copy_text(copy, *method ? method : stage->method);
	db_copy_int2(copy, (int16_t)coverage_transport(obs, ports));
	db_copy_text(copy, ranges.data);
	return db_copy_end_row(copy, reterr);
}

static int (*const adders[OBSERVATION_KIND_N])(struct stage *, struct error *) = {
	[OBSERVATION_HOST] = add_host,
	[OBSERVATION_PORT] = add_service,
	[OBSERVATION_SERVICE] = add_service,
	[OBSERVATION_NAME] = add_named,
	[OBSERVATION_KEY] = add_key,
	[OBSERVATION_HOP] = add_hop,
	[OBSERVATION_LINK] = add_link,
	[OBSERVATION_FACT] = add_fact,
	[OBSERVATION_COVERAGE] = add_coverage,
};

static bool is_unspecified(const struct addr *addr)
{
	const struct addr zero = {.family = addr->family};

	return addr_equal(addr, &zero);
}

int stage_add(struct stage *stage, const struct observation *obs, struct error *reterr)
{
	int r;

	if (obs->kind != OBSERVATION_COVERAGE &&
		(!obs->addr.family || addr_is_multicast(&obs->addr) ||
			is_unspecified(&obs->addr)))
		return 1;
	stage->obs = obs;
	stage->method = observation_method_name(obs->method);
	stage->imported = obs->method == OBSERVATION_BY_IMPORT;
	stage->number++;
	r = add_evidence(stage, reterr);
	return r < 0 ? r : adders[obs->kind](stage, reterr);
}

/* Everything is handed over at all places before any is waited for. */
static int flush_place(struct place *place, struct error *reterr)
{
	int r = 0;

	for (int table = 0; r == 0 && table < TABLE_N; table++)
		if (place->copy[table])
			r = db_copy_flush(place->copy[table], reterr);
	return r;
}

static int end_place(struct place *place, struct error *reterr)
{
	int r = db_sender_wait(place->sender, reterr);

	db_sender_free(STEAL(place->sender));
	return r < 0 ? r
		     : db_run(place->db, &query_intake_drop_junk,
			       DB_VALUES(db_int(place->batch)), NULL, reterr);
}

int stage_end(struct stage *stage, struct error *reterr)
{
	int r = endpoints_end(stage->endpoints, reterr);

	for (size_t i = 0; r == 0 && i < stage->n_places; i++)
		r = flush_place(&stage->places[i], reterr);
	return r < 0 ? r : at_places(stage, 0, end_place, reterr);
}

int stage_drop_coverage(struct stage *stage, struct error *reterr)
{
	const struct place *place = &stage->places[0];

	return db_run(place->db, &query_intake_drop_coverage, DB_VALUES(db_int(place->batch)),
		NULL, reterr);
}
