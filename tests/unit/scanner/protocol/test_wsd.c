/* SPDX-License-Identifier: Apache-2.0 */
/* WS-Discovery (April 2005): 5.2 (Probe), 5.3 (Probe Match); ONVIF scopes. */
#include "tests/unit/scanner/protocol/check.h"

#define SEED 0x0123456789abcdefull
#define ID "urn:uuid:01234567-89ab-4000-8000-00000000cdef"
#define HEAD                                                                                   \
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?><SOAP-ENV:Envelope><SOAP-ENV:Header>"       \
	"<wsa:MessageID>urn:uuid:1</wsa:MessageID><wsa:RelatesTo x=\"<y\">" ID                 \
	"</wsa:RelatesTo>"                                                                     \
	"<wsa:ReplyTo><wsa:Address>http://anonymous</wsa:Address></wsa:ReplyTo></"             \
	"SOAP-ENV:Header>"                                                                     \
	"<SOAP-ENV:Body><d:ProbeMatches>"
static const char camera[] =
	HEAD "<d:ProbeMatch><wsa:EndpointReference><wsa:Address>"
	     "urn:uuid:6a3f</wsa:Address></wsa:EndpointReference>"
	     "<d:Types>dn:NetworkVideoTransmitter tds:Device</d:Types>"
	     "<d:Scopes>\nonvif://www.onvif.org/type/video_encoder onvif://www.onvif.org/name/CAM-1\n"
	     "onvif://www.onvif.org/hardware/DS-2CD2143G0\n</d:Scopes>"
	     "<d:XAddrs>http://198.18.0.9/onvif/device_service</d:XAddrs></d:ProbeMatch>"
	     "</d:ProbeMatches></SOAP-ENV:Body></SOAP-ENV:Envelope>";

static void answers(void **state)
{
	const struct protocol *wsd = protocol_by_name("wsd");
	const struct reading *r = check_read(wsd, BYTES(camera));

	(void)state;
	check_is(r, "wsd.types", "dn:NetworkVideoTransmitter tds:Device");
	check_is(r, "wsd.addresses", "http://198.18.0.9/onvif/device_service");
	check_is(r, "wsd.endpoint", "urn:uuid:6a3f");
	check_is(r, "onvif.name", "CAM-1");
	check_is(r, "onvif.hardware", "DS-2CD2143G0");
	check_is(r, "hw.product", "DS-2CD2143G0");
	check_is(r, "hw.device", "IP Camera");
	check_hostile(wsd, BYTES(camera));
	check_repeats(wsd, BYTES(camera), SEED);
	/* No match, a tag that does not end, a question, and a page. */
	check_is(check_read(wsd, BYTES(HEAD "</d:ProbeMatches></e:Body>")), "wsd.types", NULL);
	check_is(check_read(wsd, BYTES(HEAD "<d:Types")), "wsd.types", NULL);
	check_is(check_read(wsd, BYTES(HEAD "<d:Scopes>onvif://www.onvif.org/name/")),
		"onvif.name", NULL);
	assert_false(wsd->recognise(BYTES("<e:Envelope><e:Body><d:Probe/>")));
	assert_false(wsd->recognise(BYTES("<html><Envelope><ProbeMatch>")));
	assert_false(wsd->recognise(BYTES("x<Envelope><ProbeMatches>")));
}

static void the_probe(void **state)
{
	static const char probe[] =
		"<?xml version=\"1.0\"?>"
		"<e:Envelope xmlns:e=\"http://www.w3.org/2003/05/soap-envelope\""
		" xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\"><e:Header>"
		"<a:MessageID>" ID "</a:MessageID>"
		"<a:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To>"
		"<a:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</a:Action>"
		"</e:Header><e:Body><Probe xmlns=\"http://schemas.xmlsoap.org/ws/2005/04/discovery\"/>"
		"</e:Body></e:Envelope>";

	(void)state;
	check_request(protocol_by_name("wsd"), SEED, BYTES(probe));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(answers),
		cmocka_unit_test(the_probe)};

	return RUN(tests);
}
