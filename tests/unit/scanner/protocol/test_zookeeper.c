/* SPDX-License-Identifier: Apache-2.0 */
/* ZooKeeper's answer to "srvr", as Debian's 3.8.0 gave it. */
#include "tests/unit/scanner/protocol/check.h"

#define FIRST "Zookeeper version: 3.8.0-${mvngit.commit.id}, built on 2024-12-29 17:54 UTC\n"
#define ANSWER                                                                                 \
	FIRST "Latency min/avg/max: 0/0.0/0\nReceived: 1\nSent: 0\nConnections: "              \
	      "1\nOutstanding: 0\nZxid: 0x0\n"                                                 \
	      "Mode: standalone\nNode count: 5\n"
#define REFUSED "srvr is not executed because it is not in the whitelist.\n"

static void answers(void **state)
{
	const struct protocol *zookeeper = protocol_by_name("zookeeper");
	const struct reading *r = check_read(zookeeper, BYTES(ANSWER));
	uint8_t bytes[] = ANSWER;

	(void)state;
	check_is(r, "zookeeper.version", "3.8.0-${mvngit.commit.id}");
	check_is(r, "zookeeper.mode", "standalone");
	check_is(r, "service.product", "ZooKeeper");
	check_is(r, "service.version", "3.8.0");
	for (size_t n = 0; n < sizeof(ANSWER) - 1; n++)
		assert_int_equal(zookeeper->complete(bytes, n), 0);
	assert_int_equal(zookeeper->overheard(bytes, sizeof(bytes) - 1), sizeof(FIRST) - 1);
	r = check_read(zookeeper, BYTES(REFUSED));
	check_is(r, "zookeeper.state", "srvr is switched off");
	r = check_read(zookeeper,
		BYTES("This ZooKeeper instance is not currently serving requests\n"));
	check_is(r, "zookeeper.state", "not serving");
	check_is(r, "service.product", NULL);
	check_hostile(zookeeper, BYTES(ANSWER));
	check_hostile(zookeeper, BYTES(REFUSED));
	check_request(zookeeper, 1, BYTES("srvr"));
	assert_int_equal(zookeeper->complete(BYTES("HTTP/1.1 400 Bad")), -1);
	assert_false(zookeeper->recognise(BYTES("Zookeeper version: ")));
	/* no comma */
	r = check_read(
		zookeeper, BYTES("Zookeeper version: 3.4.13\nMode: follower\nNode count: 5\n"));
	check_is(r, "service.version", "3.4.13");
	check_is(r, "zookeeper.mode", "follower");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(answers)};

	return RUN(tests);
}
