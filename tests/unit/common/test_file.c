/* SPDX-License-Identifier: Apache-2.0 */
/* Files: limits on the way in; on the way out the old file stays until the new one is whole. */
#include "tests/unit/unit.h"

#include "common/file.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[] = "/tmp/cadastre-test-file-XXXXXX";

static int make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int drop_dir(void **state)
{
	(void)state;
	return rmdir(dir);
}

static void publish_and_read_back(void **state)
{
	struct str s = STR_INIT(100);
	struct stat st;
	char path[128];

	(void)state;
	snprintf(path, sizeof(path), "%s/out", dir);
	assert_int_equal(file_publish(path, "old", 3, NULL), 0);
	assert_int_equal(file_publish(path, "new\0x", 5, NULL), 0);
	assert_int_equal(file_read(path, 100, &s, NULL), 0);
	assert_int_equal(s.len, 5);
	assert_memory_equal(s.data, "new\0x", 5);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0644);
	str_done(&s);
	unlink(path);
}

static void limits_and_absence_are_named(void **state)
{
	struct str s = STR_INIT(100);
	struct error error = {0};
	char path[128];

	(void)state;
	snprintf(path, sizeof(path), "%s/out", dir);
	assert_int_equal(file_read(path, 100, &s, &error), ERROR_INPUT);
	assert_non_null(strstr(error.text, path));
	file_publish(path, "0123456789", 10, NULL);
	assert_int_equal(file_read(path, 9, &s, &error), ERROR_INPUT);
	assert_non_null(strstr(error.text, "larger than the 9 bytes"));
	str_done(&s);
	unlink(path);
}

static void a_failed_write_leaves_nothing(void **state)
{
	struct error error = {0};
	char path[128];

	(void)state;
	snprintf(path, sizeof(path), "%s/none/out", dir);
	assert_int_equal(file_publish(path, "x", 1, &error), ERROR_SYSTEM);
	assert_non_null(strstr(error.text, path));
}

static void made_once_and_private(void **state)
{
	struct error error = {0};
	char path[128], text[8] = "";
	struct stat st;
	int fd;

	(void)state;
	snprintf(path, sizeof(path), "%s/key", dir);
	assert_int_equal(file_open_private(path, "the key", &error), ERROR_INPUT);
	assert_int_equal(file_create(path, 0600, "secret", 6, &error), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(file_create(path, 0600, "other", 5, &error), ERROR_USAGE);
	assert_non_null(strstr(error.text, "never written over"));
	fd = file_open_private(path, "the key", &error);
	assert_true(fd >= 0);
	assert_int_equal(read(fd, text, sizeof(text)), 6);
	assert_memory_equal(text, "secret", 6);
	close(fd);
	for (int others = 1; others <= 040; others *= 2) {
		assert_int_equal(chmod(path, (mode_t)(0600 | others)), 0);
		assert_int_equal(file_open_private(path, "the key", &error), ERROR_PERMISSION);
		assert_non_null(strstr(error.text, "the key \""));
		assert_non_null(strstr(error.text, "chmod 600"));
	}
	assert_int_equal(unlink(path), 0);
	assert_int_equal(file_open_private(dir, "the key", &error), ERROR_INPUT);
	snprintf(path, sizeof(path), "%s/none/key", dir);
	assert_int_equal(file_create(path, 0600, "x", 1, &error), ERROR_SYSTEM);
}

static void directories(void **state)
{
	char path[128];

	(void)state;
	snprintf(path, sizeof(path), "%s/a/b", dir);
	assert_int_equal(file_make_directory(path, NULL), 0);
	assert_int_equal(file_make_directory(path, NULL), 0);
	assert_int_equal(rmdir(path), 0);
	snprintf(path, sizeof(path), "%s/a", dir);
	assert_int_equal(rmdir(path), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(publish_and_read_back),
		cmocka_unit_test(limits_and_absence_are_named),
		cmocka_unit_test(a_failed_write_leaves_nothing),
		cmocka_unit_test(made_once_and_private), cmocka_unit_test(directories)};

	return cmocka_run_group_tests(tests, make_dir, drop_dir);
}
