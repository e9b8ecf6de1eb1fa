/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The caller's side of a running scan, and the lines of progress between the processes. Private
 * to the scanner's door.
 */
#ifndef SCANNER_PROGRESS_H
#define SCANNER_PROGRESS_H

#include "scanner/priv/crew.h"
#include "scanner/scanner.h"

#define SCANNER_MAC_VENDORS "/usr/share/ieee-data"
#define SCANNER_STACKS "/etc/p0f/p0f.fp"

/* Starts the job's processes; the scan owns them. */
int scan_begin(
	const struct crew_job *job, struct scan **ret_scan, int *ret_fd, struct error *reterr);

/* Writes one line, or drops it if nobody reads. Never blocks. */
void progress_write(int fd, const struct scan_progress *progress);

/* Takes a line apart. False if it is none; `phase` is then one of ours. */
bool progress_parse(const char *line, struct scan_progress *ret_progress);

#endif
