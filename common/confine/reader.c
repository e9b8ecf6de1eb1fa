/* SPDX-License-Identifier: Apache-2.0 */
/* Reading in a process of its own; see reader.h. */
#include "common/confine/reader.h"

#include "common/cleanup.h"
#include "common/clock.h"
#include "common/confine/process.h"
#include "common/file.h"
#include "common/text.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

/* Stands before the answer, or before the text of why there is none. */
struct head {
	int32_t result;
	uint64_t size; /* of what follows, to the end */
};

static unsigned int cpu_seconds(const struct confine_reader *reader)
{
	return reader->cpu_seconds ? reader->cpu_seconds : CONFINE_READER_CPU_SECONDS;
}

/* ---- in there --------------------------------------------------------------------------- */

__attribute__((noreturn)) static void inside(
	const struct confine_reader *reader, int in, int out)
{
	struct str answer = STR_INIT(reader->answer_max);
	struct error error = {0};
	struct head head;
	int r;

	if (reader->prepare)
		reader->prepare(reader->context);
	if (confine_process(in, out, cpu_seconds(reader), reader->memory) < 0)
		_exit(CONFINE_REFUSED);
	r = reader->read(reader->context, &answer, &error);
	if (r >= 0 && answer.failed)
		r = error_set(&error, ERROR_INPUT,
			"%s: no memory for what it holds, or more than %zu bytes of it",
			reader->name, reader->answer_max);
	if (r < 0) {
		str_reset(&answer);
		str_adds(&answer, error.text);
	}
	head = (struct head){r, answer.len};
	_exit(file_write_all(1, &head, sizeof(head), NULL) < 0 ||
		file_write_all(1, answer.data, answer.len, NULL) < 0);
}

/* ---- out here --------------------------------------------------------------------------- */

enum heard { HEARD_ALL, HEARD_TOO_LATE, HEARD_TOO_MUCH };

/* All that comes, up to the most that an answer may be. */
static enum heard hear(const struct confine_reader *reader, int fd, struct str *bytes)
{
	unsigned int ms = reader->wall_ms ? reader->wall_ms : CONFINE_READER_WALL_MS;
	int64_t deadline_us = clock_monotonic_us() + (int64_t)ms * 1000;
	char chunk[65536];

	for (;;) {
		int64_t left_us = deadline_us - clock_monotonic_us();
		struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
		ssize_t n;

		if (left_us <= 0)
			return HEARD_TOO_LATE;
		if (poll(&poll_fd, 1, (int)(left_us / 1000 + 1)) <= 0)
			continue;
		n = read(fd, chunk, sizeof(chunk));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return HEARD_ALL;
		str_add(bytes, chunk, (size_t)n);
		if (bytes->failed)
			return HEARD_TOO_MUCH;
	}
}

/* What the process told by its end, where it told nothing else. */
static int no_answer(
	const struct confine_reader *reader, enum heard heard, int status, struct error *reterr)
{
	if (heard == HEARD_TOO_LATE)
		return error_set(reterr, ERROR_INPUT,
			"%s: reading it took longer than %u s; simplify it", reader->name,
			(reader->wall_ms ? reader->wall_ms : CONFINE_READER_WALL_MS) / 1000);
	if (heard == HEARD_TOO_MUCH)
		return error_set(reterr, ERROR_INPUT,
			"%s: its reader answered more than %zu bytes", reader->name,
			reader->answer_max);
	return confine_ended(status, reader->name, cpu_seconds(reader), reader->memory, reterr);
}

/* A text from in there, as one that may be shown. */
static int forward(const struct confine_reader *reader, int code, const char *text, size_t n,
	struct error *reterr)
{
	_cleanup_(str_done) struct str clean = STR_INIT(ERROR_TEXT_MAX);

	text_clean(&clean, text, n, ERROR_TEXT_MAX - 1);
	if (code < ERROR_SYSTEM || clean.len == 0)
		return error_set(reterr, ERROR_INPUT, "%s: the reader failed", reader->name);
	return error_set(reterr, code, "%s", clean.data);
}

static int take(const struct confine_reader *reader, const struct str *bytes,
	struct str *ret_answer, struct error *reterr)
{
	struct head head;

	if (bytes->len < sizeof(head))
		return error_set(reterr, ERROR_INPUT, "%s: the reader failed", reader->name);
	memcpy(&head, bytes->data, sizeof(head));
	if (head.size != bytes->len - sizeof(head))
		return error_set(reterr, ERROR_INPUT, "%s: the reader failed", reader->name);
	if (head.result < 0)
		return forward(
			reader, head.result, bytes->data + sizeof(head), head.size, reterr);
	str_add(ret_answer, bytes->data + sizeof(head), head.size);
	if (ret_answer->failed)
		return error_set(reterr, ERROR_SYSTEM, "%s: no memory for it", reader->name);
	return head.result;
}

int confine_read(const struct confine_reader *reader, int fd, struct str *ret_answer,
	struct error *reterr)
{
	_cleanup_(str_done) struct str bytes =
		STR_INIT(reader->answer_max + sizeof(struct head) + ERROR_TEXT_MAX);
	_cleanup_(cleanup_closep) int from = -1;
	int ends[2], status = 0;
	enum heard heard;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_errno(
			reterr, ERROR_SYSTEM, errno, "%s: no pipe to its reader", reader->name);
	from = ends[0];
	pid = fork();
	if (pid == 0)
		inside(reader, fd, ends[1]);
	close(ends[1]);
	if (pid < 0)
		return error_errno(reterr, ERROR_SYSTEM, errno, "%s: no process for its reader",
			reader->name);
	heard = hear(reader, from, &bytes);
	/* Whatever it still does is of no interest. */
	if (heard != HEARD_ALL)
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (heard != HEARD_ALL || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return no_answer(reader, heard, status, reterr);
	return take(reader, &bytes, ret_answer, reterr);
}
