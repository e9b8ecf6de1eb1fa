/* SPDX-License-Identifier: Apache-2.0 */
/* Hosts in a hash by address, their targets in lists; see greet_queue.h. */
#include "scanner/protocol/greet_queue.h"

#include "common/siphash.h"
#include "scanner/protocol/due.h"

#include <stdlib.h>
#include <string.h>

#define NONE UINT32_MAX
#define SIZE_MIN 64

struct waiting {
	struct greet_target target;
	uint32_t next; /* of the host's, or of the free ones */
};

struct host {
	struct addr addr;
	uint32_t chain;	      /* next of the same hash, or of the free ones */
	uint32_t first, last; /* its targets */
	uint32_t next;	      /* who has a turn after it */
	uint32_t greetings;
	bool has_turn;
	int64_t ready_us; /* not before */
};

struct greet_queue {
	unsigned int per_host;
	int64_t gap_us;
	struct siphash_key key;
	struct waiting *waiting;
	uint32_t n_waiting, max_waiting, free_waiting;
	struct host *hosts;
	uint32_t max_hosts, free_hosts;
	uint32_t *table; /* as many as max_hosts, a power of two */
	uint32_t first, last; /* hosts that have a turn */
	struct due due;	      /* hosts whose gap is not over */
};

/* ---- room ---------------------------------------------------------------------------------- */

static uint32_t *chain_of(struct greet_queue *q, const struct addr *addr)
{
	uint64_t hash = siphash(&q->key, addr->bytes, sizeof(addr->bytes));

	return &q->table[hash & (q->max_hosts - 1)];
}

static bool grow_waiting(struct greet_queue *q)
{
	uint32_t max = q->max_waiting ? q->max_waiting * 2 : SIZE_MIN;
	struct waiting *bigger = reallocarray(q->waiting, max, sizeof(*bigger));

	if (!bigger)
		return false;
	for (uint32_t i = q->max_waiting; i < max; i++)
		bigger[i].next = i + 1 < max ? i + 1 : q->free_waiting;
	q->free_waiting = q->max_waiting;
	q->waiting = bigger;
	q->max_waiting = max;
	return true;
}

/* All that are there are in use, so all are put into the larger table. */
static bool grow_hosts(struct greet_queue *q)
{
	uint32_t n = q->max_hosts, max = n ? n * 2 : SIZE_MIN;
	struct host *bigger = reallocarray(q->hosts, max, sizeof(*bigger));
	uint32_t *table;

	if (!bigger)
		return false;
	q->hosts = bigger;
	table = malloc(max * sizeof(*table));
	if (!table || !due_grow(&q->due, max)) {
		free(table);
		return false;
	}
	free(q->table);
	q->table = table;
	q->max_hosts = max;
	memset(table, 0xff, max * sizeof(*table));
	for (uint32_t i = 0; i < n; i++) {
		uint32_t *chain = chain_of(q, &bigger[i].addr);

		bigger[i].chain = *chain;
		*chain = i;
	}
	for (uint32_t i = n; i < max; i++)
		bigger[i].chain = i + 1 < max ? i + 1 : NONE;
	q->free_hosts = n;
	return true;
}

struct greet_queue *greet_queue_new(unsigned int per_host, int64_t gap_us, uint64_t seed)
{
	struct greet_queue *q = calloc(1, sizeof(*q));

	if (!q)
		return NULL;
	q->per_host = per_host;
	q->gap_us = gap_us;
	q->key = siphash_key_seeded(seed);
	q->free_waiting = q->free_hosts = q->first = q->last = NONE;
	if (!grow_hosts(q) || !grow_waiting(q)) {
		greet_queue_free(q);
		return NULL;
	}
	return q;
}

void greet_queue_free(struct greet_queue *q)
{
	if (!q)
		return;
	due_done(&q->due);
	free(q->waiting);
	free(q->hosts);
	free(q->table);
	free(q);
}

/* ---- hosts --------------------------------------------------------------------------------- */

static void forget(struct greet_queue *q, uint32_t number)
{
	struct host *host = &q->hosts[number];
	uint32_t *chain = chain_of(q, &host->addr);

	while (*chain != number)
		chain = &q->hosts[*chain].chain;
	*chain = host->chain;
	host->chain = q->free_hosts;
	q->free_hosts = number;
}

/* Says what a host waits for, after anything about it has changed. */
static void settle(struct greet_queue *q, uint32_t number, int64_t now_us)
{
	struct host *host = &q->hosts[number];

	if (host->has_turn || host->greetings >= q->per_host ||
		(host->first == NONE && host->greetings))
		return;
	if (host->ready_us > now_us) {
		due_set(&q->due, number, host->ready_us);
		return;
	}
	due_clear(&q->due, number);
	if (host->first == NONE) {
		forget(q, number);
		return;
	}
	host->has_turn = true;
	host->next = NONE;
	if (q->first == NONE)
		q->first = number;
	else
		q->hosts[q->last].next = number;
	q->last = number;
}

/* NONE without memory. */
static uint32_t find(struct greet_queue *q, const struct addr *addr)
{
	uint32_t *chain = chain_of(q, addr), number = *chain;

	while (number != NONE && !addr_equal(&q->hosts[number].addr, addr))
		number = q->hosts[number].chain;
	if (number != NONE)
		return number;
	if (q->free_hosts == NONE) {
		if (!grow_hosts(q))
			return NONE;
		chain = chain_of(q, addr);
	}
	number = q->free_hosts;
	q->free_hosts = q->hosts[number].chain;
	q->hosts[number] =
		(struct host){.addr = *addr, .chain = *chain, .first = NONE, .last = NONE};
	*chain = number;
	return number;
}

/* ---- targets ------------------------------------------------------------------------------- */

int greet_queue_add(struct greet_queue *q, const struct greet_target *target, int64_t now_us,
	struct error *reterr)
{
	uint32_t number, place;
	struct host *host;

	if (q->n_waiting >= GREETER_TARGETS_MAX)
		return GREETER_FULL;
	if (q->free_waiting == NONE && !grow_waiting(q))
		return error_set(reterr, ERROR_SYSTEM, "no memory for greetings");
	number = find(q, &target->addr);
	if (number == NONE)
		return error_set(reterr, ERROR_SYSTEM, "no memory for greetings");
	host = &q->hosts[number];
	place = q->free_waiting;
	q->free_waiting = q->waiting[place].next;
	q->waiting[place] = (struct waiting){*target, NONE};
	q->n_waiting++;
	if (host->first == NONE)
		host->first = place;
	else
		q->waiting[host->last].next = place;
	host->last = place;
	settle(q, number, now_us);
	return 0;
}

const struct greet_target *greet_queue_first(struct greet_queue *q, int64_t now_us)
{
	uint32_t number;

	while (due_take(&q->due, now_us, &number))
		settle(q, number, now_us);
	return q->first == NONE ? NULL : &q->waiting[q->hosts[q->first].first].target;
}

uint32_t greet_queue_take(struct greet_queue *q, bool connects, int64_t now_us)
{
	uint32_t number = q->first, place;
	struct host *host = &q->hosts[number];

	q->first = host->next;
	host->has_turn = false;
	place = host->first;
	host->first = q->waiting[place].next;
	q->waiting[place].next = q->free_waiting;
	q->free_waiting = place;
	q->n_waiting--;
	host->greetings++;
	if (connects && !q->waiting[place].target.own)
		host->ready_us = now_us + q->gap_us;
	settle(q, number, now_us);
	return number;
}

void greet_queue_release(struct greet_queue *q, uint32_t number, int64_t now_us)
{
	q->hosts[number].greetings--;
	settle(q, number, now_us);
}

int64_t greet_queue_due_us(const struct greet_queue *q)
{
	return q->first != NONE ? INT64_MIN : due_first_us(&q->due);
}

size_t greet_queue_waiting(const struct greet_queue *q)
{
	return q->n_waiting;
}
