/* SPDX-License-Identifier: Apache-2.0 */
/* The hello of Niagara Fox. */
#include "tests/unit/scanner/protocol/check.h"

static const char hello[] =
	"fox a 0 -1 fox hello\n{\nfox.version=s:1.0.1\nid=i:1\n"
	"hostName=s:jace7.lanhe.example\nhostAddress=s:198.18.40.7\napp.name=s:Station\n"
	"app.version=s:3.7.106.1\nvm.name=s:Java HotSpot(TM) Client VM\nvm.version=s:1.5.0_34-b28\n"
	"os.name=s:QNX\nos.version=s:6.4.1\nstation.name=s:plant_north\nlang=s:en\n"
	"timeZone=s:Asia/Shanghai;28800000;0;null;null\nhostId=s:Qnx-NPM6-0000-12EA-FDCC\n"
	"brandId=s:vykon\n};;\n";

static void hello_of_a_station(void **state)
{
	const struct protocol *fox = protocol_by_name("fox");
	const struct reading *r = check_read(fox, BYTES(hello));

	(void)state;
	check_is(r, "service.vendor", "Tridium");
	check_is(r, "service.product", "Niagara");
	check_is(r, "service.version", "3.7.106.1");
	check_is(r, "os.version", "6.4.1");
	check_is(r, "hw.product", "JACE");
	check_is(r, "fox.station", "plant_north");
	check_is(r, "fox.host_id", "Qnx-NPM6-0000-12EA-FDCC");
	check_is(r, "fox.brand", "vykon");
	check_name(r, "fox", "jace7.lanhe.example");
	check_request(
		fox, 1, BYTES("fox a 1 -1 fox hello\n{\nfox.version=s:1.0\nid=i:1\n};;\n"));
	check_hostile(fox, BYTES(hello));
}

/* It comes in pieces, and ends where it says so. */
static void pieces(void **state)
{
	const struct protocol *fox = protocol_by_name("fox");
	uint8_t more[sizeof(hello) + 32];
	size_t end = sizeof(hello) - 2;

	(void)state;
	for (size_t n = 1; n < end; n++)
		assert_int_equal(fox->complete((const uint8_t *)hello, n), 0);
	assert_int_equal(fox->complete((const uint8_t *)hello, end), end);
	assert_int_equal(fox->complete(BYTES("fox b 0 -1 fox hello\n{\n};;\n")), -1);
	assert_int_equal(fox->complete(BYTES("fox a 0 -1 fox goodbye\n{\n};;\n")), -1);
	/* The end stands behind the first line. */
	assert_int_equal(fox->complete(BYTES("fox a };; 0 fox hello\n{\n")), 0);
	assert_int_equal(fox->complete(BYTES("fox a };; 0 fox hello\n{\n};;\n")), 27);
	memcpy(more, hello, sizeof(hello) - 1);
	memcpy(more + sizeof(hello) - 1, "fox a 1 0 fox login\n{\n", 22);
	assert_int_equal(fox->overheard(more, sizeof(hello) - 1 + 22), end);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hello_of_a_station), cmocka_unit_test(pieces)};

	return RUN(tests);
}
