/* SPDX-License-Identifier: Apache-2.0 */
/* Files of logins: what is taken, what is refused and at which line, and that no secret is
 * repeated. */
#include "tests/unit/unit.h"

#include "cli/logins.h"
#include "common/cleanup.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static char path[64];

static void write_file(const char *text, size_t n, mode_t mode)
{
	int fd;

	snprintf(path, sizeof(path), "/tmp/cadastre-logins-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, n), n);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static int read_text(const char *text, struct logins *ret, struct error *error)
{
	int r;

	write_file(text, strlen(text), 0600);
	*error = (struct error){0};
	r = logins_read(path, ret, error);
	unlink(path);
	return r;
}

static void refused(const char *text, const char *why)
{
	struct error error;
	struct logins logins;

	assert_true(read_text(text, &logins, &error) < 0);
	logins_done(&logins);
	assert_non_null(strstr(error.text, why));
	assert_null(strstr(error.text, "geheim"));
}

static void test_all_kinds(void **state)
{
	struct error error;
	struct logins logins;

	(void)state;
	assert_int_equal(
		read_text("# who\n"
			  "\n"
			  "198.18.1.0/24 community public # of old\r\n"
			  "\t198.18.2.1\tcommunity \"two \\\"words\\\" #\"\n"
			  "2001:db8::/32 user reader\n"
			  "198.18.3.0/24 user reader SHA256 geheim-geheim\n"
			  "198.18.4.0/24 user reader md5 geheim-geheim des other-secret",
			&logins, &error),
		0);
	assert_int_equal(logins.n, 5);
	assert_string_equal(logins.rows[0].name, "public");
	assert_int_equal(logins.rows[0].kind, LOGIN_COMMUNITY);
	assert_int_equal(logins.rows[0].cidr.length, 24);
	assert_string_equal(logins.rows[1].name, "two \"words\" #");
	assert_int_equal(logins.rows[1].cidr.length, 32);
	assert_int_equal(logins.rows[2].kind, LOGIN_USER);
	assert_int_equal(logins.rows[2].auth, LOGIN_AUTH_NONE);
	assert_int_equal(logins.rows[3].auth, LOGIN_SHA256);
	assert_string_equal(logins.rows[3].auth_secret, "geheim-geheim");
	assert_int_equal(logins.rows[3].privacy, LOGIN_PRIVACY_NONE);
	assert_int_equal(logins.rows[4].auth, LOGIN_MD5);
	assert_int_equal(logins.rows[4].privacy, LOGIN_DES);
	assert_string_equal(logins.rows[4].privacy_secret, "other-secret");
	logins_done(&logins);
	assert_null(logins.rows);
}

static void test_what_is_refused(void **state)
{
	(void)state;
	refused("", "has no logins");
	refused("# nobody\n", "has no logins");
	refused("198.18.1.0/24 community public\n198.18.1.1/24 community geheim\n",
		"line 2: the first word is no address");
	refused("198.18.1.0/24 geheim\n", "line 1: a login is a prefix");
	refused("198.18.1.0/24 community\n", "behind \"community\" stands one word");
	refused("198.18.1.0/24 community geheim geheim\n",
		"behind \"community\" stands one word");
	refused("198.18.1.0/24 user geheim sha\n", "behind \"user\"");
	refused("198.18.1.0/24 user geheim geheim geheim-geheim\n", "authentication is md5");
	refused("198.18.1.0/24 user geheim sha geheim\n", "8 to 64 bytes");
	refused("198.18.1.0/24 user geheim sha geheim-geheim rot13 geheim-geheim\n",
		"privacy is des");
	refused("198.18.1.0/24 user geheim sha geheim-geheim aes geheim-geheim geheim\n",
		"behind \"user\"");
	refused("198.18.1.0/24 community \"geheim\n", "is not closed");
	refused("198.18.1.0/24 community \"geheim\"geheim\n", "a blank must follow");
	refused("198.18.1.0/24 community \"\"\n", "1 to 32 bytes");
	refused("198.18.1.0/24 community geheim-geheim-geheim-geheim-geheim\n",
		"1 to 32 bytes");
	refused("1 2 3 4 5 6 7 8 9\n", "more words than a login has");
}

static void test_bounds(void **state)
{
	char long_word[512];
	struct error error = {0};
	struct logins logins;
	char *many = malloc(LOGINS_BYTES_MAX + 2);
	size_t used = 0;

	(void)state;
	memset(long_word, 'x', sizeof(long_word) - 1);
	long_word[sizeof(long_word) - 1] = '\0';
	refused(long_word, "a word is too long");
	for (int i = 0; i <= LOGINS_MAX; i++)
		used += (size_t)sprintf(many + used, "198.18.0.1 community public\n");
	refused(many, "line 4097: there are more than 4,096");
	memset(many, ' ', LOGINS_BYTES_MAX + 1);
	write_file(many, LOGINS_BYTES_MAX + 1, 0600);
	assert_true(logins_read(path, &logins, &error) < 0);
	assert_non_null(strstr(error.text, "are more than"));
	logins_done(&logins);
	unlink(path);
	write_file("198.18.0.1 community a\0b\n", 25, 0600);
	error = (struct error){0};
	assert_true(logins_read(path, &logins, &error) < 0);
	assert_non_null(strstr(error.text, "NUL"));
	logins_done(&logins);
	unlink(path);
	free(many);
}

/* A file that others may read is as good as told. */
static void test_only_the_owner_may_read_it(void **state)
{
	static const mode_t modes[] = {0640, 0604, 0620, 0601};
	struct logins logins;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		struct error error = {0};

		write_file("198.18.0.1 community public\n", 28, modes[i]);
		assert_int_equal(logins_read(path, &logins, &error), ERROR_PERMISSION);
		assert_non_null(strstr(error.text, "chmod 600"));
		logins_done(&logins);
		unlink(path);
	}
	for (int i = 0; i < 2; i++) {
		struct error error = {0};

		assert_true(
			logins_read(i ? "/dev/null" : "/nowhere/at/all", &logins, &error) < 0);
		logins_done(&logins);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_kinds),
		cmocka_unit_test(test_what_is_refused),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_only_the_owner_may_read_it),
	};

	return RUN(tests);
}
