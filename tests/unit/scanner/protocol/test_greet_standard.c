/* SPDX-License-Identifier: Apache-2.0 */
/* What the greeter asks under `standard` more than under `safe`, over loopback. */
#include "tests/unit/scanner/protocol/servers.h"

/* What `standard` asks more than `safe`. */
static void ordinary_behaviour(void **state)
{
	struct greet_options how = options();
	struct greet_target target = start(mail_server, "smtp");
	struct greet_counts counts;

	(void)state;
	how.risk_max = PROTOCOL_STANDARD;
	counts = greet_with(&target, 1, &how);
	assert_int_equal(counts.answered, 1);
	assert_string_equal(learnt.protocol, "smtp");
	assert_string_equal(learnt.product, "Postfix");
	assert_int_equal(learnt.keys, 1);
	assert_int_equal(strlen(learnt.key), 64);
	assert_memory_equal(learnt.raw, "220 e.example ESMTP Postfix", 27);
	wait_for_ends(1);
	assert_memory_equal(shared->heard, "QUIT\r\n", 6); /* inside */
	target = start(h2_server, "tls");
	target.inside = protocol_by_name("http");
	counts = greet_with(&target, 1, &how);
	assert_int_equal(counts.answered, 1);
	assert_int_equal(counts.targets, 1);
	assert_string_equal(learnt.protocol, "https");
	assert_int_equal(learnt.services, 1);
	assert_int_equal(learnt.keys, 1);
	wait_for_ends(3); /* connected to twice */
	assert_memory_equal(shared->heard, "PRI * HTTP/2.0\r\n", 16);
	memset(shared->heard, 0, sizeof(shared->heard));
	target = start(loop_server, "http");
	counts = greet_with(&target, 1, &how);
	assert_int_equal(counts.answered, 1);
	wait_for_ends(4);
	assert_int_equal(shared->heard[0], 2);
	target = start(icon_server, "http");
	counts = greet_with(&target, 1, &how);
	assert_int_equal(counts.answered, 1);
	assert_string_equal(learnt.title, "Icons");
	wait_for_ends(5);
	assert_memory_equal(shared->heard, "GET /favicon.ico HTTP/1.1\r\n", 27);
	assert_int_equal(shared->most_open, 1);
}

/* Asked inside, and heard there, too; under `safe` neither. */
static void asked_inside(void **state)
{
	struct greet_options how = options();
	struct greet_target target = start(database, "postgresql");
	struct greet_counts counts;

	(void)state;
	counts = greet_with(&target, 1, &how);
	assert_int_equal(counts.answered, 1);
	assert_string_equal(learnt.protocol, "postgresql");
	assert_int_equal(learnt.keys, 0);
	assert_memory_equal(learnt.raw, "S", learnt.raw_size);
	how.risk_max = PROTOCOL_STANDARD;
	counts = greet_with(&target, 1, &how);
	assert_int_equal(counts.answered, 1);
	assert_string_equal(learnt.protocol, "postgresql");
	assert_string_equal(learnt.product, "PostgreSQL");
	assert_int_equal(learnt.keys, 1);
	assert_memory_equal(learnt.raw, "SE\0\0\0\x73SFATAL", 12);
	wait_for_ends(2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test_teardown(ordinary_behaviour, clear),
		cmocka_unit_test_teardown(asked_inside, clear)};

	return servers_prepare() ? RUN(tests) : 1;
}
