/* SPDX-License-Identifier: Apache-2.0 */
/* Files of targets: every way in which editors and people write them, and what is no such
 * file. */
#include "tests/unit/unit.h"

#include "cli/target_file.h"
#include "common/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <signal.h>
#include <unistd.h>

/* What a file came to: "198.18.0.1/32 198.18.0.0/24 ..." and "3:reason|5:reason|". */
struct came {
	char ranges[4096], bad[4096];
	uint64_t n, n_bad;
	int answer; /* of take() */
	struct target_file file;
};

static int take(void *context, const struct addr_range *range, struct error *reterr)
{
	struct came *came = context;
	char text[ADDR_RANGE_TEXT_MAX];
	size_t used = strlen(came->ranges);

	came->n++;
	if (came->answer)
		return came->answer < 0 ? error_set(reterr, came->answer, "no more") :
					  (error_set(reterr, ERROR_USAGE, "not this one"), 1);
	snprintf(came->ranges + used, sizeof(came->ranges) - used, "%s%s", used ? " " : "",
		addr_range_format(range, text));
	return 0;
}

static void bad(void *context, const char *name, uint64_t line, const char *why)
{
	struct came *came = context;
	size_t used = strlen(came->bad);

	assert_string_equal(name, "list");
	came->n_bad++;
	snprintf(came->bad + used, sizeof(came->bad) - used, "%llu:%.100s|",
		(unsigned long long)line, why);
}

static int read_bytes(struct came *came, const char *bytes, size_t n, struct error *error)
{
	int fd = memfd_create("list", MFD_CLOEXEC), r, answer = came->answer;

	memset(came, 0, sizeof(*came));
	came->answer = answer;
	assert_int_equal(write(fd, bytes, n), n);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	came->file = (struct target_file){"list", fd, take, bad, came, 0, 0, 0};
	r = target_file_read(&came->file, error);
	assert_int_equal(came->n_bad, came->file.n_bad);
	close(fd);
	return r;
}

static void test_good(void **state)
{
	static const struct {
		const char *text, *ranges;
		uint64_t lines, taken;
	} rows[] = {{"", "", 0, 0}, {"\n\n", "", 2, 0}, {"198.18.0.1", "198.18.0.1/32", 1, 1},
		{"198.18.0.1\n", "198.18.0.1/32", 1, 1},
		{"198.18.0.1\r\n198.18.0.2\r\n\r\n", "198.18.0.1/32 198.18.0.2/32", 3, 2},
		{"\xef\xbb\xbf"
		 "198.18.0.1\r\n",
			"198.18.0.1/32", 1, 1},
		{"\xef\xbb\xbf", "", 0, 0},
		{"# a list\n\n  198.18.0.0/24 # of us\n\t198.18.2.0-198.18.2.9\t\n#end",
			"198.18.0.0/24 198.18.2.0-198.18.2.9", 5, 2},
		{"198.18.0.1#close\n198.18.0.2 ## 198.18.0.3", "198.18.0.1/32 198.18.0.2/32", 2,
			2},
		{"2001:db8::1\n2001:DB8::/112\n2001:db8::1-2001:db8::3",
			"2001:db8::1/128 2001:db8::/112 2001:db8::1-2001:db8::3", 3, 3},
		{"198.18.0.1\n198.18.0.1\n198.18.0.0/31\n",
			"198.18.0.1/32 198.18.0.1/32 198.18.0.0/31", 3, 3},
		{"0.0.0.0/0\n255.255.255.255\n0.0.0.0",
			"0.0.0.0/0 255.255.255.255/32 0.0.0.0/32", 3, 3},
		{"198.18.0.0/9\n", NULL, 1, 1}};
	struct came came = {.answer = 0};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		assert_int_equal(
			read_bytes(&came, rows[i].text, strlen(rows[i].text), NULL), 0);
		assert_int_equal(came.file.lines, rows[i].lines);
		assert_int_equal(came.file.taken, rows[i].taken);
		if (rows[i].ranges) {
			assert_string_equal(came.ranges, rows[i].ranges);
			assert_int_equal(came.n_bad, 0);
		}
	}
}

/* None of these is taken for an address, or for another one. */
static void test_bad(void **state)
{
	static const char *const lines[] = {"host.example", "198.18.0", "198.18.0.1.2",
		"198.18.0.256", "198.18.0.01", "0198.18.0.1", "198.18.0.1/33", "198.18.0.0/0x8",
		"198.18.0.0/-1", "198.18.0.0/", "198.18.0.1/24", "198.18.0.0/24/24",
		"198.18.0.1 198.18.0.2", "198.18.0.1,198.18.0.2", "198.18.0.9-198.18.0.1",
		"198.18.0.1-9", "198.18.0.*", "198.18.0.1:80", "http://198.18.0.1/",
		"\"198.18.0.1\"", "2001:db8::1::", "2001:db8::g", "fe80::1%eth0",
		"[2001:db8::1]", "198.18.0.1;", "0x0a.1.1.1", "3323068417", "/24", "-", "/",
		"198.18.0.0 /24", "１98.18.0.1", "198.18.0.1\x1b[31m", "\x80\xff"};
	struct came came = {.answer = 0};
	char text[256];

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		snprintf(text, sizeof(text), "198.18.0.7\n %s \r\n198.18.0.8", lines[i]);
		assert_int_equal(read_bytes(&came, text, strlen(text), NULL), 0);
		assert_string_equal(came.ranges, "198.18.0.7/32 198.18.0.8/32");
		assert_int_equal(came.n_bad, 1);
		assert_memory_equal(came.bad, "2:", 2);
		assert_true(strlen(came.bad) > 12);
	}
	assert_int_equal(read_bytes(&came, "198.18.0.1\0/24\n198.18.0.2", 25, NULL), 0);
	assert_string_equal(came.ranges, "198.18.0.2/32");
	assert_non_null(strstr(came.bad, "1:there is a NUL"));
}

/* Lines longer than any address, as comments, blanks and text, wherever a piece ends. */
static void test_long(void **state)
{
	static const size_t lengths[] = {TARGET_LINE_BYTES - 1, TARGET_LINE_BYTES, 1000,
		262144 - 20, 262144, 262145, 1000000};
	struct came came = {.answer = 0};
	char *text = malloc(1100000);

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++)
		for (int kind = 0; kind < 5; kind++) {
			static const char fill[] = " #xx ";
			size_t n = (size_t)snprintf(text, 100, "198.18.0.1%s",
				kind == 1   ? "#"
				: kind == 2 ? ""
					    : " ");

			memset(text + n, fill[kind], lengths[i]);
			n += lengths[i];
			/* A digit behind the blanks is no part of the address before them. */
			n += (size_t)snprintf(text + n, 100, "%s\n198.18.0.2\n",
				kind == 4 ? "5" : kind == 0 ? "# end" : "");
			assert_int_equal(read_bytes(&came, text, n, NULL), 0);
			assert_string_equal(came.ranges,
				kind < 2 ? "198.18.0.1/32 198.18.0.2/32" : "198.18.0.2/32");
			assert_int_equal(came.n_bad, kind >= 2);
			assert_true(kind < 2 || came.bad[0] == '1');
			assert_int_equal(came.file.lines, 2);
			assert_int_equal(came.file.taken, 2);
		}
	free(text);
}

/* Any byte file is read to its end, and each of its lines is taken or told. */
static void test_random(void **state)
{
	struct came came = {.answer = 0};
	uint32_t random = 3;
	char *bytes = malloc(600000);
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < 600000; i++) {
		random = random * 1664525 + 1013904223;
		bytes[i] = (char)(random >> 24);
		n += bytes[i] == '\n';
	}
	bytes[0] = 'x';
	assert_int_equal(read_bytes(&came, bytes, 600000, NULL), 0);
	assert_int_equal(came.file.lines, n + (bytes[599999] != '\n'));
	assert_int_equal(came.file.taken, came.n_bad + came.n);
	assert_true(came.n_bad > n / 2);
	free(bytes);
}

static void test_no_text(void **state)
{
	struct came came = {.answer = 0};
	struct error error = {0};
	int fd = open("/", O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_int_equal(read_bytes(&came, "\xff\xfe" "1\0.\0", 6, &error), ERROR_INPUT);
	assert_non_null(strstr(error.text, "UTF-16"));
	came.file = (struct target_file){"a directory", fd, take, bad, &came, 0, 0, 0};
	assert_int_equal(target_file_read(&came.file, &error), ERROR_INPUT);
	assert_non_null(strstr(error.text, "a directory"));
	close(fd);
}

static void test_answers(void **state)
{
	struct came came = {.answer = 1};
	struct error error = {0};

	(void)state;
	assert_int_equal(read_bytes(&came, "198.18.0.1\n\n198.18.0.2\n", 23, &error), 0);
	assert_string_equal(came.bad, "1:not this one|3:not this one|");
	came.answer = ERROR_SYSTEM;
	assert_int_equal(
		read_bytes(&came, "\n198.18.0.1\n198.18.0.2\n", 23, &error), ERROR_SYSTEM);
	assert_int_equal(came.n, 1);
	assert_string_equal(error.text, "\"list\", line 2: no more");
}

static int ignore(void *context, const struct addr_range *range, struct error *reterr)
{
	(void)context, (void)range, (void)reterr;
	return 0;
}

/* As many lines as there may be, and one more. */
static void test_limit(void **state)
{
	struct target_file file = {.name = "list", .take = ignore};
	struct error error = {0};
	int fds[2];
	pid_t child;
	static char lines[1 << 20];

	(void)state;
	for (size_t i = 0; i + 8 <= sizeof(lines); i += 8)
		memcpy(lines + i, "1.1.1.1\n", 8);
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	child = fork();
	if (child == 0) {
		for (uint64_t sent = 0; sent < (TARGET_LINES_MAX + 1ull) * 8;) {
			uint64_t left = (TARGET_LINES_MAX + 1ull) * 8 - sent;
			ssize_t n = write(
				fds[1], lines, left < sizeof(lines) ? left : sizeof(lines));

			if (n <= 0)
				break;
			sent += (uint64_t)n;
		}
		_exit(0);
	}
	close(fds[1]);
	file.fd = fds[0];
	assert_int_equal(target_file_read(&file, &error), ERROR_INPUT);
	assert_int_equal(file.taken, TARGET_LINES_MAX + 1ull);
	assert_non_null(strstr(error.text, "16777216"));
	close(fds[0]);
	waitpid(child, NULL, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad), cmocka_unit_test(test_long),
		cmocka_unit_test(test_random), cmocka_unit_test(test_no_text),
		cmocka_unit_test(test_answers), cmocka_unit_test(test_limit)};

	signal(SIGPIPE, SIG_IGN);
	return RUN(tests);
}
