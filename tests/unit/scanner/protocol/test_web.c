/* SPDX-License-Identifier: Apache-2.0 */
/* What web servers are asked beyond one page, where they may lead, and what is kept of
 * icons. */
#include "tests/unit/scanner/protocol/check.h"

#include "common/siphash.h"
#include "scanner/protocol/web.h"

#include <openssl/evp.h>

#define HEAD "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
#define PAGE HEAD "Content-Length: 21\r\n\r\n<title>Plant</title>\n"
#define FOUND(location)                                                                        \
	"HTTP/1.1 302 Found\r\nLocation: " location "\r\nContent-Length: 0\r\n\r\n"

static struct web *web;
static char said[PROTOCOL_REQUEST_MAX + 1], pages[65536];
static size_t kept;

static long next(void)
{
	long n = web_next(web, kept, (uint8_t *)said, sizeof(said) - 1);

	said[n > 0 ? n : 0] = '\0';
	return n;
}

static void hear(const char *text, size_t size)
{
	size_t page, n;

	while (size > 0 && (n = web_take(web, (const uint8_t *)text, size, &page)) > 0) {
		if (page > sizeof(pages) - kept)
			page = sizeof(pages) - kept;
		memcpy(pages + kept, text, page);
		kept += page;
		text += n;
		size -= n;
	}
}

static void hear_text(const char *text)
{
	hear(text, strlen(text));
}

/* The server is asked for "/", and says this. */
static void begin(uint16_t port, bool secured, const char *text)
{
	web_free(web);
	kept = 0;
	web = web_new("198.18.0.1", port, secured);
	assert_true(next() > 0);
	assert_memory_equal(said, "GET / HTTP/1.1\r\n", 16);
	assert_non_null(strstr(said, "\r\nConnection: keep-alive\r\n"));
	assert_null(strstr(said, "Accept-Encoding"));
	assert_int_equal(next(), 0);
	hear_text(text);
}

static const struct reading *read_all(void)
{
	struct reading *r = check_reading();

	web_describe(web, (const uint8_t *)pages, kept, r);
	return r;
}

static void icons(void **state)
{
	const struct reading *r;

	(void)state;
	begin(80, false, PAGE);
	assert_true(next() > 0);
	assert_string_equal(said,
		"GET /favicon.ico HTTP/1.1\r\nHost: 198.18.0.1\r\nUser-Agent: "
		"cadastre/" CADASTRE_VERSION "\r\nAccept: */*\r\nConnection: close\r\n\r\n");
	hear_text(
		"HTTP/1.1 200 OK\r\nContent-Type: image/x-icon\r\nContent-Length: 3\r\n\r\na");
	assert_int_equal(next(), 0);
	hear_text("bc behind the end");
	assert_int_equal(next(), -1);
	assert_true(web_is_done(web));
	r = read_all();
	check_is(r, "http.favicon.md5",
		"900150983cd24fb0d6963f7d28e17f72"); /* RFC 1321: "abc" */
	assert_int_equal(kept, strlen(PAGE)); /* nothing of the icon is kept */
	begin(80, false, PAGE);
	next();
	hear_text("HTTP/1.1 200 OK\r\nTransfer-Encoding: "
		  "chunked\r\n\r\n1\r\na\r\n2\r\nbc\r\n0\r\n\r\n");
	assert_int_equal(next(), -1);
	check_is(read_all(), "http.favicon.md5", "900150983cd24fb0d6963f7d28e17f72");
}

/* What is no icon, or not whole, has no digest. */
static void no_icons(void **state)
{
	static const char *const replies[] = {
		"HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nabc",
		HEAD "Content-Length: 3\r\n\r\nabc",
		"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
		"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 131073\r\n\r\nabc",
		"HTTP/1.1 200 OK\r\n\r\nabc",
		"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 3\r\n\r\nabc",
		"\x1b]0;x\a\n", "SSH-2.0-x\r\n"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(replies); i++) {
		begin(80, false, PAGE);
		assert_true(next() > 0);
		hear_text(replies[i]);
		if (next() == -1 && !reading_get(read_all(), "http.favicon.md5"))
			continue;
		fail_msg("%s", replies[i]);
	}
	begin(80, false, PAGE);
	next();
	hear_text("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabc");
	assert_int_equal(next(), 0); /* cut */
	check_is(read_all(), "http.favicon.md5", NULL);
}

/* As large as it likes: it ends, and costs no memory. */
static void endless_icon(void **state)
{
	static char flood[4096];
	size_t heard = 0;

	(void)state;
	memset(flood, 'x', sizeof(flood));
	begin(80, false, PAGE);
	next();
	hear_text("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n");
	for (; next() == 0 && heard < 100 * WEB_ICON_MAX; heard += sizeof(flood))
		hear(flood, sizeof(flood));
	assert_int_equal(next(), -1); /* stated too large a chunk, even before it came */
	assert_true(heard <= WEB_ICON_MAX + sizeof(flood));
	begin(80, false, PAGE);
	next();
	hear_text("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
	for (heard = 0; next() == 0 && heard < 100 * WEB_ICON_MAX; heard += 4096) {
		hear_text("1000\r\n");
		hear(flood, sizeof(flood));
		hear_text("\r\n");
	}
	assert_int_equal(next(), -1);
	assert_true(heard <= WEB_ICON_MAX + sizeof(flood));
	check_is(read_all(), "http.favicon.md5", NULL);
}

/* Who shows no page has no icon; who closes is not asked again; who never ends is not waited
 * for. */
static void pages_without(void **state)
{
	static const char *const replies[] = {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
		"HTTP/1.1 401 No\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n",
		HEAD "Connection: close\r\nContent-Length: 1\r\n\r\nx", HEAD "\r\nx",
		"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1\r\n\r\nx",
		HEAD "Content-Length: 131073\r\n\r\nx"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(replies); i++) {
		begin(80, false, replies[i]);
		if (next() != -1)
			fail_msg("%s", replies[i]);
	}
}

static void follows(uint16_t port, bool secured, const char *text, const char *path)
{
	char line[512];

	begin(port, secured, text);
	if (!path && next() != -1)
		fail_msg("%s leads to %s", text, said);
	if (!path)
		return;
	assert_true(next() > 0);
	snprintf(line, sizeof(line), "GET %s HTTP/1.1\r\nHost: 198.18.0.1", path);
	if (strncmp(said, line, strlen(line)) != 0)
		fail_msg("%s leads to %s", text, said);
}

/* To paths of the same server, and nowhere else. */
static void within_scope(void **state)
{
	(void)state;
	follows(80, false, FOUND("/login"), "/login");
	follows(80, false, FOUND("login.htm?a=b#top"), "/login.htm?a=b");
	follows(80, false, FOUND("HTTP://198.18.0.1/a"), "/a");
	follows(80, false, FOUND("http://198.18.0.1:80/a"), "/a");
	follows(80, false, FOUND("http://198.18.0.1?x"), "/?x");
	follows(8080, false, FOUND("http://198.18.0.1:8080/a"), "/a");
	follows(443, true, FOUND("https://198.18.0.1/a"), "/a");
	follows(8443, true, FOUND("https://198.18.0.1:8443/a"), "/a");
	follows(80, false, FOUND("/"), NULL);
	follows(80, false, FOUND("http://198.18.0.1"), NULL);
	follows(80, false, FOUND("http://198.18.0.1/#x"), NULL);
	follows(80, false, FOUND("https://198.18.0.1/"), NULL); /* another port */
	follows(80, false, FOUND("https://198.18.0.1/a"), NULL);
	follows(80, false, FOUND("http://198.18.0.1:8080/a"), NULL);
	follows(8080, false, FOUND("http://198.18.0.1/a"), NULL);
	follows(8080, false, FOUND("http://198.18.0.1:80801/a"), NULL);
	follows(80, false, FOUND("http://198.18.0.10/a"), NULL);
	follows(80, false, FOUND("http://198.18.0.1.evil.example/a"), NULL);
	follows(80, false, FOUND("http://198.18.0.1@evil.example/a"), NULL);
	follows(80, false, FOUND("http://evil.example/http://198.18.0.1/"), NULL);
	follows(80, false, FOUND("//evil.example/a"), NULL);
	follows(80, false, FOUND("javascript:alert(1)"), NULL);
	follows(80, false, FOUND("/a b"), NULL);
	follows(80, false, FOUND("/a\x1b[2J"), NULL);
	follows(80, false, FOUND("/\xc3\xa4"), NULL);
	follows(80, false, FOUND("/a\rX: y"), NULL);
	follows(80, false, "HTTP/1.1 200 OK\r\nLocation: /a\r\nContent-Length: 0\r\n\r\n",
		NULL);
	follows(80, false,
		"HTTP/1.1 302 Found\r\nLocation: /a\r\nContent-Length: 2\r\nContent-Length: "
		"0\r\n\r\n",
		NULL);
	follows(80, false, "HTTP/1.0 302 Found\r\nLocation: /a\r\nContent-Length: 0\r\n\r\n",
		NULL);
	web_free(web);
	web = web_new("2001:db8::1", 8080, false);
	next();
	assert_non_null(strstr(said, "\r\nHost: [2001:db8::1]:8080\r\n"));
	hear_text(FOUND("http://[2001:db8::1]:8080/v6"));
	assert_true(next() > 0);
	assert_memory_equal(said, "GET /v6 ", 8);
}

/* The page that is led to is read; its icon is asked for; it leads no further. */
static void led_on(void **state)
{
	const struct reading *r;

	(void)state;
	begin(80, false, FOUND("/login"));
	assert_true(next() > 0);
	assert_int_equal(web_last(web), strlen(FOUND("/login")));
	hear_text(PAGE);
	assert_true(next() > 0);
	assert_memory_equal(said, "GET /favicon.ico ", 17);
	r = read_all();
	check_is(r, "http.page.status", "200");
	check_is(r, "http.title", "Plant");
	begin(80, false, FOUND("/a"));
	assert_true(next() > 0);
	hear_text(FOUND("/b")); /* a loop */
	assert_int_equal(next(), -1);
	check_is(read_all(), "http.page.status", "302");
}

/* Whatever a server says, there are at most three requests, and each is a GET of this
 * server. */
static void hostile(void **state)
{
	static const char *const texts[] = {PAGE, FOUND("/a"), FOUND("http://198.18.0.1/b"),
		HEAD "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"};
	const struct siphash_key key = siphash_key_seeded(7);
	char text[512];

	(void)state;
	for (uint64_t round = 0; round < 20000; round++) {
		uint64_t dice = siphash(&key, &round, sizeof(round));
		int requests = 0;

		web_free(web);
		kept = 0;
		web = web_new("198.18.0.1", 80, false);
		for (int turn = 0; turn < 6; turn++) {
			const char *chosen = texts[(dice >> turn * 2) % ARRAY_SIZE(texts)];
			size_t size = strlen(chosen);

			if (next() > 0) {
				requests++;
				assert_memory_equal(said, "GET /", 5);
				assert_non_null(strstr(
					said, " HTTP/1.1\r\nHost: 198.18.0.1\r\nUser-Agent: "));
			}
			memcpy(text, chosen, size);
			text[(dice >> 20) % size] = (char)(dice >> 40 >> turn);
			hear(text, round % 2 ? size : (dice >> 30) % size);
			read_all();
		}
		assert_in_range(requests, 1, 3);
	}
	web_free(web);
	web = NULL;
}

/* Where a redirection leads to on another port: what is named by an address, and is not this
 * very server. */
static void elsewhere(void **state)
{
	static const struct {
		const char *host;
		unsigned int port;
		const char *location, *leads;
	} rows[] = {
		{"198.18.0.1", 80, "https://198.18.0.1/", "198.18.0.1 tcp/443"},
		{"198.18.0.1", 80, "HTTPS://198.18.0.1", "198.18.0.1 tcp/443"},
		{"198.18.0.1", 80, "https://198.18.0.1:8443/login?x=1", "198.18.0.1 tcp/8443"},
		{"198.18.0.1", 8080, "http://198.18.0.1:/#top", "198.18.0.1 tcp/80"},
		{"198.18.0.1", 80, "http://198.18.0.2/", "198.18.0.2 tcp/80"},
		{"2001:db8::1", 80, "https://[2001:db8:0::1]:65535?a", "2001:db8::1 tcp/65535"},
		{"2001:db8::1", 80, "http://[2001:db8::1]/", NULL},
		{"198.18.0.1", 80, "http://198.18.0.1:80/login", NULL},
		{"198.18.0.1", 443, "https://198.18.0.1/", NULL},
		{"198.18.0.1", 80, "https://plant.example/", NULL},
		{"198.18.0.1", 80, "https://admin@198.18.0.1/", NULL},
		{"198.18.0.1", 80, "//198.18.0.1:81/", NULL},
		{"198.18.0.1", 80, "/login", NULL},
		{"198.18.0.1", 80, "ftp://198.18.0.1/", NULL},
		{"198.18.0.1", 80, "https://198.18.0.1:0/", NULL},
		{"198.18.0.1", 80, "https://198.18.0.1:65536/", NULL},
		{"198.18.0.1", 80, "https://198.18.0.1:99999999999999999999/", NULL},
		{"198.18.0.1", 80, "https://198.18.0.1:44a/", NULL},
		{"198.18.0.1", 80, "https://[2001:db8::1/", NULL},
		{"198.18.0.1", 80, "https://[2001:db8::1]443/", NULL},
		{"198.18.0.1", 80, "https://[]/", NULL},
		{"198.18.0.1", 80, "https://", NULL},
		{"198.18.0.1", 80, "", NULL},
		{"198.18.0.1", 80, "https://11111111111111111111111111111111111111111111111/",
			NULL},
	};
	char out[WEB_ELSEWHERE_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		bool leads = web_leads_elsewhere(
			rows[i].host, (uint16_t)rows[i].port, rows[i].location, out);

		if (leads != (rows[i].leads != NULL))
			fail_msg("%s", rows[i].location);
		if (leads)
			assert_string_equal(out, rows[i].leads);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(elsewhere), cmocka_unit_test(icons),
		cmocka_unit_test(no_icons), cmocka_unit_test(endless_icon),
		cmocka_unit_test(pages_without), cmocka_unit_test(within_scope),
		cmocka_unit_test(led_on), cmocka_unit_test(hostile)};

	return RUN(tests);
}
