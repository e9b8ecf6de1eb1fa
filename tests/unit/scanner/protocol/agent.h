/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An SNMP agent in miniature, in memory: objects in their order, asked by GetRequest and
 * GetBulkRequest of version 2c and 3, and the faults that agents are known for. What wraps an
 * answer is used by the fuzz target as well.
 */
#ifndef TESTS_UNIT_SCANNER_PROTOCOL_AGENT_H
#define TESTS_UNIT_SCANNER_PROTOCOL_AGENT_H

#include "common/cleanup.h"
#include "common/packer.h"
#include "scanner/protocol/usm.h"
#include "scanner/wire/snmp.h"

#include <stdlib.h>
#include <string.h>

#define AGENT_OBJECTS_MAX 4096
#define AGENT_VALUE_MAX 640
#define AGENT_DATAGRAM 8192

struct agent_object {
	uint32_t part; /* VLAN as which it must be asked; 0: none */
	struct snmp_oid oid;
	uint8_t type;
	uint8_t value[AGENT_VALUE_MAX];
	size_t size;
};

struct agent {
	const struct login *login; /* who is let in */
	struct usm *usm;
	struct snmp_engine engine; /* as it is; size 0: it does not speak version 3 */
	uint32_t told_boots,
		told_time; /* what its answer to discovery says instead, if not 0 */
	struct agent_object objects[AGENT_OBJECTS_MAX];
	size_t n;
	uint32_t most; /* bindings of an answer beyond which it says `fault`; 0: none */
	uint32_t fault;
	size_t room; /* bindings of one answer; 0: as many as are asked for */
	bool circle; /* GetBulkRequest comes back to where it began */
	uint32_t report; /* of the user-based model, instead of an answer; 0: none */
	bool never_in_time;
	bool has_parts; /* answers as each of its VLANs: "name@10", or the context "vlan-10" */
	uint32_t part;	/* of what is added; then, as which it is asked */
	unsigned int asked, asked_parts;
};

/* Dotted numbers. */
static inline struct snmp_oid agent_oid(const char *text)
{
	struct snmp_oid oid = {.n = 0};
	char *end;

	while (*text && oid.n < SNMP_OID_MAX) {
		oid.ids[oid.n++] = (uint32_t)strtoul(text, &end, 10);
		text = *end == '.' ? end + 1 : end;
	}
	return oid;
}

static inline void agent_add(
	struct agent *agent, const char *oid, uint8_t type, const void *value, size_t size)
{
	struct agent_object *object = &agent->objects[agent->n++];

	object->part = agent->part;
	object->oid = agent_oid(oid);
	object->type = type;
	object->size = size < sizeof(object->value) ? size : sizeof(object->value);
	memcpy(object->value, value, object->size);
}

static inline void agent_text(struct agent *agent, const char *oid, const char *text)
{
	agent_add(agent, oid, BER_OCTETS, text, strlen(text));
}

static inline void agent_number(struct agent *agent, const char *oid, uint32_t number)
{
	uint8_t bytes[5] = {0, (uint8_t)(number >> 24), (uint8_t)(number >> 16),
		(uint8_t)(number >> 8), (uint8_t)number};

	agent_add(agent, oid, BER_INTEGER, bytes, sizeof(bytes));
}

static inline int agent_order(const void *a, const void *b)
{
	const struct agent_object *x = a, *y = b;

	return snmp_oid_compare(x->oid.ids, x->oid.n, y->oid.ids, y->oid.n);
}

static inline void agent_sort(struct agent *agent)
{
	qsort(agent->objects, agent->n, sizeof(*agent->objects), agent_order);
}

/* An element of any size: its length takes two bytes, which BER allows. */
static inline void agent_element(struct packer *p, uint8_t tag, const void *bytes, size_t size)
{
	packer_u8(p, tag);
	packer_u8(p, 0x82);
	packer_be16(p, (uint16_t)size);
	packer_bytes(p, bytes, size);
}

static inline void agent_integer(struct packer *p, uint32_t number)
{
	packer_be16(p, 0x0205);
	packer_u8(p, 0);
	packer_be32(p, number);
}

static inline void agent_binding(struct packer *p, const struct snmp_oid *oid, uint8_t type,
	const uint8_t *value, size_t size)
{
	uint8_t content[2048], name[5 * SNMP_OID_MAX];
	struct packer c = packer_of(content, sizeof(content)),
		      n = packer_of(name, sizeof(name));

	packer_u8(&n, (uint8_t)(oid->ids[0] * 40 + oid->ids[1]));
	for (size_t i = 2; i < oid->n; i++) {
		uint32_t id = oid->ids[i];
		bool begun = false;

		for (int shift = 28; shift >= 0; shift -= 7) {
			uint8_t part = id >> shift & 0x7f;

			begun |= part || shift == 0;
			if (begun)
				packer_u8(&n, shift ? part | 0x80 : part);
		}
	}
	agent_element(&c, BER_OBJECT, name, n.pos);
	agent_element(&c, type, value, size);
	agent_element(p, BER_SEQUENCE, content, c.pos);
}

/* A PDU around bindings. */
static inline size_t agent_pdu(uint8_t tag, uint32_t id, uint32_t error, uint32_t index,
	const uint8_t *bindings, size_t size, uint8_t *out, size_t max)
{
	uint8_t content[AGENT_DATAGRAM];
	struct packer c = packer_of(content, sizeof(content)), p = packer_of(out, max);

	agent_integer(&c, id);
	agent_integer(&c, error);
	agent_integer(&c, index);
	agent_element(&c, BER_SEQUENCE, bindings, size);
	agent_element(&p, tag, content, c.pos);
	return packer_ok(&c) && packer_ok(&p) ? p.pos : 0;
}

/* An answer to a message around a PDU: of its version, id and user, at a level of security. */
static inline size_t agent_wrap(const struct agent *agent, const struct snmp_message *asked,
	uint8_t level, const uint8_t *pdu, size_t size, uint8_t *out, size_t max)
{
	uint8_t content[AGENT_DATAGRAM], scoped[AGENT_DATAGRAM], salt[USM_SALT_SIZE];
	struct packer c = packer_of(content, sizeof(content)), p = packer_of(out, max);
	struct packer s = packer_of(scoped, sizeof(scoped) - USM_PADDING_MAX);
	char user[LOGIN_NAME_MAX + 1] = "";
	struct snmp_envelope envelope = {.id = asked->id,
		.largest = 65507,
		.flags = level,
		.engine = agent->engine,
		.user = user,
		.scoped = scoped};
	size_t n, at;

	if (asked->version != SNMP_VERSION_3) {
		packer_bytes(&c, "\x02\x01\x01", 3);
		agent_element(&c, BER_OCTETS, cursor_rest(&asked->community),
			cursor_left(&asked->community));
		packer_bytes(&c, pdu, size);
		agent_element(&p, BER_SEQUENCE, content, c.pos);
		return packer_ok(&c) && packer_ok(&p) ? p.pos : 0;
	}
	if (cursor_left(&asked->user) <= LOGIN_NAME_MAX)
		memcpy(user, cursor_rest(&asked->user), cursor_left(&asked->user));
	agent_element(&c, BER_OCTETS, agent->engine.id, agent->engine.size);
	agent_element(&c, BER_OCTETS, "", 0);
	packer_bytes(&c, pdu, size);
	agent_element(&s, BER_SEQUENCE, content, c.pos);
	envelope.scoped_size = s.pos;
	if (level & SNMP_SIGNED)
		envelope.signature = usm_signature_size(agent->login->auth);
	if (level & SNMP_ENCRYPTED) {
		envelope.scoped_size = usm_encrypt(agent->usm, agent->engine.boots,
			agent->engine.time, 0x1234567890 + asked->id, scoped, s.pos, salt);
		envelope.salt = salt;
	}
	n = packer_ok(&c) && packer_ok(&s) ? snmp_write_envelope(&envelope, out, max, &at) : 0;
	if (n > 0 && level & SNMP_SIGNED && !usm_sign(agent->usm, out, n, at))
		return 0;
	return n;
}

#define AGENT_UNKNOWN_CONTEXTS "1.3.6.1.6.3.12.1.5.0"

static inline size_t agent_report_of(const struct agent *agent,
	const struct snmp_message *asked, uint8_t level, const struct snmp_oid *counter,
	uint8_t *out, size_t max)
{
	uint8_t bindings[64], pdu[256];
	struct packer b = packer_of(bindings, sizeof(bindings));
	size_t n;

	agent_binding(&b, counter, 0x41, (const uint8_t *)"\x01", 1);
	n = agent_pdu(SNMP_REPORT, 0, 0, 0, bindings, b.pos, pdu, sizeof(pdu));
	return agent_wrap(agent, asked, level, pdu, n, out, max);
}

static inline size_t agent_report(const struct agent *agent, const struct snmp_message *asked,
	uint8_t level, uint32_t reason, uint8_t *out, size_t max)
{
	const struct snmp_oid counter = {{1, 3, 6, 1, 6, 3, 15, 1, 1, reason, 0}, 11};

	return agent_report_of(agent, asked, level, &counter, out, max);
}

static inline void agent_get(
	const struct agent *agent, const struct snmp_oid *oid, struct packer *p)
{
	for (size_t i = 0; i < agent->n; i++)
		if (agent->objects[i].part == agent->part &&
			snmp_oid_compare(agent->objects[i].oid.ids, agent->objects[i].oid.n,
				oid->ids, oid->n) == 0) {
			agent_binding(p, oid, agent->objects[i].type, agent->objects[i].value,
				agent->objects[i].size);
			return;
		}
	agent_binding(p, oid, SNMP_NO_OBJECT, NULL, 0);
}

/* The next object; `oid` becomes its name. */
static inline void agent_next(const struct agent *agent, struct snmp_oid *oid, struct packer *p)
{
	for (size_t i = 0; i < agent->n; i++)
		if (agent->objects[i].part == agent->part &&
			snmp_oid_compare(agent->objects[i].oid.ids, agent->objects[i].oid.n,
				oid->ids, oid->n) > 0) {
			*oid = agent->objects[i].oid;
			agent_binding(p, oid, agent->objects[i].type, agent->objects[i].value,
				agent->objects[i].size);
			return;
		}
	agent_binding(p, oid, SNMP_END_OF_VIEW, NULL, 0);
}

/* The bindings that answer a request; false: they are more than it says at once. */
static inline bool agent_serve(
	struct agent *agent, const struct snmp_pdu *asked, struct packer *p)
{
	struct snmp_oid names[16];
	struct snmp_binding binding;
	struct cursor list = asked->bindings;
	size_t n = 0, given = 0;

	while (n < ARRAY_SIZE(names) && snmp_binding_next(&list, &binding))
		if (!snmp_oid_read(binding.name, &names[n++]))
			abort();
	if (asked->tag == SNMP_GET) {
		for (size_t i = 0; i < n; i++)
			agent_get(agent, &names[i], p);
		return !agent->most || n <= agent->most;
	}
	for (uint32_t r = 0; r < asked->index; r++)
		for (size_t i = 0; i < n && (agent->room == 0 || given < agent->room);
			i++, given++) {
			const struct snmp_oid before = names[i];

			agent_next(agent, &names[i], p);
			if (agent->circle && r > 0)
				names[i] = before;
		}
	return !agent->most || given <= agent->most;
}

/* Opens what was asked; false: it is not for this agent, or not by this user. */
static inline bool agent_open(const struct agent *agent, const struct snmp_message *asked,
	const uint8_t *bytes, size_t size, uint8_t plain[AGENT_DATAGRAM],
	struct snmp_pdu *ret_pdu)
{
	struct cursor rest = asked->rest, salt = asked->salt;

	if (asked->version != SNMP_VERSION_3)
		return snmp_pdu_read(&rest, ret_pdu);
	if (asked->flags & SNMP_SIGNED &&
		!usm_check(agent->usm, bytes, size,
			(size_t)(cursor_rest(&asked->signature) - bytes)))
		return false;
	if (asked->flags & SNMP_ENCRYPTED) {
		rest = ber_element(&rest, BER_OCTETS);
		if (cursor_left(&rest) > AGENT_DATAGRAM ||
			!usm_decrypt(agent->usm, asked->engine.boots, asked->engine.time,
				cursor_rest(&salt), cursor_rest(&rest), cursor_left(&rest),
				plain))
			return false;
		rest = cursor_of(plain, cursor_left(&rest));
	}
	return snmp_scoped_read(&rest, ret_pdu);
}

/* Discovery, and who is asked at a time that is not the agent's (RFC 3414, 3.2). */
static inline size_t agent_outside(
	struct agent *agent, const struct snmp_message *asked, uint8_t *out, size_t max)
{
	const struct snmp_engine engine = agent->engine;
	size_t n;

	if (asked->engine.size == 0) {
		if (agent->told_boots) {
			agent->engine.boots = agent->told_boots;
			agent->engine.time = agent->told_time;
		}
		n = agent_report(agent, asked, 0, 4, out, max);
		agent->engine = engine;
		return n;
	}
	if (agent->report)
		return agent_report(agent, asked, 0, agent->report, out, max);
	if (asked->flags & SNMP_SIGNED &&
		(agent->never_in_time || asked->engine.boots != agent->engine.boots ||
			asked->engine.time + 150 < agent->engine.time ||
			asked->engine.time > agent->engine.time + 150))
		return agent_report(agent, asked, SNMP_SIGNED, 2, out, max);
	return 0;
}

/* As which part it is asked, by what follows `before`; false: it is not of that form. */
static inline bool agent_enter(struct agent *agent, const struct cursor *c, const char *before)
{
	const char *text = (const char *)cursor_rest(c);
	size_t n = strlen(before), size = cursor_left(c);

	agent->part = 0;
	if (size < n || memcmp(text, before, n) != 0)
		return false;
	for (size_t i = n; i < size; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		agent->part = agent->part * 10 + (uint32_t)(text[i] - '0');
	}
	agent->asked_parts++;
	return agent->has_parts && size > n;
}

/* By which community: its own, or that of one of its VLANs. */
static inline bool agent_lets_in(struct agent *agent, const struct cursor *community)
{
	char before[LOGIN_NAME_MAX + 2];
	size_t n = strlen(agent->login->name);

	if (agent->login->kind != LOGIN_COMMUNITY)
		return false;
	agent->part = 0;
	if (cursor_left(community) == n &&
		memcmp(cursor_rest(community), agent->login->name, n) == 0)
		return true;
	memcpy(before, agent->login->name, n);
	memcpy(before + n, "@", 2);
	return agent_enter(agent, community, before);
}

/* The answer to a request; 0: it is silent. */
static inline size_t agent_answer(
	struct agent *agent, const uint8_t *bytes, size_t size, uint8_t *out, size_t max)
{
	uint8_t bindings[AGENT_DATAGRAM], pdu[AGENT_DATAGRAM], plain[AGENT_DATAGRAM];
	struct packer p = packer_of(bindings, sizeof(bindings));
	struct snmp_message asked;
	struct snmp_pdu question;
	uint32_t error = 0;
	size_t n;

	agent->asked++;
	if (!snmp_message_read(bytes, size, &asked))
		abort();
	if (asked.version == SNMP_VERSION_3) {
		n = agent->engine.size ? agent_outside(agent, &asked, out, max) : 0;
		if (n > 0 || agent->engine.size == 0)
			return n;
	} else if (!agent_lets_in(agent, &asked.community)) {
		return 0;
	}
	if (!agent_open(agent, &asked, bytes, size, plain, &question))
		abort();
	if (asked.version == SNMP_VERSION_3)
		agent->part = 0;
	if (asked.version == SNMP_VERSION_3 && cursor_left(&question.context) > 0 &&
		!agent_enter(agent, &question.context, "vlan-")) {
		const struct snmp_oid counter = agent_oid(AGENT_UNKNOWN_CONTEXTS);

		return agent_report_of(agent, &asked,
			asked.flags & (SNMP_SIGNED | SNMP_ENCRYPTED), &counter, out, max);
	}
	if (!agent_serve(agent, &question, &p)) {
		error = agent->fault;
		p.pos = 0;
	}
	n = agent_pdu(SNMP_RESPONSE, question.id, error, 0, bindings, p.pos, pdu, sizeof(pdu));
	n = agent_wrap(
		agent, &asked, asked.flags & (SNMP_SIGNED | SNMP_ENCRYPTED), pdu, n, out, max);
	return packer_ok(&p) ? n : 0;
}

#endif
