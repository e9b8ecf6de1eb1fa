/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The process in which a reader parses: forked, without descriptors but its input and its pipe,
 * without the right to open more, bounded in time and memory, nobody instead of root, and with
 * the system calls of a parser only. A second process watches it: when the reader fails,
 * whatever the reason, the bundle gets a line that no bundle may have, so that the intake at
 * the other end of the pipe files nothing of it.
 */
#include "inventory/exchange/internal.h"

#include "common/clock.h"
#include "common/confine/process.h"
#include "common/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#define SPOIL "\n!\n"

int exchange_confine(int in, int out)
{
	return confine_process(in, out, EXCHANGE_CPU_SECONDS, EXCHANGE_MEMORY_MAX);
}

static int read_in_child(const struct exchange_format *format, const char *name,
	struct exchange_sink *sink, struct error *reterr)
{
	int r = format->read(0, name, sink, reterr);

	if (r >= 0 && !sink->report->put && sink->report->refused)
		r = error_set(reterr, ERROR_INPUT,
			"nothing in it can be used; the first refusal is of line %ld: %s",
			sink->report->refusals[0].line, sink->report->refusals[0].reason);
	if (r >= 0) {
		int ended = exchange_sink_end(sink, r == EXCHANGE_CUT, reterr);

		r = ended < 0 ? ended : r;
	}
	exchange_sink_done(sink);
	return r;
}

static void reader(struct inventory *inv, const struct exchange_format *format,
	const char *name, int in, int out, const struct bundle_header *header,
	struct exchange_report *report)
{
	struct exchange_sink sink = {
		.fd = 1, .header = *header, .now_us = clock_wall_us(), .report = report};
	struct error error = {0};
	int r;

	inventory_forget(inv);
	if (format->prepare)
		format->prepare();
	if (exchange_confine(in, out) < 0)
		r = error_errno(&error, ERROR_SYSTEM, errno, "cannot confine the reader");
	else
		r = read_in_child(format, name, &sink, &error);
	report->error = error;
	report->result = r;
	_exit(r < 0);
}

/* Never returns. The watcher parses nothing. */
static void watch(struct inventory *inv, const struct exchange_format *format, const char *name,
	int in, int out, const struct bundle_header *header, struct exchange_report *report)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		reader(inv, format, name, in, out, header, report);
	close(in);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		_exit(0);
	if (report->result >= 0)
		report->result = confine_ended(status, name, EXCHANGE_CPU_SECONDS,
			EXCHANGE_MEMORY_MAX, &report->error);
	file_write_all(out, SPOIL, strlen(SPOIL), NULL);
	_exit(1);
}

void exchange_report_free(struct exchange_report *report)
{
	if (report)
		munmap(report, sizeof(*report));
}

int exchange_child_start(struct inventory *inv, const struct exchange_format *format,
	const char *name, int in, const struct bundle_header *header,
	struct exchange_report **ret_report, int *ret_fd, pid_t *ret_pid, struct error *reterr)
{
	struct exchange_report *report = mmap(NULL, sizeof(*report), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int ends[2];
	pid_t pid;

	if (report == MAP_FAILED || pipe2(ends, O_CLOEXEC) < 0) {
		if (report != MAP_FAILED)
			exchange_report_free(report);
		return error_errno(reterr, ERROR_SYSTEM, errno, "no pipe to the reader");
	}
	pid = fork();
	if (pid == 0) {
		close(ends[0]);
		watch(inv, format, name, in, ends[1], header, report);
	}
	close(ends[1]);
	if (pid < 0) {
		close(ends[0]);
		exchange_report_free(report);
		return error_errno(reterr, ERROR_SYSTEM, errno, "no process for the reader");
	}
	*ret_report = report;
	*ret_fd = ends[0];
	*ret_pid = pid;
	return 0;
}

int exchange_child_end(struct exchange_report *report, const char *name, int fd, pid_t pid,
	struct error *reterr)
{
	int status = 0;

	close(fd);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	exchange_report_check(report);
	if (report->result >= 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return report->result;
	if (strncmp(report->error.text, name, strlen(name)) == 0)
		return error_set(reterr, report->result < 0 ? report->result : ERROR_INPUT,
			"%s", report->error.text);
	return error_set(reterr, report->result < 0 ? report->result : ERROR_INPUT, "%s: %s",
		name, *report->error.text ? report->error.text : "the reader failed");
}
