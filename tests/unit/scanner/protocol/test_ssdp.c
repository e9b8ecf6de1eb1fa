/* SPDX-License-Identifier: Apache-2.0 */
/* SSDP's answer to a search: UPnP Device Architecture 2.0, 1.3.3. */
#include "tests/unit/scanner/protocol/check.h"

static const char answer[] = "HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=120\r\nEXT:\r\n"
	"LOCATION: http://198.18.0.1:5000/rootDesc.xml\r\n"
	"SERVER: Debian/12 UPnP/1.1 MiniUPnPd/2.3.1\r\nST: upnp:rootdevice\r\n"
	"USN: uuid:73796E6F-6473-6D00-0000-000000000001::upnp:rootdevice\r\n\r\n";

static void answers(void **state)
{
	const struct protocol *ssdp = protocol_by_name("ssdp");
	const struct reading *r = check_read(ssdp, BYTES(answer));

	(void)state;
	check_is(r, "ssdp.server", "Debian/12 UPnP/1.1 MiniUPnPd/2.3.1");
	check_is(r, "ssdp.location", "http://198.18.0.1:5000/rootDesc.xml");
	check_is(r, "ssdp.st", "upnp:rootdevice");
	check_is(r, "ssdp.usn", "uuid:73796E6F-6473-6D00-0000-000000000001::upnp:rootdevice");
	check_is(r, "service.product", "MiniUPnPd");
	check_is(r, "service.version", "2.3.1");
	check_hostile(ssdp, BYTES(answer));
	assert_null(ssdp->repeats);
	/* A web server's answer, and a search that somebody else sent. */
	assert_false(ssdp->recognise(
		BYTES("HTTP/1.1 200 OK\r\nServer: nginx\r\n\r\nST: a\r\nUSN: b\r\n")));
	assert_false(ssdp->recognise(BYTES("M-SEARCH * HTTP/1.1\r\nST: a\r\nUSN: b\r\n\r\n")));
}

static void the_search(void **state)
{
	uint8_t out[PROTOCOL_REQUEST_MAX];
	static const char search[] = "M-SEARCH * HTTP/1.1\r\nHOST: [2001:db8::1]:1900\r\n"
		"MAN: \"ssdp:discover\"\r\nMX: 1\r\nST: upnp:rootdevice\r\n\r\n";

	(void)state;
	assert_int_equal(protocol_by_name("ssdp")->request(out, sizeof(out), "2001:db8::1", 1),
		sizeof(search) - 1);
	assert_memory_equal(out, search, sizeof(search) - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(answers),
		cmocka_unit_test(the_search)};

	return RUN(tests);
}
