/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Agents read with a login, against one in memory: what is read in each way of being let in,
 * the bounds, the faults that agents are known for, and what a stranger can say. Every request
 * on the way is held to what may be asked.
 */
#include "tests/unit/scanner/protocol/walk_check.h"

static void check_links(const struct walk_tables *t)
{
	assert_int_equal(t->n_arps, 2);
	assert_string_equal(address(&t->arps[0].addr), "198.18.0.7");
	assert_int_equal(t->arps[0].index, 10);
	assert_memory_equal(t->arps[0].mac.bytes, "\x02\0\0\0\0\7", 6);
	assert_string_equal(address(&t->arps[1].addr), "2001:db8::8");
	assert_int_equal(t->n_stations, 3);
	assert_int_equal(t->stations[0].index, 1);
	assert_int_equal(t->stations[0].vlan, 10);
	assert_memory_equal(t->stations[0].mac.bytes, "\x02\0\0\0\0\7", 6);
	assert_int_equal(t->stations[1].index, 0);
	assert_int_equal(t->stations[1].vlan, 20);
	assert_int_equal(t->stations[2].index, 1);
	assert_int_equal(t->stations[2].vlan, 0);
	assert_memory_equal(t->stations[2].mac.bytes, "\x02\0\0\0\0\x0a", 6);
	assert_int_equal(t->n_neighbours, 3);
	assert_false(t->neighbours[0].cdp);
	assert_string_equal(t->neighbours[0].port, "Gi0/1");
	assert_memory_equal(t->neighbours[0].chassis.bytes, "\x02\0\0\0\0\7", 6);
	assert_string_equal(t->neighbours[0].name, "plc7");
	assert_string_equal(t->neighbours[0].peer_port, "eth0");
	assert_string_equal(address(&t->neighbours[0].addr), "198.18.0.7");
	assert_string_equal(t->neighbours[1].port, "Gi0/2");
	assert_true(mac_is_zero(&t->neighbours[1].chassis));
	assert_string_equal(t->neighbours[1].name, "");
	assert_string_equal(t->neighbours[1].peer_port, "Te1/1");
	assert_int_equal(t->neighbours[1].addr.family, 0);
	assert_true(t->neighbours[2].cdp);
	assert_string_equal(t->neighbours[2].port, "Gi0/2");
	assert_string_equal(t->neighbours[2].name, "core1");
	assert_string_equal(address(&t->neighbours[2].addr), "198.18.0.99");
}

static void check_everything(const struct walk *walk)
{
	const struct walk_tables t = walk_tables(walk);

	assert_int_equal(walk_state(walk), WALK_READ);
	assert_int_equal(t.n_said, 2);
	assert_int_equal(t.neighbours[0].said, 1);
	assert_string_equal(t.said[0].description, "Siemens, SIMATIC S7, CPU 1516-3 PN/DP");
	assert_string_equal(t.said[0].platform, "");
	assert_int_equal(t.neighbours[1].said, 0);
	assert_int_equal(t.neighbours[2].said, 2);
	assert_string_equal(t.said[1].description, "Cisco IOS Software, Version 15.2(7)E3");
	assert_string_equal(t.said[1].platform, "cisco WS-C2960X-24TS-L");
	assert_int_equal(t.n_interfaces, 3);
	assert_int_equal(t.interfaces[0].index, 1);
	assert_string_equal(t.interfaces[0].name, "Gi0/1");
	assert_memory_equal(t.interfaces[0].mac.bytes, "\x02\x00\x5e\x10\x00\x01", 6);
	assert_string_equal(t.interfaces[1].name, "Gi0/2");
	assert_true(mac_is_zero(&t.interfaces[1].mac));
	assert_int_equal(t.interfaces[2].index, 10);
	assert_string_equal(t.interfaces[2].name, "Vlan\\x01 10");
	assert_true(mac_is_zero(&t.interfaces[2].mac));
	assert_int_equal(t.n_addresses, 2);
	assert_string_equal(address(&t.addresses[0].addr), "198.18.0.1");
	assert_int_equal(t.addresses[0].index, 10);
	assert_string_equal(address(&t.addresses[1].addr), "2001:db8::1");
	check_links(&t);
}

static void check_identity(const struct walk *walk, const char *access)
{
	const struct reading *r = described(walk);

	check_is(r, "snmp.access", access);
	check_is(r, "snmp.sysdescr", "Cisco IOS Software, C2960 Software, Version 12.2(55)SE");
	check_is(r, "snmp.sysobjectid", "1.3.6.1.4.1.9.1.301");
	check_is(r, "snmp.sysname", "Sw1.plant.example");
	check_is(r, "snmp.syslocation", "Hall 3");
	check_is(r, "snmp.interfaces", "3");
	check_is(r, "snmp.engineid", "80001f8804626f72646572");
	check_is(r, "snmp.entity.model", "WS-C2960-24TC-L");
	check_is(r, "hw.serial_number", "FOC1234X0AB");
	check_key(r, "serial", "ciscosystemsinc:FOC1234X0AB");
	check_key(r, "snmp.engineid", "80001f8804626f72646572");
	check_name(r, "snmp.sysname", "sw1.plant.example");
	for (size_t i = 0; i < r->n_attributes; i++)
		assert_null(strstr(r->attributes[i].value, "somebody"));
}

static void a_community(void **state)
{
	const struct login login = community("so-called");
	_cleanup_(walk_freep) struct walk *walk = NULL;

	(void)state;
	begin(&login);
	agent_everything(&agent);
	walk = walked(&login, true);
	check_everything(walk);
	check_identity(walk, "2c");
	assert_in_range(agent.asked, 10, 60);
}

/* Each way of signing and encrypting reads the same. */
static void users(void **state)
{
	static const struct {
		enum login_auth auth;
		enum login_privacy privacy;
	} ways[] = {{LOGIN_AUTH_NONE, LOGIN_PRIVACY_NONE}, {LOGIN_MD5, LOGIN_PRIVACY_NONE},
		{LOGIN_SHA1, LOGIN_AES128}, {LOGIN_MD5, LOGIN_DES}, {LOGIN_SHA224, LOGIN_DES},
		{LOGIN_SHA256, LOGIN_PRIVACY_NONE}, {LOGIN_SHA384, LOGIN_AES128},
		{LOGIN_SHA512, LOGIN_AES128}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		const struct login login = user(ways[i].auth, ways[i].privacy);
		_cleanup_(walk_freep) struct walk *walk = NULL;

		begin(&login);
		agent_everything(&agent);
		walk = walked(&login, true);
		check_everything(walk);
		check_identity(walk, "3");
	}
}

/* Every object that may be asked for is, once all of it is wanted and nothing newer is told. */
static void all_that_is_allowed_is_asked(void **state)
{
	const struct login login = community("so-called");
	struct walk *walk;

	(void)state;
	memset(asked_before, 0, sizeof(asked_before));
	begin(&login);
	agent_system_group(&agent);
	agent_number(&agent, IP "20.1.2.198.18.0.9", 10);
	agent_number(&agent, IP "20.1.2.0.0.0.0", 10);
	agent_add(&agent, IP "22.1.2.10.198.18.0.9", BER_OCTETS, "\x02\0\0\0\0\x09", 6);
	agent_add(&agent, IP "22.1.2.10.198.18.0.10", BER_OCTETS, "\x02\0\0\0\0\x0a", 6);
	agent_number(&agent, IP "22.1.4.10.198.18.0.10", 2);
	agent_number(&agent, BRIDGE "4.3.1.2.2.0.0.0.0.10", 101);
	agent_number(&agent, BRIDGE "4.3.1.3.2.0.0.0.0.10", 3);
	agent_number(&agent, BRIDGE "4.3.1.2.3.0.0.0.0.10", 101);
	agent_number(&agent, BRIDGE "4.3.1.3.3.0.0.0.0.10", 3); /* a group's */
	agent_lldp_v2(&agent);
	agent_sort(&agent);
	walk = walked(&login, true);
	assert_int_equal(walk_state(walk), WALK_READ);
	assert_int_equal(walk_tables(walk).n_addresses, 1);
	assert_int_equal(walk_tables(walk).n_arps, 1);
	assert_int_equal(walk_tables(walk).n_stations, 1);
	assert_int_equal(walk_tables(walk).stations[0].vlan, 0);
	assert_int_equal(walk_tables(walk).n_said, 1);
	assert_string_equal(walk_tables(walk).said[0].description, "Edge switch 7");
	walk_free(walk);
	for (size_t i = 0; i < ARRAY_SIZE(allowed); i++)
		if (!asked_before[i])
			fail_msg("%s is never asked for", allowed[i]);
}

static void only_the_agent_itself(void **state)
{
	const struct login login = user(LOGIN_SHA1, LOGIN_AES128);
	_cleanup_(walk_freep) struct walk *walk = NULL;
	struct walk_tables t;

	(void)state;
	begin(&login);
	agent_everything(&agent);
	walk = walked(&login, false);
	t = walk_tables(walk);
	assert_int_equal(walk_state(walk), WALK_READ);
	check_identity(walk, "3");
	assert_int_equal(t.n_addresses, 2);
	assert_int_equal(t.n_interfaces + t.n_arps + t.n_stations + t.n_neighbours, 0);
	assert_in_range(agent.asked, 4, 8);
}

/* An agent that does not speak version 3, and two that keep silent. */
static void communities_alone(void **state)
{
	const struct login login = community("so-called"), other = community("other");
	struct walk *walk;
	const struct reading *r;
	uint8_t raw[64];

	(void)state;
	begin(&login);
	agent_everything(&agent);
	agent.engine.size = 0;
	walk = walked(&login, true);
	check_everything(walk);
	r = described(walk);
	check_is(r, "snmp.version", "2c");
	check_is(r, "snmp.engineid", NULL);
	walk_free(walk);
	begin(&login); /* it is not the community that it knows */
	agent_system_group(&agent);
	walk = walk_new(&other, true, SEED);
	run(walk);
	assert_int_equal(walk_state(walk), WALK_SILENT);
	assert_int_equal(agent.asked, 1 + WALK_TRIES);
	r = described(walk);
	check_is(r, "snmp.access", "silent");
	check_is(r, "snmp.sysdescr", NULL);
	check_is(r, "snmp.engineid", "80001f8804626f72646572");
	walk_free(walk);
	agent.engine.size = 0;
	walk = walk_new(&other, true, SEED);
	run(walk);
	assert_int_equal(walk_state(walk), WALK_SILENT);
	assert_int_equal(described(walk)->n_attributes, 1);
	assert_int_equal(walk_raw(walk, raw, sizeof(raw)), 0);
	walk_free(walk);
}

static void refused(void **state)
{
	static const uint32_t reasons[] = {1, 3, 5, 6};
	const struct login login = user(LOGIN_SHA1, LOGIN_AES128),
			   open = community("so-called");
	struct walk *walk;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++) {
		begin(&login);
		agent_everything(&agent);
		agent.report = reasons[i];
		walk = walked(&login, true);
		assert_int_equal(walk_state(walk), WALK_REFUSED);
		assert_int_equal(agent.asked, 2); /* and not once more */
		check_is(described(walk), "snmp.access", "refused");
		check_is(described(walk), "snmp.engineid", "80001f8804626f72646572");
		walk_free(walk);
	}
	agent.report = 4; /* an engine that is another now */
	walk = walked(&login, true);
	assert_int_equal(walk_state(walk), WALK_CUT);
	check_is(described(walk), "snmp.access", "silent");
	walk_free(walk);
	begin(&open);
	agent_everything(&agent);
	agent.most = 1;
	agent.fault = SNMP_NOT_AUTHORISED;
	walk = walked(&open, true);
	assert_int_equal(walk_state(walk), WALK_REFUSED);
	walk_free(walk);
}

/* Discovery told an old time: the agent's own is taken from its report, once and if it is
 * signed. */
static void time_windows(void **state)
{
	const struct login login = user(LOGIN_SHA256, LOGIN_AES128);
	struct walk *walk;

	(void)state;
	begin(&login);
	agent_everything(&agent);
	agent.told_boots = 3;
	agent.told_time = 90000;
	walk = walked(&login, true);
	check_everything(walk);
	walk_free(walk);
	agent.never_in_time = true;
	walk = walked(&login, true);
	assert_int_equal(walk_state(walk), WALK_REFUSED);
	walk_free(walk);
	agent.never_in_time = false;
	agent.report = 2; /* as anybody could say it */
	walk = walked(&login, true);
	assert_int_equal(walk_state(walk), WALK_SILENT);
	walk_free(walk);
}

/* ---- faults ------------------------------------------------------------------------------ */

/* The neighbours are all there, but for what LLDP's say of themselves; CDP's fit. */
static void check_spared(const struct walk *walk)
{
	const struct walk_tables t = walk_tables(walk);

	check_links(&t);
	assert_true(t.lldp_whole && t.cdp_whole);
	assert_int_equal(t.n_said, 1);
	assert_int_equal(t.neighbours[0].said, 0);
	assert_int_equal(t.neighbours[2].said, 1);
}

/* Many neighbours of one kind say one thing; of more kinds than are kept the first are. */
static void what_neighbours_say(void **state)
{
	const struct login login = community("so-called");
	_cleanup_(walk_freep) struct walk *walk = NULL;
	const char escape[] = "Switch \x1b[2J\xff";
	struct walk_tables t;
	char oid[64], text[600];

	(void)state;
	begin(&login);
	agent_system_group(&agent);
	for (unsigned int i = 1; i <= WALK_SAID_MAX + 3; i++) {
		snprintf(oid, sizeof(oid), CDP "6.1.%u", i);
		agent_text(&agent, oid, "switch");
		snprintf(oid, sizeof(oid), CDP "5.1.%u", i);
		snprintf(text, sizeof(text), "Software %u", i == 5 ? 4 : i);
		if (i == 2)
			memset(text, 'x', sizeof(text) - 1), text[sizeof(text) - 1] = 0;
		agent_add(&agent, oid, BER_OCTETS, i == 1 ? escape : text,
			strlen(i == 1 ? escape : text));
	}
	agent_sort(&agent);
	walk = walked(&login, true);
	t = walk_tables(walk);
	assert_true(t.cdp_whole);
	assert_int_equal(t.n_neighbours, WALK_SAID_MAX + 3);
	assert_string_equal(t.said[0].description, "Switch \\x1b[2J\\xff");
	assert_int_equal(strlen(t.said[1].description), NEIGHBOUR_DESCRIPTION_MAX);
	assert_int_equal(t.neighbours[3].said, t.neighbours[4].said);
	assert_int_equal(t.n_said, WALK_SAID_MAX);
	assert_int_equal(t.neighbours[WALK_SAID_MAX].said, WALK_SAID_MAX);
	assert_int_equal(t.neighbours[WALK_SAID_MAX + 1].said, 0);
}

static void answers_too_large(void **state)
{
	const struct login login = community("so-called");
	struct walk *walk;

	(void)state;
	for (uint32_t most = 24; most >= 8;
		most -= 2) { /* less and less at a time, and all the same */
		begin(&login);
		agent_everything(&agent);
		agent.most = most;
		agent.fault = 1; /* tooBig */
		walk = walked(&login, true);
		check_everything(walk);
		walk_free(walk);
	}
	begin(&login);
	agent_everything(&agent);
	agent.most = 6; /* of the chassis not a row; of neighbours what they say of themselves
			   is spared */
	agent.fault = 1;
	walk = walked(&login, true);
	assert_int_equal(walk_state(walk), WALK_CUT);
	check_spared(walk);
	walk_free(walk);
	begin(&login);
	agent_everything(&agent);
	agent.most = 1;
	agent.fault = 5; /* genErr */
	walk = walked(&login, true);
	assert_int_equal(walk_state(walk), WALK_CUT);
	check_is(described(walk), "snmp.sysname", "Sw1.plant.example");
	check_is(described(walk), "snmp.interfaces", "3");
	assert_int_equal(walk_tables(walk).n_interfaces, 0);
	assert_int_equal(walk_tables(walk).n_addresses, 1); /* the table of one column */
	walk_free(walk);
	agent.fault = SNMP_NO_SUCH_NAME; /* as version 1 says that a table ends */
	walk = walked(&login, true);
	assert_int_equal(walk_state(walk), WALK_READ);
	walk_free(walk);
}

static void short_answers(void **state)
{
	const struct login login = community("so-called");
	const struct reading *r;
	struct walk_tables t;
	struct walk *walk;

	(void)state;
	for (size_t room = 8; room < 30; room++) {
		begin(&login);
		agent_everything(&agent);
		agent.room = room;
		walk = walked(&login, true);
		check_everything(walk);
		walk_free(walk);
	}
	begin(&login);
	agent_everything(&agent);
	agent.room = 6; /* not a whole row of the chassis: the rest of it is done without */
	walk = walked(&login, true);
	assert_int_equal(walk_state(walk), WALK_CUT);
	r = described(walk);
	check_key(r, "serial", "ciscosystemsinc:FOC1234X0AB");
	check_is(r, "snmp.entity.software", "12.2(55)SE");
	check_is(r, "snmp.entity.description", NULL);
	check_spared(walk);
	walk_free(walk);
	agent.room = 1; /* a column of each */
	walk = walked(&login, true);
	assert_int_equal(walk_state(walk), WALK_CUT);
	t = walk_tables(walk);
	assert_int_equal(t.n_interfaces, 3);
	assert_string_equal(t.interfaces[0].name, "GigabitEthernet0/1");
	assert_int_equal(t.n_addresses, 1);
	assert_int_equal(t.n_stations, 0); /* it is not told whether it learnt them */
	walk_free(walk);
}

static void circles(void **state)
{
	const struct login login = community("so-called");
	_cleanup_(walk_freep) struct walk *walk = NULL;

	(void)state;
	begin(&login);
	agent_everything(&agent);
	agent.circle = true;
	walk = walked(&login, true);
	assert_int_equal(walk_state(walk), WALK_CUT);
	assert_int_equal(walk_tables(walk).n_interfaces, 2); /* before it came back */
	assert_in_range(agent.asked, 10, 40);
}

/* A row more for ever: the index behind the one that was asked for, in every column but those
 * of addresses. */
static size_t endless(const uint8_t *bytes, size_t size, uint8_t *out, size_t max)
{
	uint8_t bindings[AGENT_DATAGRAM], pdu[AGENT_DATAGRAM];
	struct packer p = packer_of(bindings, sizeof(bindings));
	struct snmp_oid names[8];
	struct snmp_message asked;
	struct snmp_pdu question;
	struct snmp_binding binding;
	size_t n = 0;

	assert_true(snmp_message_read(bytes, size, &asked) &&
		    snmp_pdu_read(&asked.rest, &question));
	while (snmp_binding_next(&question.bindings, &binding))
		assert_true(snmp_oid_read(binding.name, &names[n++]));
	for (uint32_t r = 0; question.tag == SNMP_GET_BULK && r < question.index; r++)
		for (size_t i = 0; i < n; i++) {
			bool column = false;

			if (names[i].ids[6] == 4) {
				agent_binding(&p, &names[i], SNMP_END_OF_VIEW, NULL, 0);
				continue;
			}
			for (size_t k = 0; k < ARRAY_SIZE(allowed); k++) {
				const struct snmp_oid known = agent_oid(allowed[k]);

				column |= snmp_oid_compare(known.ids, known.n, names[i].ids,
						  names[i].n) == 0;
			}
			if (column)
				names[i].ids[names[i].n++] = 0;
			names[i].ids[names[i].n - 1]++;
			agent_binding(&p, &names[i], BER_INTEGER, (const uint8_t *)"\x02", 1);
		}
	n = agent_pdu(SNMP_RESPONSE, question.id, 0, 0, bindings, p.pos, pdu, sizeof(pdu));
	return agent_wrap(&agent, &asked, 0, pdu, n, out, max);
}

static void bounds(void **state)
{
	const struct login login = community("so-called");
	_cleanup_(walk_freep) struct walk *walk = walk_new(&login, true, SEED);
	uint8_t request[WALK_DATAGRAM_MAX], answer[AGENT_DATAGRAM];
	size_t n, said = 0;

	(void)state;
	begin(&login);
	walk_silence(walk);
	walk_silence(walk);
	while ((n = walk_next(walk, request)) > 0) {
		said++;
		n = endless(request, n, answer, sizeof(answer));
		assert_true(walk_hear(walk, answer, n));
	}
	assert_int_equal(said + WALK_TRIES, WALK_REQUESTS_MAX);
	assert_int_equal(walk_state(walk), WALK_CUT);
	assert_int_equal(walk_tables(walk).n_interfaces, WALK_ROWS_MAX);
}

/* About itself alone an agent is asked a few times, retries counted, however much it would
 * tell. */
static void bounds_about_itself(void **state)
{
	const struct login login = community("so-called");

	(void)state;
	for (int lost = 0; lost < 2; lost++) {
		_cleanup_(walk_freep) struct walk *walk = walk_new(&login, false, SEED);
		uint8_t request[WALK_DATAGRAM_MAX], answer[AGENT_DATAGRAM];
		size_t n, said = WALK_TRIES;

		begin(&login);
		for (uint8_t i = 1; i < 250; i++) {
			char oid[64];

			snprintf(oid, sizeof(oid), IP "20.1.2.198.18.0.%u", i);
			agent_number(&agent, oid, 1);
		}
		agent.room = 1;
		agent_sort(&agent);
		walk_silence(walk);
		walk_silence(walk);
		while ((n = walk_next(walk, request)) > 0) {
			said++;
			if (lost && said % 2 == 0) {
				walk_silence(walk);
				continue;
			}
			n = agent_answer(&agent, request, n, answer, sizeof(answer));
			assert_true(walk_hear(walk, answer, n));
		}
		assert_int_equal(said, WALK_REQUESTS_SELF_MAX);
		assert_int_equal(walk_state(walk), WALK_CUT);
	}
}

/* A chassis is looked for in so many entities, and not behind them. */
static void bound_of_entities(void **state)
{
	const struct login login = community("so-called");

	(void)state;
	for (int behind = 0; behind < 2; behind++) {
		struct walk *walk;
		char oid[64];

		begin(&login);
		agent_system_group(&agent);
		for (int i = 1; i < WALK_ENTITIES_MAX + behind; i++) {
			snprintf(oid, sizeof(oid), ENTITY "5.%d", i);
			agent_number(&agent, oid, 10);
		}
		agent_number(&agent, ENTITY "5.999", 3);
		agent_text(&agent, ENTITY "13.999", "Chassis");
		agent_sort(&agent);
		walk = walked(&login, true);
		check_is(described(walk), "snmp.entity.model", behind ? NULL : "Chassis");
		walk_free(walk);
	}
}

/* What the system group says beyond the room for it is not kept, and the rest is read. */
static void bound_of_the_system_group(void **state)
{
	static uint8_t text[WALK_SYSTEM_MAX / 2];
	const struct login login = community("so-called");
	_cleanup_(walk_freep) struct walk *walk = walk_new(&login, false, SEED);
	uint8_t request[WALK_DATAGRAM_MAX], answer[AGENT_DATAGRAM], bindings[AGENT_DATAGRAM],
		pdu[AGENT_DATAGRAM];
	const struct snmp_oid names[] = {
		agent_oid("1.3.6.1.2.1.1.1.0"), agent_oid("1.3.6.1.2.1.1.6.0")};
	struct packer p = packer_of(bindings, sizeof(bindings));
	struct snmp_message asked;
	struct snmp_pdu question;
	size_t n;

	(void)state;
	memset(text, 'x', sizeof(text));
	begin(&login);
	walk_silence(walk);
	walk_silence(walk);
	n = walk_next(walk, request);
	assert_true(
		snmp_message_read(request, n, &asked) && snmp_pdu_read(&asked.rest, &question));
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		agent_binding(&p, &names[i], BER_OCTETS, text, sizeof(text));
	n = agent_pdu(SNMP_RESPONSE, question.id, 0, 0, bindings, p.pos, pdu, sizeof(pdu));
	n = agent_wrap(&agent, &asked, 0, pdu, n, answer, sizeof(answer));
	assert_true(n > WALK_SYSTEM_MAX && walk_hear(walk, answer, n));
	run(walk);
	assert_int_equal(walk_state(walk), WALK_CUT);
	check_is(described(walk), "snmp.sysdescr", NULL);
	check_is(described(walk), "snmp.access", "2c");
}

/* ---- strangers --------------------------------------------------------------------------- */

/* The answer to the first request after discovery; the walk waits for it. */
static struct walk *before_the_answer(const struct login *login, uint8_t *answer,
	size_t *ret_size, struct snmp_message *ret_asked, uint8_t *request)
{
	struct walk *walk = walk_new(login, true, SEED);
	size_t n = walk_next(walk, request);

	n = agent_answer(&agent, request, n, answer, AGENT_DATAGRAM);
	assert_true(walk_hear(walk, answer, n));
	n = walk_next(walk, request);
	assert_true(snmp_message_read(request, n, ret_asked));
	*ret_size = agent_answer(&agent, request, n, answer, AGENT_DATAGRAM);
	return walk;
}

/* A signed answer of which any byte is another, is none. */
static void damaged_answers(void **state)
{
	const struct login login = user(LOGIN_SHA1, LOGIN_AES128);
	uint8_t request[WALK_DATAGRAM_MAX], answer[AGENT_DATAGRAM];
	struct snmp_message asked;
	struct walk *walk;
	size_t size;

	(void)state;
	begin(&login);
	agent_everything(&agent);
	walk = before_the_answer(&login, answer, &size, &asked, request);
	for (size_t i = 0; i < size; i++) {
		answer[i] ^= 0x20;
		assert_false(walk_hear(walk, answer, size));
		answer[i] ^= 0x20;
		assert_false(walk_hear(walk, answer, i));
	}
	assert_true(walk_hear(walk, answer, size));
	walk_free(walk);
}

/* The same with what an agent would not say: each is told from the one that counts. */
static void strangers(void **state)
{
	const struct login login = user(LOGIN_SHA1, LOGIN_PRIVACY_NONE);
	uint8_t request[WALK_DATAGRAM_MAX], answer[AGENT_DATAGRAM], pdu[256];
	struct snmp_message asked;
	struct snmp_pdu question;
	struct walk *walk;
	size_t size, n;

	(void)state;
	begin(&login);
	agent_everything(&agent);
	walk = before_the_answer(&login, answer, &size, &asked, request);
	assert_true(snmp_scoped_read(&asked.rest, &question));
	n = agent_pdu(SNMP_RESPONSE, question.id, 0, 0, NULL, 0, pdu, sizeof(pdu));
#define SAYS(level)                                                                            \
	walk_hear(walk, answer,                                                                \
		agent_wrap(&agent, &asked, level, pdu, n, answer, sizeof(answer)))
	assert_false(SAYS(0)); /* plain */
	asked.id++;
	assert_false(SAYS(SNMP_SIGNED)); /* to another message */
	asked.id--;
	agent.engine.boots--;
	assert_false(SAYS(SNMP_SIGNED)); /* from before it was started */
	agent.engine.boots++;
	agent.engine.time -= 151;
	assert_false(SAYS(SNMP_SIGNED)); /* too old */
	agent.engine.time += 151;
	agent.engine.size--;
	assert_false(SAYS(SNMP_SIGNED)); /* another engine */
	agent.engine.size++;
	n = agent_pdu(SNMP_RESPONSE, question.id + 1, 0, 0, NULL, 0, pdu, sizeof(pdu));
	assert_false(SAYS(SNMP_SIGNED)); /* to another request */
	n = agent_pdu(SNMP_GET, question.id, 0, 0, NULL, 0, pdu, sizeof(pdu));
	assert_false(SAYS(SNMP_SIGNED)); /* no answer at all */
	n = agent_pdu(SNMP_RESPONSE, question.id, 0, 0, NULL, 0, pdu, sizeof(pdu));
	agent.engine.time -= 100;
	assert_true(SAYS(SNMP_SIGNED));	 /* old enough to be late, and this is it */
	assert_false(SAYS(SNMP_SIGNED)); /* once */
	walk_free(walk);
}

/* Encrypted by the right key but not signed, it is neither an answer nor a report. */
static void encrypted_but_not_signed(void **state)
{
	const struct login login = user(LOGIN_SHA1, LOGIN_AES128);
	uint8_t request[WALK_DATAGRAM_MAX], answer[AGENT_DATAGRAM];
	struct snmp_message asked;
	struct walk *walk;
	size_t size;

	(void)state;
	begin(&login);
	agent_everything(&agent);
	walk = before_the_answer(&login, answer, &size, &asked, request);
	size = agent_report(&agent, &asked, SNMP_ENCRYPTED, 3, answer, sizeof(answer));
	assert_false(walk_hear(walk, answer, size));
	size = agent_report(
		&agent, &asked, SNMP_SIGNED | SNMP_ENCRYPTED, 3, answer, sizeof(answer));
	assert_true(walk_hear(walk, answer, size));
	assert_int_equal(walk_state(walk), WALK_REFUSED);
	walk_free(walk);
}

static void strangers_to_a_community(void **state)
{
	const struct login login = community("so-called");
	uint8_t request[WALK_DATAGRAM_MAX], answer[AGENT_DATAGRAM];
	struct snmp_message asked;
	struct walk *walk;
	size_t size;

	(void)state;
	begin(&login);
	agent_everything(&agent);
	walk = before_the_answer(&login, answer, &size, &asked, request);
	for (size_t i = 0; i < size; i++)
		assert_false(walk_hear(walk, answer, i)); /* cut */
	for (size_t i = 4; i <= 30;
		i++) { /* version, community, what it is, id but for its first zero */
		answer[i] ^= 1;
		if (i != 26)
			assert_false(walk_hear(walk, answer, size));
		answer[i] ^= 1;
	}
	assert_true(walk_hear(walk, answer, size));
	walk_free(walk);
}

/* ---- secrets ----------------------------------------------------------------------------- */

static bool has(const uint8_t *bytes, size_t size, const char *text)
{
	return memmem(bytes, size, text, strlen(text)) != NULL;
}

static void nothing_tells_the_login(void **state)
{
	const struct login logins[] = {community("so-called"),
		user(LOGIN_AUTH_NONE, LOGIN_PRIVACY_NONE), user(LOGIN_SHA1, LOGIN_PRIVACY_NONE),
		user(LOGIN_SHA1, LOGIN_AES128)};
	uint8_t raw[OBSERVATION_RAW_MAX], request[WALK_DATAGRAM_MAX], answer[AGENT_DATAGRAM];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(logins); i++) {
		struct snmp_message asked;
		struct walk *walk;
		size_t size;

		begin(&logins[i]);
		agent_everything(&agent);
		walk = before_the_answer(&logins[i], answer, &size, &asked, request);
		assert_false(has(request, sizeof(request),
			logins[i].auth ? logins[i].auth_secret : "\xff\xfe"));
		if (logins[i].privacy)
			assert_false(has(answer, size, "Hall 3"));
		assert_true(walk_hear(walk, answer, size));
		run(walk);
		size = walk_raw(walk, raw, sizeof(raw));
		assert_true(size > 60);
		assert_false(has(raw, size, logins[i].name));
		assert_int_equal(has(raw, size, "Hall 3"), !logins[i].privacy);
		assert_true(protocol_snmp.recognise(raw, size));
		if (logins[i].auth) /* what pass phrases could be tried on */
			assert_false(has(raw, size, "\x30\x2a\x04\x0b\x80\x00\x1f\x88\x04") &&
				     logins[i].privacy);
		assert_int_equal(walk_raw(walk, raw, 10), 10);
		for (size_t k = 0; k < described(walk)->n_attributes; k++)
			assert_null(
				strstr(described(walk)->attributes[k].value, logins[i].name));
		walk_free(walk);
	}
}

static void requests_differ_by_seed(void **state)
{
	const struct login login = community("so-called");
	struct walk *one = walk_new(&login, true, 1), *two = walk_new(&login, true, 2),
		    *again = walk_new(&login, true, 1);
	uint8_t a[WALK_DATAGRAM_MAX], b[WALK_DATAGRAM_MAX], c[WALK_DATAGRAM_MAX];

	(void)state;
	for (int i = 0; i < 4; i++) {
		size_t n = walk_next(one, a), m = walk_next(two, b);

		assert_int_equal(walk_next(again, c), n);
		assert_memory_equal(a, c, n);
		assert_true(n != m || memcmp(a, b, n) != 0);
		walk_silence(one);
		walk_silence(two);
		walk_silence(again);
	}
	walk_free(one);
	walk_free(two);
	walk_free(again);
	walk_free(NULL);
}

/* ---- hostile ----------------------------------------------------------------------------- */

/* Answers with a few bytes that are others: whatever they say, what is asked stays allowed and
 * what is read stays clean. */
static void hostile(void **state)
{
	const struct login login = community("so-called");
	const struct siphash_key key = siphash_key_seeded(SEED);
	uint8_t request[WALK_DATAGRAM_MAX], answer[AGENT_DATAGRAM];

	(void)state;
	begin(&login);
	agent_everything(&agent);
	for (uint64_t round = 0; round < 400; round++) {
		struct walk *walk = walk_new(&login, true, SEED);
		struct walk_tables t;
		size_t n, steps = 0;

		while ((n = walk_next(walk, request)) > 0 && ++steps < 200) {
			const uint64_t now[2] = {round, steps};
			uint64_t dice = siphash(&key, now, sizeof(now));
			size_t size = agent_answer(&agent, request, n, answer, sizeof(answer));
			uint8_t *copy;

			check_safe(walk, request, n);
			for (size_t i = 0; size > 40 && i < (dice & 3); i++)
				answer[40 + (dice >> 8 >> 8 * i) % (size - 40)] =
					(uint8_t)(dice >> (40 + 8 * i));
			size = dice >> 60 == 0 ? (dice >> 8) % (size + 1) : size;
			copy = malloc(size ? size : 1); /* of the exact size */
			memcpy(copy, answer, size);
			if (!walk_hear(walk, copy, size))
				walk_silence(walk);
			free(copy);
		}
		t = walk_tables(walk);
		for (size_t i = 0; i < t.n_interfaces; i++)
			assert_true(text_is_clean(
				t.interfaces[i].name, strlen(t.interfaces[i].name)));
		for (size_t i = 0; i < t.n_neighbours; i++)
			assert_true(text_is_clean(
				t.neighbours[i].name, strlen(t.neighbours[i].name)));
		for (size_t i = 0; i < t.n_said; i++)
			assert_true(text_is_clean(
				t.said[i].description, strlen(t.said[i].description)));
		described(walk);
		walk_free(walk);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(a_community),
		cmocka_unit_test(users), cmocka_unit_test(what_neighbours_say),
		cmocka_unit_test(all_that_is_allowed_is_asked),
		cmocka_unit_test(only_the_agent_itself), cmocka_unit_test(communities_alone),
		cmocka_unit_test(refused), cmocka_unit_test(time_windows),
		cmocka_unit_test(answers_too_large), cmocka_unit_test(short_answers),
		cmocka_unit_test(circles), cmocka_unit_test(bounds),
		cmocka_unit_test(bounds_about_itself), cmocka_unit_test(bound_of_entities),
		cmocka_unit_test(bound_of_the_system_group), cmocka_unit_test(damaged_answers),
		cmocka_unit_test(strangers), cmocka_unit_test(encrypted_but_not_signed),
		cmocka_unit_test(strangers_to_a_community),
		cmocka_unit_test(nothing_tells_the_login),
		cmocka_unit_test(requests_differ_by_seed), cmocka_unit_test(hostile)};

	return cmocka_run_group_tests(tests, prepare, finish);
}
