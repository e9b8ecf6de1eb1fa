/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sockets and time of the reading of SNMP agents; see walk_run.h. One loop over at most
 * WALK_IN_FLIGHT_MAX sockets; opens no file and starts no thread.
 */
#include "scanner/protocol/walk_run.h"

#include "common/clock.h"
#include "common/siphash.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#define PATIENCE_MS 2000
#define TURN_MS 200	  /* progress is told at least so often */
#define STRANGERS_MAX 16  /* heard while one answer is waited for */
#define MESSAGE_MAX 65536 /* a datagram may be larger than was asked for */

/* One agent that is being read. */
struct agent {
	struct addr addr;
	struct walk *walk; /* NULL: the place is free */
	int fd;
	bool waiting; /* a request is out */
	bool parked;  /* its engine may be read at a lower address */
	bool unique;  /* it is not */
	unsigned int strangers; /* since the request that is out */
	struct walk_end end; /* what was counted */
	int64_t due_us;	     /* the next datagram, or the end of what is waited for */
	int64_t deadline_us; /* of all, from the first request on */
};

struct walker {
	const struct addr *addrs;
	size_t n_addrs, next, done;
	const struct walk_options *options;
	const struct observation_sink *sink;
	struct walk_counts *counts;
	struct siphash_key key;
	struct agent agents[WALK_IN_FLIGHT_MAX];
	size_t turn; /* who is looked at first: each in turn */
	struct walk_own *own; /* of the engines that were read */
	size_t n_own, max_own;
	int64_t patience_us, agent_us, due_us;
	bool stopping;
	struct reading reading;
	uint8_t message[MESSAGE_MAX];
};

/* ---- one agent --------------------------------------------------------------------------- */

static void hang_up(struct walker *w, struct agent *agent)
{
	if (!agent->walk)
		return;
	close(agent->fd);
	walk_free(agent->walk);
	agent->walk = NULL;
	w->done++;
}

static int compare_addrs(const void *a, const void *b)
{
	return addr_compare(a, b);
}

static bool may_ask(const struct walker *w, const struct addr *addr)
{
	return scope_check(w->options->scope, addr, clock_wall_us(), NULL) == SCOPE_ALLOWED &&
	       !(w->options->denied && addr_set_has(w->options->denied, addr));
}

static int tell(struct walker *w, const struct agent *agent, struct error *reterr)
{
	uint8_t raw[OBSERVATION_RAW_MAX];
	struct observation obs = {.kind = OBSERVATION_SERVICE,
		.method = OBSERVATION_BY_GREETING,
		.time_us = clock_wall_us(),
		.addr = agent->addr,
		.transport = TRANSPORT_UDP,
		.port = w->options->port ? w->options->port : WALK_PORT,
		.protocol = "snmp",
		.raw = raw,
		.raw_size = walk_raw(agent->walk, raw, sizeof(raw))};
	const struct walk_tables tables = walk_tables(agent->walk);
	int r;

	w->reading.fingerprints = w->options->fingerprints;
	reading_clear(&w->reading);
	walk_describe(agent->walk, &w->reading);
	/* Whoever asks without a login learns less, which does not mean that the rest is
	 * gone. */
	reading_add_text(&w->reading, "source", "snmp.agent");
	r = reading_emit(&w->reading, &obs, w->sink, reterr);
	return r == 0 && w->options->read ? w->options->read(w->options->context, &agent->addr,
						    &tables, &w->reading, reterr)
					  : r;
}

/* ---- one engine at several addresses ----------------------------------------------------- */

static bool is_engine(const struct agent *agent, const uint8_t *id, size_t size)
{
	size_t n = 0;
	const uint8_t *own = agent->walk ? walk_engine(agent->walk, &n) : NULL;

	return own && n == size && memcmp(own, id, n) == 0;
}

static struct walk_own *add_own(struct walker *w)
{
	if (w->n_own == w->max_own) {
		size_t max = w->max_own ? 2 * w->max_own : 256;
		struct walk_own *bigger =
			max <= WALK_OWN_MAX ? reallocarray(w->own, max, sizeof(*bigger)) : NULL;

		if (!bigger)
			return NULL;
		w->own = bigger;
		w->max_own = max;
	}
	return &w->own[w->n_own++];
}

/* What has no room is read again. */
static void remember(struct walker *w, struct agent *agent)
{
	const struct walk_tables tables = walk_tables(agent->walk);
	size_t size = 0;
	const uint8_t *id = walk_engine(agent->walk, &size);

	if (id && size <= WALK_ENGINE_MAX) {
		agent->end.engine_size = (uint8_t)size;
		memcpy(agent->end.engine, id, size);
	}
	for (size_t i = 0; agent->end.engine_size && i < tables.n_addresses; i++) {
		struct walk_own *own = add_own(w);

		if (!own)
			return;
		own->addr = tables.addresses[i].addr;
		own->size = (uint8_t)size;
		memcpy(own->engine, id, size);
	}
}

/* What an earlier time left. */
static void remember_known(struct walker *w)
{
	for (size_t i = 0; i < w->options->n_own; i++) {
		struct walk_own *own = add_own(w);

		if (!own)
			return;
		*own = w->options->own[i];
	}
}

/* True if what has the address was read already: an engine of that id that says so. */
static bool is_read(
	const struct walker *w, const struct agent *agent, const uint8_t *id, size_t size)
{
	for (size_t i = 0; i < w->n_own; i++)
		if (addr_equal(&w->own[i].addr, &agent->addr) && w->own[i].size == size &&
			memcmp(w->own[i].engine, id, size) == 0)
			return true;
	return false;
}

/* The lowest of an engine's addresses is the one that is read, so that it is the same from scan
 * to scan. */
static bool has_turn(
	const struct walker *w, const struct agent *agent, const uint8_t *id, size_t size)
{
	for (size_t i = 0; i < WALK_IN_FLIGHT_MAX; i++) {
		const struct agent *other = &w->agents[i];

		if (other->walk && addr_compare(&other->addr, &agent->addr) < 0 &&
			(walk_discovers(other->walk) || is_engine(other, id, size)))
			return false;
	}
	return true;
}

void walk_counts_add(struct walk_counts *counts, const struct walk_counts *more)
{
	counts->agents += more->agents;
	counts->read += more->read;
	counts->cut += more->cut;
	counts->refused += more->refused;
	counts->silent += more->silent;
	counts->same += more->same;
	counts->out_of_scope += more->out_of_scope;
	counts->requests += more->requests;
	counts->strangers += more->strangers;
}

void walk_count(struct walk_counts *counts, const struct walk_end *end)
{
	uint64_t *const fates[WALK_FATE_N] = {
		&counts->read, &counts->cut, &counts->refused, &counts->silent, &counts->same};

	counts->agents++;
	++*fates[end->fate];
	counts->requests += end->requests;
	counts->strangers += end->strangers;
}

static void end(struct walker *w, struct agent *agent, enum walk_fate fate)
{
	agent->end.addr = agent->addr;
	agent->end.fate = fate;
	walk_count(w->counts, &agent->end);
	hang_up(w, agent);
	if (w->options->ended && !w->stopping)
		w->options->ended(w->options->context, &agent->end);
}

static enum walk_fate fate_of(const struct walk *walk)
{
	switch (walk_state(walk)) {
	case WALK_READ:
		return WALK_FATE_READ;
	case WALK_CUT:
		return WALK_FATE_CUT;
	case WALK_REFUSED:
		return WALK_FATE_REFUSED;
	case WALK_SILENT:
		return WALK_FATE_SILENT;
	case WALK_ASKING: /* its time is over */
		break;
	}
	return walk_has_read(walk) ? WALK_FATE_CUT : WALK_FATE_SILENT;
}

/* All was said, or nothing more is waited for. */
static int conclude(struct walker *w, struct agent *agent, struct error *reterr)
{
	enum walk_fate fate = fate_of(agent->walk);
	int r = 0;

	if (walk_has_read(agent->walk))
		remember(w, agent);
	if (walk_has_read(agent->walk) || fate == WALK_FATE_REFUSED)
		r = tell(w, agent, reterr);
	if (r == 0)
		end(w, agent, fate);
	return r;
}

static bool is_known(const struct walker *w, const struct addr *addr)
{
	return w->options->n_known && bsearch(addr, w->options->known, w->options->n_known,
					      sizeof(*addr), compare_addrs) != NULL;
}

/* The next agent that there is a login for takes the place. */
static int begin(struct walker *w, struct agent *agent, int64_t now, struct error *reterr)
{
	struct sockaddr_storage address;
	const struct login *login = NULL;
	socklen_t size;

	while (w->next < w->n_addrs && !login) {
		agent->addr = w->addrs[w->next++];
		login = is_known(w, &agent->addr) ? NULL
						  : login_for(w->options->logins,
							    w->options->n_logins, &agent->addr);
		w->done += !login;
	}
	if (!login)
		return 0;
	agent->end = (struct walk_end){0};
	agent->walk = walk_new(login, w->options->everything,
		siphash(&w->key, &agent->addr, sizeof(agent->addr)));
	if (!agent->walk)
		return error_set(reterr, ERROR_SYSTEM,
			"cannot read SNMP agents: no memory, or OpenSSL lacks what a login is "
			"signed or encrypted with");
	size = addr_to_sockaddr(
		&agent->addr, w->options->port ? w->options->port : WALK_PORT, &address);
	agent->fd = socket(address.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (agent->fd < 0)
		return error_errno(reterr, ERROR_NETWORK, errno,
			"cannot open a socket to read SNMP agents");
	agent->waiting = agent->parked = agent->unique = false;
	agent->strangers = 0;
	agent->due_us = now;
	agent->deadline_us = INT64_MAX;
	if (connect(agent->fd, (struct sockaddr *)&address, size) < 0)
		walk_unreachable(agent->walk);
	return 0;
}

static int say(struct walker *w, struct agent *agent, int64_t now, struct error *reterr)
{
	uint8_t out[WALK_DATAGRAM_MAX];
	size_t n = walk_next(agent->walk, out);

	if (n == 0)
		return conclude(w, agent, reterr);
	if (!may_ask(w, &agent->addr)) {
		w->counts->agents++;
		w->counts->out_of_scope++;
		w->counts->requests += agent->end.requests;
		w->counts->strangers += agent->end.strangers;
		hang_up(w, agent);
		return 0;
	}
	if (agent->deadline_us == INT64_MAX)
		agent->deadline_us = now + w->agent_us;
	agent->end.requests++;
	w->due_us = now + w->options->gap_all_us;
	agent->waiting = true;
	agent->strangers = 0;
	agent->due_us = now + w->patience_us;
	/* Who refuses it says so on the socket, where it is heard. */
	if (send(agent->fd, out, n, MSG_NOSIGNAL) < 0 && errno != EAGAIN &&
		errno != ECONNREFUSED)
		agent->due_us = now;
	return 0;
}

/* The answer is there, or is not waited for any more: whatever is next has its gap before
 * it. */
static void go_on(struct walker *w, struct agent *agent, int64_t now)
{
	agent->waiting = false;
	agent->due_us = now + w->options->gap_us;
}

static void hear(struct walker *w, struct agent *agent, int64_t now)
{
	ssize_t n = recv(agent->fd, w->message, sizeof(w->message), 0);

	if (n < 0) {
		if (errno != EAGAIN && errno != EINTR) {
			walk_unreachable(agent->walk); /* nobody listens there */
			go_on(w, agent, now);
		}
		return;
	}
	if (agent->waiting && walk_hear(agent->walk, w->message, (size_t)n)) {
		go_on(w, agent, now);
		return;
	}
	agent->end.strangers++;
	if (agent->waiting && ++agent->strangers >= STRANGERS_MAX)
		agent->due_us = now;
}

/* ---- the loop ---------------------------------------------------------------------------- */

/* Once it is known which engine it is: one of several addresses of a thing is read, the others
 * only if it does not say that they are its own. False: not now, or not at all. */
static bool wait_for_twin(struct walker *w, struct agent *agent)
{
	size_t size;
	const uint8_t *id = walk_engine(agent->walk, &size);

	if (!id)
		return true;
	if (is_read(w, agent, id, size)) {
		end(w, agent, WALK_FATE_SAME);
		return false;
	}
	agent->unique = has_turn(w, agent, id, size);
	agent->parked = !agent->unique;
	if (agent->parked)
		agent->deadline_us =
			INT64_MAX; /* which is its own again from the next request on */
	return agent->unique;
}

static int act_on(struct walker *w, struct agent *agent, int64_t now, struct error *reterr)
{
	if (!agent->walk && !w->stopping) {
		int r = begin(w, agent, now, reterr);

		if (r < 0)
			return r;
	}
	if (!agent->walk)
		return 0;
	if (now >= agent->deadline_us || w->stopping)
		return conclude(w, agent, reterr);
	if (now < agent->due_us)
		return 0;
	if (agent->waiting) {
		walk_silence(agent->walk);
		go_on(w, agent, now);
		return 0;
	}
	if (!agent->unique && !wait_for_twin(w, agent))
		return 0;
	return now >= w->due_us ? say(w, agent, now, reterr) : 0;
}

/* What falls due now. Returns when the next thing does. */
static int act(struct walker *w, int64_t *ret_next, bool *ret_idle, struct error *reterr)
{
	int64_t now = clock_monotonic_us(), next = now + TURN_MS * 1000;
	int r = 0;

	*ret_idle = true;
	w->turn++;
	for (size_t i = 0; r == 0 && i < WALK_IN_FLIGHT_MAX; i++) {
		struct agent *agent = &w->agents[(w->turn + i) % WALK_IN_FLIGHT_MAX];
		int64_t due;

		r = act_on(w, agent, now, reterr);
		*ret_idle &= !agent->walk && w->next == w->n_addrs;
		if (r < 0)
			break;
		due = !agent->walk			     ? now
		      : !agent->waiting && w->due_us > agent->due_us ? w->due_us
						     : agent->due_us;
		if ((agent->walk && !agent->parked) || w->next < w->n_addrs)
			next = due < next ? due : next;
	}
	*ret_next = next;
	return r;
}

static int turn(struct walker *w, int64_t until, struct error *reterr)
{
	struct pollfd polled[WALK_IN_FLIGHT_MAX];
	int64_t now = clock_monotonic_us(), wait = (until - now + 999) / 1000;

	for (size_t i = 0; i < WALK_IN_FLIGHT_MAX; i++)
		polled[i] = (struct pollfd){
			.fd = w->agents[i].walk ? w->agents[i].fd : -1, .events = POLLIN};
	if (poll(polled, WALK_IN_FLIGHT_MAX, wait < 0 ? 0 : (int)wait) < 0 && errno != EINTR)
		return error_errno(reterr, ERROR_SYSTEM, errno, "cannot wait for SNMP agents");
	now = clock_monotonic_us();
	for (size_t i = 0; i < WALK_IN_FLIGHT_MAX; i++)
		if (polled[i].fd >= 0 && polled[i].revents)
			hear(w, &w->agents[i], now);
	return 0;
}

static int run(struct walker *w, struct error *reterr)
{
	const struct walk_options *o = w->options;
	bool idle = false;
	int r = 0;

	while (r == 0) {
		int64_t next;

		r = act(w, &next, &idle, reterr);
		if (r < 0 || idle || w->stopping)
			break;
		r = turn(w, next, reterr);
		if (o->progress && o->progress(o->context, w->done, w->n_addrs))
			w->stopping = true;
	}
	for (size_t i = 0; i < WALK_IN_FLIGHT_MAX; i++)
		hang_up(w, &w->agents[i]);
	return r;
}

int walk_run(const struct addr *addrs, size_t n_addrs, const struct walk_options *options,
	const struct observation_sink *sink, struct walk_counts *ret_counts,
	struct error *reterr)
{
	_cleanup_(cleanup_freep) struct walker *w = calloc(1, sizeof(*w));
	int r;

	*ret_counts = (struct walk_counts){0};
	if (!options->scope)
		return error_set(
			reterr, ERROR_INTERNAL, "cannot read SNMP agents without a scope");
	if (!w)
		return error_set(reterr, ERROR_SYSTEM, "no memory to read SNMP agents");
	w->addrs = addrs;
	w->n_addrs = n_addrs;
	w->options = options;
	w->sink = sink;
	w->counts = ret_counts;
	remember_known(w);
	w->patience_us =
		(int64_t)(options->patience_ms ? options->patience_ms : PATIENCE_MS) * 1000;
	w->agent_us = options->agent_ms ? (int64_t)options->agent_ms * 1000 : WALK_AGENT_US_MAX;
	/* Ids and salts are never the same twice, whatever else repeats. */
	r = siphash_key_random(&w->key, reterr);
	if (r == 0)
		r = run(w, reterr);
	free(w->own);
	return r;
}
