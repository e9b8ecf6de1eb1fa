/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What tests of walks have alike: the agent in memory and its logins, and the conversation with
 * it, in which every request is held to what may be asked. For one test program each.
 */
#ifndef TESTS_UNIT_SCANNER_PROTOCOL_WALK_CHECK_H
#define TESTS_UNIT_SCANNER_PROTOCOL_WALK_CHECK_H

#include "tests/unit/scanner/protocol/agent_objects.h"
#include "tests/unit/scanner/protocol/check.h"

#include "common/siphash.h"
#include "scanner/protocol/snmp.h"
#include "scanner/protocol/walk.h"

#include <stdio.h>

#define SEED 20261127

static struct agent agent;
static const uint8_t engine_id[] = {0x80, 0, 0x1f, 0x88, 4, 'b', 'o', 'r', 'd', 'e', 'r'};

/* All that may ever be asked for: these objects and columns and nothing below any other. */
static const char *const allowed[] = {"1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.2.0",
	"1.3.6.1.2.1.1.5.0", "1.3.6.1.2.1.1.6.0", "1.3.6.1.2.1.2.1.0", "1.3.6.1.2.1.2.2.1.2",
	"1.3.6.1.2.1.2.2.1.6", "1.3.6.1.2.1.4.20.1.2", "1.3.6.1.2.1.4.22.1.2",
	"1.3.6.1.2.1.4.22.1.4", "1.3.6.1.2.1.4.34.1.3", "1.3.6.1.2.1.4.34.1.4",
	"1.3.6.1.2.1.4.35.1.4", "1.3.6.1.2.1.4.35.1.6", "1.3.6.1.2.1.4.35.1.7",
	"1.3.6.1.2.1.17.1.4.1.2", "1.3.6.1.2.1.17.4.3.1.2", "1.3.6.1.2.1.17.4.3.1.3",
	"1.3.6.1.2.1.17.7.1.2.2.1.2", "1.3.6.1.2.1.17.7.1.2.2.1.3", "1.3.6.1.2.1.31.1.1.1.1",
	"1.3.6.1.2.1.47.1.1.1.1.2", "1.3.6.1.2.1.47.1.1.1.1.5", "1.3.6.1.2.1.47.1.1.1.1.8",
	"1.3.6.1.2.1.47.1.1.1.1.9", "1.3.6.1.2.1.47.1.1.1.1.10", "1.3.6.1.2.1.47.1.1.1.1.11",
	"1.3.6.1.2.1.47.1.1.1.1.12", "1.3.6.1.2.1.47.1.1.1.1.13", "1.0.8802.1.1.2.1.3.7.1.2",
	"1.0.8802.1.1.2.1.3.7.1.3", "1.0.8802.1.1.2.1.3.7.1.4", "1.0.8802.1.1.2.1.4.1.1.4",
	"1.0.8802.1.1.2.1.4.1.1.5", "1.0.8802.1.1.2.1.4.1.1.6", "1.0.8802.1.1.2.1.4.1.1.7",
	"1.0.8802.1.1.2.1.4.1.1.8", "1.0.8802.1.1.2.1.4.1.1.9", "1.0.8802.1.1.2.1.4.1.1.10",
	"1.0.8802.1.1.2.1.4.2.1.3", "1.3.6.1.4.1.9.9.23.1.2.1.1.5",
	"1.3.6.1.4.1.9.9.23.1.2.1.1.8", "1.3.6.1.4.1.9.9.23.1.2.1.1.3",
	"1.3.6.1.4.1.9.9.23.1.2.1.1.4", "1.3.6.1.4.1.9.9.23.1.2.1.1.6",
	"1.3.6.1.4.1.9.9.23.1.2.1.1.7", "1.2.840.10006.300.43.1.2.1.1.13",
	"1.3.6.1.4.1.9.9.46.1.3.1.1.2", LLDP_V2 "1.1.5", LLDP_V2 "1.1.6", LLDP_V2 "1.1.7",
	LLDP_V2 "1.1.8", LLDP_V2 "1.1.9", LLDP_V2 "1.1.10", LLDP_V2 "1.1.11", LLDP_V2 "2.1.3"};

static bool asked_before[ARRAY_SIZE(allowed)];

/* ---- what may be sent -------------------------------------------------------------------- */

static inline void check_object(const struct snmp_oid *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(allowed); i++) {
		const struct snmp_oid known = agent_oid(allowed[i]);

		if (name->n >= known.n &&
			memcmp(name->ids, known.ids, known.n * sizeof(*known.ids)) == 0) {
			asked_before[i] = true;
			return;
		}
	}
	fail_msg("an object that may not be asked for");
}

/* A GetRequest or GetBulkRequest for nothing but what is allowed, without values, at the level
 * of the login; else the discovery of snmp.c, byte by byte. */
static inline void check_safe(const struct walk *walk, const uint8_t *bytes, size_t size)
{
	uint8_t plain[AGENT_DATAGRAM], discovery[PROTOCOL_REQUEST_MAX];
	struct snmp_message message;
	struct snmp_binding binding;
	struct snmp_oid name;
	struct snmp_pdu pdu;
	size_t n = 0;

	(void)walk;
	assert_in_range(size, 1, WALK_DATAGRAM_MAX);
	if (protocol_snmp.request(discovery, sizeof(discovery), "", SEED) == size &&
		memcmp(discovery, bytes, size) == 0)
		return;
	assert_true(snmp_message_read(bytes, size, &message));
	if (agent.login->kind == LOGIN_COMMUNITY) {
		assert_int_equal(message.version, SNMP_VERSION_2C);
	} else {
		assert_int_equal(message.version, SNMP_VERSION_3);
		assert_int_equal(
			message.flags, SNMP_REPORTABLE | (agent.login->auth ? SNMP_SIGNED : 0) |
					       (agent.login->privacy ? SNMP_ENCRYPTED : 0));
	}
	if (message.flags & SNMP_SIGNED &&
		!usm_check(agent.usm, bytes, size,
			(size_t)(cursor_rest(&message.signature) - bytes)))
		return; /* by another secret than the agent's */
	assert_true(agent_open(&agent, &message, bytes, size, plain, &pdu));
	assert_true(pdu.tag == SNMP_GET || pdu.tag == SNMP_GET_BULK);
	assert_int_equal(pdu.error, 0);
	assert_in_range(pdu.index, pdu.tag == SNMP_GET_BULK,
		pdu.tag == SNMP_GET ? 0 : WALK_REPETITIONS);
	while (snmp_binding_next(&pdu.bindings, &binding)) {
		assert_int_equal(binding.type, 5); /* NULL */
		assert_int_equal(cursor_left(&binding.value), 0);
		assert_true(snmp_oid_read(binding.name, &name));
		check_object(&name);
		n++;
	}
	assert_true(cursor_ok(&pdu.bindings));
	assert_in_range(n, 1, 8);
	assert_true(n * pdu.index <= 24);
}

/* ---- running ----------------------------------------------------------------------------- */

static inline struct login community(const char *name)
{
	struct login login = {.kind = LOGIN_COMMUNITY};

	snprintf(login.name, sizeof(login.name), "%s", name);
	return login;
}

static inline struct login user(enum login_auth auth, enum login_privacy privacy)
{
	return (struct login){.kind = LOGIN_USER,
		.name = "reader",
		.auth = auth,
		.privacy = privacy,
		.auth_secret = "not in the dark",
		.privacy_secret = "nor in the light"};
}

/* An agent that lets this login in; it speaks version 3. */
static inline void begin(const struct login *login)
{
	usm_free(agent.usm);
	memset(&agent, 0, sizeof(agent));
	agent.login = login;
	agent.engine = (struct snmp_engine){engine_id, sizeof(engine_id), 7, 40000};
	agent.usm = usm_new(login, engine_id, sizeof(engine_id));
}

static inline void run(struct walk *walk)
{
	uint8_t request[WALK_DATAGRAM_MAX], again[WALK_DATAGRAM_MAX], answer[AGENT_DATAGRAM];
	size_t n, size, said = 0;

	while ((n = walk_next(walk, request)) > 0) {
		assert_int_equal(walk_state(walk), WALK_ASKING);
		assert_true(++said <= WALK_REQUESTS_MAX);
		assert_int_equal(walk_next(walk, again), n);
		assert_memory_equal(request, again, n);
		check_safe(walk, request, n);
		assert_false(walk_hear(walk, request, n)); /* an echo is no answer */
		size = agent_answer(&agent, request, n, answer, sizeof(answer));
		if (size == 0 || !walk_hear(walk, answer, size))
			walk_silence(walk);
	}
	assert_int_not_equal(walk_state(walk), WALK_ASKING);
	assert_false(walk_hear(walk, answer, sizeof(answer)));
	walk_silence(walk);
}

static inline struct walk *walked(const struct login *login, bool everything)
{
	struct walk *walk = walk_new(login, everything, SEED);

	assert_non_null(walk);
	run(walk);
	return walk;
}

static inline const struct reading *described(const struct walk *walk)
{
	struct reading *reading = check_reading();

	walk_describe(walk, reading);
	for (size_t i = 0; i < reading->n_attributes; i++)
		assert_true(text_is_clean(
			reading->attributes[i].value, strlen(reading->attributes[i].value)));
	return reading;
}

/* ---- what is read ------------------------------------------------------------------------ */

static inline const char *address(const struct addr *addr)
{
	static char text[ADDR_TEXT_MAX];

	return addr_format(addr, text);
}

/* Around all cases. */
static int prepare(void **state)
{
	(void)state;
	return protocols_prepare(NULL);
}

static int finish(void **state)
{
	(void)state;
	usm_free(agent.usm);
	return 0;
}

#endif
