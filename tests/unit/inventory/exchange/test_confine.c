/* SPDX-License-Identifier: Apache-2.0 */
/*
 * As if a reader of foreign files had been taken over: from inside of its process nothing is
 * left but to read its input, to write its pipe, to allocate and to end. And what readers do in
 * there still works: a stream of some length in and out again.
 */
#include "inventory/exchange/internal.h"
#include "tests/unit/common/confine/attempts.h"
#include "tests/unit/unit.h"

#include "common/file.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define STREAM_BYTES (1 << 20)

struct reader {
	int in, out; /* our ends */
	pid_t pid;
};

/* Runs `inside` confined, with the other ends as 0 and 1. */
static struct reader start(void (*inside)(void))
{
	int in[2], out[2];
	struct reader reader;

	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	reader = (struct reader){in[1], out[0], fork()};
	assert_true(reader.pid >= 0);
	if (reader.pid == 0) {
		close(in[1]);
		close(out[0]);
		if (exchange_confine(in[0], out[1]) < 0)
			_exit(9);
		inside();
		_exit(0);
	}
	close(in[0]);
	close(out[1]);
	return reader;
}

static void finish(struct reader *reader)
{
	int status;

	close(reader->in);
	close(reader->out);
	assert_int_equal(waitpid(reader->pid, &status, 0), reader->pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void try_all(void)
{
	uint8_t answers[ATTEMPTS_MAX];

	attempt_all(answers);
	if (file_write_all(1, answers, n_attempts, NULL) < 0)
		_exit(2);
}

static void test_nothing_else_is_left(void **state)
{
	struct reader reader = start(try_all);
	uint8_t answers[ATTEMPTS_MAX];
	size_t n = 0;

	(void)state;
	for (ssize_t got; (got = read(reader.out, answers + n, sizeof(answers) - n)) > 0;)
		n += (size_t)got;
	assert_int_equal(n, n_attempts);
	for (size_t i = 0; i < n_attempts; i++)
		/* A sanitizer may say what it found. */
		if (SANITIZED && strcmp(attempts[i].name, "write errors") == 0)
			answers[i] = 0;
	assert_int_equal(attempts_compare(answers, BY_READER), 0);
	finish(&reader);
}

/* The descriptors are the two, and each goes one way. */
static void use_descriptors(void)
{
	char byte;
	int pair[2];

	if (read(0, &byte, 1) != 1 || write(1, &byte, 1) != 1)
		_exit(2);
	if (read(1, &byte, 1) >= 0 || write(0, &byte, 1) >= 0 || close(0) == 0 ||
		pipe(pair) == 0)
		_exit(3);
	for (int fd = 3; fd < 64; fd++)
		if (read(fd, &byte, 1) >= 0 || write(fd, &byte, 1) >= 0 ||
			fcntl(fd, F_GETFD) >= 0)
			_exit(4);
	if (open("/dev/null", O_RDONLY) >= 0 || fopen("/etc/hostname", "re") ||
		socket(AF_INET, SOCK_STREAM, 0) >= 0)
		_exit(5);
}

static void test_descriptors(void **state)
{
	struct reader reader = start(use_descriptors);
	char byte = 'x';

	(void)state;
	assert_int_equal(write(reader.in, &byte, 1), 1);
	assert_int_equal(read(reader.out, &byte, 1), 1);
	assert_int_equal(byte, 'x');
	finish(&reader);
}

/* What parsers do: streams of the C library, memory that grows, numbers and times. */
static void turn_round(void)
{
	FILE *in = fdopen(0, "r");
	size_t room = 16, n = 0;
	char *all = malloc(room);

	for (int c; in && all && (c = getc(in)) != EOF; all[n++] = (char)c)
		if (n == room)
			all = realloc(all, room *= 2);
	if (!all || n != STREAM_BYTES || strtod("1.5", NULL) < 1 || time(NULL) == 0)
		_exit(2);
	for (size_t i = 0; i < n / 2; i++) {
		char c = all[i];

		all[i] = all[n - 1 - i];
		all[n - 1 - i] = c;
	}
	if (file_write_all(1, all, n, NULL) < 0)
		_exit(3);
	free(all);
}

static void test_what_readers_do(void **state)
{
	struct reader reader = start(turn_round);
	char *bytes = malloc(STREAM_BYTES), *back = malloc(STREAM_BYTES);
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < STREAM_BYTES; i++)
		bytes[i] = (char)(i * 31 % 251);
	assert_int_equal(file_write_all(reader.in, bytes, STREAM_BYTES, NULL), 0);
	close(reader.in);
	reader.in = -1;
	for (ssize_t got; (got = read(reader.out, back + n, STREAM_BYTES - n)) > 0;)
		n += (size_t)got;
	assert_int_equal(n, STREAM_BYTES);
	for (size_t i = 0; i < STREAM_BYTES; i++)
		assert_int_equal(back[i], bytes[STREAM_BYTES - 1 - i]);
	finish(&reader);
	free(bytes);
	free(back);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_else_is_left),
		cmocka_unit_test(test_descriptors),
		cmocka_unit_test(test_what_readers_do),
	};

	signal(SIGPIPE, SIG_IGN);
	return RUN(tests);
}
