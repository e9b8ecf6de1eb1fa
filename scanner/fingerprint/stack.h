/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the first answer of a TCP stack looks like: a SYN-ACK without what differs from connection to
 * connection, in the notation of p0f, and the family of systems that p0f's own list names for it. The list is
 * not part of this program; it is read if the user has it (Debian: package p0f). A hint, seldom right: whoever
 * uses it weighs it least (docs/adr/0015).
 *
 * Reference: README of p0f 3, "Fingerprint database"; RFC 9293, 7323, 2018.
 */
#ifndef SCANNER_FINGERPRINT_STACK_H
#define SCANNER_FINGERPRINT_STACK_H

#include "common/cleanup.h"
#include "common/error.h"
#include "scanner/wire/frame.h"

#include <stdbool.h>
#include <stdint.h>

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
	STACK_UNSEEN = 512 /* in a list: one that is not looked at here, so it never matches */
};

#define STACK_OPTIONS_MAX 8

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

/* What a SYN-ACK shows. Nothing is believed: whatever the options hold, this is in its bounds. */
void stack_of(const struct frame *frame, struct stack *ret_stack);

/* "4:64:0:1460:64240,0:mss:df:0" */
#define STACK_TEXT_MAX 192
const char *stack_format(const struct stack *stack, char out[STACK_TEXT_MAX]);

struct stacks;

/* The list. A file that is not there is an empty one; lines that do not have the form are stepped over, and
 * so is whatever is not about SYN-ACKs. ERROR_INPUT, ERROR_SYSTEM. */
int stacks_load(const char *path, struct stacks **ret_stacks, struct error *reterr);
/* The same of bytes, NUL behind them. ERROR_SYSTEM. */
int stacks_parse(char *text, struct stacks **ret_stacks, struct error *reterr);
void stacks_free(struct stacks *stacks);
CLEANUP_DEFINE(struct stacks, stacks_free)
size_t stacks_count(const struct stacks *stacks); /* of signatures */

/* The system's name, borrowed, or NULL. In the order of the file: one that is meant for a system before one
 * of last resort, and that before one that is met but for what networks change (`ret_weak` for both). */
const char *stacks_match(const struct stacks *stacks, const struct stack *stack, bool *ret_weak);

#endif
