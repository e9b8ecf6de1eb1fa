/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Staging alone, for the bench: a bundle is read, checked for form and sent into the staging
 * tables, and nothing is filed. Prints what it took and how far memory grew, as one JSON
 * object. Never used outside the bench.
 */
#include "common/clock.h"
#include "common/model/bundle.h"
#include "inventory/intake/stage.h"
#include "inventory/store/handle.h"
#include "tests/bench/peak.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

static double cpu_seconds(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static int stage_all(struct inventory *inv, struct bundle_reader *reader, const char *id,
	uint64_t *ret_n, struct error *reterr)
{
	_cleanup_(stage_freep) struct stage *stage = NULL;
	int r = stage_new(inv->db, stage_batch_of(id), &stage, reterr);

	*ret_n = 0;
	while (r >= 0) {
		struct observation obs;

		r = bundle_reader_next(reader, &obs, reterr);
		if (r)
			break;
		r = stage_add(stage, &obs, reterr);
		++*ret_n;
	}
	return r < 0 ? r : stage_end(stage, reterr);
}

static int run(struct inventory *inv, int fd, const char *name, struct error *reterr)
{
	_cleanup_(bundle_reader_freep) struct bundle_reader *reader = NULL;
	struct bundle_header header;
	int64_t began = clock_monotonic_us();
	double cpu = cpu_seconds();
	long before = peak_kib();
	uint64_t n = 0;
	int r = bundle_reader_new(fd, name, &reader, &header, reterr);

	if (r == 0)
		r = stage_all(inv, reader, header.id, &n, reterr);
	if (r < 0)
		return r;
	printf("{\"observations\":%" PRIu64 ",\"wall\":%.6f,\"cpu\":%.6f,\"grown_kib\":%ld}\n",
		n, (double)(clock_monotonic_us() - began) / 1e6, cpu_seconds() - cpu,
		peak_kib() - before);
	return 0;
}

int main(int argc, char **argv)
{
	_cleanup_(inventory_freep) struct inventory *inv = NULL;
	struct error error = {0};
	int fd = argc == 2 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1, r;

	if (fd < 0) {
		fprintf(stderr, "usage: bench_stage BUNDLE\n");
		return 2;
	}
	r = inventory_open(NULL, &inv, &error);
	if (r == 0)
		r = run(inv, fd, argv[1], &error);
	close(fd);
	if (r < 0)
		fprintf(stderr, "%s\n", error.text);
	return r < 0;
}
