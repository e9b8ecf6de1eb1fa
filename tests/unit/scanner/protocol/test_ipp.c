/* SPDX-License-Identifier: Apache-2.0 */
/* What a printer answers to Get-Printer-Attributes: RFC 8011, 4.2.5; as the printer of CUPS's
 * tools 2.4.2 did. */
#include "tests/unit/scanner/protocol/check.h"

#define HEADER "HTTP/1.1 200 OK\r\nContent-Type: application/ipp\r\n"
#define BEGINNING "\1\1\0\0\0\0\0\1\1" "G\0\x12" "attributes-charset\0\5utf-8" \
	"H\0\x1b" "attributes-natural-language\0\2en" "\4"
#define ID "A\0\x11printer-device-id\0\x2c" "MFG:HP;MDL:LaserJet Pro M404dn;SN:VNB3K12345"
#define MODEL "A\0\x16printer-make-and-model\0\x16HP LaserJet Pro M404dn"
#define REST "A\0\x10printer-location\0\6Hall 4" "B\0\x0cprinter-name\0\x0cplantprinter" \
	"E\0\x0cprinter-uuid\0\x2durn:uuid:4916da5d-7c21-3434-50eb-a93e30bbd957" "\3"
#define MESSAGE BEGINNING ID MODEL REST

static void is_the_printer(const struct reading *r)
{
	check_is(r, "ipp.make_and_model", "HP LaserJet Pro M404dn");
	check_is(r, "ipp.location", "Hall 4");
	check_is(r, "ipp.name", "plantprinter");
	check_is(r, "ipp.uuid", "urn:uuid:4916da5d-7c21-3434-50eb-a93e30bbd957");
	check_is(r, "hw.vendor", "HP");
	check_is(r, "hw.product", "LaserJet Pro M404dn");
	check_is(r, "hw.device", "Printer");
	check_is(r, "hw.serial_number", "VNB3K12345");
	check_is(r, "http.status", "200");
}

static void printers(void **state)
{
	const struct protocol *ipp = protocol_by_name("ipp");
	uint8_t others[] =
		HEADER "Set-Cookie: sid=secret\r\nContent-Length: 999\r\n\r\n" MESSAGE;
	size_t size;

	(void)state;
	is_the_printer(check_read(ipp,
		BYTES(HEADER "Server: CUPS/2.4.2\r\nContent-Length: 306\r\n\r\n" MESSAGE)));
	check_hostile(ipp, BYTES(HEADER "Content-Length: 306\r\n\r\n" MESSAGE));
	/* Of what others were told neither the page nor a log-in. */
	size = ipp->overheard(others, sizeof(others) - 1);
	assert_int_equal(size, sizeof(others) - sizeof(MESSAGE));
	assert_null(memmem(others, size, "secret", 6));
	check_is(check_reading(), "ipp.name", NULL);
}

/* In chunks, of which one divides a value. */
static void chunks(void **state)
{
	const struct protocol *ipp = protocol_by_name("ipp");
	static const char message[] = MESSAGE;
	size_t n = sizeof(message) - 1, at = 120;
	uint8_t bytes[1024];
	int head;

	(void)state;
	head = snprintf((char *)bytes, sizeof(bytes),
		"%sTransfer-Encoding: chunked\r\n\r\n%zx\r\n", HEADER, at);
	memcpy(bytes + head, message, at);
	head += (int)at;
	head += snprintf(
		(char *)bytes + head, sizeof(bytes) - (size_t)head, "\r\n%zX;a=b\r\n", n - at);
	memcpy(bytes + head, message + at, n - at);
	head += (int)(n - at);
	memcpy(bytes + head, "\r\n0\r\n\r\n", 7);
	assert_int_equal(ipp->complete(bytes, (size_t)head), 0);
	assert_int_equal(ipp->complete(bytes, (size_t)head + 7), head + 7);
	is_the_printer(check_read(ipp, bytes, (size_t)head + 7));
	check_hostile(ipp, bytes, (size_t)head + 7);
}

/* What is none of a printer is http's. */
static void not_printers(void **state)
{
	static const char queue[] = HEADER
		"Server: CUPS/2.4 IPP/2.1\r\nContent-Length: 9\r\n\r\n\1\1\4\6\0\0\0\1\3";
	static const char page[] = "HTTP/1.1 404 Not Found\r\nContent-Type: "
				   "text/html\r\nContent-Length: 0\r\n\r\n";
	const struct protocol *ipp = protocol_by_name("ipp"), *http = protocol_by_name("http");
	const struct reading *r;

	(void)state;
	assert_ptr_equal(protocol_recognise(TRANSPORT_TCP, BYTES(queue)), http);
	assert_ptr_equal(protocol_recognise(TRANSPORT_TCP, BYTES(page)), http);
	assert_false(ipp->recognise(BYTES(HEADER)));
	/* A refusal; a maker that is not known. */
	r = check_read(ipp, BYTES(HEADER "Content-Length: 9\r\n\r\n\2\0\4\6\0\0\0\1\3"));
	check_is(r, "ipp.status", "refused");
	check_is(r, "hw.device", NULL);
	r = check_read(ipp, BYTES(HEADER "Content-Length: 51\r\n\r\n\2\0\0\0\0\0\0\1\4"
					 "A\0\x16printer-make-and-model\0\x0f"
					 "Acme LaserThing"));
	check_is(r, "ipp.status", "ok");
	check_is(r, "hw.device", "Printer");
	check_is(r, "hw.vendor", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(printers), cmocka_unit_test(chunks),
		cmocka_unit_test(not_printers)};

	return RUN(tests);
}
