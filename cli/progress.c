/* SPDX-License-Identifier: Apache-2.0 */
/* The progress line; see progress.h. */
#include "cli/progress.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define POLL_MS 200

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
	(void)number;
	interrupted = 1;
}

bool progress_interrupted(void)
{
	return interrupted;
}

static void draw(void *context, const struct scan_progress *now)
{
	struct progress *progress = context;
	char line[PROGRESS_LINE_MAX];

	if (!progress->drawing)
		return;
	progress_line(now, line);
	fprintf(stderr, "\r\x1b[K%s", line);
	fflush(stderr);
	progress->shown = true;
}

/* Until the next look, or the end: true. */
static bool wait_end(struct progress *progress)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += POLL_MS * 1000000L;
	until.tv_sec += until.tv_nsec / 1000000000L;
	until.tv_nsec %= 1000000000L;
	return sem_clockwait(&progress->end, CLOCK_MONOTONIC, &until) == 0;
}

static void *watch(void *context)
{
	struct progress *progress = context;
	bool asked = false;

	do {
		scan_poll_progress(progress->scan, draw, progress);
		if (interrupted && !asked) {
			scan_stop(progress->scan);
			asked = true;
		}
	} while (!wait_end(progress));
	return NULL;
}

int progress_start(
	struct progress *progress, struct scan *scan, bool quiet, struct error *reterr)
{
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
	int r;

	memset(progress, 0, sizeof(*progress));
	progress->scan = scan;
	progress->drawing = !quiet && isatty(STDERR_FILENO);
	interrupted = 0;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	if (sem_init(&progress->end, 0, 0) < 0)
		return error_errno(reterr, ERROR_SYSTEM, errno, "cannot start a thread");
	r = pthread_create(&progress->thread, NULL, watch, progress);
	return r ? error_errno(reterr, ERROR_SYSTEM, r, "cannot start a thread") : 0;
}

void progress_end(struct progress *progress)
{
	sem_post(&progress->end);
	pthread_join(progress->thread, NULL);
	sem_destroy(&progress->end);
	if (progress->shown)
		fprintf(stderr, "\r\x1b[K");
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
}
