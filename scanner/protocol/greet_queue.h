/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is greeted next: targets wait by host, in the order they came, and a host has its turn
 * when it has fewer greetings than it may have at once and its gap is over; so has its network,
 * if the gap of that is over too. Networks take turns, and in each of them hosts. A host is
 * remembered as long as it has targets, greetings or a gap, and its network with it; memory is
 * bounded.
 */
#ifndef SCANNER_PROTOCOL_GREET_QUEUE_H
#define SCANNER_PROTOCOL_GREET_QUEUE_H

#include "scanner/protocol/greet.h"

struct greet_queue;

/* Of the options: how many at once, gaps of host and network, seed. NULL without memory. */
struct greet_queue *greet_queue_new(const struct greet_options *options);
void greet_queue_free(struct greet_queue *queue);
CLEANUP_DEFINE(struct greet_queue, greet_queue_free)

/* GREETER_FULL: not now. */
int greet_queue_add(struct greet_queue *queue, const struct greet_target *target,
	int64_t now_us, struct error *reterr);
/* One that was taken comes once more; there is always room. */
int greet_queue_back(struct greet_queue *queue, const struct greet_target *target,
	int64_t now_us, struct error *reterr);
/* The target whose turn it is; borrowed until the next call. NULL: nobody's. */
const struct greet_target *greet_queue_first(struct greet_queue *queue, int64_t now_us);
/* Takes that target out and returns its host, which has one greeting more. If it `connects`,
 * the gaps begin, unless the target is this machine's own. */
uint32_t greet_queue_take(struct greet_queue *queue, bool connects, int64_t now_us);
/* A greeting of the host is over. */
void greet_queue_release(struct greet_queue *queue, uint32_t host, int64_t now_us);
/* When somebody has a turn, if nothing is released before; INT64_MIN: now, INT64_MAX: never. */
int64_t greet_queue_due_us(const struct greet_queue *queue);
size_t greet_queue_waiting(const struct greet_queue *queue);

#endif
