/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The frame link: what the campaign sends through and hears from, behind one interface. The
 * live backend (live.h) is the network; the replay backend (replay.h) is a scripted network in
 * simulated time. Nobody outside of scanner/link sees a socket or a capture handle.
 *
 * Times are monotonic microseconds of the link's own clock, except wall_us.
 */
#ifndef SCANNER_LINK_LINK_H
#define SCANNER_LINK_LINK_H

#include "common/addr.h"
#include "common/error.h"
#include "common/siphash.h"
#include "scanner/wire/frame.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of a probe without data: Ethernet, IPv6, TCP with one option. */
#define LINK_HEAD_MAX 96
#define LINK_DATA_MAX 512      /* that a datagram carries */
#define LINK_FRAME_MAX (LINK_HEAD_MAX + LINK_DATA_MAX)
#define LINK_BATCH_MAX 64      /* frames handed over at once */
#define LINK_INTERFACES_MAX 64 /* in one campaign */
#define LINK_NAME_MAX 16       /* IFNAMSIZ */

enum link_mode {
	LINK_ETHERNET, /* frames begin with an Ethernet header */
	LINK_IP,       /* packets begin with their IP header; the kernel finds the way */
};

/* An interface to be opened. The position in the array given at opening is its number. */
struct link_interface {
	char name[LINK_NAME_MAX];
	unsigned int index; /* the kernel's */
	enum link_mode mode;
	struct mac mac;
	bool ipv4, ipv6; /* what will be sent there; neither: it is only listened to */
};

/* A finished frame. `dst` is read from its bytes by the last check before the wire. */
struct link_frame {
	uint8_t interface;
	uint16_t size;
	struct addr dst;
	uint8_t bytes[LINK_FRAME_MAX];
};

/* A frame that was heard; the bytes are borrowed until the next call on the link. */
struct link_heard {
	uint8_t interface;
	enum frame_link type;
	int64_t at_us, wall_us;
	const uint8_t *bytes;
	size_t size;
};

struct link_stats {
	uint64_t kernel_drops; /* lost between interface and us */
	uint64_t send_errors;  /* frames that the system refused */
	/* Of passes that the link sent by itself. */
	uint64_t live_sent, live_refused, live_skipped;
};

enum {
	LINK_QUIET = 1,	 /* nothing was heard until the deadline */
	LINK_UNABLE = 2, /* not for this link; nothing was sent */
};

#define LINK_ORDER_KEYS 5

/* A keyed order of 0..n-1 (scanner/campaign/permute.h). */
struct link_order {
	uint64_t n, mask;
	unsigned int bits;
	uint64_t keys[LINK_ORDER_KEYS];
};

/* Addresses with one next hop. */
struct link_range {
	uint64_t first; /* slot of the first address; it ends where the next range begins */
	struct addr base;
	struct mac mac;
};

/*
 * The first pass of a sweep over IPv4, for a link that can send it without being handed frames:
 * kinds.n rounds, in each of which every one of slots.n addresses is sent one SYN, in the order
 * of `slots`, to a port of its own in the order of `kinds`; cookies are those of the campaign.
 */
struct link_pass {
	uint8_t interface;
	struct addr source;
	struct link_order slots, kinds;
	const struct link_range *ranges; /* in order, from slot 0 on */
	size_t n_ranges;
	const uint16_t *ports; /* kinds.n of them */
	struct siphash_key key;
	int64_t gap_us; /* at least, between two SYNs to one address */
	/* Kept by the link; zero at first. */
	uint64_t sent, refused, skipped; /* left; not in scope; not asked, for a later pass */
	int64_t due_us;			 /* when it should be called again */
	bool begun, ended;
};

struct link {
	/* Sends all n frames (at most LINK_BATCH_MAX), waiting for buffers if need be. A frame
	 * that the system refuses is counted in the statistics; an interface that is gone is
	 * ERROR_NETWORK. */
	int (*send)(struct link *link, const struct link_frame *frames, size_t n,
		struct error *reterr);
	/* The next frame, or LINK_QUIET when the clock has reached until_us. A deadline that
	 * has passed still looks once. ERROR_NETWORK if capturing failed. */
	int (*next)(struct link *link, int64_t until_us, struct link_heard *ret_heard,
		struct error *reterr);
	int64_t (*now)(struct link *link);
	int64_t (*wall)(struct link *link); /* what scope times are compared with */
	void (*stats)(struct link *link, struct link_stats *ret_stats);
	void (*close)(struct link *link); /* frees the link */
	/* NULL: this link cannot. Else sends a few milliseconds' worth of a pass and says in it
	 * how far it is: at the end, sent + refused + skipped = slots.n * kinds.n. LINK_UNABLE
	 * only at the first call. */
	int (*send_pass)(struct link *link, struct link_pass *pass, struct error *reterr);
	/* The caller's: a descriptor that, when it is readable, ends next() with LINK_QUIET
	 * before its time. 0: none. A link of simulated time does not look at it. */
	int also;
};

static inline void link_closep(struct link **link)
{
	if (*link)
		(*link)->close(*link);
}

#endif
