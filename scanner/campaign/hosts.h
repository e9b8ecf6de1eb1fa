/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hosts that answered, by address: a keyed hash over an array, so that an index stays good.
 * Bounded; whoever comes after the last place is counted by the caller.
 */
#ifndef SCANNER_CAMPAIGN_HOSTS_H
#define SCANNER_CAMPAIGN_HOSTS_H

#include "common/addr.h"
#include "common/siphash.h"

#include <stdbool.h>
#include <stdint.h>

#define HOSTS_MAX (1u << 20)
#define HOST_NONE UINT32_MAX

struct host {
	struct addr addr;
	struct mac mac;
	uint32_t slot;	    /* in the running sweep, or HOST_NONE */
	uint32_t open;	    /* ports that answered as open */
	uint16_t open_port; /* one of them; 0 none */
	uint8_t ttl;	    /* of its last answer */
	uint8_t control;    /* control ports that answered as open */
	uint16_t stack;	    /* of a SYN-ACK: number in the campaign's list, from 1; 0 none */
	bool alive : 1; /* it answered by itself: not only by an ARP that may be a proxy's */
	bool told : 1;	/* its HOST observation is out */
	bool on_link : 1;
	bool echoed : 1;     /* by an echo that was sent to all of the link */
	bool everywhere : 1; /* answers on any port: flagged */
	bool router : 1;     /* it is on the way to others */
	bool single : 1;     /* named one by one in the plan, and silent so far */
};

_Static_assert(sizeof(struct host) <= 40, "there may be a million of them");

struct hosts {
	struct host *rows;
	uint32_t n, max;
	uint32_t *table;
	uint32_t mask; /* size of the table minus one; 0: not there yet */
	struct siphash_key key;
};

void host_table_init(struct hosts *hosts, const struct siphash_key *key);
void host_table_done(struct hosts *hosts);
/* The index, or HOST_NONE. */
uint32_t host_table_find(const struct hosts *hosts, const struct addr *addr);
/* The index of the address, added if need be; HOST_NONE when full or without memory. */
uint32_t host_table_add(struct hosts *hosts, const struct addr *addr);

#endif
