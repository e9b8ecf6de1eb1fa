/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration file: what it accepts, and that a mistake is named with file and line. */
#include "tests/unit/unit.h"

#include "cli/config.h"

#include <stdio.h>
#include <unistd.h>

static char path[] = "/tmp/cadastre-test-config-XXXXXX";

static int read_text(const char *text, struct config *config, struct error *reterr)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	return config_read(config, path, reterr);
}

static void values_and_comments(void **state)
{
	struct config config = {0};

	(void)state;
	assert_int_equal(read_text("# ours\n\n realm = plant one # here\ndb=host=/x\nrealm=two",
				 &config, NULL),
		0);
	assert_string_equal(config_get(&config, "realm"), "two");
	assert_string_equal(config_get(&config, "db"), "host=/x");
	assert_null(config_get(&config, "format"));
	assert_null(config_get(&config, "absent"));
	config_done(&config);
}

static void mistakes(void **state)
{
	struct config config = {0};
	struct error error = {0};

	(void)state;
	assert_int_equal(read_text("realm=a\nnonsense\n", &config, &error), ERROR_INPUT);
	assert_non_null(strstr(error.text, "line 2"));
	assert_non_null(strstr(error.text, path));
	assert_int_equal(read_text("colour = red\n", &config, &error), ERROR_INPUT);
	assert_non_null(strstr(error.text, "colour"));
	config_done(&config);
}

static int setup(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd < 0 ? -1 : close(fd);
}

static int teardown(void **state)
{
	(void)state;
	return unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_and_comments), cmocka_unit_test(mistakes)};

	return cmocka_run_group_tests(tests, setup, teardown);
}
