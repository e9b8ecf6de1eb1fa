/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One protocol before bytes of a peer: all that its functions promise in protocol.h, for an
 * answer and for what was overheard, whole and as the replies of a conversation.
 */
#include "tests/fuzz/fuzz.h"

#include <string.h>

enum { SEED = 1, SAID_MAX = 6 };

/* A copy of exactly this size, so that no step past its end goes unseen. */
static uint8_t *copy_of(const uint8_t *bytes, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);

	HOLDS(copy);
	if (size > 0)
		memcpy(copy, bytes, size);
	return copy;
}

/* A reply that is complete ends within what was heard, and nothing behind it changes where. */
static void completes(const struct protocol *p, const uint8_t *bytes, size_t size)
{
	long n = p->complete(bytes, size);
	uint8_t *copy;

	HOLDS(n >= -1 && n <= (long)size);
	if (n <= 0)
		return;
	copy = copy_of(bytes, (size_t)n);
	HOLDS(p->complete(copy, (size_t)n) == n);
	free(copy);
}

static void reads(const struct protocol *p, const uint8_t *bytes, size_t size, bool asked)
{
	struct reading *reading = fuzz_reading();

	reading->asked = asked;
	reading->seed = asked ? SEED : 0;
	p->read(bytes, size, reading);
	fuzz_reading_holds(reading);
}

/* What remains of it is no more than there was, and is read like any other reply. */
static void is_overheard(const struct protocol *p, const uint8_t *bytes, size_t size)
{
	uint8_t *copy = copy_of(bytes, size), *kept;
	size_t n = p->overheard(copy, size);

	HOLDS(n <= size);
	kept = copy_of(copy, n);
	reads(p, kept, n, false);
	free(kept);
	free(copy);
}

/* The next request fits, is the same twice, and where there is less room nothing is written
 * past it (Telnet says as much as fits). */
static void converses(const struct protocol *p, const uint8_t *bytes, size_t size)
{
	uint8_t out[PROTOCOL_REQUEST_MAX], again[PROTOCOL_REQUEST_MAX];

	for (unsigned int said = 0; said < SAID_MAX; said++) {
		long n = p->next(said, SEED, bytes, size, out, sizeof(out)), m;
		uint8_t *room;

		HOLDS(n >= -1 && n <= (long)sizeof(out));
		HOLDS(p->next(said, SEED, bytes, size, again, sizeof(again)) == n);
		if (n <= 0)
			continue;
		HOLDS(memcmp(out, again, (size_t)n) == 0);
		room = copy_of(out, (size_t)n - 1);
		m = p->next(said, SEED, bytes, size, room, (size_t)n - 1);
		HOLDS(m < n);
		free(room);
	}
}

/* How TLS is asked for: as far as it fits, and the same twice. */
static void secures(const struct protocol *p, const uint8_t *bytes, size_t size)
{
	uint8_t out[PROTOCOL_REQUEST_MAX], again[PROTOCOL_REQUEST_MAX];

	for (unsigned int said = 0; said < SAID_MAX; said++) {
		long n = p->secure(said, bytes, size, out, sizeof(out));

		HOLDS(n == PROTOCOL_SECURED || (n >= -1 && n <= (long)sizeof(out)));
		HOLDS(p->secure(said, bytes, size, again, sizeof(again)) == n);
		HOLDS(n <= 0 || n == PROTOCOL_SECURED || memcmp(out, again, (size_t)n) == 0);
	}
}

/* What is covered once needs no more covering. */
static void covers(const struct protocol *p, const uint8_t *bytes, size_t size)
{
	uint8_t *once = copy_of(bytes, size), *twice;

	p->cover(once, size);
	twice = copy_of(once, size);
	p->cover(twice, size);
	HOLDS(memcmp(once, twice, size) == 0);
	free(twice);
	free(once);
}

/* Nothing that was heard changes what is asked. */
static void asks_the_same(const struct protocol *p, const uint8_t *asked, size_t n)
{
	uint8_t out[PROTOCOL_REQUEST_MAX];

	HOLDS(p->request(out, sizeof(out), "198.18.0.1", SEED) == n &&
		memcmp(out, asked, n) == 0);
}

bool fuzz_protocol(const struct protocol *p, const uint8_t *bytes, size_t size)
{
	uint8_t asked[PROTOCOL_REQUEST_MAX];
	size_t n = p->request ? p->request(asked, sizeof(asked), "198.18.0.1", SEED) : 0;
	bool mine = size > 0 && p->recognise(bytes, size);

	if (p->complete)
		completes(p, bytes, size);
	if (p->repeats) /* it brings back one question's mark, not every one's */
		HOLDS(!p->repeats(bytes, size, SEED) ||
			!p->repeats(bytes, size, ~(uint64_t)SEED));
	reads(p, bytes, size, true);
	if (p->overheard)
		is_overheard(p, bytes, size);
	else
		reads(p, bytes, size, false);
	if (p->next)
		converses(p, bytes, size);
	if (p->secure)
		secures(p, bytes, size);
	if (p->cover)
		covers(p, bytes, size);
	HOLDS((size > 0 && p->recognise(bytes, size)) == mine);
	if (n > 0)
		asks_the_same(p, asked, n);
	return mine;
}
