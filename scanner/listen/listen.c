/* SPDX-License-Identifier: Apache-2.0 */
/* A capture from its first packet to its last; see listen.h. */
#include "scanner/listen/listener.h"

enum { PROGRESS_PACKETS = 4096 }; /* between two reports */

static void report(const struct capture *capture, const struct listener *l,
	scan_progress_fn progress, void *context)
{
	struct scan_progress p = {
		.phase = "listen", .found = l->counts.observations, .left_s = -1};

	if (!progress)
		return;
	capture_position(capture, &p.done, &p.total);
	progress(context, &p);
}

/* Reads to the end or to the fault, which it returns. */
static int read_capture(struct capture *capture, struct listener *l, scan_progress_fn progress,
	void *context, struct error *reterr)
{
	struct capture_packet packet;
	int r;

	while ((r = capture_next(capture, &packet, reterr)) == 0 || r == CAPTURE_QUIET) {
		if (r == CAPTURE_QUIET) {
			report(capture, l, progress, context);
			continue;
		}
		r = listener_frame(
			l, packet.link, packet.bytes, packet.size, packet.time_us, reterr);
		if (r < 0)
			return r;
		if (packet.number % PROGRESS_PACKETS == 0)
			report(capture, l, progress, context);
	}
	return r == CAPTURE_END ? 0 : r;
}

int listen_run(struct capture *capture, const struct listen_options *options,
	const struct observation_sink *sink, scan_progress_fn progress, void *context,
	struct listen_counts *ret_counts, struct error *reterr)
{
	_cleanup_(listener_freep) struct listener *l = NULL;
	int fault, r;

	*ret_counts = (struct listen_counts){0};
	r = listener_new(options, sink, &l, reterr);
	if (r < 0)
		return r;

	fault = read_capture(capture, l, progress, context, reterr);
	r = l->failed ? l->failed : listener_finish(l, reterr);
	report(capture, l, progress, context);
	*ret_counts = l->counts;
	ret_counts->dropped = capture_dropped(capture);
	return r < 0 ? r : fault;
}

void listen_counters(const struct listen_counts *counts, struct bundle_counters *counters)
{
	const struct {
		const char *name;
		uint64_t value;
	} rows[] = {
		{"frames", counts->frames},
		{"frames.taken", counts->taken},
		{"frames.unread", counts->unread},
		{"frames.martian", counts->martian},
		{"frames.over_budget", counts->over_budget},
		{"frames.truncated", counts->truncated},
		{"frames.malformed", counts->malformed},
		{"frames.unknown_link", counts->unknown_link},
		{"frames.dropped", counts->dropped},
		{"messages", counts->messages},
		{"messages.read", counts->messages_read},
		{"messages.refused", counts->messages_refused},
		{"statements", counts->statements},
		{"statements.observed", counts->observations},
		{"statements.repeated", counts->repeated},
		{"statements.over_limit", counts->over_limit},
		{"statements.unplaced", counts->unplaced},
		{"evicted.hosts", counts->hosts_evicted},
		{"evicted.flows", counts->flows_evicted},
		{"evicted.streams", counts->streams_evicted},
		{"evicted.relations", counts->relations_evicted},
		{"evicted.names", counts->names_evicted},
		{"evicted.leases", counts->leases_evicted},
		{"evicted.neighbours", counts->neighbours_evicted},
		{"evicted.stacks", counts->stacks_evicted},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		bundle_counters_add(counters, rows[i].name, rows[i].value);
}
