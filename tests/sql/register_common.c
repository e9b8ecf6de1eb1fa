/* SPDX-License-Identifier: Apache-2.0 */
/* See register_common.h. */
#include "tests/sql/register_common.h"

#include "common/file.h"

#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct register_case the;

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

int register_case_open(void **state)
{
	struct error err = {0};
	char data[96];

	(void)state;
	snprintf(the.dir, sizeof(the.dir), "/tmp/cadastre-sql-XXXXXX");
	if (!mkdtemp(the.dir) || chmod(the.dir, 0755) < 0)
		return -1;
	snprintf(data, sizeof(data), "%s/data", the.dir);
	setenv("CADASTRE_DATA", data, 1);
	unsetenv("CADASTRE_DB");
	unsetenv("PGHOST");
	unsetenv("PGSERVICE");
	if (inventory_open(NULL, &the.inv, &err) < 0) {
		print_error("%s\n", err.text);
		return -1;
	}
	return 0;
}

int register_case_close(void **state)
{
	(void)state;
	inventory_free(the.inv);
	the.inv = NULL;
	return nftw(the.dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

const char *case_file(const char *name, const char *text)
{
	static char path[160];

	snprintf(path, sizeof(path), "%s/%s", the.dir, name);
	assert_int_equal(file_publish(path, text, strlen(text), NULL), 0);
	return path;
}

struct register_result case_import(const char *text)
{
	struct register_result result = {0};
	struct error err = {0};

	if (inventory_register_import(the.inv, case_file("register.xml", text), &result, &err) <
		0)
		fail_msg("%s", err.text);
	return result;
}

void case_refused(const char *text, const char *said)
{
	struct register_result result = {0};
	struct error err = {0};

	assert_int_equal(inventory_register_import(the.inv, case_file("bad.xml", text), &result,
		&err), ERROR_INPUT);
	if (!strstr(err.text, said) || !strstr(err.text, "bad.xml:"))
		fail_msg("\"%s\" does not say \"%s\"", err.text, said);
}
