/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One conversation with one port: what is said, when, and when enough was heard. It knows time
 * only as it is told and touches no socket: greet.c moves the bytes.
 *
 * The order of things over TCP: listen briefly, for some servers speak first; else say the one
 * request of the protocol that is expected there; else, if the risk allows, an HTTP GET on an
 * unknown port that is none of a control protocol. Whoever answers is recognised by content.
 * Only the protocol that was recognised, and to which nothing else was said before, is talked
 * with further: in ordinary client behaviour, web servers are asked for what web.h says, and
 * others are asked to go on inside TLS, where they show their certificate.
 */
#ifndef SCANNER_PROTOCOL_CONVERSATION_H
#define SCANNER_PROTOCOL_CONVERSATION_H

#include "common/clock.h"
#include "scanner/protocol/channel.h"
#include "scanner/protocol/greet.h"
#include "scanner/protocol/web.h"

#define CONVERSATION_HEARD_MAX 16384
#define CONVERSATION_OUT_MAX 8192
#define CONVERSATION_NETWORK_MAX (256 * 1024)

#define CONVERSATION_LISTEN_US (250 * 1000)   /* before the request that is expected there */
#define CONVERSATION_UNKNOWN_US (2 * CLOCK_SECOND) /* on a port that nothing is expected on */
#define CONVERSATION_QUIET_US CLOCK_SECOND      /* no more comes: what was heard is all */
#define CONVERSATION_DATAGRAM_US CLOCK_SECOND /* until a datagram is sent once more */
#define CONVERSATION_MORE_US (3 * CLOCK_SECOND) /* for a page further, or an icon */
#define CONVERSATION_DRAIN_US CLOCK_SECOND    /* for the other side to close */
/* Until a channel that had no place is tried again. */
#define CONVERSATION_PLACE_US (200 * 1000)
#define CONVERSATION_DATAGRAM_TRIES 2

enum conversation_stage {
	CONVERSATION_CONNECTING,
	CONVERSATION_LISTENING,
	CONVERSATION_TALKING,
	CONVERSATION_ENDING, /* all was heard; the rest of `out` goes, then the connection
				closes */
};

struct conversation {
	const struct greet_target *target;
	char host[ADDR_TEXT_MAX];
	enum protocol_risk risk_max;
	uint64_t seed;
	enum conversation_stage stage;
	const struct protocol *expected, *spoken, *found;
	const struct protocol
		*inside;	 /* what is said inside TLS; NULL: the server is listened to */
	struct channel *channel; /* NULL: in the clear */
	struct web *web;         /* NULL: no further page is asked for */
	bool inner;              /* the channel is open; `heard` is what was said inside */
	bool waits;              /* for one: too many are open */
	bool upgraded; /* the channel was asked for in the clear: `heard` begins with what was
			  said ... */
	size_t before;           /* ... before it, so much */
	bool asked, plain;       /* ... it was asked for; it was refused */
	bool gone;               /* the other side closed before all was heard */
	unsigned int said, tries;
	int64_t deadline_us, wake_us; /* monotonic */
	size_t network;               /* bytes received */
	size_t heard_size, out_size, out_sent;
	uint8_t heard[CONVERSATION_HEARD_MAX], out[CONVERSATION_OUT_MAX];
};

void conversation_begin(struct conversation *c, const struct greet_target *target,
	enum protocol_risk risk_max, uint64_t seed, int64_t now_us, int64_t deadline_us);
void conversation_done(struct conversation *c);

void conversation_connected(struct conversation *c, int64_t now_us);
void conversation_heard(struct conversation *c, const uint8_t *bytes, size_t size,
	int64_t now_us);
void conversation_closed(struct conversation *c, int64_t now_us); /* by the other side */
void conversation_timer(struct conversation *c, int64_t now_us);  /* wake_us has come */

/* After the end: whether the port is to be asked once more over a connection of its own, and
 * how: because the server speaks another HTTP than it was asked in, or because the protocol
 * that was asked here said nothing of its own. */
bool conversation_otherwise(const struct conversation *c, struct greet_target *ret);
/* After the end: what was learnt. Returns the protocol's name, NULL if it was not
 * recognised. */
const char *conversation_read(const struct conversation *c, struct reading *reading);
/* The bytes that prove it, at most `max`, without what stands for a log-in; `room` is used
 * where they are not at hand as they are to be kept. */
const uint8_t *conversation_raw(const struct conversation *c, uint8_t *room, size_t max,
	size_t *ret_size);

#endif
