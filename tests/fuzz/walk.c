/* SPDX-License-Identifier: Apache-2.0 */
/* Target: an agent read with a login. The input is what the agent says, as datagrams or as what
 * stands inside of answers to what was asked, which are then wrapped, signed and encrypted. */
#include "tests/fuzz/fuzz.h"

#include "common/text.h"
#include "scanner/protocol/walk.h"
#include "tests/unit/scanner/protocol/agent.h"

#include <string.h>

#define SEED 20261127

/* What comes next: nothing, a datagram, the answer to discovery, bindings behind an error
 * state, the end of every column, a report. */
enum { SILENCE, DATAGRAM, ENGINE, BINDINGS, ENDS, REPORT, KINDS };

static const uint8_t engine_id[] = {0x80, 0, 0x1f, 0x88, 4, 'f', 'u', 'z', 'z'};
static const struct login logins[] = {
	{.kind = LOGIN_COMMUNITY, .name = "so-called"},
	{.kind = LOGIN_USER, .name = "reader"},
	{.kind = LOGIN_USER,
		.name = "reader",
		.auth = LOGIN_SHA1,
		.privacy = LOGIN_AES128,
		.auth_secret = "not in the dark",
		.privacy_secret = "nor in the light"},
};

/* As an agent of each login opens and closes messages; made once. */
static const struct agent *agent_of(size_t i)
{
	static struct agent agents[ARRAY_SIZE(logins)];
	struct agent *agent = &agents[i];

	if (!agent->login) {
		agent->login = &logins[i];
		agent->engine = (struct snmp_engine){engine_id, sizeof(engine_id), 7, 40000};
		agent->usm = usm_new(agent->login, engine_id, sizeof(engine_id));
	}
	return agent;
}

/* What is asked: GetRequest and GetBulkRequest of nothing but names. */
static void request_holds(const struct agent *agent, const uint8_t *bytes, size_t size,
	struct snmp_message *ret_asked, struct snmp_pdu *ret_pdu)
{
	static uint8_t plain[AGENT_DATAGRAM];
	struct cursor list;
	struct snmp_binding binding;
	struct snmp_oid name;
	size_t n = 0;

	HOLDS(size <= WALK_DATAGRAM_MAX && snmp_message_read(bytes, size, ret_asked));
	HOLDS(ret_asked->engine.size == 0 || ret_asked->engine.size == sizeof(engine_id) ||
		agent->login->kind == LOGIN_USER);
	if (!agent_open(agent, ret_asked, bytes, size, plain, ret_pdu)) {
		HOLDS(agent->usm); /* at another engine, which a datagram told it of */
		*ret_pdu = (struct snmp_pdu){.tag = SNMP_GET};
		return;
	}
	HOLDS(ret_pdu->tag == SNMP_GET || ret_pdu->tag == SNMP_GET_BULK);
	HOLDS(ret_pdu->index <= WALK_REPETITIONS);
	for (list = ret_pdu->bindings; snmp_binding_next(&list, &binding); n++)
		HOLDS(binding.type == 5 && snmp_oid_read(binding.name, &name));
	HOLDS(cursor_ok(&list) && n <= 8);
}

/* Takes one thing off the input and says it. False: the walk did not take it for an answer. */
static bool say(struct walk *walk, const struct agent *agent, struct cursor *c,
	const struct snmp_message *asked, const struct snmp_pdu *question)
{
	static uint8_t bindings[AGENT_DATAGRAM], pdu[AGENT_DATAGRAM], out[AGENT_DATAGRAM];
	uint8_t kind = cursor_u8(c) % KINDS,
		level = asked->flags & (SNMP_SIGNED | SNMP_ENCRYPTED), error = 0;
	struct packer p = packer_of(bindings, sizeof(bindings));
	struct cursor list = question->bindings, part;
	struct snmp_binding binding;
	struct snmp_oid name;
	size_t n;

	if (kind == SILENCE)
		return false;
	if (kind == ENGINE || kind == REPORT) {
		n = agent_report(agent, asked, kind == ENGINE ? 0 : level,
			kind == ENGINE ? 4 : cursor_u8(c), out, sizeof(out));
		return walk_hear(walk, out, n);
	}
	if (kind == ENDS) {
		while (snmp_binding_next(&list, &binding) && snmp_oid_read(binding.name, &name))
			agent_binding(&p, &name, SNMP_END_OF_VIEW, NULL, 0);
	} else {
		error = kind == BINDINGS ? cursor_u8(c) : 0;
		n = cursor_be16(c);
		part = cursor_sub(c, n < cursor_left(c) ? n : cursor_left(c));
		if (kind == DATAGRAM)
			return walk_hear(walk, cursor_rest(&part), cursor_left(&part));
		packer_bytes(&p, cursor_rest(&part),
			cursor_left(&part) < 4096 ? cursor_left(&part) : 4096);
	}
	n = agent_pdu(SNMP_RESPONSE, question->id, error, 0, bindings, p.pos, pdu, sizeof(pdu));
	n = agent_wrap(agent, asked, level, pdu, n, out, sizeof(out));
	return walk_hear(walk, out, n);
}

static void text_holds(const char *text, size_t max)
{
	HOLDS(strlen(text) <= max && text_is_clean(text, strlen(text)));
}

static void tables_hold(const struct walk_tables *t)
{
	HOLDS(t->n_interfaces <= WALK_ROWS_MAX && t->n_addresses <= WALK_ROWS_MAX &&
		t->n_arps <= WALK_ROWS_MAX && t->n_stations <= WALK_ROWS_MAX &&
		t->n_neighbours <= WALK_ROWS_MAX && t->n_said <= WALK_SAID_MAX);
	for (size_t i = 0; i < t->n_interfaces; i++) {
		text_holds(t->interfaces[i].name, WALK_NAME_MAX);
		HOLDS(i == 0 || t->interfaces[i - 1].index < t->interfaces[i].index);
	}
	for (size_t i = 0; i < t->n_addresses; i++)
		HOLDS(t->addresses[i].addr.family &&
			!addr_is_multicast(&t->addresses[i].addr) &&
			!addr_is_loopback(&t->addresses[i].addr));
	for (size_t i = 0; i < t->n_arps; i++)
		HOLDS(t->arps[i].addr.family && !mac_is_zero(&t->arps[i].mac) &&
			!mac_is_multicast(&t->arps[i].mac));
	for (size_t i = 0; i < t->n_stations; i++)
		HOLDS(!mac_is_zero(&t->stations[i].mac) &&
			!mac_is_multicast(&t->stations[i].mac));
	for (size_t i = 0; i < t->n_neighbours; i++) {
		text_holds(t->neighbours[i].port, WALK_NAME_MAX);
		text_holds(t->neighbours[i].name, WALK_NAME_MAX);
		text_holds(t->neighbours[i].peer_port, WALK_NAME_MAX);
		HOLDS(!mac_is_multicast(&t->neighbours[i].chassis));
		HOLDS(*t->neighbours[i].port);
		HOLDS(t->neighbours[i].said <= t->n_said);
	}
	for (size_t i = 0; i < t->n_said; i++) {
		text_holds(t->said[i].description, NEIGHBOUR_DESCRIPTION_MAX);
		text_holds(t->said[i].platform, WALK_NAME_MAX);
		HOLDS(*t->said[i].description || *t->said[i].platform);
	}
}

/* The first byte picks the login, and whether everything is asked for. Keys are picked by few
 * bytes: it takes a while to make them. */
bool fuzz_walk(const uint8_t *bytes, size_t size)
{
	struct cursor c = cursor_of(bytes, size);
	uint8_t pick = cursor_u8(&c), request[WALK_DATAGRAM_MAX], raw[OBSERVATION_RAW_MAX];
	const struct agent *agent = agent_of(pick == 'k' || pick == 'c' ? 2 : pick & 1);
	struct walk *walk = walk_new(agent->login, pick & 8, SEED);
	struct reading *reading = fuzz_reading();
	struct snmp_message asked;
	struct snmp_pdu question;
	struct walk_tables tables;
	size_t n, said = 0;

	HOLDS(walk);
	while ((n = walk_next(walk, request)) > 0) {
		HOLDS(walk_state(walk) == WALK_ASKING && ++said <= WALK_REQUESTS_MAX);
		request_holds(agent, request, n, &asked, &question);
		if (!say(walk, agent, &c, &asked, &question))
			walk_silence(walk);
	}
	HOLDS(walk_state(walk) != WALK_ASKING && !walk_hear(walk, bytes, size));
	walk_describe(walk, reading);
	fuzz_reading_holds(reading);
	HOLDS(reading_get(reading, "snmp.access"));
	HOLDS(walk_raw(walk, raw, sizeof(raw)) <= WALK_DATAGRAM_MAX);
	tables = walk_tables(walk);
	tables_hold(&tables);
	walk_free(walk);
	return said > 4;
}
