/* SPDX-License-Identifier: Apache-2.0 */
/* What opens the database is nowhere in the memory of a process that parses strangers'
 * files. */
#include "tests/sql/register_common.h"

#include "common/file.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define MASK 0x5a
#define SECRET_SIZE 24

#ifdef __SANITIZE_ADDRESS__
#define KEEPS_FREED true /* and does not let it be read */
#else
#define KEEPS_FREED false
#endif

/* Never whole in the program itself. */
static const char masked[SECRET_SIZE] = {'.', '2', '?', 'w', '*', ';', ')', ')', '-', '5', '(',
	'>', 'w', '5', '<', 'w', '2', '5', '/', '3', '+', '3', '8', '8'};

static void unmask(char out[SECRET_SIZE + 1])
{
	for (size_t i = 0; i < SECRET_SIZE; i++)
		out[i] = (char)(masked[i] ^ MASK);
	out[SECRET_SIZE] = '\0';
}

static bool is_here(const char *at)
{
	size_t i = 0;

	while (i < SECRET_SIZE && at[i] == (char)(masked[i] ^ MASK))
		i++;
	return i == SECRET_SIZE;
}

/* How often it stands in memory that may be written, at most 100. */
static int count_here(void)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[512], rights[8];
	unsigned long from, to;
	int n = 0;

	while (maps && fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "%lx-%lx %7s", &from, &to, rights) != 3 || rights[0] != 'r' ||
			rights[1] != 'w' || rights[3] != 'p' || strstr(line, "[v"))
			continue;
		for (; from + SECRET_SIZE <= to && n < 100; from++)
			n += is_here((const char *)from);
	}
	fclose(maps);
	return n;
}

/* In a process of its own; `forget` or not. */
static int count_in_process(struct inventory *inv, bool forget)
{
	int status = 0;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		if (forget)
			inventory_forget(inv);
		_exit(count_here());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void nothing_is_left(void **state)
{
	char path[160], secret[SECRET_SIZE + 1], dsn[400], *socket, named[400];
	_cleanup_(str_done) struct str conf = STR_INIT(1 << 16);
	struct inventory *inv = NULL;
	struct error err = {0};

	(void)state;
	if (KEEPS_FREED) {
		print_message("a sanitizer keeps what is freed as it was\n");
		skip();
	}
	snprintf(path, sizeof(path), "%s/data/postgres/cadastre.conf", the.dir);
	assert_int_equal(file_read(path, 1 << 16, &conf, &err), 0);
	socket = strstr(conf.data, "unix_socket_directories = '");
	assert_non_null(socket);
	socket += strlen("unix_socket_directories = '");
	unmask(secret);
	snprintf(dsn, sizeof(dsn), "host=%.*s user=cadastre dbname=postgres password=%s",
		(int)strcspn(socket, "'"), socket, secret);
	memcpy(named, dsn, sizeof(named));
	setenv("PGPASSWORD", secret, 1);
	setenv("CADASTRE_DB", dsn, 1);
	inventory_secret(NULL);
	inventory_secret(secret);
	inventory_secret(dsn);
	inventory_secret(dsn);
	inventory_secret(named);
	if (inventory_open(dsn, &inv, &err) < 0)
		fail_msg("%s", err.text);
	assert_true(count_in_process(inv, false) > 5);
	assert_int_equal(count_in_process(inv, true), 0);
	assert_int_equal(strlen(secret), SECRET_SIZE); /* here it stays */
	inventory_free(inv);
	unsetenv("PGPASSWORD");
	unsetenv("CADASTRE_DB");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_is_left)};
	return cmocka_run_group_tests(tests, register_case_open, register_case_close);
}
