/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reverse DNS: asks name servers that were found among the targets, and nobody else, what the
 * addresses that live are called. One question per datagram, type PTR, class IN, no recursion
 * desired: a server answers from what it holds and asks nobody outside on our behalf. One
 * question at a time to a server, each from a socket of its own with a random port and id. An
 * answer counts if id and question are ours; CNAMEs are followed inside it (RFC 2317).
 *
 * A server is not asked on once it is silent to a few questions in a row, or has named nobody
 * in its first REVERSE_TRIES questions (refused, NXDOMAIN, failed). It is asked about its own
 * network first, then one address per reverse zone, so that these first questions are a fair
 * sample; the order follows from the addresses alone.
 *
 * References: RFC 1035, 3.5 and 4; RFC 3596, 2.5; RFC 1123, 2.1 (host names); RFC 5452 (ids and
 * ports).
 */
#ifndef SCANNER_PROTOCOL_REVERSE_H
#define SCANNER_PROTOCOL_REVERSE_H

#include "common/error.h"
#include "common/model/observation.h"
#include "common/model/scope.h"
#include "scanner/protocol/protocol.h"

#define REVERSE_SERVERS_MAX 8	    /* the lowest addresses, if there are more */
#define REVERSE_QUESTIONS_MAX 65536 /* datagrams of one campaign */
#define REVERSE_TRIES 32	    /* first questions of which one must bring a name */
#define REVERSE_SILENT_MAX 3	    /* unanswered questions in a row, each asked twice */
#define REVERSE_NAMES_MAX 8	    /* of one address; the first in order, if there are more */
#define REVERSE_REQUEST_MAX 90	    /* the question about an IPv6 address */

enum reverse_outcome {
	REVERSE_STRANGER, /* no answer to this question: it is waited for on */
	REVERSE_NOTHING,  /* no such name, refused, failed, cut short, or no valid name */
	REVERSE_NAMED,
};

struct reverse_names {
	char names[REVERSE_NAMES_MAX][READING_HOST_NAME_MAX + 1]; /* lower case, in order */
	size_t n;
};

/* Writes the question about an address; returns its size, 0 if `max` is too small. */
size_t reverse_question(uint8_t *out, size_t max, const struct addr *addr, uint16_t id);
/* Reads what came back for it. */
enum reverse_outcome reverse_read(const uint8_t *bytes, size_t size, const struct addr *addr,
	uint16_t id, struct reverse_names *ret_names);

struct reverse_server {
	struct addr addr;
	uint16_t port;
};

/* What came of a question, asked once or twice. */
enum reverse_fate {
	REVERSE_WAS_NAMED,
	REVERSE_WAS_NOT,    /* answered, without a name */
	REVERSE_WAS_SILENT,
	REVERSE_WAS_LAST,   /* nobody listens there: that server is asked nothing more */
	REVERSE_FATE_N
};

struct reverse_asked {
	struct addr server, addr;
	enum reverse_fate fate;
	uint8_t sent, names;
};

struct reverse_options {
	const struct scope *scope; /* checked before every datagram */
	int64_t gap_us;		   /* between two datagrams to one server */
	int64_t gap_all_us;	   /* and to all of them */
	unsigned int patience_ms;  /* for one answer; 0: 2,000 */
	size_t questions_max;	   /* 0, or more: REVERSE_QUESTIONS_MAX */
	uint64_t seed;
	/* Told of each question when all that came of it was handed to the sink, but for what a
	 * stop leaves out. May be NULL. */
	void (*asked)(void *context, const struct reverse_asked *asked);
	const struct reverse_asked *known; /* of an earlier time, in any order: they count, and
					      are not asked again */
	size_t n_known;
	/* Told several times a second; returns nonzero to stop cleanly. May be NULL. */
	int (*progress)(void *context, size_t done, size_t total);
	void *context;
};

struct reverse_counts {
	uint64_t servers, asked, answered, named, strangers;
};

typedef int reverse_fn(const struct reverse_server *servers, size_t n_servers,
	const struct addr *addrs, size_t n_addrs, const struct reverse_options *options,
	const struct observation_sink *sink, struct reverse_counts *ret_counts,
	struct error *reterr);

/* Asks each server, at most REVERSE_SERVERS_MAX of them, about every address, sorted and each
 * once. A name is an OBSERVATION_NAME with the attributes "name", "source" ("dns.ptr") and
 * "server" (who said so), and the answer's bytes. Ordinary UDP sockets only. */
reverse_fn reverse_run;

#endif
