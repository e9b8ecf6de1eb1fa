/* SPDX-License-Identifier: Apache-2.0 */
/* Connection.Start of AMQP 0-9-1, and the header of another version. */
#include "tests/unit/scanner/protocol/check.h"

#define PROPERTIES                                                                             \
	"\x0c"                                                                                 \
	"capabilitiesF\0\0\0\x18"                                                              \
	"\x12"                                                                                 \
	"publisher_confirmst\x01\x01"                                                          \
	"x"                                                                                    \
	"V"                                                                                    \
	"\x0c"                                                                                 \
	"cluster_nameS\0\0\0\x0d"                                                              \
	"rabbit@broker"                                                                        \
	"\x07"                                                                                 \
	"productS\0\0\0\x08"                                                                   \
	"RabbitMQ"                                                                             \
	"\x07"                                                                                 \
	"versionS\0\0\0\x06"                                                                   \
	"3.10.8"
#define MECHANISMS "\0\0\0\x0e" "PLAIN AMQPLAIN"
#define LOCALES "\0\0\0\x05" "en_US"

/* The sizes of table and frame are put in when it is used. */
static size_t make_start(uint8_t out[512])
{
	static const char table[] = PROPERTIES, rest[] = MECHANISMS LOCALES;
	size_t n = 0;

	memcpy(out, "\1\0\0\0\0\0\0\0\12\0\12\0\11\0\0\0\0", 17);
	n = 17;
	memcpy(out + n, table, sizeof(table) - 1);
	n += sizeof(table) - 1;
	out[16] = sizeof(table) - 1;
	memcpy(out + n, rest, sizeof(rest) - 1);
	n += sizeof(rest) - 1;
	out[6] = (uint8_t)(n - 7);
	out[n++] = 0xce;
	return n;
}

static void start(void **state)
{
	const struct protocol *amqp = protocol_by_name("amqp");
	uint8_t bytes[512 + 8];
	size_t size = make_start(bytes);
	const struct reading *r = check_read(amqp, bytes, size);

	(void)state;
	check_is(r, "amqp.version", "0-9");
	check_is(r, "amqp.product", "RabbitMQ");
	check_is(r, "amqp.cluster", "rabbit@broker");
	check_is(r, "amqp.mechanisms", "PLAIN AMQPLAIN");
	check_is(r, "service.product", "RabbitMQ");
	check_is(r, "service.version", "3.10.8");
	check_request(amqp, 1, BYTES("AMQP\0\0\11\1"));
	for (size_t n = 0; n < size; n++)
		assert_int_equal(amqp->complete(bytes, n), 0);
	assert_int_equal(amqp->complete(bytes, size), size);
	memcpy(bytes + size, "\1\0\1more", 7);
	assert_int_equal(amqp->overheard(bytes, size + 7), size);
	check_hostile(amqp, bytes, size);
}

static void other_versions(void **state)
{
	const struct protocol *amqp = protocol_by_name("amqp");
	const struct reading *r = check_read(amqp, BYTES("AMQP\3\1\0\0"));

	(void)state;
	check_is(r, "amqp.version", "1-0-0");
	check_is(r, "amqp.product", NULL);
	assert_int_equal(amqp->complete(BYTES("AMQ")), 0);
	assert_int_equal(amqp->complete(BYTES("HTTP/1.1")), -1);
	assert_int_equal(amqp->complete(BYTES("\1\0\0\0\0\0\14\0\12\0\13\0")), -1);
	assert_false(amqp->recognise(BYTES("\1\0\0\0\0\0\14\0\12\0\13\0")));
	check_hostile(amqp, BYTES("AMQP\3\1\0\0"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(start), cmocka_unit_test(other_versions)};

	return RUN(tests);
}
