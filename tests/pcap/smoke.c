/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Listens to captures that others made, and holds the listener to its word: it ends, its counts
 * close, every observation is one that a bundle can carry, and two hash keys give the same
 * observations in the same order.
 *
 *     smoke EVERY LIST       the captures named in LIST, one path a line; each EVERY-th is
 * taken
 */
#include "scanner/listen/listen.h"

#include "common/clock.h"
#include "common/model/digest.h"
#include "common/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define CAPTURE_TIME_MAX (20 * CLOCK_SECOND) /* for one capture, far above what any needs */

static uint64_t n_captures, n_frames, n_observations, n_damaged, n_faults;

static void fault(const char *path, const char *what)
{
	printf("%s: %s\n", path, what);
	n_faults++;
}

/* What is known of the observations of one run. */
struct tally {
	const char *path;
	struct digest *digest;
	uint64_t n;
};

static int take(void *context, const struct observation *obs, struct error *reterr)
{
	struct tally *tally = context;

	(void)reterr;
	tally->n++;
	digest_update(tally->digest, &obs->kind, sizeof(obs->kind));
	digest_update(tally->digest, &obs->time_us, sizeof(obs->time_us));
	digest_update(tally->digest, &obs->addr, sizeof(obs->addr));
	digest_update(tally->digest, &obs->peer, sizeof(obs->peer));
	digest_update(tally->digest, &obs->mac, sizeof(obs->mac));
	digest_update(tally->digest, &obs->port, sizeof(obs->port));
	digest_update(tally->digest, obs->raw, obs->raw_size);
	if (!observation_has_subject(obs) ||
		(obs->addr.family && addr_is_multicast(&obs->addr)))
		fault(tally->path, "an observation about nobody or about a group");
	if (obs->method != OBSERVATION_BY_LISTENING)
		fault(tally->path, "an observation by another method");
	if (obs->raw_size > OBSERVATION_RAW_MAX ||
		obs->n_attributes > OBSERVATION_ATTRIBUTES_MAX)
		fault(tally->path, "an observation that is too large");
	for (size_t i = 0; i < obs->n_attributes; i++) {
		const char *value = obs->attributes[i].value;

		if (!value || !text_is_clean(value, strlen(value)) ||
			strlen(value) > ATTRIBUTE_VALUE_MAX)
			fault(tally->path, "an attribute that is not clean text");
		else
			digest_update(tally->digest, value, strlen(value));
	}
	return 0;
}

static void check_counts(const char *path, const struct listen_counts *c, uint64_t observed)
{
	if (c->frames != c->taken + c->unread + c->martian + c->over_budget + c->truncated +
				 c->malformed + c->unknown_link)
		fault(path, "the count of frames does not close");
	if (c->messages != c->messages_read + c->messages_refused)
		fault(path, "the count of messages does not close");
	if (c->statements != c->observations + c->repeated + c->over_limit + c->unplaced)
		fault(path, "the count of statements does not close");
	if (c->observations != observed)
		fault(path, "the count of observations is not that of the sink");
}

static void listen_to(const char *path, uint64_t seed, uint8_t ret_digest[DIGEST_SIZE])
{
	_cleanup_(capture_freep) struct capture *capture = NULL;
	const struct listen_options options = {.seed = seed};
	struct tally tally = {.path = path, .digest = digest_new()};
	const struct observation_sink sink = {take, &tally};
	struct listen_counts counts = {0};
	int64_t start = clock_monotonic_us();
	struct error error;
	int r = capture_open(path, &capture, &error);

	if (r == 0)
		r = listen_run(capture, &options, &sink, NULL, NULL, &counts, &error);
	if (r == ERROR_PARTIAL || r == ERROR_NETWORK)
		n_damaged++;
	else if (r < 0)
		fault(path, error.text);
	check_counts(path, &counts, tally.n);
	if (clock_monotonic_us() - start > CAPTURE_TIME_MAX)
		fault(path, "takes too long");
	digest_value(tally.digest, ret_digest);
	digest_free(tally.digest);
	n_frames += counts.frames;
	n_observations += counts.observations;
}

static void try_capture(const char *path)
{
	uint8_t one[DIGEST_SIZE], other[DIGEST_SIZE];

	n_captures++;
	listen_to(path, n_captures, one);
	if (n_captures % 8)
		return;
	listen_to(path, n_captures + 1000000, other);
	if (memcmp(one, other, sizeof(one)) != 0)
		fault(path, "the observations depend on the hash key");
}

int main(int argc, char **argv)
{
	_cleanup_(cleanup_fclosep) FILE *list = argc == 3 ? fopen(argv[2], "re") : NULL;
	unsigned long every = argc == 3 ? strtoul(argv[1], NULL, 10) : 0, n = 0;
	char path[4096];

	if (!list || !every) {
		fprintf(stderr, "usage: smoke EVERY LIST\n");
		return 2;
	}
	while (fgets(path, sizeof(path), list)) {
		path[strcspn(path, "\n")] = 0;
		if (n++ % every == 0)
			try_capture(path);
	}
	printf("%" PRIu64 " captures, %" PRIu64 " frames, %" PRIu64 " observations, %" PRIu64
	       " damaged captures, %" PRIu64 " faults\n",
		n_captures, n_frames, n_observations, n_damaged, n_faults);
	return n_faults || !n_captures ? 1 : 0;
}
