/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Composes scanner and inventory: makes a plan from the command line, checks it against the
 * recorded authorisations, runs it, and files what comes out. Shared by survey, scan, listen.
 */
#ifndef CLI_TASK_H
#define CLI_TASK_H

#include "cli/command.h"
#include "cli/logins.h"
#include "cli/resume.h"
#include "cli/targets.h"
#include "scanner/scanner.h"

/* The options of every verb that scans: put into its rows. */
#define TASK_OPTIONS                                                                           \
	{"ports", 'p', "LIST",                                                                 \
		"TCP ports, as 22,80,1000-1010; default: a set of common ones"},               \
		{"udp", 0, "LIST",                                                             \
			"UDP ports; default: a set of common ones; \"none\" for none"},        \
		{"sctp", 0, "LIST", "SCTP ports; default: none"},                              \
		{"ip-protocols", 0, "LIST",                                                    \
			"IP protocols to look for, by number or name, as gre,50-51; default: " \
			"none"},                                                               \
		{"profile", 0, "NAME", "safe, standard or thorough; default: safe"},           \
		{"rate", 0, "PPS", "packets per second for the whole campaign"},               \
		{"network-rate", 0, "PPS", "packets per second to one /24 or /64"},            \
		{"transmit", 0, "NAME",                                                        \
			"how probes leave: packet, af-xdp, xdp-live or connect; default: "     \
			"packet"},                                                             \
		TARGETS_OPTIONS,                                                               \
		{"shard", 0, "I/N",                                                            \
			"only part I of N of the targets; others scan the others"},            \
		{"vantage", 0, "NAME", "internal, or internet: what answers is exposed"},      \
		{"no-trace", 0, NULL, "do not look for the routers on the way"},               \
		{"no-greeting", 0, NULL,                                                       \
			"do not connect to what is open: hosts and ports only"},               \
		{"seed", 0, "NUMBER", "order of the probes; default: random"},                 \
		{"snmp", 0, "FILE", "communities and users with which SNMP agents are read"},  \
		{"fingerprints", 0, "DIR",                                                     \
			"directory of Recog-format files to use instead of ours"},             \
	{                                                                                      \
		"stop-file", 0, "FILE", "stop cleanly as soon as this file exists"             \
	}

struct task {
	struct scan_plan plan;
	struct targets targets;
	struct logins logins;
	uint16_t *tcp_ports, *udp_ports, *sctp_ports, *ip_protocols;
	struct scope *scope;
	char fingerprints[512];
	const struct args *args; /* borrowed */
	char journal[RESUME_PATH_MAX];
	struct str words; /* how to begin it again */
	char text[1024]; /* what was asked, for the audit trail and the title block */
};

/* Fills the plan from the arguments; without targets, the machine's own loopback addresses.
 * Loads the realm's scope from the inventory, of what is granted for the plan's profile:
 * whatever the plan reaches besides its targets (routers, all of a link) is held to it too. */
int task_init(struct task *task, struct context *context, const struct args *args,
	struct error *reterr);
void task_done(struct task *task);

/* Runs the plan and files the observations. ERROR_PERMISSION after an audited refusal, with no
 * packet sent. ret_result may be valid even if ERROR_PARTIAL is returned. */
int task_run(struct task *task, struct context *context,
	struct intake_result *ret_result, struct error *reterr);

/* What is listened to: a capture file, or an interface for some time. */
struct listening {
	const char *capture; /* NULL: tap */
	struct scan_tap tap;
	struct bundle_header header;
	const char *fingerprints;
};
int task_listen(const struct listening *listening, struct scan **ret_scan, int *ret_fd,
	struct error *reterr);
/* The same into a file that is not there yet, or "-". */
int task_listen_bundle(struct context *context, const struct listening *listening,
	const char *path, struct error *reterr);
/* Runs the plan and copies the bundle to a file instead. */
int task_write_bundle(struct task *task, struct context *context, const char *path,
	struct error *reterr);

/* Reads a started scan to its end into the inventory: shared with listen. */
int task_file(struct context *context, struct scan *scan, int fd, const char *name,
	const char *text, struct intake_result *ret_result, struct error *reterr);

/* Prints what an intake did, as a row of the chosen form. */
int task_report(struct context *context, const struct intake_result *result,
	struct error *reterr);

/* A bundle header for this process. */
int task_header(struct bundle_header *header, const struct context *context,
	const char *vantage, struct error *reterr);

#endif
