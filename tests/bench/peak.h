/* SPDX-License-Identifier: Apache-2.0 */
/* How much memory this program has held at most, for the benches in C. */
#ifndef TESTS_BENCH_PEAK_H
#define TESTS_BENCH_PEAK_H

#include "common/cleanup.h"

/* By the kernel's account of its memory (proc(5)), in KiB. What getrusage() tells is inherited
 * from whoever started it. */
static inline long peak_kib(void)
{
	_cleanup_(cleanup_fclosep) FILE *status = fopen("/proc/self/status", "re");
	char line[256];
	long peak = 0;

	while (status && fgets(line, sizeof(line), status))
		if (sscanf(line, "VmHWM: %ld", &peak) == 1)
			break;
	return peak;
}

#endif
