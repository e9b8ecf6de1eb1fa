/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which addresses of routers are one router's, by the identification of their packets
 * (alias.h). The routers that the trace found are sent echoes in ALIAS_ROUNDS rounds, in most
 * of them a keyed half of the routers, so that who counts only what he is asked himself is told
 * from who counts what another address is asked too. All pairs are compared, and those that
 * pass are told as long as at most one in ALIAS_FALSE_ONE_OF of them can be expected to pass by
 * chance, by how many pairs there are and how easily each could; which holds for counters that
 * stand anywhere, and not for those of like routers that were powered up together (alias.h).
 * They are told as a key that their addresses have in common, which proposes that they are one
 * router and does not join them. Not under SCAN_SAFE: it is more than a control device has to
 * be asked. IPv6 has no such number. An attempt that goes on has the samples of those before,
 * and compares what was asked without a pause.
 */
#include "scanner/campaign/run.h"

#include "scanner/campaign/alias.h"

#include <stdlib.h>
#include <string.h>

#define ALIAS_ROUTERS_MAX 256
#define ALIAS_ROUNDS ALIAS_SAMPLES_MAX
/* Of the rounds, the first: who has nothing to show is then left alone. */
#define ALIAS_ASKED_ALWAYS 4
#define ALIAS_GROUP_MAX 16   /* addresses of one router */
#define ALIAS_FALSE_ONE_OF 10000
#define ALIAS_PPS 50
#define QUIET_US 1000000

/* What a round asks; its "port" is none of an ordinary echo, nor of a trace. */
static const struct ask alias_ask = {TEMPLATE_ECHO, 2};

struct router {
	uint32_t host;
	enum alias_kind kind;
	struct alias_series series;
	uint8_t round;	 /* of the newest sample */
	uint32_t leader; /* of its group; itself if it is alone */
};

struct pair {
	uint32_t one, other, shifts;
};

struct aliases {
	struct router routers[ALIAS_ROUTERS_MAX]; /* by address */
	uint32_t n;
	uint32_t list[ALIAS_ROUTERS_MAX],
		asked[ALIAS_ROUTERS_MAX]; /* of a round: host, router */
	int64_t sent_us[ALIAS_ROUTERS_MAX];
	uint8_t round; /* from 1 */
	uint32_t attempt;
	struct pair *pairs;
	size_t n_pairs;
};

static void take_sample(struct router *router, const struct known_sample *s)
{
	struct alias_series *series = &router->series;

	if (series->n < ALIAS_SAMPLES_MAX)
		series->samples[series->n++] =
			(struct alias_sample){s->sent_us, s->heard_us, s->id, s->attempt};
	router->round = s->round;
}

bool alias_answer(struct run *run, const struct frame *f, uint32_t value,
	const struct link_heard *heard)
{
	struct aliases *aliases = run->aliases;
	uint8_t round = cookie_trace_ttl(&run->key, COOKIE_ALIAS, &f->dst, &f->src, 0, value);
	uint32_t host = aliases && round ? host_table_find(&run->hosts, &f->src) : HOST_NONE;
	struct record record = {.kind = RECORD_SAMPLE};
	uint32_t slot;
	int again = -1;

	if (!round)
		return false;
	slot = host == HOST_NONE ? HOST_NONE : run->hosts.rows[host].slot;
	if (slot != HOST_NONE && round == aliases->round)
		again = sweep_answer(run, &f->src, alias_ask.kind, alias_ask.port, true);
	if (again) {
		run->tally[again == 1 ? TALLY_DUPLICATES : TALLY_LATE]++;
		return true;
	}
	run->tally[TALLY_POSITIVE]++;
	record.sample = (struct known_sample){f->src, round, aliases->attempt,
		aliases->sent_us[slot], heard->at_us, f->ip_id};
	take_sample(&aliases->routers[aliases->asked[slot]], &record.sample);
	run_note(run, &record);
	return true;
}

static int compare_hosts(const void *a, const void *b, void *context)
{
	const struct run *run = context;
	const struct router *x = a, *y = b;

	return addr_compare(&run->hosts.rows[x->host].addr, &run->hosts.rows[y->host].addr);
}

static void choose(struct run *run, struct aliases *aliases)
{
	for (uint32_t i = 0; i < run->hosts.n; i++) {
		const struct host *host = &run->hosts.rows[i];
		struct piece piece;

		if (!host->router || host->addr.family != 4 ||
			!reach_way(run->reach, &host->addr, &piece) || piece.way == REACH_OWN)
			continue;
		if (aliases->n < ALIAS_ROUTERS_MAX)
			aliases->routers[aliases->n++].host = i;
		else
			run->tally[TALLY_ALIAS_ROUTERS_OVER_LIMIT]++;
	}
	qsort_r(aliases->routers, aliases->n, sizeof(*aliases->routers), compare_hosts, run);
	for (uint32_t i = 0; i < aliases->n; i++)
		aliases->routers[i].leader = i;
}

static struct router *router_at(
	const struct run *run, struct aliases *aliases, const struct addr *addr)
{
	uint32_t host = host_table_find(&run->hosts, addr);

	for (uint32_t i = 0; i < aliases->n && host != HOST_NONE; i++)
		if (aliases->routers[i].host == host)
			return &aliases->routers[i];
	return NULL;
}

/* What earlier attempts were answered: the rounds go on after theirs, and who answered in the
 * one that was broken off is not asked in it again. */
static void go_on(const struct run *run, struct aliases *aliases)
{
	const struct known_sample *samples = run->known.samples.rows;

	aliases->attempt = run->o->journal ? journal_attempt(run->o->journal) : 0;
	aliases->round = run->known.round + 1;
	for (size_t i = 0; i < run->known.samples.n; i++) {
		struct router *router = router_at(run, aliases, &samples[i].addr);

		if (router)
			take_sample(router, &samples[i]);
	}
}

static bool ask_router(struct run *run, const struct sweep *sweep, uint64_t slot, uint32_t kind,
	struct question *ret)
{
	struct addr addr = run->hosts.rows[sweep->list[slot]].addr;
	struct piece piece;

	(void)kind;
	ret->kind = TEMPLATE_ECHO;
	ret->sample = run->aliases->round;
	run->aliases->sent_us[slot] = run->now_us; /* or later: then fewer bounds are known */
	return reach_way(run->reach, &addr, &piece) && run_resolve(run, &piece, &addr, ret);
}

/* Silent, or the same number every time. */
static bool shows_nothing(const struct alias_series *series)
{
	for (size_t i = 1; i < series->n; i++)
		if (series->samples[i].id != series->samples[0].id)
			return false;
	return series->n != 1;
}

/* Whether a router is asked in a round. */
static bool has_turn(const struct run *run, uint32_t router, uint8_t round)
{
	uint64_t words[2] = {router, round};

	if (run->aliases->routers[router].round == round)
		return false;
	return round <= ALIAS_ASKED_ALWAYS ||
	       (!shows_nothing(&run->aliases->routers[router].series) &&
		       siphash(&run->key, words, sizeof(words)) & 1);
}

static int ask_round(struct run *run, struct aliases *aliases)
{
	struct sweep sweep = {.phase = "aliases",
		.asks = &alias_ask,
		.kinds = 1,
		.passes = 1,
		.aside = true,
		.step = aliases->round - 1u,
		.steps = ALIAS_ROUNDS,
		.anew = true, /* who answered is in the journal by himself, as are the rounds
				 that ended */
		.tempo = run_tempo(run, false),
		.quiet_us = QUIET_US,
		.list = aliases->list,
		.question = ask_router};
	const struct record over = {.kind = RECORD_ROUND, .round = aliases->round};
	bool incomplete = run->incomplete;
	int r;

	for (uint32_t i = 0; i < aliases->n; i++) {
		if (!has_turn(run, i, aliases->round))
			continue;
		aliases->asked[sweep.n_list] = i;
		aliases->list[sweep.n_list++] = aliases->routers[i].host;
	}
	sweep.tempo.pps = ALIAS_PPS;
	r = sweep_run(run, &sweep);
	run->incomplete = incomplete;
	if (r == 0)
		run_note(run, &over);
	return r;
}

/* By how many shifts they would pass: of all pairs those shifts together, and how many do
 * pass. */
struct chances {
	uint64_t shifts[ALIAS_STEP_MAX + 1], passes[ALIAS_STEP_MAX + 1];
};

/* Compares all pairs of which anything can be said, and keeps those that pass. */
static void compare(struct aliases *aliases, struct chances *chances)
{
	for (uint32_t i = 0; i < aliases->n; i++)
		aliases->routers[i].kind = alias_kind(&aliases->routers[i].series);
	for (uint32_t i = 0; i < aliases->n; i++)
		for (uint32_t k = i + 1; k < aliases->n; k++) {
			const struct router *one = &aliases->routers[i],
					    *other = &aliases->routers[k];
			bool passes;
			uint32_t shifts;

			if (one->kind < ALIAS_COUNTER || one->kind != other->kind)
				continue;
			shifts = alias_shifts(&one->series, &other->series, one->kind, &passes);
			if (shifts > ALIAS_STEP_MAX)
				continue;
			chances->shifts[shifts] += shifts;
			chances->passes[shifts] += passes;
			if (passes)
				aliases->pairs[aliases->n_pairs++] =
					(struct pair){i, k, shifts};
		}
}

/* Up to how many shifts pairs are told: so that of those that pass one in ALIAS_FALSE_ONE_OF at
 * most is expected to do so by chance, whoever of all pairs it may be, if their counters stand
 * anywhere. */
static uint32_t most_shifts(const struct chances *chances)
{
	uint64_t shifts = 0, passes = 0;
	uint32_t most = 0;

	for (uint32_t i = 1; i <= ALIAS_STEP_MAX; i++) {
		shifts += chances->shifts[i];
		passes += chances->passes[i];
		if (passes && shifts * ALIAS_FALSE_ONE_OF <= passes * ALIAS_SHIFTS)
			most = i;
	}
	return most;
}

static uint32_t leader_of(const struct aliases *aliases, uint32_t i)
{
	while (aliases->routers[i].leader != i)
		i = aliases->routers[i].leader;
	return i;
}

static void group(struct aliases *aliases, uint32_t most)
{
	for (size_t i = 0; i < aliases->n_pairs; i++) {
		const struct pair *pair = &aliases->pairs[i];
		uint32_t one = leader_of(aliases, pair->one),
			 other = leader_of(aliases, pair->other);

		if (pair->shifts > most || one == other)
			continue;
		aliases->routers[one > other ? one : other].leader = one > other ? other : one;
	}
}

/* A chain of pairs of which the ends do not pass is no group: then none of it is told. */
static bool is_whole(const struct aliases *aliases, const uint32_t *members, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = i + 1; k < n; k++) {
			const struct router *one = &aliases->routers[members[i]],
					    *other = &aliases->routers[members[k]];
			bool passes;

			alias_shifts(&one->series, &other->series, one->kind, &passes);
			if (!passes)
				return false;
		}
	return true;
}

/* The addresses themselves are the value: as long as they are one router's, it is the same
 * key. */
static int tell_group(
	struct run *run, const struct aliases *aliases, const uint32_t *members, size_t n)
{
	char value[ALIAS_GROUP_MAX * ADDR_TEXT_MAX] = "", text[ADDR_TEXT_MAX];
	struct attribute attributes[] = {{"type", "ip.counter"}, {"value", value}};
	size_t used = 0;
	int r = 0;

	for (size_t i = 0; i < n; i++) {
		const struct addr *addr =
			&run->hosts.rows[aliases->routers[members[i]].host].addr;

		used += (size_t)snprintf(value + used, sizeof(value) - used, "%s%s",
			i ? " " : "", addr_format(addr, text));
	}
	for (size_t i = 0; r == 0 && i < n; i++) {
		struct observation obs = {.kind = OBSERVATION_KEY,
			.method = OBSERVATION_BY_ECHO,
			.time_us = run_wall_us(run),
			.addr = run->hosts.rows[aliases->routers[members[i]].host].addr,
			.attributes = attributes,
			.n_attributes = ARRAY_SIZE(attributes)};

		run_tell_journal(run, &obs);
		r = run_put(run, &obs);
	}
	run->tally[TALLY_ALIASES] += n;
	return r;
}

static int tell_all(struct run *run, const struct aliases *aliases)
{
	int r = 0;

	for (uint32_t leader = 0; r == 0 && leader < aliases->n; leader++) {
		uint32_t members[ALIAS_GROUP_MAX];
		size_t n = 0;
		bool fits = true;

		for (uint32_t i = leader; i < aliases->n && fits; i++) {
			if (leader_of(aliases, i) != leader)
				continue;
			fits = n < ALIAS_GROUP_MAX;
			if (fits)
				members[n++] = i;
		}
		if (fits && n > 1 && is_whole(aliases, members, n))
			r = tell_group(run, aliases, members, n);
	}
	return r;
}

static int judge(struct run *run, struct aliases *aliases)
{
	_cleanup_(cleanup_freep) struct chances *chances = calloc(1, sizeof(*chances));
	_cleanup_(cleanup_freep) struct pair *pairs =
		calloc((size_t)aliases->n * aliases->n / 2 + 1, sizeof(*pairs));

	if (!chances || !pairs)
		return error_set(run->reterr, ERROR_SYSTEM, "no memory for pairs of routers");
	aliases->pairs = pairs;
	compare(aliases, chances);
	group(aliases, most_shifts(chances));
	return tell_all(run, aliases);
}

int stage_aliases(struct run *run)
{
	_cleanup_(cleanup_freep) struct aliases *aliases = calloc(1, sizeof(*aliases));
	struct record record = {.kind = RECORD_ALIASES};
	int r = 0;

	if (!aliases)
		return error_set(run->reterr, ERROR_SYSTEM, "no memory for routers");
	if (run->plan->profile == SCAN_SAFE || run->aliases_told)
		return 0;
	choose(run, aliases);
	if (aliases->n < 2)
		return 0;
	run->aliases = aliases;
	go_on(run, aliases);
	for (; r == 0 && aliases->round <= ALIAS_ROUNDS; aliases->round++)
		r = ask_round(run, aliases);
	run->aliases = NULL;
	if (r == 0)
		r = judge(run, aliases);
	if (r == 0)
		run_note_told(run, &record);
	return r;
}
