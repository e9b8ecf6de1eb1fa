/* SPDX-License-Identifier: Apache-2.0 */
/* The key file of pseudonyms: made once, private, read again, and refused when it is none. */
#include "cli/redaction.h"

#include "common/file.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64], path[96];

static int open_room(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/cadastre-redaction-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/key", folder);
	return 0;
}

static int close_room(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder);
}

static void test_made_once(void **state)
{
	struct siphash_key first, second;
	struct error err = {0};
	struct stat st;

	(void)state;
	umask(0);
	assert_int_equal(redaction_key_read(path, &first, &err), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(st.st_size, 33);
	assert_int_equal(redaction_key_read(path, &second, &err), 0);
	assert_true(first.k0 == second.k0 && first.k1 == second.k1);
	assert_true(first.k0 != first.k1);
	unlink(path);
	assert_int_equal(redaction_key_read(path, &second, &err), 0);
	assert_true(first.k0 != second.k0);
}

static void test_what_it_says(void **state)
{
	struct siphash_key key;
	struct error err = {0};

	(void)state;
	assert_int_equal(
		file_create(path, 0600, "0123456789ABCDEFfedcba9876543210", 32, &err), 0);
	assert_int_equal(redaction_key_read(path, &key, &err), 0);
	assert_true(key.k0 == 0x0123456789abcdef && key.k1 == 0xfedcba9876543210);
	chmod(path, 0640);
	assert_int_equal(redaction_key_read(path, &key, &err), ERROR_PERMISSION);
	assert_non_null(strstr(err.text, "chmod 600"));
}

static void test_no_key(void **state)
{
	static const char *const bad[] = {"", "\n", "0123456789abcdef0123456789abcde",
		"0123456789abcdef0123456789abcdef0", "0123456789abcdef0123456789abcdef\n\n",
		"0123456789abcdef 123456789abcdef", "-123456789abcdef0123456789abcdef"};
	struct siphash_key key;
	struct error err = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(file_create(path, 0600, bad[i], strlen(bad[i]), &err), 0);
		assert_int_equal(redaction_key_read(path, &key, &err), ERROR_INPUT);
		assert_non_null(strstr(err.text, path));
		if (strlen(bad[i]) > 20) /* what may be a secret is not repeated */
			assert_null(strstr(err.text, bad[i]));
		unlink(path);
	}
	assert_int_equal(redaction_key_read(folder, &key, &err), ERROR_INPUT);
	assert_int_equal(redaction_key_read("/nowhere/at/all", &key, &err), ERROR_SYSTEM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_made_once, open_room, close_room),
		cmocka_unit_test_setup_teardown(test_what_it_says, open_room, close_room),
		cmocka_unit_test_setup_teardown(test_no_key, open_room, close_room),
	};

	return RUN(tests);
}
