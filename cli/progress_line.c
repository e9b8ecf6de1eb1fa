/* SPDX-License-Identifier: Apache-2.0 */
/* Progress as a line; see progress.h. Pure. */
#include "cli/progress.h"

#include <inttypes.h>
#include <stdio.h>

/* As exact as it can be known: "40 s", "12 min", "3 h 20 min". */
static void time_text(double seconds, char *out, size_t size)
{
	uint64_t s = (uint64_t)(seconds + 0.5), min = (s + 30) / 60;

	if (s < 120)
		snprintf(out, size, "%" PRIu64 " s", s);
	else if (min < 120)
		snprintf(out, size, "%" PRIu64 " min", min);
	else
		snprintf(out, size, "%" PRIu64 " h %" PRIu64 " min", min / 60, min % 60);
}

void progress_line(const struct scan_progress *now, char out[PROGRESS_LINE_MAX])
{
	char left[64] = "", answered[64] = "", time[32];

	if (now->hits > 0)
		snprintf(answered, sizeof(answered), ", %.1f %% answered, %.1f %% lost",
			100 * now->hits, 100 * now->lost);
	if (now->left_s >= 0 && now->left_s < 1e9 && now->done < now->total) {
		time_text(now->left_s, time, sizeof(time));
		snprintf(left, sizeof(left), ", %s left", time);
	}
	if (now->total == 0) { /* no end is set */
		time_text((double)now->done, time, sizeof(time));
		snprintf(out, PROGRESS_LINE_MAX, "%-9.9s %s, %" PRIu64 " found", now->phase,
			time, now->found);
		return;
	}
	snprintf(out, PROGRESS_LINE_MAX,
		"%-9.9s %" PRIu64 " of %" PRIu64 " (%.0f %%), %.0f/s%s, %" PRIu64 " found%s",
		now->phase, now->done, now->total,
		now->total ? 100.0 * (double)now->done / (double)now->total : 0.0, now->rate,
		answered, now->found, left);
}
