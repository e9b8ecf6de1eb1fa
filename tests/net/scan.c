/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scanner's door on a command line, without register and database: for tests that look at
 * bundles. Writes the bundle to standard output and the closing error to standard error.
 *
 *     scan [-p PORTS] [-u PORTS] [-c SCTP_PORTS] [-i IP_PROTOCOLS] [-P PROFILE] [-r PPS] [-s
 * SEED]
 *          [-g CIDR]... [-x CIDR]... [-S STOP_FILE] [-f FINGERPRINTS] [-t SECONDS] [-e SECOND]
 * [-T TRANSMIT]
 *          [-j JOURNAL [-R]] [-n] [-G] [-v] TARGET...
 *     -g grants, -t for so long from now on, -e until this second of the wall's clock, -x
 * excludes, -T packet, af-xdp, xdp-live or connect, -n without traces, -G without greetings, -j
 * keeps a journal, -R goes on from it, -v progress on standard error, where a note of the scan
 * goes too
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
	fprintf(stderr, "%s %llu/%llu found %llu %.0f/s\n", p->phase,
		(unsigned long long)p->done, (unsigned long long)p->total,
		(unsigned long long)p->found, p->rate);
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

struct options {
	struct scan_plan plan;
	struct cidr targets[LIST_MAX], excludes[LIST_MAX];
	struct scope *scope;
	int64_t until_us;
	uint16_t *tcp, *udp, *sctp, *protocols;
	bool verbose;
};

static enum scan_profile profile_of(const char *name)
{
	return strcmp(name, "thorough") == 0   ? SCAN_THOROUGH
	       : strcmp(name, "standard") == 0 ? SCAN_STANDARD
					       : SCAN_SAFE;
}

static enum scan_transmit transmit_of(const char *name)
{
	return strcmp(name, "xdp-live") == 0 ? SCAN_XDP_LIVE
	       : strcmp(name, "af-xdp") == 0 ? SCAN_AF_XDP
	       : strcmp(name, "connect") == 0 ? SCAN_CONNECT
					     : SCAN_PACKET;
}

static int take_ports(const char *text, uint16_t **own, const uint16_t **ports, size_t *n,
	struct error *error)
{
	int r = 0;

	*n = 0;
	if (strcmp(text, "none") != 0)
		r = scan_ports_parse(text, own, n, error);
	*ports = *own;
	return r;
}

static int take_option(struct options *o, int option, struct error *error)
{
	struct scan_plan *plan = &o->plan;
	struct cidr cidr;
	int r = 0;

	if (option == 'p')
		r = take_ports(optarg, &o->tcp, &plan->tcp_ports, &plan->n_tcp_ports, error);
	else if (option == 'u')
		r = take_ports(optarg, &o->udp, &plan->udp_ports, &plan->n_udp_ports, error);
	else if (option == 'c')
		r = take_ports(optarg, &o->sctp, &plan->sctp_ports, &plan->n_sctp_ports, error);
	else if (option == 'i')
		r = take_ports(optarg, &o->protocols, &plan->ip_protocols,
			&plan->n_ip_protocols, error);
	else if (option == 'P')
		plan->profile = profile_of(optarg);
	else if (option == 'r')
		plan->rate_pps = (uint32_t)strtoul(optarg, NULL, 10);
	else if (option == 's')
		plan->seed = strtoull(optarg, NULL, 10);
	else if (option == 'g')
		r = cidr_parse(optarg, &cidr, error);
	else if (option == 'x')
		r = cidr_parse(optarg, &o->excludes[plan->n_excludes++ % LIST_MAX], error);
	else if (option == 'S')
		plan->stop_file = optarg;
	else if (option == 'f')
		plan->fingerprints = optarg;
	else if (option == 't')
		o->until_us =
			clock_wall_us() + (int64_t)strtoul(optarg, NULL, 10) * CLOCK_SECOND;
	else if (option == 'e')
		o->until_us = (int64_t)(strtod(optarg, NULL) * CLOCK_SECOND);
	else if (option == 'T')
		plan->transmit = transmit_of(optarg);
	else if (option == 'j')
		plan->journal = optarg;
	else if (option == 'R')
		plan->resume = true;
	else if (option == 'n')
		plan->trace = false;
	else if (option == 'G')
		plan->greet = false;
	else if (option == 'v')
		o->verbose = true;
	else
		r = error_set(error, ERROR_USAGE, "unknown option");
	if (option == 'g' && r == 0)
		r = scope_grant(o->scope, &cidr, 1, 0, o->until_us, error);
	return r;
}

static int take_header(struct scan_plan *plan, struct error *error)
{
	struct scan_journal journal;
	int r = scan_journal_read(plan->journal, &journal, error);

	plan->header = journal.header;
	scan_journal_done(&journal);
	return r;
}

static int take_all(struct options *o, int argc, char **argv, struct error *error)
{
	struct scan_plan *plan = &o->plan;
	int option, r = 0;

	plan->targets = o->targets;
	plan->excludes = o->excludes;
	plan->scope = o->scope = scope_new();
	plan->trace = plan->greet = true;
	o->until_us = INT64_MAX;
	plan->tcp_ports = scan_default_tcp_ports(&plan->n_tcp_ports);
	while (r == 0 &&
		(option = getopt(argc, argv, "p:u:c:i:P:r:s:g:x:S:f:t:e:T:j:RnGv")) != -1)
		r = take_option(o, option, error);
	for (; r == 0 && optind < argc && plan->n_targets < LIST_MAX; optind++)
		r = cidr_parse(argv[optind], &o->targets[plan->n_targets++], error);
	snprintf(plan->header.realm, sizeof(plan->header.realm), "test");
	snprintf(plan->header.vantage, sizeof(plan->header.vantage), "internal");
	snprintf(plan->header.tool, sizeof(plan->header.tool), "test");
	plan->header.started_us = clock_wall_us();
	if (r == 0 && plan->resume)
		return take_header(plan, error);
	return r < 0 ? r : bundle_id_random(plan->header.id, error);
}

int main(int argc, char **argv)
{
	static struct options o;
	struct error error = {0};
	struct scan *scan = NULL;
	int fd, r = take_all(&o, argc, argv, &error), finished;

	signal(SIGINT, on_signal);
	if (r == 0)
		r = scan_start(&o.plan, &scan, &fd, &error);
	if (r < 0)
		return fail(r, &error);
	if (scan_note(scan))
		fprintf(stderr, "%s\n", scan_note(scan));
	r = copy(scan, fd, o.verbose, &error);
	close(fd);
	finished = scan_finish(scan, &error);
	scan_free(scan);
	scope_free(o.scope);
	free(o.tcp);
	free(o.udp);
	free(o.sctp);
	free(o.protocols);
	return r < 0 ? fail(r, &error) : finished < 0 ? fail(finished, &error) : 0;
}
