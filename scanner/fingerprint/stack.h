/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a TCP stack looks like when it opens a connection or accepts one: a SYN or a SYN-ACK
 * without what differs from connection to connection, in the notation of p0f, and the family of
 * systems that p0f's own list names for it. The list is not part of this program; it is read if
 * the user has it (Debian: package p0f). A hint, seldom right: whoever uses it weighs it least
 * (docs/adr/0015). Not looked at: options of IP, the urgent pointer, what is reserved, flow
 * labels.
 *
 * Reference: README of p0f 3, "Fingerprint database"; RFC 9293, 7323, 2018, 3168.
 */
#ifndef SCANNER_FINGERPRINT_STACK_H
#define SCANNER_FINGERPRINT_STACK_H

#include "common/cleanup.h"
#include "common/error.h"
#include "scanner/wire/frame.h"

#include <stdbool.h>
#include <stdint.h>

/* A SYN and a SYN-ACK of one system differ; the list has a section for each. */
enum stack_kind { STACK_REQUEST, STACK_RESPONSE, STACK_KIND_N };

/* What deviates, one bit each; the words that p0f has for them are in stack.c. */
enum stack_quirk {
	STACK_DF = 1,
	STACK_ID_SET = 2,   /* DF is set, and the id is not zero */
	STACK_ID_ZERO = 4,  /* DF is not set, and the id is zero */
	STACK_SEQ_ZERO = 8,
	STACK_PUSHED = 16,
	STACK_SCALE_HIGH = 32, /* above 14 */
	STACK_OPTIONS_BAD = 64,
	STACK_TS_ZERO = 128, /* its own time stamp is zero */
	STACK_AFTER_END = 256, /* bytes behind the end of the options are not zero */
	STACK_UNSEEN = 512, /* in a list: one that is not looked at here, so it never matches */
	STACK_ECN = 1024,   /* it offers or takes explicit congestion notification */
	STACK_ACK_SET = 2048, /* SYN: the number of an acknowledgement is not zero */
	STACK_PEER_TS = 4096  /* SYN: the other side's time stamp is not zero */
};

#define STACK_OPTIONS_MAX 20

/* Every byte counts when two are compared: made of zeros first. */
struct stack {
	uint16_t mss, window, quirks; /* mss 0: none */
	uint8_t version, ttl;	      /* ttl: as it left, by the next usual one */
	uint8_t scale;		      /* 0: none */
	uint8_t n_options;	      /* more than STACK_OPTIONS_MAX are STACK_OPTIONS_BAD */
	uint8_t options[STACK_OPTIONS_MAX]; /* kinds, in order */
	uint8_t padding;	      /* bytes behind the end of the options */
	uint8_t unused;
};

/* What a SYN or SYN-ACK shows. Nothing is believed: whatever the options hold, this is in its
 * bounds. */
void stack_of(const struct frame *frame, struct stack *ret_stack);

/* "4:64:0:1460:64240,0:mss:df:0" */
#define STACK_TEXT_MAX 192
const char *stack_format(const struct stack *stack, char out[STACK_TEXT_MAX]);

/* That the two, heard from one address, are of two systems: options that both have stand in
 * another order, or their TTL differs. What a program may choose for its own connections
 * (windows, options that are left out or added) says nothing. */
bool stack_differs(const struct stack *a, const struct stack *b);
/* One begins with a TTL of 64 and the other of 128. Any other may be chosen, and whoever shows
 * none of the usual options may be a tool. */
bool stack_ttl_differs(const struct stack *a, const struct stack *b);
/* Negative: `a` says more than `b`; 0: they are the same. More is what shows more of the usual
 * options, as a stack does that was not asked by some tool, the least of all what is malformed;
 * else the least in order of bytes. */
int stack_compare(const struct stack *a, const struct stack *b);

struct stacks;

/* The list. A file that is not there is an empty one; lines that do not have the form are
 * stepped over, and so is whatever is not about SYNs and SYN-ACKs. ERROR_INPUT,
 * ERROR_SYSTEM. */
int stacks_load(const char *path, struct stacks **ret_stacks, struct error *reterr);
/* The same of bytes, NUL behind them. ERROR_SYSTEM. */
int stacks_parse(char *text, struct stacks **ret_stacks, struct error *reterr);
void stacks_free(struct stacks *stacks);
CLEANUP_DEFINE(struct stacks, stacks_free)
size_t stacks_count(const struct stacks *stacks, enum stack_kind kind); /* of signatures */

/* The system's name, borrowed, or NULL. In the order of the file: one that is meant for a
 * system before one of last resort, and that before one that is met but for what networks
 * change (`ret_weak` for both). What a tool makes is nobody's. */
const char *stacks_match(const struct stacks *stacks, enum stack_kind kind,
	const struct stack *stack, bool *ret_weak);

/* What observations say of it as "stack.certainty". The first is told as well: an observation
 * without it would leave what an earlier one said. */
#define STACK_SURE "1"
#define STACK_LESS_SURE "0.5" /* the match is weak, or two systems stand behind the address */

#endif
