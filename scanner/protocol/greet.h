/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The greeter: makes ordinary connections to open ports, says what the profile allows (under
 * `safe` one safe request), and reads what comes back. Each target is connected to once, and a
 * second time, once the first connection is closed, if it speaks another HTTP than it was
 * asked in, or said nothing of the protocol that was asked first on a port that two share;
 * what the first learnt is told if the second does not tell more. One process, epoll, a
 * bounded number in flight and at one host; whoever says nothing, never ends or does not read
 * holds a place of its own until the deadline, and nobody else's. It never waits by itself:
 * its caller does, and may do something else meanwhile.
 */
#ifndef SCANNER_PROTOCOL_GREET_H
#define SCANNER_PROTOCOL_GREET_H

#include "common/addr_set.h"
#include "common/clock.h"
#include "common/error.h"
#include "common/model/observation.h"
#include "common/model/scope.h"
#include "scanner/fingerprint/fingerprint.h"
#include "scanner/protocol/protocol.h"

#define GREETER_TARGETS_MAX (1u << 18) /* that wait */
#define GREETER_IN_FLIGHT_MAX 4096
#define GREETER_BURST_US 10000 /* worth of connections may begin at once */
/* So long before an authorisation ends nobody is connected to any more (the kernel looks for a
 * neighbour for three seconds), and connections that are still open are reset: nothing is left
 * that it would send again. */
#define GREETER_LAST_US (4 * CLOCK_SECOND)
#define GREETER_LEAVE_US (CLOCK_SECOND / 2)

struct greet_target {
	struct addr addr;
	enum transport transport;
	uint16_t port;
	const struct protocol *expected; /* what is asked there; NULL: by the port */
	bool own; /* this machine's: nothing fragile, so no gap is kept */
	const struct protocol *inside; /* what is said inside TLS; NULL: by the port */
};

struct greet_options {
	const struct fingerprints *fingerprints; /* borrowed; NULL: nothing is identified */
	const struct scope *scope;   /* borrowed; checked before everything that is sent */
	const struct addr_set
		*denied; /* borrowed: never these, whatever the scope says; may be NULL */
	enum protocol_risk risk_max; /* requests above it are not sent */
	unsigned int deadline_ms;    /* per connection; 0: 5,000 */
	unsigned int in_flight;      /* in all, where so many descriptors are allowed; 0: 256 */
	unsigned int per_host;       /* at once; 0: 1 */
	int64_t gap_us;              /* between two connections to one host; 0: none */
	/* To one /24 or /64, this machine's own addresses apart, and to any; 0: none. Of what
	 * was missed GREETER_BURST_US' worth are made up for. */
	int64_t gap_network_us, gap_all_us;
	uint64_t seed;
	/* Told once for each target, right after all its observations were handed to the sink,
	 * or when it is known that there are none. Not of targets given up by free, nor of
	 * those that may not be asked now. May be NULL. */
	void (*ended)(void *context, const struct greet_target *target);
	void *context;
};

/* What happened, by reason: targets = answered + silent + refused + out_of_scope + failed. Who
 * said something before he might not be asked any more has answered. */
struct greet_counts {
	uint64_t targets, answered, silent, refused, out_of_scope, failed;
};

enum { GREETER_FULL = 1 };

/* A running greeter. What stands after the functions is for reading, between two calls. */
struct greeter {
	/* Adds a target, at any time and in any order: each is greeted once. GREETER_FULL: too
	 * many wait; again later. */
	int (*add)(struct greeter *greeter, const struct greet_target *target,
		struct error *reterr);
	/* Does what is due, for at most about so long; it does not wait. */
	int (*turn)(struct greeter *greeter, int64_t most_us, struct error *reterr);
	/* Closes what is open and gives up what waits. */
	void (*free)(struct greeter *greeter);
	int fd; /* readable when there is something to do; 0: none */
	int64_t due_us; /* when there is something to do even so, monotonic; INT64_MAX: never */
	size_t pending; /* targets that wait, and connections that are not closed yet */
	struct greet_counts counts;
};

/*
 * Hands what it learns to the sink, all of one target together: OBSERVATION_SERVICE (with
 * protocol, attributes and raw bytes), OBSERVATION_KEY (ssh host key, TLS certificate, SNMP
 * engine id, ...), OBSERVATION_NAME. A target that says nothing gives no observation; a raw
 * printing port (protocol_port_is_mute) counts as silent and is not connected to. Uses ordinary
 * sockets only, opens no file and starts no thread, if protocols_prepare() was called before.
 * After an error it can only be freed.
 */
int greeter_new(const struct greet_options *options, const struct observation_sink *sink,
	struct greeter **ret_greeter, struct error *reterr);

static inline void greeter_freep(struct greeter **greeter)
{
	if (*greeter)
		(*greeter)->free(*greeter);
}

#endif
