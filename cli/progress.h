/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Progress of a scan on a terminal: phase, share done, rate, found, time left. Quiet in a pipe
 * and with --quiet. A thread of its own polls the scan, so that the caller can read the
 * bundle meanwhile.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "common/error.h"
#include "scanner/scanner.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>

struct progress {
	struct scan *scan;
	bool shown; /* anything was drawn */
	bool drawing;
	sem_t end;
	pthread_t thread;
};

/* One line of a terminal: "discover  512 of 1024 (50 %), 200/s, 3 found, 2 min left". */
#define PROGRESS_LINE_MAX 192
void progress_line(const struct scan_progress *now, char out[PROGRESS_LINE_MAX]);

/* Starts watching. SIGINT and SIGTERM ask the scan for a clean stop. */
int progress_start(
	struct progress *progress, struct scan *scan, bool quiet, struct error *reterr);
void progress_end(struct progress *progress);

/* True if the user asked to stop. */
bool progress_interrupted(void);

#endif
