/* SPDX-License-Identifier: Apache-2.0 */
/* Hosts and networks in a hash by address, what waits for them in lists; see greet_queue.h. */
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

/* A host, or a network: that of its hosts. */
struct node {
	struct addr addr;     /* a network's: its first */
	uint32_t chain;	      /* next of the same hash, or of the free ones */
	uint32_t network;     /* of a host; NONE: it is one */
	uint32_t first, last; /* its targets; hosts of it that have a turn */
	uint32_t next;	      /* who has a turn after it */
	uint32_t greetings;   /* a network: hosts */
	bool has_turn;
	int64_t ready_us; /* not before */
};

struct greet_queue {
	unsigned int per_host;
	int64_t gap_us, gap_network_us;
	struct siphash_key key;
	struct waiting *waiting;
	uint32_t n_waiting, max_waiting, free_waiting;
	struct node *nodes;
	uint32_t max_nodes, free_nodes;
	uint32_t *table; /* as many as max_nodes, a power of two */
	uint32_t first, last; /* networks that have a turn */
	struct due due;	      /* who waits for a gap to be over */
};

/* ---- room -------------------------------------------------------------------------------- */

static uint32_t *chain_of(struct greet_queue *q, const struct addr *addr)
{
	uint64_t hash = siphash(&q->key, addr->bytes, sizeof(addr->bytes));

	return &q->table[hash & (q->max_nodes - 1)];
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
static bool grow_nodes(struct greet_queue *q)
{
	uint32_t n = q->max_nodes, max = n ? n * 2 : SIZE_MIN;
	struct node *bigger = reallocarray(q->nodes, max, sizeof(*bigger));
	uint32_t *table;

	if (!bigger)
		return false;
	q->nodes = bigger;
	table = malloc(max * sizeof(*table));
	if (!table || !due_grow(&q->due, max)) {
		free(table);
		return false;
	}
	free(q->table);
	q->table = table;
	q->max_nodes = max;
	memset(table, 0xff, max * sizeof(*table));
	for (uint32_t i = 0; i < n; i++) {
		uint32_t *chain = chain_of(q, &bigger[i].addr);

		bigger[i].chain = *chain;
		*chain = i;
	}
	for (uint32_t i = n; i < max; i++)
		bigger[i].chain = i + 1 < max ? i + 1 : NONE;
	q->free_nodes = n;
	return true;
}

struct greet_queue *greet_queue_new(const struct greet_options *options)
{
	struct greet_queue *q = calloc(1, sizeof(*q));

	if (!q)
		return NULL;
	q->per_host = options->per_host ? options->per_host : 1;
	q->gap_us = options->gap_us;
	q->gap_network_us = options->gap_network_us;
	q->key = siphash_key_seeded(options->seed);
	q->free_waiting = q->free_nodes = q->first = q->last = NONE;
	if (!grow_nodes(q) || !grow_waiting(q)) {
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
	free(q->nodes);
	free(q->table);
	free(q);
}

/* ---- hosts and networks ------------------------------------------------------------------ */

/* Appends a node to a list of those that have a turn. */
static void append(struct greet_queue *q, uint32_t *first, uint32_t *last, uint32_t number)
{
	q->nodes[number].has_turn = true;
	q->nodes[number].next = NONE;
	if (*first == NONE)
		*first = number;
	else
		q->nodes[*last].next = number;
	*last = number;
}

static void forget(struct greet_queue *q, uint32_t number)
{
	struct node *node = &q->nodes[number];
	uint32_t *chain = chain_of(q, &node->addr);

	while (*chain != number)
		chain = &q->nodes[*chain].chain;
	*chain = node->chain;
	node->chain = q->free_nodes;
	q->free_nodes = number;
}

/* Says what a node waits for, after anything about it has changed. True if it has a turn now,
 * or is forgotten: then something about the network of a host has changed. */
static bool settle_one(struct greet_queue *q, uint32_t number, uint32_t most, int64_t now_us)
{
	struct node *node = &q->nodes[number];

	if (node->has_turn || node->greetings >= most ||
		(node->first == NONE && node->greetings))
		return false;
	if (node->ready_us > now_us) {
		due_set(&q->due, number, node->ready_us);
		return false;
	}
	due_clear(&q->due, number);
	return true;
}

static void settle_network(struct greet_queue *q, uint32_t number, int64_t now_us)
{
	if (!settle_one(q, number, UINT32_MAX, now_us))
		return;
	if (q->nodes[number].first == NONE)
		forget(q, number);
	else
		append(q, &q->first, &q->last, number);
}

static void settle_host(struct greet_queue *q, uint32_t number, int64_t now_us)
{
	uint32_t network = q->nodes[number].network;
	struct node *above = &q->nodes[network];

	if (!settle_one(q, number, q->per_host, now_us))
		return;
	if (q->nodes[number].first == NONE) {
		forget(q, number);
		above->greetings--;
	} else {
		append(q, &above->first, &above->last, number);
	}
	settle_network(q, network, now_us);
}

static void settle(struct greet_queue *q, uint32_t number, int64_t now_us)
{
	if (q->nodes[number].network == NONE)
		settle_network(q, number, now_us);
	else
		settle_host(q, number, now_us);
}

/* NONE without memory. */
static uint32_t find(struct greet_queue *q, const struct addr *addr, uint32_t network)
{
	uint32_t *chain = chain_of(q, addr), number = *chain;

	while (number != NONE &&
		(!addr_equal(&q->nodes[number].addr, addr) ||
			(q->nodes[number].network == NONE) != (network == NONE)))
		number = q->nodes[number].chain;
	if (number != NONE)
		return number;
	if (q->free_nodes == NONE) {
		if (!grow_nodes(q))
			return NONE;
		chain = chain_of(q, addr);
	}
	number = q->free_nodes;
	q->free_nodes = q->nodes[number].chain;
	q->nodes[number] = (struct node){.addr = *addr,
		.chain = *chain,
		.network = network,
		.first = NONE,
		.last = NONE};
	*chain = number;
	if (network != NONE)
		q->nodes[network].greetings++;
	return number;
}

/* All are in one network where it has no gap. */
static uint32_t find_host(struct greet_queue *q, const struct addr *addr, int64_t now_us)
{
	struct cidr cidr = cidr_of(addr, addr->family == 4 ? 24 : 64);
	uint32_t network, host;

	network = find(q, q->gap_network_us ? &cidr.base : &(struct addr){0}, NONE);
	if (network == NONE)
		return NONE;
	host = find(q, addr, network);
	if (host == NONE)
		settle_network(q, network, now_us);
	return host;
}

/* ---- targets ----------------------------------------------------------------------------- */

int greet_queue_back(struct greet_queue *q, const struct greet_target *target, int64_t now_us,
	struct error *reterr)
{
	uint32_t number, place;
	struct node *host;

	if (q->free_waiting == NONE && !grow_waiting(q))
		return error_set(reterr, ERROR_SYSTEM, "no memory for greetings");
	number = find_host(q, &target->addr, now_us);
	if (number == NONE)
		return error_set(reterr, ERROR_SYSTEM, "no memory for greetings");
	host = &q->nodes[number];
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

int greet_queue_add(struct greet_queue *q, const struct greet_target *target, int64_t now_us,
	struct error *reterr)
{
	return q->n_waiting >= GREETER_TARGETS_MAX
		       ? GREETER_FULL
		       : greet_queue_back(q, target, now_us, reterr);
}

const struct greet_target *greet_queue_first(struct greet_queue *q, int64_t now_us)
{
	uint32_t number;

	while (due_take(&q->due, now_us, &number))
		settle(q, number, now_us);
	return q->first == NONE ? NULL
				: &q->waiting[q->nodes[q->nodes[q->first].first].first].target;
}

static void begin_gaps(
	struct greet_queue *q, struct node *host, struct node *network, int64_t now_us)
{
	int64_t least_us = now_us - GREETER_BURST_US;

	host->ready_us = now_us + q->gap_us;
	if (q->gap_network_us)
		network->ready_us =
			(network->ready_us > least_us ? network->ready_us : least_us) +
			q->gap_network_us;
}

uint32_t greet_queue_take(struct greet_queue *q, bool connects, int64_t now_us)
{
	struct node *network = &q->nodes[q->first];
	uint32_t number = network->first, place, above = q->first;
	struct node *host = &q->nodes[number];

	q->first = network->next;
	network->first = host->next;
	network->has_turn = host->has_turn = false;
	place = host->first;
	host->first = q->waiting[place].next;
	q->waiting[place].next = q->free_waiting;
	q->free_waiting = place;
	q->n_waiting--;
	host->greetings++;
	if (connects && !q->waiting[place].target.own)
		begin_gaps(q, host, network, now_us);
	settle_host(q, number, now_us);
	settle_network(q, above, now_us);
	return number;
}

void greet_queue_release(struct greet_queue *q, uint32_t number, int64_t now_us)
{
	q->nodes[number].greetings--;
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
