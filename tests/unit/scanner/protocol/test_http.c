/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP: header fields, titles, framing: RFC 9110, RFC 9112. */
#include "tests/unit/scanner/protocol/check.h"

#define PAGE "<!doctype html><html><head><title>\n Lanhe  &amp; Co &#65;&#x42; </title></head>"
static const char reply[] =
	"HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nContent-Type: text/html\r\n"
	"Location: https://elsewhere.example/\r\nWWW-Authenticate:Basic realm=\"x\"\r\n"
	"Content-Length: 200\r\n\r\n" PAGE;

static void fields_and_title(void **state)
{
	const struct protocol *http = protocol_by_name("http");
	const struct reading *r = check_read(http, BYTES(reply));

	(void)state;
	check_is(r, "http.status", "200");
	check_is(r, "http.server", "nginx/1.22.1");
	check_is(r, "http.location", "https://elsewhere.example/");
	check_is(r, "http.auth.scheme", "Basic");
	check_is(r, "http.auth.realm", "x");
	check_is(r, "http.title", "Lanhe & Co AB");
	check_is(r, "service.product", "nginx");
	check_is(r, "service.version", "1.22.1");
	check_hostile(http, BYTES(reply));
}

/* A device's page behind an ordinary server: product and version stay of one record. */
static void device_behind_server(void **state)
{
	const struct reading *r = check_read(protocol_by_name("http"),
		BYTES("HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\n\r\n<title>Welcome to "
		      "nginx!</title>"));

	(void)state;
	check_is(r, "service.version", "1.22.1");
	r = check_read(
		protocol_by_name("http"), BYTES("HTTP/1.1 200 OK\r\nServer: nginx\r\n\r\n"
						"<TITLE>HP LaserJet Enterprise M507</TITLE>"));
	check_is(r, "service.product", "nginx");
	check_is(r, "hw.vendor", "HP");
	check_is(r, "hw.device", "Printer");
}

/* Of cookies the names, of challenges what does not change with every reply. */
static void repeated_fields(void **state)
{
	static const char text[] =
		"HTTP/1.1 401 No\r\nSet-Cookie: JSESSIONID=0123abcd; Path=/\r\n"
		"set-cookie: lang=en\r\nSet-Cookie: JSESSIONID=other\r\nSet-Cookie: =none\r\n"
		"WWW-Authenticate: Digest realm=\"IP \\\"Camera\\\"\", nonce=\"8f3c\"\r\n"
		"WWW-Authenticate: NTLM\r\nX-Powered-By: ASP.NET\r\nX-Auth-Token: abc\r\n\r\n";
	const struct protocol *http = protocol_by_name("http");
	struct reading *r = check_reading();
	uint8_t bytes[sizeof(text)];

	(void)state;
	http->read(BYTES(text), r);
	check_is(r, "http.cookie", "JSESSIONID, lang");
	check_is(r, "http.auth.scheme", "Digest, NTLM");
	check_is(r, "http.auth.realm", "IP \"Camera\"");
	check_is(r, "http.powered_by", "ASP.NET");
	for (size_t i = 0; i < r->n_attributes; i++)
		assert_null(strstr(r->attributes[i].value, "0123abcd"));
	check_hostile(http, BYTES(text));
	memcpy(bytes, text, sizeof(text));
	http->cover(bytes, sizeof(text) - 1);
	assert_null(memmem(bytes, sizeof(text), "0123abcd", 8));
	assert_null(memmem(bytes, sizeof(text), "other", 5));
	assert_null(memmem(bytes, sizeof(text), "en\r", 3));
	assert_non_null(memmem(bytes, sizeof(text), "JSESSIONID=********; Path=/", 27));
}

/* A hundred lines are looked at, whatever they are made of. */
static void header_bombs(void **state)
{
	struct str text = STR_INIT(1 << 20);
	struct reading *r = check_reading();

	(void)state;
	str_adds(&text, "HTTP/1.1 200 OK\r\n");
	for (int i = 0; i < 2000; i++)
		str_addf(&text,
			"Set-Cookie: c%d=\x1b[31m\xff\r\nWWW-Authenticate: s%d "
			"realm=\"\xff\x1b]0;\a\r\n",
			i, i);
	str_adds(&text, "Server: late\r\n\r\n");
	protocol_by_name("http")->read((const uint8_t *)text.data, text.len, r);
	check_is(r, "http.server", NULL);
	assert_non_null(strstr(reading_get(r, "http.cookie"), "c48"));
	assert_null(strstr(reading_get(r, "http.cookie"), "c50"));
	for (size_t i = 0; i < r->n_attributes; i++)
		assert_true(
			text_is_clean(r->attributes[i].value, strlen(r->attributes[i].value)));
	str_done(&text);
}

static void framing(void **state)
{
	const struct protocol *http = protocol_by_name("http");

	(void)state;
	assert_int_equal(http->complete(BYTES("HTTP/1.1 200 OK\r\nServer: x\r\n")), 0);
	assert_int_equal(http->complete(BYTES("HTTP/1.1 200 OK\r\n\r\n<html>")), 0);
	assert_true(
		http->complete(BYTES("HTTP/1.1 404 No\r\nContent-Length: 2\r\n\r\nno")) > 0);
	assert_int_equal(
		http->complete(BYTES("HTTP/1.1 404 No\r\nContent-Length: 3\r\n\r\nno")), 0);
	assert_int_equal(
		http->complete(BYTES("HTTP/1.1 200 OK\r\nContent-Length: -9\r\n\r\n")), 0);
	assert_int_equal(http->complete(BYTES("SSH-2.0-OpenSSH_9.2\r\n")), -1);
	assert_false(http->recognise(BYTES("HTTP/1.1 abc")));
	assert_false(http->recognise(BYTES("HTTP/1.1 20")));
}

/* Interfaces that say nothing at "/" are asked for their version; what they answer is as
 * etcd 3.4.23 did. */
static void versions(void **state)
{
	const struct protocol *version = protocol_expected(TRANSPORT_TCP, 2379);
	uint8_t out[PROTOCOL_REQUEST_MAX];
	const struct reading *r;
	size_t n;

	(void)state;
	for (const uint16_t *port = (const uint16_t[]){2375, 2379, 0}; *port; port++)
		assert_ptr_equal(protocol_expected(TRANSPORT_TCP, *port), version);
	n = version->request(out, sizeof(out), "198.18.0.1", 1);
	assert_memory_equal(out, "GET /version HTTP/1.1\r\nHost: 198.18.0.1\r\n", 41);
	assert_memory_equal(out + n - 4, "\r\n\r\n", 4);
	assert_ptr_not_equal(protocol_by_name("http"), version); /* elsewhere "/" */
	r = check_read(protocol_by_name("http"),
		BYTES("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
		      "Content-Length: 45\r\n\r\n{\"etcdserver\":\"3.4.23\",\"etcdcluster\":\"3.4.0\"}"));
	check_is(r, "service.product", "etcd");
	check_is(r, "service.version", "3.4.23");
	/* In chunks, the end is where the last of them is. */
	assert_int_equal(
		version->complete(BYTES(
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n")),
		0);
	assert_true(version->complete(BYTES("HTTP/1.1 200 OK\r\nTransfer-Encoding: "
					    "chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n")) > 0);
}

static void hostile_titles(void **state)
{
	struct str page = STR_INIT(65536);
	struct reading *r = check_reading();

	(void)state;
	str_adds(&page,
		"HTTP/1.0 200\r\n\r\n<title a='>\x1b[31m\"><script>&#0;&#27;&bogus;&#x;&");
	while (page.len < 20000)
		str_adds(&page, "\xff\x1b");
	protocol_by_name("http")->read((const uint8_t *)page.data, page.len, r);
	assert_non_null(reading_get(r, "http.title"));
	assert_true(text_is_clean(
		reading_get(r, "http.title"), strlen(reading_get(r, "http.title"))));
	assert_null(strchr(reading_get(r, "http.title"), 0x1b));
	str_done(&page);
}

static void request(void **state)
{
	const struct protocol *http = protocol_by_name("http");
	uint8_t out[PROTOCOL_REQUEST_MAX];
	size_t n = http->request(out, sizeof(out), "2001:db8::1", 1);

	(void)state;
	out[n] = '\0';
	assert_memory_equal(out, "GET / HTTP/1.1\r\nHost: [2001:db8::1]\r\n", 37);
	assert_non_null(strstr((char *)out, "Connection: close\r\n\r\n"));
	assert_int_equal(http->request(out, 20, "198.18.0.1", 1), 0);
}

/* Interfaces that answer in JSON say what they are in the body; of what was overheard the body
 * is not kept. */
static void json(void **state)
{
	static const char search[] = "HTTP/1.1 200 OK\r\ncontent-type: "
				     "application/json\r\ncontent-length: 114\r\n\r\n"
				     "{\n \"name\" : \"n\",\n \"version\" : {\n  \"number\" : \"8.5.3\",\n  \"build\" : \"deb\"\n },\n"
				     " \"tagline\" : \"You Know, for Search\"\n}\n";
	const struct protocol *http = protocol_by_name("http");
	const struct reading *r = check_read(http, BYTES(search));
	uint8_t bytes[sizeof(search)];

	(void)state;
	check_is(r, "service.product", "Elasticsearch");
	check_is(r, "service.version", "8.5.3");
	r = check_read(http, BYTES("HTTP/1.1 403 Forbidden\r\nContent-Length: "
				   "96\r\n\r\n{\"kind\":\"Status\","
				   "\"message\":\"forbidden: User \\\"system:anonymous\\\" cannot get path \\\"/\\\"\"}        "));
	check_is(r, "service.product", "Kubernetes");
	r = check_read(http, BYTES("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"));
	check_is(r, "service.product", NULL);
	memcpy(bytes, search, sizeof(search));
	assert_null(memmem(bytes, http->overheard(bytes, sizeof(search) - 1), "8.5.3", 5));
	check_hostile(http, BYTES(search));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(json),
		cmocka_unit_test(repeated_fields), cmocka_unit_test(header_bombs),
		cmocka_unit_test(fields_and_title), cmocka_unit_test(device_behind_server),
		cmocka_unit_test(framing), cmocka_unit_test(versions),
		cmocka_unit_test(hostile_titles), cmocka_unit_test(request)};

	return RUN(tests);
}
