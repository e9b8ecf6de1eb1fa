/* SPDX-License-Identifier: Apache-2.0 */
/* A running scan as the caller holds it: progress, stop, end; see scanner.h and progress.h. */
#include "common/cleanup.h"
#include "scanner/progress.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LINE_MAX_BYTES 128
#define LINES_AT_ONCE 64

struct scan {
	struct crew crew;
	int claim; /* of its journal; 0: it keeps none */
	bool open_ended;
	enum scan_end end;
	char *stop_file;
	char line[LINE_MAX_BYTES];
	size_t used;
};

int scan_begin(
	const struct crew_job *job, struct scan **ret_scan, int *ret_fd, struct error *reterr)
{
	struct scan *scan = calloc(1, sizeof(*scan));
	int r;

	if (!scan || (job->stop_file && !(scan->stop_file = strdup(job->stop_file)))) {
		free(scan);
		return error_set(reterr, ERROR_SYSTEM, "no memory for a scan");
	}
	scan->claim = job->kept_fd;
	scan->open_ended = job->open_ended;
	r = crew_start(job, &scan->crew, reterr);
	if (r < 0) {
		free(scan->stop_file);
		free(scan);
		return r;
	}
	*ret_scan = scan;
	*ret_fd = scan->crew.out_fd;
	return 0;
}

void progress_write(int fd, const struct scan_progress *progress)
{
	char line[LINE_MAX_BYTES];
	int n = snprintf(line, sizeof(line),
		"%s %" PRIu64 " %" PRIu64 " %" PRIu64 " %.1f %.1f %.4f %.4f\n", progress->phase,
		progress->done, progress->total, progress->found, progress->left_s,
		progress->rate, progress->hits, progress->lost);

	if (n > 0 && (size_t)n < sizeof(line) && write(fd, line, (size_t)n) < 0)
		return;
}

bool progress_parse(const char *line, struct scan_progress *ret)
{
	static const char *const phases[] = {
		"discover", "trace", "aliases", "greet", "agents", "names", "listen"};
	char phase[16];

	if (sscanf(line, "%15s %" SCNu64 " %" SCNu64 " %" SCNu64 " %lf %lf %lf %lf", phase,
		    &ret->done, &ret->total, &ret->found, &ret->left_s, &ret->rate, &ret->hits,
		    &ret->lost) != 8)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(phases); i++)
		if (strcmp(phases[i], phase) == 0) {
			ret->phase = phases[i];
			return true;
		}
	return false;
}

static void take_byte(struct scan *scan, char c, scan_progress_fn progress, void *context)
{
	struct scan_progress now;

	if (c != '\n') {
		if (scan->used < sizeof(scan->line) - 1)
			scan->line[scan->used++] = c;
		return;
	}
	scan->line[scan->used] = 0;
	scan->used = 0;
	if (progress && progress_parse(scan->line, &now))
		progress(context, &now);
}

void scan_poll_progress(struct scan *scan, scan_progress_fn progress, void *context)
{
	char bytes[LINE_MAX_BYTES];

	/* The caller may see a directory that the helper, without rights, no longer can. */
	if (scan->stop_file && access(scan->stop_file, F_OK) == 0)
		scan_stop(scan);
	for (int i = 0; i < LINES_AT_ONCE; i++) {
		ssize_t n = read(scan->crew.progress_fd, bytes, sizeof(bytes));

		if (n <= 0)
			return;
		for (ssize_t k = 0; k < n; k++)
			take_byte(scan, bytes[k], progress, context);
	}
}

void scan_stop(struct scan *scan)
{
	crew_stop(&scan->crew);
}

bool scan_stopped(const struct scan *scan)
{
	return __atomic_load_n(&scan->crew.stop_us, __ATOMIC_SEQ_CST) != 0;
}

int scan_finish(struct scan *scan, struct error *reterr)
{
	int r = crew_finish(&scan->crew, reterr);

	if (r == 0)
		scan->end = scan_stopped(scan) && !scan->open_ended ? SCAN_STOPPED : SCAN_WHOLE;
	else
		scan->end = r == ERROR_PARTIAL ? SCAN_STOPPED
			    : r == ERROR_INPUT ? SCAN_UNFIT
					       : SCAN_BROKEN;
	return r;
}

enum scan_end scan_ended(const struct scan *scan)
{
	return scan->end;
}

const char *scan_note(const struct scan *scan)
{
	return *scan->crew.note ? scan->crew.note : NULL;
}

void scan_free(struct scan *scan)
{
	if (!scan)
		return;
	if (scan->crew.helper > 0) {
		crew_stop(&scan->crew);
		crew_finish(&scan->crew, NULL);
	}
	crew_stop(&scan->crew); /* closes the control pipe */
	close(scan->crew.progress_fd);
	close(scan->crew.report_fd);
	if (scan->claim)
		close(scan->claim);
	free(scan->stop_file);
	free(scan);
}
