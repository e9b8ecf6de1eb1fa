/* SPDX-License-Identifier: Apache-2.0 */
/* What is counted, and what an answer says about the question that it belongs to. */
#ifndef SCANNER_CAMPAIGN_ANSWER_H
#define SCANNER_CAMPAIGN_ANSWER_H

#include "common/model/observation.h"
#include "scanner/fingerprint/stack.h"
#include "scanner/link/template.h"

enum tally {
	TALLY_SENT,
	TALLY_SENT_SYN,
	TALLY_SENT_ECHO,
	TALLY_SENT_SOLICIT,
	TALLY_SENT_UDP,
	TALLY_SENT_INIT,
	TALLY_SENT_TIMESTAMP,
	TALLY_SENT_BARE,
	TALLY_SENT_TRACE,
	TALLY_SENT_LINK,
	TALLY_RECEIVED,
	TALLY_POSITIVE,
	TALLY_NEGATIVE,
	TALLY_HOPS,
	TALLY_LATE,
	TALLY_DUPLICATES,
	TALLY_STRANGERS,
	TALLY_MALFORMED,
	TALLY_UNREACHABLE_NET,
	TALLY_UNREACHABLE_HOST,
	TALLY_UNREACHABLE_PORT,
	TALLY_UNREACHABLE_PROHIBITED,
	TALLY_UNREACHABLE_OTHER,
	TALLY_OUT_OF_SCOPE,
	TALLY_NO_NEXT_HOP,
	TALLY_HOSTS_OVER_LIMIT,
	TALLY_PORTS_OVER_LIMIT,
	TALLY_ANSWER_ALL,
	TALLY_PROXY_ARP,
	TALLY_QUENCHED,
	TALLY_LINKS_ASKED,
	TALLY_LINKS_NOT_ASKED,
	TALLY_LINK_NAMELESS,
	TALLY_LINK_STATIONS,
	TALLY_TOO_BIG,
	TALLY_ALIASES,
	TALLY_TRACES_OVER_LIMIT,
	TALLY_ALIAS_ROUTERS_OVER_LIMIT,
	TALLY_AGENT_LINKS,
	TALLY_AGENT_STATIONS,
	TALLY_AGENT_NAMELESS,
	TALLY_AGENT_PORTS_CROWDED,
	TALLY_WIRING_OVER_LIMIT,
	TALLY_NEXT_HOPS_CHANGED,
	TALLY_N
};

enum trace_word {
	TRACE_HOP,     /* the TTL ran out at `peer` */
	TRACE_END,     /* the target answered */
	TRACE_BLOCKED, /* somebody on the way refused */
	TRACE_NOWHERE, /* it could not be asked */
	TRACE_WORD_N
};

enum answer_word {
	ANSWER_OPEN,	  /* the target: it is there, and what was asked is open */
	ANSWER_CLOSED,	  /* the target: it is there, and what was asked is closed */
	ANSWER_REFUSED,	  /* an error of the target or of somebody on the way */
	ANSWER_NEIGHBOUR, /* an ARP reply or a neighbour advertisement */
	ANSWER_HERE,	  /* somebody on a link that was asked as a whole */
	ANSWER_CANDIDATE, /* an address on such a link that may be somebody's */
	ANSWER_STEP,	  /* to a step of a trace */
	ANSWER_LOCAL, /* somebody's address of a link that is asked as a whole, good there
		       alone */
	ANSWER_WORD_N
};

struct answer {
	enum answer_word word;
	enum template_kind kind; /* what was asked, and whom */
	struct addr addr;
	uint16_t port;
	enum tally code;   /* REFUSED: why */
	bool itself;	   /* REFUSED: by the target; LOCAL: it answered the echo */
	uint8_t ttl;	   /* of the packet, or 0; STEP: that was asked with */
	struct mac mac;	   /* NEIGHBOUR (none: a next hop that was given up), HERE, LOCAL */
	uint8_t interface; /* NEIGHBOUR */
	struct addr peer;  /* STEP: who said it */
	enum trace_word step;
	struct stack stack; /* OPEN, of a SYN; version 0: not heard */
	int64_t wall_us;
};

/* The transport whose ports a kind of probe asks, or none. */
enum transport answer_transport(enum template_kind kind);

#endif
