/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One agent read with a login: which request is due, and what an answer to it is; see walk.h.
 * What answers hold is read by walk_rows.c and walk_tables.c. It never asks but by GetRequest
 * and GetBulkRequest, and never says a secret: with version 3 none is on the wire at all.
 *
 * References: RFC 3414, 3.2 (incoming messages, time windows), 4 (discovery), RFC 3416, 4.2.
 */
#include "scanner/protocol/walk_internal.h"

#include <openssl/crypto.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define WINDOW 150 /* seconds that an answer may be old (RFC 3414, 2.2.3) */
#define BOOTS_MOST 2147483647

/* The system group but for how long it runs and who is responsible, and how many interfaces
 * there are. */
static const struct snmp_oid system_names[] = {
	{{1, 3, 6, 1, 2, 1, 1, 1, 0}, 9}, /* sysDescr */
	{{1, 3, 6, 1, 2, 1, 1, 2, 0}, 9}, /* sysObjectID */
	{{1, 3, 6, 1, 2, 1, 1, 5, 0}, 9}, /* sysName */
	{{1, 3, 6, 1, 2, 1, 1, 6, 0}, 9}, /* sysLocation */
	{{1, 3, 6, 1, 2, 1, 2, 1, 0}, 9}, /* ifNumber */
};

/* What a report counts (RFC 3414, 5). */
static const uint32_t usm_stats[] = {1, 3, 6, 1, 6, 3, 15, 1, 1};
enum {
	STATS_UNSUPPORTED_LEVELS = 1,
	STATS_NOT_IN_TIME = 2,
	STATS_UNKNOWN_USERS = 3,
	STATS_WRONG_DIGESTS = 5,
	STATS_DECRYPTION_ERRORS = 6,
};

/* ---- asking ------------------------------------------------------------------------------ */

static uint64_t number(struct walk *walk)
{
	uint64_t count = walk->counter++;

	return siphash(&walk->key, &count, sizeof(count));
}

/* Positive, and of four bytes. */
static uint32_t make_id(struct walk *walk)
{
	return ((uint32_t)number(walk) & 0x3fffffff) | 0x40000000;
}

static bool is_user(const struct walk *walk)
{
	return walk->login->kind == LOGIN_USER;
}

static bool is_encrypted(const struct walk *walk)
{
	return walk->usm && walk->login->privacy != LOGIN_PRIVACY_NONE;
}

static uint8_t level(const struct walk *walk)
{
	return (walk->usm ? SNMP_SIGNED : 0) | (is_encrypted(walk) ? SNMP_ENCRYPTED : 0);
}

static size_t write_secured(struct walk *walk, const struct snmp_question *question)
{
	uint8_t scoped[WALK_DATAGRAM_MAX], salt[USM_SALT_SIZE];
	struct snmp_envelope envelope = {.id = walk->message_id,
		.largest = WALK_DATAGRAM_MAX,
		.flags = level(walk) | SNMP_REPORTABLE,
		.engine = walk->engine,
		.user = walk->login->name,
		.scoped = scoped};
	size_t size, at;

	envelope.scoped_size = snmp_write_scoped(
		question, &walk->engine, scoped, sizeof(scoped) - USM_PADDING_MAX);
	if (walk->usm)
		envelope.signature = usm_signature_size(walk->login->auth);
	if (is_encrypted(walk) && envelope.scoped_size > 0) {
		envelope.scoped_size = usm_encrypt(walk->usm, walk->engine.boots,
			walk->engine.time, walk->salt++, scoped, envelope.scoped_size, salt);
		envelope.salt = salt;
	}
	if (envelope.scoped_size == 0)
		return 0;
	size = snmp_write_envelope(&envelope, walk->request, sizeof(walk->request), &at);
	return size > 0 && walk->usm && !usm_sign(walk->usm, walk->request, size, at) ? 0
										      : size;
}

/* What is said of a VLAN in the place of the community, or is the name of its context. */
#define PART_MAX (LOGIN_NAME_MAX + 16)

static const char *part_name(const struct walk *walk, char out[PART_MAX])
{
	if (is_user(walk))
		snprintf(out, PART_MAX, "vlan-%" PRIu32, walk->vlan);
	else if (walk->vlan)
		snprintf(out, PART_MAX, "%s@%" PRIu32, walk->login->name, walk->vlan);
	else
		snprintf(out, PART_MAX, "%s", walk->login->name);
	return out;
}

static bool write_request(struct walk *walk, const struct snmp_oid *names, size_t n)
{
	struct snmp_question question = {.names = names, .n_names = n};
	char part[PART_MAX];

	if (walk->stage == WALK_DISCOVERY) {
		walk->request_size = protocol_snmp.request(
			walk->request, sizeof(walk->request), "", walk->seed);
		return walk->request_size > 0;
	}
	walk->message_id = make_id(walk);
	walk->request_id = question.id = make_id(walk);
	question.repetitions = walk->stage == WALK_TABLES ? walk->repetitions : 0;
	part_name(walk, part);
	question.context = walk->vlan ? part : NULL;
	walk->request_size = is_user(walk) ? write_secured(walk, &question)
					   : snmp_write_community(&question, part,
						     walk->request, sizeof(walk->request));
	return walk->request_size > 0;
}

static void end(struct walk *walk, enum walk_state state)
{
	walk->state = state == WALK_READ && walk->cut ? WALK_CUT : state;
	walk->request_size = 0;
}

/* What is to be asked for at this stage; 0: nothing more. */
static size_t due(struct walk *walk, struct snmp_oid *names)
{
	size_t n = walk->system_count, left = ARRAY_SIZE(system_names) - walk->system_at;

	if (walk->stage == WALK_TABLES)
		return walk_rows_names(walk, names);
	n = n < left ? n : left;
	memcpy(names, system_names + walk->system_at, n * sizeof(*names));
	return n;
}

static unsigned int requests_max(const struct walk *walk)
{
	return walk->everything ? WALK_REQUESTS_MAX : WALK_REQUESTS_SELF_MAX;
}

/* Makes the next request, or ends. */
static void proceed(struct walk *walk)
{
	struct snmp_oid names[WALK_COLUMNS_MAX];
	size_t n;

	if (walk->requests >= requests_max(walk)) {
		walk_cut(walk);
		end(walk, WALK_READ);
		return;
	}
	while ((n = due(walk, names)) == 0 || !write_request(walk, names, n)) {
		if (n > 0)
			walk_cut(walk);
		if (!walk_rows_next(walk, walk->stage != WALK_TABLES)) {
			walk->finished = true;
			end(walk, WALK_READ);
			return;
		}
		walk->stage = WALK_TABLES;
	}
	walk->requests++;
	walk->tries = 1;
}

struct walk *walk_new(const struct login *login, bool everything, uint64_t seed)
{
	struct walk *walk = walk_can(login) ? calloc(1, sizeof(*walk)) : NULL;

	if (!walk)
		return NULL;
	walk->login = login;
	walk->everything = everything;
	walk->seed = seed;
	walk->key = siphash_key_seeded(seed);
	walk->salt = number(walk);
	walk->system_count = ARRAY_SIZE(system_names);
	write_request(walk, NULL, 0);
	walk->requests = walk->tries = 1;
	return walk;
}

void walk_free(struct walk *walk)
{
	if (!walk)
		return;
	usm_free(walk->usm);
	free(walk->interfaces.things);
	free(walk->addresses.things);
	free(walk->arps.things);
	free(walk->stations.things);
	free(walk->known.things);
	free(walk->neighbours.things);
	free(walk->ports.things);
	free(walk->locals.things);
	free(walk->places.things);
	free(walk->members.things);
	free(walk->vlans.things);
	free(walk->said.things);
	OPENSSL_cleanse(walk, sizeof(*walk)); /* the request has the community */
	free(walk);
}

size_t walk_next(struct walk *walk, uint8_t *out)
{
	memcpy(out, walk->request, walk->request_size);
	return walk->request_size;
}

enum walk_state walk_state(const struct walk *walk)
{
	return walk->state;
}

bool walk_has_read(const struct walk *walk)
{
	return walk->answered;
}

bool walk_can(const struct login *login)
{
	return usm_can(login);
}

bool walk_discovers(const struct walk *walk)
{
	return walk->state == WALK_ASKING && walk->stage == WALK_DISCOVERY;
}

const uint8_t *walk_engine(const struct walk *walk, size_t *ret_size)
{
	struct snmp_message message;

	if (walk->discovery_size == 0 ||
		!snmp_message_read(walk->discovery, walk->discovery_size, &message))
		return NULL;
	*ret_size = message.engine.size;
	return message.engine.id;
}

/* It is over before everything was read: what was read stands. */
static void give_up(struct walk *walk, enum walk_state state)
{
	end(walk, walk->answered ? WALK_CUT : state);
}

void walk_unreachable(struct walk *walk)
{
	if (walk->state == WALK_ASKING)
		give_up(walk, WALK_SILENT);
}

/* An answer of many rows may be lost where one of a row is not: too large for the way, or for
 * the agent. */
static bool ask_for_less(struct walk *walk)
{
	if (walk->stage != WALK_TABLES)
		return false;
	if (walk->repetitions == 1)
		return walk_rows_spare(walk);
	walk->repetitions = 1;
	return true;
}

void walk_silence(struct walk *walk)
{
	if (walk->state != WALK_ASKING)
		return;
	if (walk->tries < WALK_TRIES && walk->requests < requests_max(walk)) {
		walk->tries++;
		walk->requests++;
	} else if (walk->stage == WALK_DISCOVERY && !is_user(walk)) {
		walk->stage = WALK_SYSTEM; /* it may know the communities alone */
		proceed(walk);
	} else if (ask_for_less(walk)) {
		proceed(walk);
	} else {
		give_up(walk, WALK_SILENT);
	}
}

/* ---- hearing ----------------------------------------------------------------------------- */

static bool hear_discovery(struct walk *walk, const uint8_t *bytes, size_t size)
{
	struct snmp_message message;

	if (size > sizeof(walk->discovery) || !protocol_snmp.repeats(bytes, size, walk->seed) ||
		!snmp_message_read(bytes, size, &message))
		return false;
	if (is_user(walk)) {
		if (message.engine.size < SNMP_ENGINE_LEAST ||
			message.engine.size > SNMP_ENGINE_MOST)
			return false;
		memcpy(walk->engine_id, message.engine.id, message.engine.size);
		walk->engine = message.engine;
		walk->engine.id = walk->engine_id;
	}
	memcpy(walk->discovery, bytes, size);
	walk->discovery_size = size;
	if (is_user(walk) && walk->login->auth != LOGIN_AUTH_NONE) {
		walk->usm = usm_new(walk->login, walk->engine.id, walk->engine.size);
		if (!walk->usm) {
			end(walk, WALK_CUT);
			return true;
		}
	}
	walk->stage = WALK_SYSTEM;
	proceed(walk);
	return true;
}

/* RFC 3414, 3.2, 7 b: no older than what was heard before, but for the window. */
static bool is_timely(struct walk *walk, const struct snmp_engine *engine)
{
	struct snmp_engine *known = &walk->engine;

	if (engine->boots == BOOTS_MOST || engine->boots < known->boots ||
		(engine->boots == known->boots &&
			(uint64_t)engine->time + WINDOW < known->time))
		return false;
	if (engine->boots > known->boots || engine->time > known->time) {
		known->boots = engine->boots;
		known->time = engine->time;
	}
	return true;
}

/* The plain scoped PDU of a message of ours; what it is decrypted into is the caller's. */
static bool open_scoped(const struct walk *walk, const struct snmp_message *message,
	uint8_t **ret_plain, struct snmp_pdu *ret_pdu)
{
	struct cursor scoped = message->rest, salt = message->salt;

	if (!(message->flags & SNMP_ENCRYPTED))
		return snmp_scoped_read(&scoped, ret_pdu);
	scoped = ber_element(&scoped, BER_OCTETS);
	if (!is_encrypted(walk) || cursor_left(&salt) != USM_SALT_SIZE ||
		cursor_left(&scoped) == 0)
		return false;
	*ret_plain = malloc(cursor_left(&scoped));
	if (!*ret_plain || !usm_decrypt(walk->usm, message->engine.boots, message->engine.time,
				   cursor_rest(&salt), cursor_rest(&scoped),
				   cursor_left(&scoped), *ret_plain))
		return false;
	scoped = cursor_of(*ret_plain, cursor_left(&scoped));
	return snmp_scoped_read(&scoped, ret_pdu);
}

static bool holds(const struct cursor *c, const void *bytes, size_t size)
{
	return cursor_left(c) == size && memcmp(cursor_rest(c), bytes, size) == 0;
}

/* Which counter of the user-based model a report is about; 0: none. */
static uint32_t report_reason(const struct snmp_pdu *pdu)
{
	struct cursor list = pdu->bindings;
	struct snmp_binding binding;
	struct snmp_oid name;

	if (!snmp_binding_next(&list, &binding) || !snmp_oid_read(binding.name, &name) ||
		name.n != ARRAY_SIZE(usm_stats) + 2 ||
		memcmp(name.ids, usm_stats, sizeof(usm_stats)) != 0)
		return 0;
	return name.ids[ARRAY_SIZE(usm_stats)];
}

/* A report says why there is no answer. That our time is wrong counts once, and from a user
 * only if it is signed: the time is then the agent's. */
static bool take_report(
	struct walk *walk, const struct snmp_message *message, const struct snmp_pdu *pdu)
{
	/* Who has answered knows the keys: what is not signed is not from there. */
	if (walk->usm && walk->answered && !(message->flags & SNMP_SIGNED))
		return false;
	switch (report_reason(pdu)) {
	case STATS_NOT_IN_TIME:
		if (walk->usm && !(message->flags & SNMP_SIGNED))
			return false;
		if (walk->resynchronised) {
			give_up(walk, WALK_REFUSED);
			return true;
		}
		walk->resynchronised = true;
		walk->engine.boots = message->engine.boots;
		walk->engine.time = message->engine.time;
		proceed(walk);
		return true;
	case STATS_UNSUPPORTED_LEVELS:
	case STATS_UNKNOWN_USERS:
	case STATS_WRONG_DIGESTS:
	case STATS_DECRYPTION_ERRORS:
		give_up(walk, WALK_REFUSED);
		return true;
	default:
		give_up(walk, WALK_CUT); /* of a VLAN: it has no such context (RFC 3413, 3.2) */
		return true;
	}
}

/* The system group came, or what keeps it from coming: then fewer of it are asked for. */
static void take_system(struct walk *walk, const struct snmp_pdu *pdu)
{
	size_t size = cursor_left(&pdu->bindings);

	if (pdu->error == SNMP_NO_ACCESS || pdu->error == SNMP_NOT_AUTHORISED) {
		give_up(walk, WALK_REFUSED);
		return;
	}
	if (pdu->error != SNMP_NO_ERROR && walk->system_count > 1) {
		walk->system_count /= 2;
		proceed(walk);
		return;
	}
	if (pdu->error == SNMP_NO_ERROR && size <= sizeof(walk->system) - walk->system_size) {
		memcpy(walk->system + walk->system_size, cursor_rest(&pdu->bindings), size);
		walk->system_size += size;
	} else if (pdu->error != SNMP_NO_SUCH_NAME) {
		walk_cut(walk);
	}
	walk->system_at += walk->system_count;
	if (walk->system_at > ARRAY_SIZE(system_names))
		walk->system_at = ARRAY_SIZE(system_names);
	proceed(walk);
}

static void take_table(struct walk *walk, const struct snmp_pdu *pdu)
{
	if (pdu->error == SNMP_NO_ERROR) {
		walk_rows_take(walk, pdu->bindings);
	} else if (walk->repetitions > 1) {
		walk->repetitions /= 2;
	} else if (pdu->error == SNMP_NO_SUCH_NAME || !walk_rows_spare(walk)) {
		walk->over = true;
		if (pdu->error != SNMP_NO_SUCH_NAME)
			walk_cut(walk);
	}
	proceed(walk);
}

static bool take_response(
	struct walk *walk, const struct snmp_pdu *pdu, const uint8_t *bytes, size_t size)
{
	if (pdu->tag != SNMP_RESPONSE || pdu->id != walk->request_id)
		return false;
	walk->answered |= pdu->error != SNMP_NO_ACCESS && pdu->error != SNMP_NOT_AUTHORISED;
	if (walk->raw_size == 0 && pdu->error == SNMP_NO_ERROR)
		walk_keep_raw(walk, bytes, size);
	if (walk->stage == WALK_SYSTEM)
		take_system(walk, pdu);
	else
		take_table(walk, pdu);
	return true;
}

static bool hear_community(struct walk *walk, const struct snmp_message *message,
	const uint8_t *bytes, size_t size)
{
	struct cursor rest = message->rest;
	struct snmp_pdu pdu;
	char part[PART_MAX];

	part_name(walk, part);
	return message->version == SNMP_VERSION_2C &&
	       holds(&message->community, part, strlen(part)) &&
	       snmp_pdu_read(&rest, &pdu) && take_response(walk, &pdu, bytes, size);
}

/* From the engine that was asked, about this message, and with a right signature if it has
 * one. */
static bool is_genuine(const struct walk *walk, const struct snmp_message *message,
	const uint8_t *bytes, size_t size)
{
	if (message->version != SNMP_VERSION_3 || message->id != walk->message_id ||
		message->engine.size != walk->engine.size ||
		memcmp(message->engine.id, walk->engine.id, walk->engine.size) != 0)
		return false;
	if (!(message->flags & SNMP_SIGNED))
		return !(message->flags & SNMP_ENCRYPTED); /* there is no such level */
	return walk->usm &&
	       cursor_left(&message->signature) == usm_signature_size(walk->login->auth) &&
	       usm_check(walk->usm, bytes, size,
		       (size_t)(cursor_rest(&message->signature) - bytes));
}

/* RFC 3414, 3.2. A report may be plain: then the agent could not know the keys. */
static bool hear_user(struct walk *walk, const struct snmp_message *message,
	const uint8_t *bytes, size_t size)
{
	_cleanup_(cleanup_freep) uint8_t *plain = NULL;
	struct snmp_pdu pdu;

	if (!is_genuine(walk, message, bytes, size) ||
		!open_scoped(walk, message, &plain, &pdu))
		return false;
	if (pdu.tag == SNMP_REPORT)
		return take_report(walk, message, &pdu);
	if ((message->flags & (SNMP_SIGNED | SNMP_ENCRYPTED)) != level(walk) ||
		!holds(&message->user, walk->login->name, strlen(walk->login->name)) ||
		(walk->usm && !is_timely(walk, &message->engine)))
		return false;
	return take_response(walk, &pdu, bytes, size);
}

bool walk_hear(struct walk *walk, const uint8_t *bytes, size_t size)
{
	struct snmp_message message;

	if (walk->state != WALK_ASKING)
		return false;
	if (walk->stage == WALK_DISCOVERY)
		return hear_discovery(walk, bytes, size);
	if (!snmp_message_read(bytes, size, &message))
		return false;
	return is_user(walk) ? hear_user(walk, &message, bytes, size)
			     : hear_community(walk, &message, bytes, size);
}
