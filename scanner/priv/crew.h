/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scanner's two processes. The caller forks the helper; the helper opens what needs
 * privileges, forks the worker, which inherits the open handles, and then only waits: for the
 * worker's end, for the caller's one descriptor to close (which means stop, and happens by
 * itself when the caller dies), and for the stop file to appear. It reads nothing from anybody.
 * Its own end closes the pipe at which the worker watches for a stop.
 */
#ifndef SCANNER_PRIV_CREW_H
#define SCANNER_PRIV_CREW_H

#include "common/error.h"
#include "scanner/priv/priv.h"

#include <stdbool.h>
#include <sys/types.h>

/* What the worker has: where observations and progress go, and where a stop shows. */
struct crew_ends {
	int out_fd, progress_fd, stop_fd;
};

struct crew_job {
	enum priv_role role;
	int (*open)(
		void *context, struct error *reterr); /* in the helper, with its privileges */
	int (*work)(void *context, const struct crew_ends *ends, struct error *reterr);
	/* In the worker: what the caller should hear at the start, or NULL. May be NULL. */
	const char *(*note)(void *context);
	const char *stop_file; /* NULL: none */
	bool open_ended;       /* a stop is its ordinary end */
	int kept_fd;	       /* the caller's, which both children keep as it is; 0: none */
	void *context;
};

struct crew {
	pid_t helper, worker;
	int out_fd;	 /* the caller closes it */
	int progress_fd; /* not blocking */
	int control_fd;	 /* its closing is the stop */
	int report_fd;
	int64_t stop_us; /* when a stop was asked for; 0 not yet */
	char note[ERROR_TEXT_MAX]; /* what the worker said at the start; "" nothing */
};

#define CREW_STOP_GRACE_US 15000000LL /* a worker that does not stop by then is ended */

/* Returns when the worker stands in its sandbox; an error of `open` is returned here. */
int crew_start(const struct crew_job *job, struct crew *ret_crew, struct error *reterr);
void crew_stop(struct crew *crew); /* may be called twice, and from another thread */
/* Waits. The worker's own error, or which signal ended it (ERROR_INTERNAL). */
int crew_finish(struct crew *crew, struct error *reterr);

/* In the worker: true once a stop was asked for. */
bool crew_stopping(const struct crew_ends *ends);

#endif
