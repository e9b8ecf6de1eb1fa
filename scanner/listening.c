/* SPDX-License-Identifier: Apache-2.0 */
/* The door to listening: a capture file or an interface, read by a sandboxed child; see
 * scanner.h. */
#include "common/cleanup.h"
#include "common/clock.h"
#include "scanner/campaign/forecast.h"
#include "scanner/listen/listen.h"
#include "scanner/progress.h"
#include "scanner/protocol/protocol.h"

#include <stdio.h>

struct listening {
	const char *path, *fingerprints;
	const struct scan_tap *tap; /* NULL: it is a file */
	const struct bundle_header *header;
	struct capture *capture;
	struct fingerprints *loaded;
	struct mac_vendors *vendors;
	struct stacks *stacks;
	const struct crew_ends *ends;
	int64_t begun_us;
};

static int open_listening(void *context, struct error *reterr)
{
	struct listening *l = context;
	int r = l->tap ? capture_listen(
				 l->tap->interface, l->tap->promiscuous, &l->capture, reterr)
		       : capture_open(l->path, &l->capture, reterr);

	if (r == ERROR_INPUT)
		r = ERROR_NETWORK; /* what cannot be read is a capture that failed */
	if (r == 0 && l->fingerprints)
		r = fingerprints_load(l->fingerprints, &l->loaded, reterr);
	if (r == 0)
		r = mac_vendors_load(SCANNER_MAC_VENDORS, &l->vendors, reterr);
	if (r == 0)
		r = stacks_load(SCANNER_STACKS, &l->stacks, reterr);
	return r < 0 ? r : protocols_prepare(reterr);
}

static void tell_progress(void *context, const struct scan_progress *progress)
{
	struct listening *l = context;
	struct scan_progress now = *progress;

	now.left_s = forecast_by_pace(now.done, now.total,
		(double)(clock_monotonic_us() - l->begun_us) / (double)CLOCK_SECOND);
	progress_write(l->ends->progress_fd, &now);
}

/* A stop ends the capture where it is: what was heard until then is told. */
static int take_until_stop(void *context, const struct observation *obs, struct error *reterr)
{
	struct listening *l = context;

	(void)obs;
	if (!crew_stopping(l->ends))
		return 0;
	return error_set(reterr, ERROR_PARTIAL, "listening to \"%s\" was stopped", l->path);
}

struct tee {
	struct listening *listening;
	struct observation_sink sink;
};

static int take(void *context, const struct observation *obs, struct error *reterr)
{
	struct tee *tee = context;
	int r = take_until_stop(tee->listening, obs, reterr);

	return r < 0 ? r : tee->sink.take(tee->sink.context, obs, reterr);
}

static int work_listening(void *context, const struct crew_ends *ends, struct error *reterr)
{
	_cleanup_(bundle_writer_freep) struct bundle_writer *writer = NULL;
	struct listening *l = context;
	struct listen_options options = {
		.fingerprints = l->loaded, .vendors = l->vendors, .stacks = l->stacks};
	struct bundle_counters counters = {0};
	struct listen_counts counts = {0};
	struct tee tee = {.listening = l};
	struct observation_sink sink = {take, &tee};
	int r, ended;

	l->ends = ends;
	l->begun_us = clock_monotonic_us();
	r = bundle_writer_new(ends->out_fd, l->header, &writer, reterr);
	if (r < 0)
		return r;
	tee.sink = bundle_writer_sink(writer);
	if (l->tap) {
		capture_until(l->capture, ends->stop_fd,
			l->tap->duration_us ? l->begun_us + l->tap->duration_us : 0);
		sink = tee.sink; /* a stop is its end */
	}
	r = listen_run(l->capture, &options, &sink, tell_progress, l, &counts, reterr);
	if (r < 0 && r != ERROR_PARTIAL && r != ERROR_NETWORK)
		return r;
	/* What came before the fault is whole, and closed as such. */
	listen_counters(&counts, &counters);
	ended = bundle_writer_end(writer, &counters, r < 0 ? NULL : reterr);
	return r < 0 ? r : ended;
}

int scan_listen_file(const char *path, const struct bundle_header *header,
	const char *fingerprints, struct scan **ret_scan, int *ret_fd, struct error *reterr)
{
	struct listening listening = {
		.path = path, .fingerprints = fingerprints, .header = header};
	struct crew_job job = {.role = PRIV_LISTENER,
		.open = open_listening,
		.work = work_listening,
		.context = &listening};

	return scan_begin(&job, ret_scan, ret_fd, reterr);
}

int scan_listen_live(const struct scan_tap *tap, const struct bundle_header *header,
	const char *fingerprints, struct scan **ret_scan, int *ret_fd, struct error *reterr)
{
	struct listening listening = {.path = tap->interface,
		.tap = tap,
		.fingerprints = fingerprints,
		.header = header};
	struct crew_job job = {.role = PRIV_TAP,
		.open = open_listening,
		.work = work_listening,
		.stop_file = tap->stop_file,
		.open_ended = true,
		.context = &listening};

	return scan_begin(&job, ret_scan, ret_fd, reterr);
}
