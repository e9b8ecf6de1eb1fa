/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The greeter: makes ordinary connections to open ports, says at most one safe request, and reads
 * what comes back. One process, epoll, a bounded number in flight; never more than one
 * connection at a time to one host under SCAN_SAFE, and no more than two a second.
 */
#ifndef SCANNER_PROTOCOL_GREET_H
#define SCANNER_PROTOCOL_GREET_H

#include "common/addr_set.h"
#include "common/error.h"
#include "common/model/observation.h"
#include "common/model/scope.h"
#include "scanner/fingerprint/fingerprint.h"
#include "scanner/protocol/protocol.h"

struct greet_target {
	struct addr addr;
	enum transport transport;
	uint16_t port;
	const struct protocol *expected; /* what is asked there; NULL: by the port */
	bool own; /* this machine's: nothing fragile, so no gap is kept */
};

struct greet_options {
	const struct fingerprints *fingerprints; /* borrowed; NULL: nothing is identified */
	const struct scope *scope;   /* checked before everything that is sent */
	const struct addr_set *denied; /* never these, whatever the scope says; may be NULL */
	enum protocol_risk risk_max; /* requests above it are not sent */
	unsigned int deadline_ms;    /* per connection; 0: 5,000 */
	unsigned int in_flight;      /* in all; 0: 256 */
	unsigned int per_host;       /* at once; 0: 1 */
	int64_t gap_us;              /* between two connections to one host; 0: none */
	uint64_t seed;
	/* Told after every finished target; returns nonzero to stop cleanly. May be NULL. */
	int (*progress)(void *context, size_t done, size_t total);
	void *context;
};

/* What happened, by reason: targets = answered + silent + refused + out_of_scope + failed. */
struct greet_counts {
	uint64_t targets, answered, silent, refused, out_of_scope, failed;
};

/* Greets every target and hands what it learns to the sink: OBSERVATION_SERVICE (with protocol,
 * attributes and raw bytes), OBSERVATION_KEY (ssh host key, TLS certificate, SNMP engine id, ...),
 * OBSERVATION_NAME. A target that says nothing gives no observation; a raw printing port
 * (protocol_port_is_mute) counts as silent and is not connected to. Uses ordinary sockets only,
 * opens no file and starts no thread, if protocols_prepare() was called before. */
int greet_run(const struct greet_target *targets, size_t n_targets,
	const struct greet_options *options, const struct observation_sink *sink,
	struct greet_counts *ret_counts, struct error *reterr);

#endif
