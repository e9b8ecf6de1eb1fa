/* SPDX-License-Identifier: Apache-2.0 */
/* XML as a stream: what a reader is told, what is refused and at which line, documents that
 * stop, and the bombs: each is refused in little time and memory. */
#include "tests/unit/unit.h"

#include "common/str.h"
#include "common/xml/stream.h"

#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

#define BOMB_MS 100
#define BOMB_KIB (32 * 1024)
#define SLOW_FACTOR (SANITIZED ? 20 : 1)

static const struct xml_stream_kind kind = {
	"test file", "nmaprun", (uint64_t)1 << 30, 4 << 20, 1 << 20, 64};

struct told {
	char text[4096];
	size_t n;
};

static void tell(struct told *told, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void tell(struct told *told, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(told->text + told->n, sizeof(told->text) - told->n, fmt, ap);
	va_end(ap);
	told->n += n > 0 && told->n + (size_t)n < sizeof(told->text) ? (size_t)n : 0;
}

static int on_start(void *context, const struct xml_stream_element *e, struct error *reterr)
{
	struct told *told = context;

	if (strcmp(e->name, "stop") == 0)
		return error_set(reterr, ERROR_INPUT, "stopped");
	tell(told, "<%s", e->name);
	for (size_t i = 0; i < e->n_attributes; i++)
		tell(told, " %s=%s", e->attributes[i].name, e->attributes[i].value);
	tell(told, ">");
	return 0;
}

static int on_end(void *context, const char *name, unsigned int depth, const char *text,
	long line, struct error *reterr)
{
	(void)depth, (void)line, (void)reterr;
	tell(context, "%s</%s>", text, name);
	return 0;
}

static int fd_of(const char *bytes, size_t n)
{
	int fd = memfd_create("xml", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, n), (ssize_t)n);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

static int parse(const char *bytes, size_t n, struct told *told, struct error *error)
{
	struct xml_stream_handler handler = {on_start, on_end, told};
	int fd = fd_of(bytes, n), r;

	memset(told, 0, sizeof(*told));
	memset(error, 0, sizeof(*error));
	r = xml_stream(&kind, "x.xml", fd, &handler, error);
	close(fd);
	return r;
}

static void what_is_told(void **state)
{
	static const char text[] =
		"<?xml version='1.0'?>\n<!DOCTYPE nmaprun>\n<!-- <b> --><nmaprun "
		"a='1 &amp; 2 &#38;lt; &lt;'><b>x &lt; &#x4e2d;<![CDATA[<&>]]></b>"
		"<c/></nmaprun>\n";
	struct told told;
	struct error error;

	(void)state;
	assert_int_equal(parse(text, strlen(text), &told, &error), 0);
	assert_string_equal(told.text,
		"<nmaprun a=1 & 2 &lt; <><b>x < \xe4\xb8\xad<&></b><c></c>"
		"</nmaprun>");
}

static void what_is_refused(void **state)
{
	static const struct {
		const char *text, *said;
	} cases[] = {
		{"<!DOCTYPE html><nmaprun/>", "x.xml:1"},
		{"<!DOCTYPE nmaprunner><nmaprun/>", "of another kind"},
		{"\n<!DOCTYPE nmaprun [<!ENTITY a 'b'>]><nmaprun/>", "x.xml:2"},
		{"<!DOCTYPE nmaprun SYSTEM 'file:///etc/passwd' []><nmaprun/>", "definitions"},
		{"<nmaprun><!ENTITY a 'b'></nmaprun>", "declaration"},
		{"<nmaprun>&a;</nmaprun>", "x.xml:1"},
		{"<!DOCTYPE nmaprun SYSTEM 'x'><nmaprun>&a;</nmaprun>", "not defined"},
		{"<!DOCTYPE nmaprun SYSTEM 'x'><nmaprun a='&a;'/>", "x.xml:1"},
		{"<?xml version='1.0' encoding='ISO-8859-1'?><nmaprun/>", "UTF-8"},
		{"<?xml version='1.0' encoding='UTF-16'?><nmaprun/>", "UTF-8"},
		{"\xff\xfe<\0n", "UTF-8"},
		{"<nmaprun>\n\xe9</nmaprun>", "x.xml:2"},
		{"<nmaprun></b></nmaprun>", "x.xml:1"},
		{"<nmaprun/>\n<nmaprun/>", "x.xml:2"},
		{"<nmaprun><stop/></nmaprun>", "stopped"},
		{"", "no document"},
		{"nothing", "x.xml:1"},
		{"<nmaprun a='1' a='2'/>", "x.xml:1"},
	};
	struct told told;
	struct error error;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t n = strlen(cases[i].text);

		n = n == 3 && cases[i].text[0] == '\xff' ? 5 : n;
		assert_int_equal(parse(cases[i].text, n, &told, &error), ERROR_INPUT);
		if (!strstr(error.text, cases[i].said))
			fail_msg("%zu: %s", i, error.text);
	}
}

/* Wherever a document stops inside its root, it is cut and not wrong. */
static void what_stops(void **state)
{
	static const char text[] = "<?xml version='1.0'?><nmaprun a='1'><b c='&amp;'>x</b><!-- "
				   "c --><d>&lt;</d></nmaprun>";
	struct told told;
	struct error error;
	size_t root = strlen("<?xml version='1.0'?><nmaprun a='1'>");

	(void)state;
	for (size_t n = root; n < strlen(text); n++)
		assert_int_equal(parse(text, n, &told, &error), XML_STREAM_CUT);
	assert_int_equal(parse(text, strlen(text), &told, &error), 0);
}

/* ---- bombs ------------------------------------------------------------------------------- */

static void repeat(struct str *out, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		str_adds(out, text);
}

static void laughs(struct str *out)
{
	str_adds(out, "<!DOCTYPE nmaprun [<!ENTITY a0 'ha'>");
	for (int i = 1; i < 10; i++)
		str_addf(out, "<!ENTITY a%d '&a%d;&a%d;&a%d;&a%d;&a%d;&a%d;&a%d;&a%d;'>", i,
			i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
	str_adds(out, "]><nmaprun>&a9;</nmaprun>");
}

static void quadratic(struct str *out)
{
	str_adds(out, "<!DOCTYPE nmaprun [<!ENTITY a '");
	repeat(out, "x", 100000);
	str_adds(out, "'>]><nmaprun>");
	repeat(out, "&a;", 20000);
	str_adds(out, "</nmaprun>");
}

static void external(struct str *out)
{
	str_adds(out,
		"<!DOCTYPE nmaprun [<!ENTITY a SYSTEM '/etc/passwd'>]><nmaprun>&a;</nmaprun>");
}

static void deep(struct str *out)
{
	str_adds(out, "<nmaprun>");
	repeat(out, "<a>", 5000);
	repeat(out, "</a>", 5000);
	str_adds(out, "</nmaprun>");
}

static void long_text(struct str *out)
{
	str_adds(out, "<nmaprun>");
	repeat(out, "0123456789abcdef", 20 * 1024 * 1024 / 16);
	str_adds(out, "</nmaprun>");
}

static void long_attribute(struct str *out)
{
	str_adds(out, "<nmaprun a='");
	repeat(out, "0123456789abcdef", 20 * 1024 * 1024 / 16);
	str_adds(out, "'/>");
}

static void many_attributes(struct str *out)
{
	str_adds(out, "<nmaprun");
	for (int i = 0; i < 200000; i++)
		str_addf(out, " a%d='1'", i);
	str_adds(out, "/>");
}

static void parameters(struct str *out)
{
	str_adds(out, "<!DOCTYPE nmaprun [<!ENTITY % a ' '>");
	repeat(out, "%a;", 100000);
	str_adds(out, "]><nmaprun/>");
}

static void bombs(void **state)
{
	static const struct {
		const char *name;
		void (*make)(struct str *out);
	} cases[] = {{"billion laughs", laughs}, {"quadratic blow-up", quadratic},
		{"external entity", external}, {"depth", deep}, {"text", long_text},
		{"attribute", long_attribute}, {"attributes", many_attributes},
		{"parameter entities", parameters}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct str text = STR_INIT(64u << 20);
		struct rusage used;
		int status, fd;
		long ms;
		pid_t pid;

		cases[i].make(&text);
		assert_false(text.failed);
		fd = fd_of(text.data, text.len);
		str_done(&text);
		pid = fork();
		if (pid == 0) {
			struct told told = {0};
			struct error error = {0};
			struct xml_stream_handler handler = {on_start, on_end, &told};

			_exit(xml_stream(&kind, "x.xml", fd, &handler, &error) == ERROR_INPUT
					? 0
					: 1);
		}
		close(fd);
		assert_int_equal(wait4(pid, &status, 0, &used), pid);
		if (!WIFEXITED(status) || WEXITSTATUS(status))
			fail_msg("%s was not refused", cases[i].name);
		ms = (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000 +
		     (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1000;
		if (ms > BOMB_MS * SLOW_FACTOR)
			fail_msg("%s took %ld ms of processor time", cases[i].name, ms);
		if (!SANITIZED && used.ru_maxrss > BOMB_KIB)
			fail_msg("%s took %ld KiB", cases[i].name, used.ru_maxrss);
	}
}

/* Many small elements: memory stays flat. */
static void flat_memory(void **state)
{
	struct rusage used;
	int status, ends[2];
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		struct told told = {.n = sizeof(told.text)};
		struct error error = {0};
		struct xml_stream_handler handler = {on_start, on_end, &told};

		close(ends[1]);
		_exit(xml_stream(&kind, "x.xml", ends[0], &handler, &error) == 0 ? 0 : 1);
	}
	close(ends[0]);
	assert_true(write(ends[1], "<nmaprun>", 9) == 9);
	for (int i = 0; i < 400000; i++)
		assert_true(
			write(ends[1], "<host a='0123456789'>some text</host>\n", 38) == 38);
	assert_true(write(ends[1], "</nmaprun>", 10) == 10);
	close(ends[1]);
	assert_int_equal(wait4(pid, &status, 0, &used), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	if (!SANITIZED)
		assert_true(used.ru_maxrss <= BOMB_KIB);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_told),
		cmocka_unit_test(what_is_refused),
		cmocka_unit_test(what_stops),
		cmocka_unit_test(bombs),
		cmocka_unit_test(flat_memory),
	};

	return RUN(tests);
}
