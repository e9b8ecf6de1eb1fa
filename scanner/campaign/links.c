/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Links that are asked as a whole, since an IPv6 prefix of theirs is a target and too large to
 * be walked. Whom the kernel knows is a candidate. Except under SCAN_SAFE, and only where
 * everybody on the link may be asked, two frames to ff02::1 are sent a few times: an echo,
 * which is answered from a global address, and an MLD general query (RFC 3810), which is
 * answered from a link-local one: that has the same interface identifier as a global one often,
 * and solicited-node groups tell its last 24 bits. Twice the stations of PROFINET are asked who
 * they are, if the link's IPv4 is granted too. Who answered the echo is judged as any neighbour
 * is (run_judge_neighbours()), candidates are solicited. All of them are hosts of the campaign
 * from then on.
 */
#include "scanner/campaign/run.h"

#include "common/clock.h"
#include "common/cursor.h"
#include "scanner/protocol/canonical.h"
#include "scanner/protocol/protocol.h"
#include "scanner/wire/dcp.h"

#include <stdlib.h>
#include <string.h>

#define ROUND_GAP_US 500000 /* between two frames to all: what SCAN_SAFE leaves one host */
#define LAST_US (TEMPLATE_LISTENERS_DELAY_MS * 1000 + 200000)
#define QUIET_US 400000
/* Until the last station has answered. */
#define STATIONS_US (PROBE_STATIONS_MOMENTS * 10000 + 200000)
/* So that who is told of by others leaves room to who answers. */
#define CANDIDATES_MAX (SCAN_LINK_HOSTS_MAX / 4 * 3)

struct links {
	const struct reach_link *link;
	struct hosts neighbours; /* by their link-local addresses */
	uint32_t cookie;	 /* of the echo */
	uint32_t hosts;		 /* of ours on it, at most SCAN_LINK_HOSTS_MAX */
	int64_t stations_us;	 /* until when they answer */
	struct reading reading;	 /* of one of them */
	uint64_t news;		 /* since the round began */
};

static const struct path *path_of(const struct run *run, const struct reach_link *link)
{
	return &run->reach->paths[link->piece.path];
}

/* Whether a link on the interface is one of the plan that may be asked, by that judgement. */
static bool may_be_asked(const struct run *run, uint8_t interface,
	bool (*granted)(const struct reach *reach, const struct reach_link *link,
		const struct scope *scope, const struct addr_set *excludes, int64_t now_us))
{
	for (size_t i = 0; i < run->reach->n_links; i++) {
		const struct reach_link *link = &run->reach->links[i];

		if (path_of(run, link)->interface == interface &&
			run->plan->profile != SCAN_SAFE &&
			granted(run->reach, link, run->plan->scope, run->aim.excludes,
				run->wall_us))
			return true;
	}
	return false;
}

bool links_may_be_asked(const struct run *run, uint8_t interface)
{
	return may_be_asked(run, interface, reach_link_is_granted);
}

bool links_stations_may_be_asked(const struct run *run, uint8_t interface)
{
	return may_be_asked(run, interface, reach_stations_are_granted);
}

/* Whether the kernel's routes lead to an address on the link: a part of the prefix may be
 * elsewhere. */
static bool is_routed(const struct run *run, const struct addr *addr)
{
	uint8_t interface = path_of(run, run->links->link)->interface;
	const struct route *route = route_find(run->reach->routes, addr);

	return route && route->type == ROUTE_ON_LINK &&
	       route->interface == run->reach->interfaces[interface].index;
}

/* An address on the link at hand that is somebody else's, and may be asked. */
static bool is_there(const struct run *run, const struct addr *addr)
{
	const struct links *links = run->links;
	const struct piece *piece = reach_piece(run->reach, addr);

	return cidr_contains(&links->link->prefix, addr) &&
	       !addr_equal(addr, &links->link->prefix.base) && piece &&
	       piece->way == REACH_ON_LINK && is_routed(run, addr) &&
	       !addr_set_has(run->aim.excludes, addr);
}

/* Room for one more host, which is taken; else it is counted. */
static bool take_room(struct run *run, uint32_t most)
{
	if (run->links->hosts < most) {
		run->links->hosts++;
		return true;
	}
	run->tally[TALLY_HOSTS_OVER_LIMIT]++;
	return false;
}

/* What earlier attempts, and other links, know of this one already. */
static void count_hosts(struct run *run)
{
	for (uint32_t i = 0; i < run->hosts.n; i++)
		run->links->hosts += is_there(run, &run->hosts.rows[i].addr);
}

static void add_candidate(struct run *run, const struct addr *addr)
{
	const struct answer answer = {.word = ANSWER_CANDIDATE, .addr = *addr};

	if (!is_there(run, addr) || host_table_find(&run->hosts, addr) != HOST_NONE ||
		!take_room(run, CANDIDATES_MAX))
		return;
	run_answer(run, &answer);
	run->links->news++;
}

/* The link's prefix with the interface identifier of another address, or its last 24 bits. */
static struct addr with_identifier(
	const struct reach_link *link, const struct addr *other, size_t bytes)
{
	struct addr addr = link->prefix.base;
	uint8_t length = link->prefix.length;

	for (size_t i = 16 - bytes; i < 16; i++)
		if (i >= (length + 7u) / 8)
			addr.bytes[i] = other->bytes[i];
		else if (i == length / 8)
			addr.bytes[i] |= other->bytes[i] & (0xff >> length % 8);
	return addr;
}

/* Modified EUI-64 (RFC 4291 appendix A). */
static struct addr of_mac(const struct mac *mac)
{
	const uint8_t *b = mac->bytes;

	return (struct addr){6,
		{[8] = b[0] ^ 2, b[1], b[2], 0xff, 0xfe, b[3], b[4], b[5]}};
}

static void add_group(struct run *run, struct cursor *c)
{
	static const uint8_t solicited[13] = {0xff, 2, [11] = 1, 0xff};
	const uint8_t *bytes = cursor_bytes(c, 16);
	struct addr addr;

	if (!bytes || memcmp(bytes, solicited, sizeof(solicited)) != 0)
		return;
	addr = addr_from_bytes(6, bytes);
	addr = with_identifier(run->links->link, &addr, 3);
	add_candidate(run, &addr);
}

void link_neighbour(struct run *run, const struct answer *a)
{
	struct hosts *neighbours = run->links ? &run->links->neighbours : NULL;
	uint32_t index = neighbours ? host_table_find(neighbours, &a->addr) : HOST_NONE;
	bool fresh = index == HOST_NONE;
	struct host *row;

	if (!neighbours || (fresh && neighbours->n == SCAN_LINK_HOSTS_MAX))
		return;
	index = host_table_add(neighbours, &a->addr);
	if (index == HOST_NONE)
		return;
	row = &neighbours->rows[index];
	if (fresh)
		row->mac = a->mac;
	/* By the MAC that said so first. */
	if (!fresh &&
		(!a->itself || row->echoed || memcmp(&row->mac, &a->mac, sizeof(a->mac)) != 0))
		return;
	row->echoed |= a->itself;
	run_note_answer(run, a);
}

/* Counts it. What follows from it goes into the journal ahead of it: whoever goes on knows
 * both, or asks again. */
static void meet(struct run *run, const struct addr *addr, const struct mac *mac, bool echoed)
{
	const struct answer answer = {
		.word = ANSWER_LOCAL, .addr = *addr, .mac = *mac, .itself = echoed};
	struct links *links = run->links;
	struct addr of_its_mac = of_mac(mac), candidate;
	bool fresh = links->neighbours.n < SCAN_LINK_HOSTS_MAX &&
		     host_table_find(&links->neighbours, addr) == HOST_NONE;

	if (fresh) {
		candidate = with_identifier(links->link, addr, 8);
		add_candidate(run, &candidate);
		candidate = with_identifier(links->link, &of_its_mac, 8);
		add_candidate(run, &candidate);
		links->news++;
	}
	run->tally[fresh ? TALLY_POSITIVE : TALLY_DUPLICATES]++;
	run_answer(run, &answer);
}

static bool is_on_link(
	const struct run *run, const struct frame *f, const struct link_heard *heard)
{
	return run->links && f->has_mac && !mac_is_zero(&f->src_mac) &&
	       !mac_is_multicast(&f->src_mac) &&
	       heard->interface == path_of(run, run->links->link)->interface;
}

bool link_echo(struct run *run, const struct frame *f, uint32_t value,
	const struct link_heard *heard)
{
	struct links *links = run->links;
	uint32_t known;
	bool fresh;

	if (!is_on_link(run, f, heard) || value != links->cookie ||
		!addr_equal(&f->dst, &path_of(run, links->link)->source))
		return false;
	if (addr_is_link_local(&f->src)) {
		meet(run, &f->src, &f->src_mac, true);
		return true;
	}
	if (!is_there(run, &f->src))
		return false;
	known = host_table_find(&run->hosts, &f->src);
	fresh = known == HOST_NONE || !run->hosts.rows[known].echoed;
	run->tally[fresh ? TALLY_POSITIVE : TALLY_DUPLICATES]++;
	if (!fresh || (known == HOST_NONE && !take_room(run, SCAN_LINK_HOSTS_MAX)))
		return true;
	links->news++;
	run_answer(run,
		&(struct answer){.word = ANSWER_HERE,
			.addr = f->src,
			.mac = f->src_mac,
			.ttl = f->ttl,
			.wall_us = heard->wall_us});
	return true;
}

/* A report of version 2 has records (RFC 3810 5.2), one of version 1 is one group (RFC 2710
 * 3). */
bool link_report(struct run *run, const struct frame *f, bool version2,
	const struct link_heard *heard)
{
	struct cursor c = cursor_of(f->payload, f->payload_size);
	unsigned int n;

	if (!is_on_link(run, f, heard) || !addr_is_link_local(&f->src) || f->ttl != 1)
		return false;
	meet(run, &f->src, &f->src_mac, false);
	cursor_skip(&c, version2 ? 2 : 4);
	for (n = version2 ? cursor_be16(&c) : 1; n && cursor_ok(&c); n--) {
		unsigned int sources = 0, words = 0;

		if (version2) {
			cursor_skip(&c, 1);
			words = cursor_u8(&c);
			sources = cursor_be16(&c);
		}
		add_group(run, &c);
		cursor_skip(&c, 16 * (size_t)sources + 4 * (size_t)words);
	}
	return true;
}

/* ---- stations of PROFINET ---------------------------------------------------------------- */

static void tell_reading(void *context, const char *name, const void *text, size_t size)
{
	reading_add(context, name, text, size);
}

static void put_station(struct run *run, struct observation *obs, enum observation_kind kind,
	const struct attribute *attributes, size_t n)
{
	obs->kind = kind;
	obs->attributes = attributes;
	obs->n_attributes = n;
	if (n == 0)
		return;
	run_tell_journal(run, obs);
	run_put(run, obs);
}

/* What it says, of its address if that may be asked, else of its MAC alone. */
static void tell_station(
	struct run *run, const struct dcp *dcp, const struct mac *mac, int64_t wall_us)
{
	struct record record = {.kind = RECORD_STATION, .mac = *mac};
	struct reading *reading = &run->links->reading;
	struct observation obs = {.method = OBSERVATION_BY_GREETING, .time_us = wall_us};
	const struct attribute vendor[] = {
		{"hw.vendor", run->o->vendors ? mac_vendor(run->o->vendors, *mac) : NULL},
		{"source", "mac"}};
	bool placed = dcp->addr.family && !run_is_denied(run, &dcp->addr);

	reading_clear(reading);
	reading->fingerprints = run->o->fingerprints;
	dcp_describe(dcp, tell_reading, reading);
	canonical_match(reading, "dcp.station",
		(const char *const[]){"dcp.vendor_id", "dcp.device_id", "dcp.type", NULL});
	if (placed)
		obs.addr = dcp->addr;
	else
		obs.mac = *mac;
	if (reading->n_attributes)
		reading_add_text(reading, "source", "dcp");
	put_station(run, &obs, OBSERVATION_FACT, reading->attributes, reading->n_attributes);
	if (!placed && vendor[0].value)
		put_station(run, &obs, OBSERVATION_FACT, vendor, ARRAY_SIZE(vendor));
	if (placed)
		reading_name(reading, "dcp", dcp->name.bytes, dcp->name.size);
	for (size_t i = 0; i < reading->n_names; i++) {
		const struct attribute name[] = {
			{"name", reading->names[i].value}, {"source", "dcp"}};

		put_station(run, &obs, OBSERVATION_NAME, name, ARRAY_SIZE(name));
	}
	run_note_told(run, &record);
}

bool link_knows(struct run *run, const struct mac *mac)
{
	if (!run->stations)
		run->stations = calloc(SCAN_LINK_HOSTS_MAX, sizeof(*run->stations));
	for (uint32_t i = 0; i < run->n_stations; i++)
		if (memcmp(&run->stations[i], mac, sizeof(*mac)) == 0)
			return false;
	if (!run->stations || run->n_stations == SCAN_LINK_HOSTS_MAX)
		return false;
	run->stations[run->n_stations++] = *mac;
	return true;
}

bool link_meets_station(struct run *run, const struct mac *mac)
{
	bool fresh = link_knows(run, mac);

	run->tally[TALLY_LINK_STATIONS] += fresh;
	return fresh;
}

bool link_station(struct run *run, const struct frame *f, const struct link_heard *heard)
{
	struct dcp dcp;
	bool fresh;

	if (!is_on_link(run, f, heard) || f->ethertype != DCP_ETHERTYPE ||
		!dcp_is(f->payload, f->payload_size) ||
		!dcp_read(f->payload, f->payload_size, &dcp) || !dcp.states ||
		dcp.service != DCP_IDENTIFY || dcp.xid != run->links->cookie)
		return false;
	fresh = link_meets_station(run, &f->src_mac);
	run->tally[fresh ? TALLY_POSITIVE : TALLY_DUPLICATES]++;
	if (fresh)
		tell_station(run, &dcp, &f->src_mac, heard->wall_us);
	return true;
}

/* A frame to many was queued: it goes, and nothing more until the next one may. */
static int wait_after(struct run *run, int r)
{
	int64_t gap = CLOCK_SECOND / run->pps;

	if (r == 0)
		r = run_flush(run);
	return r ? r : run_listen(run, run->now_us + (gap > ROUND_GAP_US ? gap : ROUND_GAP_US));
}

static int ask_stations(struct run *run)
{
	uint8_t interface = path_of(run, run->links->link)->interface;

	if (!links_stations_may_be_asked(run, interface))
		return 0;
	run->links->stations_us = run->now_us + STATIONS_US;
	return wait_after(run, run_queue_stations(run, interface, run->links->cookie));
}

/* ---- all nodes --------------------------------------------------------------------------- */

static void use_kernel_neighbours(struct run *run)
{
	size_t n;
	const struct route_neighbour *all = route_neighbours(run->reach->routes, &n);
	uint8_t interface = path_of(run, run->links->link)->interface;

	for (size_t i = 0; i < n; i++)
		if (all[i].interface == run->reach->interfaces[interface].index)
			add_candidate(run, &all[i].addr);
}

/* One frame to all, and what is heard until the next one may go. */
static int ask_all_nodes(struct run *run, enum template_kind kind)
{
	const struct path *path = path_of(run, run->links->link);
	struct probe probe = {.kind = kind,
		.path = path,
		.source = kind == TEMPLATE_LISTENERS ? probe_listeners_source : path->source,
		.target = probe_all_nodes,
		.mac = probe_all_nodes_mac,
		.cookie = run->links->cookie,
		.ttl = 1};

	return wait_after(run, run_queue(run, &probe, TALLY_SENT_LINK, probe.cookie));
}

/* Not once more after a round that brought nothing new, but for the first: it may have been
 * lost. */
static int ask_rounds(struct run *run)
{
	int64_t last_us;
	int r = 0;

	for (unsigned int round = 0; r == 0 && round < LINK_ROUNDS_MAX; round++) {
		run->links->news = 0;
		r = ask_all_nodes(run, TEMPLATE_LISTENERS);
		if (r == 0)
			r = ask_all_nodes(run, TEMPLATE_ECHO);
		if (r == 0 && round < LINK_STATIONS_ROUNDS)
			r = ask_stations(run);
		if (round && !run->links->news)
			break;
	}
	if (r)
		return r;
	last_us = run->now_us + LAST_US;
	return run_listen(
		run, last_us > run->links->stations_us ? last_us : run->links->stations_us);
}

static bool ask_candidate(struct run *run, const struct sweep *sweep, uint64_t slot,
	uint32_t kind, struct question *ret)
{
	const struct piece *piece = &run->links->link->piece;

	(void)kind;
	ret->addr = run->hosts.rows[sweep->list[slot]].addr;
	ret->path = piece->path;
	ret->source = run->reach->paths[piece->path].source;
	ret->kind = TEMPLATE_SOLICIT;
	return !run_is_denied(run, &ret->addr);
}

static int solicit(struct run *run)
{
	static const uint32_t pps[] = {100, 500, 5000};
	static const struct ask ask = {TEMPLATE_SOLICIT, 0};
	_cleanup_(cleanup_freep) uint32_t *list = calloc(run->hosts.n + 1, sizeof(*list));
	struct sweep sweep = {.phase = "discover",
		.asks = &ask,
		.kinds = 1,
		.settle = true,
		.list = list,
		.question = ask_candidate,
		.quiet_us = QUIET_US,
		.solicits = true,
		.tempo = run_tempo(run, false)};

	if (!list)
		return error_set(run->reterr, ERROR_SYSTEM, "no memory for a list of hosts");
	for (uint32_t i = 0; i < run->hosts.n; i++)
		if (!run->hosts.rows[i].on_link && is_there(run, &run->hosts.rows[i].addr))
			list[sweep.n_list++] = i;
	sweep.tempo.pps = pps[run->plan->profile];
	return sweep_run(run, &sweep);
}

static int compare_macs(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct mac));
}

/* Who answered the echo, from an address of the link alone, which cannot be granted or asked: a
 * device that is known by its MAC (adr/0016), with that address and, as RFC 4007 writes it,
 * this machine's name of the link. */
static void tell_nameless(struct run *run, const struct host *neighbour)
{
	const struct link_interface *i =
		&run->reach->interfaces[path_of(run, run->links->link)->interface];
	struct record record = {.kind = RECORD_NEIGHBOUR, .mac = neighbour->mac};
	struct observation obs = {.method = OBSERVATION_BY_ECHO,
		.time_us = run_wall_us(run),
		.mac = neighbour->mac};
	char addr[ADDR_TEXT_MAX], text[ADDR_TEXT_MAX + LINK_NAME_MAX + 1];
	const struct attribute attributes[] = {{"ip.link_local", text}, {"source", "echo"}};
	const struct attribute vendor[] = {
		{"hw.vendor",
			run->o->vendors ? mac_vendor(run->o->vendors, neighbour->mac) : NULL},
		{"source", "mac"}};

	snprintf(text, sizeof(text), "%s%%%s", addr_format(&neighbour->addr, addr), i->name);
	if (!link_knows(run, &neighbour->mac))
		return;
	put_station(run, &obs, OBSERVATION_FACT, attributes, ARRAY_SIZE(attributes));
	if (vendor[0].value)
		put_station(run, &obs, OBSERVATION_FACT, vendor, ARRAY_SIZE(vendor));
	run_note_told(run, &record);
}

/* Neighbours of whom no address is known that could be asked. */
static int count_nameless(struct run *run)
{
	const struct hosts *neighbours = &run->links->neighbours, *hosts = &run->hosts;
	_cleanup_(cleanup_freep) struct mac *named = calloc(hosts->n + 1, sizeof(*named));
	size_t n = 0;

	if (!named)
		return error_set(run->reterr, ERROR_SYSTEM, "no memory for a list of hosts");
	for (uint32_t i = 0; i < hosts->n; i++)
		if (hosts->rows[i].on_link && hosts->rows[i].addr.family == 6)
			named[n++] = hosts->rows[i].mac;
	qsort(named, n, sizeof(*named), compare_macs);
	for (uint32_t i = 0; i < neighbours->n && run->reterr->code == 0; i++)
		if (!bsearch(
			    &neighbours->rows[i].mac, named, n, sizeof(*named), compare_macs)) {
			run->tally[TALLY_LINK_NAMELESS]++;
			if (neighbours->rows[i].echoed)
				tell_nameless(run, &neighbours->rows[i]);
		}
	return run->reterr->code;
}

/* Who may be there; of an earlier attempt, if that had asked to the end. */
static int learn(struct run *run, uint8_t interface)
{
	const struct record over = {.kind = RECORD_OVER};
	int r = resume_link(run);

	count_hosts(run);
	if (r)
		return r == SWEEP_OVER ? 0 : r;
	use_kernel_neighbours(run);
	if (links_may_be_asked(run, interface)) {
		run->tally[TALLY_LINKS_ASKED]++;
		r = ask_rounds(run);
	} else {
		run->tally[TALLY_LINKS_NOT_ASKED]++;
	}
	if (r == 0)
		run_note(run, &over);
	return r;
}

static int ask_link(struct run *run, const struct reach_link *link)
{
	const struct path *path = path_of(run, link);
	struct links links = {.link = link};
	int r = 0;

	links.cookie = run_cookie(run, TEMPLATE_ECHO, &path->source, &probe_all_nodes, 0);
	host_table_init(&links.neighbours, &run->key);
	run->links = &links;
	run_tick(run);
	r = learn(run, path->interface);
	if (r == 0)
		r = solicit(run);
	if (r)
		run->incomplete = true;
	else
		r = count_nameless(run);
	run->links = NULL;
	host_table_done(&links.neighbours);
	return r;
}

int stage_links(struct run *run)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < run->reach->n_links; i++)
		r = ask_link(run, &run->reach->links[i]);
	/* Nothing comes after a stop, and who answered is told. */
	return r > 0 && run_judge_neighbours(run) < 0 ? run->reterr->code : r;
}

int links_looked_at(struct run *run, struct addr_set **ret_own, const struct addr_set **ret_set)
{
	struct addr_walk walk = {.set = run->aim.targets};
	struct addr_range range;
	int r = 0;

	*ret_set = run->aim.targets;
	if (!run->reach->n_links)
		return 0;
	*ret_set = *ret_own = addr_set_new();
	if (!*ret_own)
		return error_set(run->reterr, ERROR_SYSTEM, "no memory for what was covered");
	while (r == 0 && addr_walk_next(&walk, &range))
		r = addr_set_add(*ret_own, &range, run->reterr);
	for (uint32_t i = 0; r == 0 && i < run->hosts.n; i++) {
		const struct host *host = &run->hosts.rows[i];

		range.first = range.last = host->addr;
		for (size_t k = 0; r == 0 && host->alive && k < run->reach->n_links; k++)
			if (cidr_contains(&run->reach->links[k].prefix, &host->addr))
				r = addr_set_add(*ret_own, &range, run->reterr);
	}
	return r < 0 ? r : addr_set_seal(*ret_own, run->reterr);
}
