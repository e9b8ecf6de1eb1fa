/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the tests of the writers; see writer.h. */
#include "tests/unit/mapper/render/writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARGS_MAX 10

struct sheets sheets_of(enum sample which)
{
	struct sheets sheets = {.arena = arena_new(SAMPLE_ARENA_MAX)};

	sheets.estate = sample_estate(sheets.arena, which);
	sheets.scenes[0] = sample_networks(sheets.arena, sheets.estate);
	sheets.scenes[1] = sample_cells(sheets.arena, sheets.estate);
	return sheets;
}

void sheets_done(struct sheets *sheets)
{
	arena_free(sheets->arena);
	measure_done();
}

size_t count_of(const struct str *text, const char *what)
{
	const char *at = text->data, *end = at + text->len;
	size_t n = 0;

	while ((at = memmem(at, (size_t)(end - at), what, strlen(what)))) {
		at += strlen(what);
		n++;
	}
	return n;
}

static void become(const char *const *argv, const char *path, int out)
{
	char *args[ARGS_MAX + 1] = {NULL};

	for (int i = 0; i < ARGS_MAX && argv[i]; i++)
		args[i] = (char *)(strcmp(argv[i], "@") == 0 ? path : argv[i]);
	dup2(out, 1);
	dup2(out, 2);
	execvp(args[0], args);
	_exit(127);
}

int run_tool(const struct str *bytes, struct str *printed, const char *const *argv)
{
	char path[] = "/tmp/render-test-XXXXXX";
	char buffer[4096];
	int file = mkstemp(path), ends[2], status = -1;
	ssize_t n;
	pid_t pid;

	if (file < 0 || pipe(ends) != 0)
		return -1;
	for (size_t done = 0; done < bytes->len; done += (size_t)n) {
		n = write(file, bytes->data + done, bytes->len - done);
		if (n < 0)
			return -1;
	}
	close(file);
	pid = fork();
	if (pid == 0)
		become(argv, path, ends[1]);
	close(ends[1]);
	while ((n = read(ends[0], buffer, sizeof(buffer))) > 0)
		str_add(printed, buffer, (size_t)n);
	close(ends[0]);
	waitpid(pid, &status, 0);
	unlink(path);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
