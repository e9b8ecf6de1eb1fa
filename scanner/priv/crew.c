/* SPDX-License-Identifier: Apache-2.0 */
/* Helper and worker; see crew.h. */
#include "scanner/priv/crew.h"

#include "common/cleanup.h"
#include "common/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#define WATCH_MS 100
#define OUT_PIPE_BYTES (1 << 20)

/* One write of less than PIPE_BUF bytes, so never torn. */
struct record {
	enum { RECORD_READY = 1, RECORD_RESULT } kind;
	int code;
	pid_t pid;
	char text[ERROR_TEXT_MAX];
};

struct pipes {
	int out[2], progress[2], control[2], report[2];
};

static void close_pair(int *pair)
{
	for (int i = 0; i < 2; i++) {
		if (pair[i] >= 0)
			close(pair[i]);
		pair[i] = -1;
	}
}

static void close_pipes(struct pipes *p)
{
	close_pair(p->out);
	close_pair(p->progress);
	close_pair(p->control);
	close_pair(p->report);
}

static int make_pipes(struct pipes *p, struct error *reterr)
{
	int *const pairs[] = {p->out, p->progress, p->control, p->report};

	memset(p, 0xff, sizeof(*p));
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++)
		if (pipe2(pairs[i], O_CLOEXEC) < 0) {
			int saved = errno;

			close_pipes(p);
			return error_errno(reterr, ERROR_SYSTEM, saved, "cannot make a pipe");
		}
	fcntl(p->out[1], F_SETPIPE_SZ, OUT_PIPE_BYTES); /* as much as the system allows */
	fcntl(p->progress[0], F_SETFL, O_NONBLOCK);
	fcntl(p->progress[1], F_SETFL, O_NONBLOCK);
	return 0;
}

static void report(int fd, int kind, const struct error *error)
{
	struct record record = {.kind = kind, .pid = getpid()};

	if (error) {
		record.code = error->code;
		memcpy(record.text, error->text, sizeof(record.text));
	}
	if (write(fd, &record, sizeof(record)) < 0)
		_exit(1); /* nobody is there to be told */
}

/* Stops are the caller's to give; a terminal's signals reach the whole group. The caller's own
 * handlers are not for its children. */
static void reset_signals(void)
{
	static const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGQUIT, SIGXFSZ};
	static const int defaults[] = {
		SIGCHLD, SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS};

	for (size_t i = 0; i < ARRAY_SIZE(ignored); i++)
		signal(ignored[i], SIG_IGN);
	for (size_t i = 0; i < ARRAY_SIZE(defaults); i++)
		signal(defaults[i], SIG_DFL);
}

_Noreturn static void be_worker(const struct crew_job *job, struct pipes *p, int stop_fd)
{
	struct crew_ends ends = {p->out[1], p->progress[1], stop_fd};
	struct error error = {0};
	char byte;
	int r;

	close_pair(p->control);
	r = priv_enter(job->role, &error);
	/* The helper says one byte when it stands in its own sandbox; without it nothing
	 * begins. */
	if (r == 0 && read(stop_fd, &byte, 1) != 1)
		_exit(0);
	if (r == 0) {
		const char *note = job->note ? job->note(job->context) : NULL;

		if (note)
			error_set(&error, ERROR_NONE, "%s", note);
		report(p->report[1], RECORD_READY, &error);
		error = (struct error){0};
		r = job->work(job->context, &ends, &error);
	}
	error.code = r < 0 ? r : 0;
	report(p->report[1], RECORD_RESULT, &error);
	_exit(0);
}

static bool is_there(const char *path)
{
	return path && access(path, F_OK) == 0;
}

static void tell_death(int fd, int status)
{
	struct error error = {0};
	int number = WTERMSIG(status);

	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return;
	if (WIFSIGNALED(status))
		error_set(&error, ERROR_INTERNAL,
			"the scanner's worker was ended by signal %d (SIG%s)", number,
			sigabbrev_np(number) ? sigabbrev_np(number) : "?");
	else
		error_set(&error, ERROR_INTERNAL, "the scanner's worker ended with code %d",
			WEXITSTATUS(status));
	report(fd, RECORD_RESULT, &error);
}

/* Waits; closes the stop pipe when the control pipe ends or the stop file appears. `gone` can
 * be read from when the worker is gone; -1 where the kernel has no such thing. */
static void watch(
	const struct crew_job *job, struct pipes *p, int stop_fd, pid_t worker, int gone)
{
	for (;;) {
		struct pollfd looked_at[] = {{p->control[0], POLLIN, 0}, {gone, POLLIN, 0}};
		struct pollfd *control = &looked_at[0];
		int status;

		if (waitpid(worker, &status, WNOHANG) == worker) {
			tell_death(p->report[1], status);
			return;
		}
		if (stop_fd < 0)
			control->fd = -1;
		poll(looked_at, ARRAY_SIZE(looked_at), WATCH_MS);
		if (stop_fd >= 0 && (control->revents || is_there(job->stop_file))) {
			close(stop_fd);
			stop_fd = -1;
		}
	}
}

_Noreturn static void be_helper(const struct crew_job *job, struct pipes *p)
{
	int keep[] = {p->out[1], p->progress[1], p->control[0], p->report[1], job->kept_fd};
	struct error error = {0};
	int stop[2];
	pid_t worker = -1;
	int gone, r;

	reset_signals();
	r = priv_close_others(keep, ARRAY_SIZE(keep), &error);
	p->out[0] = p->progress[0] = p->control[1] = p->report[0] = -1;
	if (r == 0)
		r = job->open(job->context, &error);
	if (r == 0 && (pipe2(stop, O_CLOEXEC) < 0 || (worker = fork()) < 0))
		r = error_errno(&error, ERROR_SYSTEM, errno, "cannot start the worker");
	if (r < 0) {
		error.code = r;
		report(p->report[1], RECORD_RESULT, &error);
		_exit(0);
	}
	if (worker == 0) {
		close(stop[1]);
		be_worker(job, p, stop[0]);
	}
	/* The raw handles are the worker's alone from here on. */
	keep[0] = p->control[0];
	keep[1] = p->report[1];
	keep[2] = stop[1];
	keep[3] = gone = pidfd_open(worker, 0);
	r = priv_close_others(keep, ARRAY_SIZE(keep), &error);
	if (r == 0)
		r = priv_enter(PRIV_HELPER, &error);
	if (r < 0) {
		error.code = r;
		report(p->report[1], RECORD_RESULT, &error);
		_exit(1); /* which ends the worker */
	}
	if (write(stop[1], "", 1) == 1)
		watch(job, p, stop[1], worker, gone);
	_exit(0);
}

/* One record; false at the end of the pipe. */
static bool read_record(int fd, struct record *ret)
{
	ssize_t n;

	do
		n = read(fd, ret, sizeof(*ret));
	while (n < 0 && errno == EINTR);
	ret->text[sizeof(ret->text) - 1] = 0;
	return n == (ssize_t)sizeof(*ret);
}

static int helper_died(pid_t helper, struct error *reterr)
{
	int status = 0;

	while (waitpid(helper, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFSIGNALED(status))
		return error_set(reterr, ERROR_INTERNAL,
			"the scanner's helper was ended by signal %d (SIG%s)", WTERMSIG(status),
			sigabbrev_np(WTERMSIG(status)));
	return error_set(reterr, ERROR_INTERNAL, "the scanner's helper ended without a word");
}

static int wait_ready(struct crew *crew, struct error *reterr)
{
	struct record record;
	int code;

	if (!read_record(crew->report_fd, &record))
		return helper_died(crew->helper, reterr);
	if (record.kind == RECORD_READY) {
		crew->worker = record.pid;
		memcpy(crew->note, record.text, sizeof(crew->note));
		return 0;
	}
	code = error_set(reterr, record.code, "%s", record.text);
	while (waitpid(crew->helper, NULL, 0) < 0 && errno == EINTR)
		;
	return code;
}

int crew_start(const struct crew_job *job, struct crew *ret, struct error *reterr)
{
	struct crew crew = {0};
	struct pipes p;
	int r = make_pipes(&p, reterr);

	if (r < 0)
		return r;
	crew.helper = fork();
	if (crew.helper < 0) {
		r = error_errno(
			reterr, ERROR_SYSTEM, errno, "cannot start the scanner's helper");
		close_pipes(&p);
		return r;
	}
	if (crew.helper == 0)
		be_helper(job, &p);
	close(p.out[1]);
	close(p.progress[1]);
	close(p.control[0]);
	close(p.report[1]);
	crew.out_fd = p.out[0];
	crew.progress_fd = p.progress[0];
	crew.control_fd = p.control[1];
	crew.report_fd = p.report[0];
	r = wait_ready(&crew, reterr);
	if (r < 0) {
		p.out[1] = p.progress[1] = p.control[0] = p.report[1] = -1;
		close_pipes(&p);
		return r;
	}
	*ret = crew;
	return 0;
}

void crew_stop(struct crew *crew)
{
	int fd = __atomic_exchange_n(&crew->control_fd, -1, __ATOMIC_SEQ_CST);

	if (fd < 0)
		return;
	close(fd);
	__atomic_store_n(&crew->stop_us, clock_monotonic_us(), __ATOMIC_SEQ_CST);
}

/* Ends a worker that was asked to stop long ago. */
static void lose_patience(struct crew *crew)
{
	int64_t asked = __atomic_load_n(&crew->stop_us, __ATOMIC_SEQ_CST);

	if (asked && clock_monotonic_us() > asked + CREW_STOP_GRACE_US && crew->worker > 0) {
		kill(crew->worker, SIGKILL);
		crew->worker = 0;
	}
}

int crew_finish(struct crew *crew, struct error *reterr)
{
	struct record record, result = {0};
	int r = 0;

	if (crew->helper <= 0)
		return 0;
	for (;;) {
		struct pollfd report_end = {crew->report_fd, POLLIN, 0};

		if (poll(&report_end, 1, WATCH_MS) > 0) {
			if (!read_record(crew->report_fd, &record))
				break;
			if (record.kind == RECORD_RESULT && result.code == 0)
				result = record;
		}
		lose_patience(crew);
	}
	while (waitpid(crew->helper, &r, 0) < 0 && errno == EINTR)
		;
	crew->helper = crew->worker = 0;
	if (result.kind == RECORD_RESULT && result.code < 0)
		return error_set(reterr, result.code, "%s", result.text);
	/* The worker stops then, as if it had been asked to: what came is not all. */
	if (WIFSIGNALED(r))
		return error_set(reterr, ERROR_INTERNAL,
			"the scanner's helper was ended by signal %d (SIG%s)", WTERMSIG(r),
			sigabbrev_np(WTERMSIG(r)));
	if (result.kind == RECORD_RESULT)
		return 0;
	return error_set(reterr, ERROR_INTERNAL, "the scanner ended without a result");
}

bool crew_stopping(const struct crew_ends *ends)
{
	struct pollfd stop = {ends->stop_fd, POLLIN, 0};

	return poll(&stop, 1, 0) > 0;
}
