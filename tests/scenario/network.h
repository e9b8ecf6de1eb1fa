/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A scripted network and what a campaign found in it. One interface, 198.18.0.5/24 and
 * 2001:db8::5/64, with a gateway to everything else of 198.18.0.0/15 and 2001:db8::/32.
 */
#ifndef TESTS_SCENARIO_NETWORK_H
#define TESTS_SCENARIO_NETWORK_H

#include "scanner/campaign/campaign.h"
#include "scanner/link/replay.h"

#define GATEWAY "198.18.0.1"
#define FOUND_MAX 200000
#define HOPS_MAX 32768

struct found {
	struct addr hosts[FOUND_MAX];
	struct {
		struct addr addr;
		uint16_t port;
		uint8_t transport;
	} ports[FOUND_MAX];
	struct {
		struct addr addr, peer;
		uint8_t ttl;
	} hops[HOPS_MAX];
	struct {
		char cidr[CIDR_TEXT_MAX], ports[256];
	} coverage[1024];
	struct {
		struct addr addr;
		struct mac mac;
		char name[64], value[64]; /* of the first attribute */
		char last[64]; /* of the last one: its value */
		size_t n;      /* of attributes */
	} facts[1024];
	struct {
		struct addr addr;
		char type[32], value[128];
	} keys[1024];
	size_t n_keys, n_names;
	size_t n_hosts, n_services, n_ports, n_hops, n_coverage, n_facts;
	struct {
		struct addr addr, peer;
		char source[16], port[32], peer_port[32];
	} links[64];
	size_t n_links;
	struct bundle_counters counters;
	int64_t took_us; /* simulated */
	uint64_t frames; /* that left */
	struct error error;
};

/* Stands in for the greeter, in simulated time: every target takes so long, all at once. */
struct greets {
	struct {
		struct greet_target target;
		int64_t at_us; /* when it was handed over */
	} rows[1024];
	size_t n;
	int64_t takes_us;
	size_t room; /* so many may be pending; 0: any number */
	/* What a target says; may be NULL. */
	int (*say)(const struct greet_target *target, const struct observation_sink *sink,
		struct error *reterr);
	struct greet_options asked; /* what it was made with; borrowed pointers are gone */
	struct addr excluded; /* whether it was denied this address */
	bool denied;
};

struct scene {
	struct scan_plan plan;
	struct replay_options network;
	/* false: go on; asked with the number of frames that left so far */
	bool (*stopped)(void *context, uint64_t frames);
	/* sees what is told of its progress, with the time; may be NULL */
	void (*progress)(void *context, const struct scan_progress *progress, int64_t now_us);
	void *context;
	struct journal *journal; /* may be NULL */
	const struct stacks *stacks; /* may be NULL */
	const struct route *routes; /* besides those that there are always */
	size_t n_routes;
	const struct route_neighbour *neighbours; /* whom the kernel knows */
	size_t n_neighbours;
	struct greets *greets; /* NULL: nobody is greeted */
	reverse_fn *reverse; /* and for asking names */
	walk_fn *walk; /* and for reading SNMP agents */
	/* what comes before that which the network says next; false: nothing; may be NULL */
	bool (*forge)(void *context, struct link_heard *ret_heard);
	/* sees every frame, with its time; may be NULL */
	void (*watch)(const struct link_frame *frame, const struct frame *decoded,
		int64_t now_us, void *context);
};

struct cidr net(const char *text);
struct addr host(const char *text);
struct replay_host gateway(void); /* GATEWAY, on the link */
/* Addresses behind the gateway of their family, with nothing open. */
struct replay_host behind(const char *prefix);
/* A scope that grants these prefixes for ever. */
struct scope *grants(const char *const *prefixes, size_t n);
/* Of a scene that plays: for stand-ins of what takes time. */
void pass_time(int64_t us);
/* Runs the campaign; the result is static and good until the next call. */
struct found *play(struct scene *scene);
uint64_t counter(const struct found *found, const char *name);
bool found_host(const struct found *found, const char *text);
bool found_port(const struct found *found, const char *text, uint16_t port);
bool found_port_of(
	const struct found *found, const char *text, enum transport transport, uint16_t port);
bool found_fact(const struct found *found, const char *text, const char *name);
/* The first thing that is said of a MAC without address; NULL if nothing is. */
const char *found_station(const struct found *found, uint8_t number, const char *name);
/* The value of the key of a type; NULL if there is none. */
const char *found_key(const struct found *found, const char *text, const char *type);
/* An answer to a DNS question at port 53, and to an empty datagram elsewhere. */
size_t say_dns(uint16_t port, const uint8_t *request, size_t size, uint8_t *out, size_t max);
/* received = positive + negative + hops + late + duplicates + strangers + malformed */
void counters_close(const struct found *found);

#endif
