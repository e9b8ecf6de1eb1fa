/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scanner's two processes. The caller forks the helper; the helper opens what needs
 * privileges, forks the worker, which inherits the open handles, and then only waits: for the
 * worker's end, for the caller's one descriptor to close (which means stop, and happens by itself
 * when the caller dies), and for the stop file to appear. It reads nothing from anybody. Its own
 * end closes the pipe at which the worker watches for a stop.
 */
#ifndef SCANNER_PRIV_PROCESS_H
#define SCANNER_PRIV_PROCESS_H

#include "common/error.h"
#include "scanner/priv/priv.h"

#include <stdbool.h>
#include <sys/types.h>

/* What the worker has: where observations and progress go, and where a stop shows. */
struct process_ends {
	int out_fd, progress_fd, stop_fd;
};

struct process_job {
	enum priv_role role;
	int (*open)(void *context, struct error *reterr); /* in the helper, with its privileges */
	int (*work)(void *context, const struct process_ends *ends, struct error *reterr);
	const char *stop_file; /* NULL: none */
	void *context;
};

struct process {
	pid_t helper, worker;
	int out_fd;      /* the caller closes it */
	int progress_fd; /* not blocking */
	int control_fd;  /* its closing is the stop */
	int report_fd;
	int64_t stop_us; /* when a stop was asked for; 0 not yet */
};

#define PROCESS_STOP_GRACE_US 15000000LL /* a worker that does not stop by then is ended */

/* Returns when the worker stands in its sandbox; an error of `open` is returned here. */
int process_start(const struct process_job *job, struct process *ret_process,
	struct error *reterr);
void process_stop(struct process *process); /* may be called twice, and from another thread */
/* Waits. The worker's own error, or which signal ended it (ERROR_INTERNAL). */
int process_finish(struct process *process, struct error *reterr);

/* In the worker: true once a stop was asked for. */
bool process_stopping(const struct process_ends *ends);

#endif
