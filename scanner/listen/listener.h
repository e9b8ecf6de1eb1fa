/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The listener's inside, shared by the files of this room only; its door is listen.h. One
 * listener per capture: frames go in one by one, statements come out as observations.
 *
 *   frame -> listener.c -> hosts.c       who was heard, at which MAC
 *                          flows.c       connections, first bytes, services
 *                          handshakes.c  what TCP stacks look like
 *                          relations.c   who talked to whom, on which port
 *                          names.c       DNS, mDNS, LLMNR, NBNS
 *                          leases.c      DHCP
 *                          gather.c      what services tell in pieces
 *                          neighbours.c  LLDP, CDP, GOOSE, sampled values, DCP
 *   all of them -> statement.c -> sink
 */
#ifndef SCANNER_LISTEN_LISTENER_H
#define SCANNER_LISTEN_LISTENER_H

#include "scanner/listen/listen.h"
#include "scanner/listen/table.h"
#include "scanner/protocol/protocol.h"
#include "scanner/wire/frame.h"

#include "common/siphash.h"
#include "common/str.h"

struct streams;

enum {
	LISTEN_KEPT_MAX = 65536, /* of one reply: no datagram is larger */
	LISTEN_NAMED_MAX = 12,   /* of a reply that nobody reads: its form */
};

struct listener {
	struct listen_options options;
	const struct observation_sink *sink;
	struct listen_counts counts;
	struct error error; /* of the first failure */
	int failed;         /* its code; then nothing more is said */

	struct siphash_key hash_key;
	struct table *statements, *hosts, *stations, *flows, *services, *relations, *names,
		*leases, *neighbours, *pieces, *handshakes;
	uint64_t n_pieces; /* that were ever kept */
	struct streams *streams;

	const struct frame *frame; /* the one being read */
	int64_t now_us;            /* its time */
	struct reading reading;    /* scratch: where attributes are put together */
	struct reading name;       /* scratch of names_add() */
	struct str scratch;
	uint8_t kept[LISTEN_KEPT_MAX]; /* scratch: what may be kept of a reply */
};

int listener_new(const struct listen_options *options, const struct observation_sink *sink,
	struct listener **ret_listener, struct error *reterr);
void listener_free(struct listener *listener);
CLEANUP_DEFINE(struct listener, listener_free)

/* Takes one frame. Negative: the sink's refusal, or the machine's. */
int listener_frame(struct listener *listener, enum frame_link link, const uint8_t *bytes,
	size_t size, int64_t time_us, struct error *reterr);
/* Says what could only be said at the end, and completes the counts. */
int listener_finish(struct listener *listener, struct error *reterr);

/* Parts; each makes its tables in _init (ERROR_SYSTEM) and says the rest in _finish. */
int part_table(struct listener *l, uint32_t capacity, size_t key_size, size_t value_size,
	void (*evict)(void *context, const void *key, void *value), struct table **ret_table,
	struct error *reterr);

/* statement.c */
int statement_init(struct listener *l, struct error *reterr);
/* Fills in kind, method and time of an observation about an address. */
struct observation statement_of(const struct listener *l, enum observation_kind kind,
	const struct addr *addr);
/* Passes it on, unless it was said before; counts what became of it. */
void statement_say(struct listener *l, const struct observation *obs);
/* The same with the attributes that stand in l->reading, or with one pair of them. */
void statement_say_reading(struct listener *l, struct observation obs);
/* Who made it, by its MAC, if that is known. */
void statement_say_vendor(struct listener *l, struct observation obs);
void statement_say_pair(struct listener *l, struct observation obs, const char *name,
	const char *value, const char *name2, const char *value2);
void statement_unplaced(struct listener *l);
/* An address that one thing can have. */
bool statement_is_placeable(const struct addr *addr);

/* hosts.c */
int hosts_init(struct listener *l, struct error *reterr);
/* A frame came from the address; `mac` NULL if the link tells none. False if the address is new
 * and the MAC has brought its share of them. */
bool hosts_heard(
	struct listener *l, const struct addr *addr, uint8_t ttl, const struct mac *mac);
/* ARP, neighbour discovery or a lease says whose MAC it is. */
void hosts_claimed(struct listener *l, const struct addr *addr, const struct mac *mac);
bool hosts_knows(const struct listener *l, const struct addr *addr);
/* The one address that a MAC is known to have; IPv4 before IPv6. */
bool hosts_at(struct listener *l, const struct mac *mac, struct addr *ret_addr);
void hosts_finish(struct listener *l);

/* flows.c */
int flows_init(struct listener *l, struct error *reterr);
void flows_tcp(struct listener *l);
void flows_udp(struct listener *l);
void flows_finish(struct listener *l);

/* streams.c: the first bytes of a server's side, put in order. A stream is known by a handle;
 * one that had to make room has been concluded, and its handle is no longer valid. */
struct stream_owner {
	struct addr client, server;
	uint16_t port;
	uint32_t base; /* sequence number of the first byte */
};
struct stream_handle {
	uint32_t index, serial; /* index 0: none */
};
int streams_init(struct listener *l, struct error *reterr);
void streams_free(struct streams *streams);
CLEANUP_DEFINE(struct streams, streams_free)
/* Takes a segment of the server's; returns true when the stream is concluded. */
bool streams_data(struct listener *l, struct stream_handle *handle,
	const struct stream_owner *owner, const struct protocol **ret_protocol);
/* Says what the bytes so far are, and releases the stream. */
void streams_conclude(struct listener *l, struct stream_handle handle,
	const struct protocol **ret_protocol);

/* handshakes.c: the frame is a SYN or a SYN-ACK, of an address that one thing can have. */
int handshakes_init(struct listener *l, struct error *reterr);
void handshakes_heard(struct listener *l);
void handshakes_finish(struct listener *l);

/* services.c: a port answered. `protocol` may be NULL; bytes: what it said. */
int services_init(struct listener *l, struct error *reterr);
void services_open(struct listener *l, const struct addr *addr, enum transport transport,
	uint16_t port);
void services_said(struct listener *l, const struct addr *addr, uint16_t port,
	const struct protocol *protocol, const uint8_t *bytes, size_t size, int64_t time_us);
/* The same for a protocol that was recognised only by its name: nothing is read. */
void services_named(struct listener *l, const struct addr *addr, enum transport transport,
	uint16_t port, const char *name, const uint8_t *bytes, size_t size, int64_t time_us);
/* The protocol that recognises what came from a port and has that port for its own. */
const struct protocol *services_match(enum transport transport, uint16_t port,
	const uint8_t *bytes, size_t size);

/* gather.c: takes the notes out of a reading, and keeps them. */
int gather_init(struct listener *l, struct error *reterr);
void gather_take(struct listener *l, const struct addr *addr, struct reading *reading);
void gather_finish(struct listener *l);

/* traffic.c: the name of the control protocol whose ordinary answers look so, or NULL. */
const char *traffic_recognise(enum transport transport, uint16_t port, const uint8_t *bytes,
	size_t size);

/* relations.c: protocol NULL if not (yet) known. */
int relations_init(struct listener *l, struct error *reterr);
void relations_add(struct listener *l, const struct addr *client, const struct addr *server,
	enum transport transport, uint16_t port, const char *protocol);
void relations_finish(struct listener *l);

/* names.c */
int names_init(struct listener *l, struct error *reterr);
void names_add(struct listener *l, const struct addr *addr, const char *source,
	const void *name, size_t size);
bool names_dns(struct listener *l);
bool names_mdns(struct listener *l);
bool names_llmnr(struct listener *l);
bool names_nbns(struct listener *l);
void names_finish(struct listener *l);

/* leases.c */
int leases_init(struct listener *l, struct error *reterr);
bool leases_dhcp(struct listener *l);
void leases_finish(struct listener *l);

/* neighbours.c */
int neighbours_init(struct listener *l, struct error *reterr);
bool neighbours_lldp(struct listener *l, const uint8_t *bytes, size_t size);
bool neighbours_goose(struct listener *l, const uint8_t *bytes, size_t size);
bool neighbours_sv(struct listener *l, const uint8_t *bytes, size_t size);
bool neighbours_dcp(struct listener *l, const uint8_t *bytes, size_t size);
bool neighbours_cdp(struct listener *l, const uint8_t *bytes, size_t size);
void neighbours_finish(struct listener *l);

#endif
