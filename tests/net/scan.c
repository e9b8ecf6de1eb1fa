/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scanner's door on a command line, without register and database: for tests that look at
 * bundles. Writes the bundle to standard output and the closing error to standard error.
 *
 *     scan [-p PORTS] [-u PORTS] [-P PROFILE] [-r PPS] [-s SEED] [-g CIDR]... [-x CIDR]...
 *          [-S STOP_FILE] [-f FINGERPRINTS] [-n] [-v] TARGET...
 *     -g grants, -x excludes, -n without traces, -v progress on standard error
 */
#include "common/clock.h"
#include "common/file.h"
#include "scanner/scanner.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LIST_MAX 4096

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
	(void)number;
	interrupted = 1;
}

static int fail(int code, const struct error *error)
{
	fprintf(stderr, "%s\n", error->text);
	return error_exit_code(code);
}

static void show(void *context, const struct scan_progress *p)
{
	(void)context;
	fprintf(stderr, "%s %llu/%llu found %llu %.0f/s\n", p->phase, (unsigned long long)p->done,
		(unsigned long long)p->total, (unsigned long long)p->found, p->rate);
}

static int copy(struct scan *scan, int fd, bool verbose, struct error *error)
{
	static char buffer[65536];
	bool asked = false;

	for (;;) {
		struct pollfd in = {fd, POLLIN, 0};
		ssize_t n;
		int r;

		scan_poll_progress(scan, verbose ? show : NULL, NULL);
		if (interrupted && !asked) {
			scan_stop(scan);
			asked = true;
		}
		if (poll(&in, 1, 100) <= 0)
			continue;
		n = read(fd, buffer, sizeof(buffer));
		if (n <= 0)
			return 0;
		r = file_write_all(STDOUT_FILENO, buffer, (size_t)n, error);
		if (r < 0)
			return r;
	}
}

int main(int argc, char **argv)
{
	static struct cidr targets[LIST_MAX], excludes[LIST_MAX];
	struct scan_plan plan = {.targets = targets, .excludes = excludes, .trace = true};
	struct scope *scope = scope_new();
	uint16_t *tcp = NULL, *udp = NULL;
	struct error error = {0};
	struct scan *scan = NULL;
	struct cidr cidr;
	bool verbose = false;
	int option, fd, r = 0, finished;

	plan.tcp_ports = scan_default_tcp_ports(&plan.n_tcp_ports);
	while (r == 0 && (option = getopt(argc, argv, "p:u:P:r:s:g:x:S:f:nv")) != -1) {
		if (option == 'p' && strcmp(optarg, "none") == 0) {
			plan.n_tcp_ports = 0;
		} else if (option == 'p') {
			r = scan_ports_parse(optarg, &tcp, &plan.n_tcp_ports, &error);
			plan.tcp_ports = tcp;
		} else if (option == 'u') {
			r = scan_ports_parse(optarg, &udp, &plan.n_udp_ports, &error);
			plan.udp_ports = udp;
		} else if (option == 'P') {
			plan.profile = *optarg == 't' ? SCAN_THOROUGH :
				       *optarg == 's' && optarg[1] == 't' ? SCAN_STANDARD : SCAN_SAFE;
		} else if (option == 'r') {
			plan.rate_pps = (uint32_t)strtoul(optarg, NULL, 10);
		} else if (option == 's') {
			plan.seed = strtoull(optarg, NULL, 10);
		} else if (option == 'g') {
			r = cidr_parse(optarg, &cidr, &error);
			if (r == 0)
				r = scope_grant(scope, &cidr, 1, 0, INT64_MAX, &error);
		} else if (option == 'x') {
			r = cidr_parse(optarg, &excludes[plan.n_excludes++], &error);
		} else if (option == 'S') {
			plan.stop_file = optarg;
		} else if (option == 'f') {
			plan.fingerprints = optarg;
		} else if (option == 'n') {
			plan.trace = false;
		} else if (option == 'v') {
			verbose = true;
		} else {
			return 2;
		}
	}
	for (; r == 0 && optind < argc && plan.n_targets < LIST_MAX; optind++)
		r = cidr_parse(argv[optind], &targets[plan.n_targets++], &error);
	if (r == 0)
		r = bundle_id_random(plan.header.id, &error);
	if (r < 0)
		return fail(r, &error);
	snprintf(plan.header.realm, sizeof(plan.header.realm), "test");
	snprintf(plan.header.vantage, sizeof(plan.header.vantage), "internal");
	snprintf(plan.header.tool, sizeof(plan.header.tool), "test");
	plan.header.started_us = clock_wall_us();
	plan.scope = scope;
	signal(SIGINT, on_signal);
	r = scan_start(&plan, &scan, &fd, &error);
	if (r < 0)
		return fail(r, &error);
	r = copy(scan, fd, verbose, &error);
	close(fd);
	finished = scan_finish(scan, &error);
	scan_free(scan);
	scope_free(scope);
	free(tcp);
	free(udp);
	return r < 0 ? fail(r, &error) : finished < 0 ? fail(finished, &error) : 0;
}
