/* SPDX-License-Identifier: Apache-2.0 */
/* Readers checked against bytes: what is recognised, what is read, and that no shorter or
 * damaged form of the bytes does harm. */
#ifndef TESTS_UNIT_SCANNER_PROTOCOL_CHECK_H
#define TESTS_UNIT_SCANNER_PROTOCOL_CHECK_H

#include "tests/unit/unit.h"

#include "common/text.h"
#include "scanner/protocol/protocol.h"
#include "tests/fuzz/seed.h"

#define BYTES(text) (const uint8_t *)(text), sizeof(text) - 1

/* Our own fingerprints, loaded once. */
static inline const struct fingerprints *check_fingerprints(void)
{
	static struct fingerprints *fingerprints;
	struct error err = {0};

	if (!fingerprints && fingerprints_load(FINGERPRINTS, &fingerprints, &err) < 0)
		fail_msg("%s", err.text);
	return fingerprints;
}

static inline struct reading *check_reading(void)
{
	static struct reading reading;

	reading.fingerprints = check_fingerprints();
	reading_clear(&reading);
	return &reading;
}

static inline void check_is(const struct reading *reading, const char *name, const char *value)
{
	const char *found = reading_get(reading, name);

	if (!value && found)
		fail_msg("%s is \"%s\", should be absent", name, found);
	if (value && (!found || strcmp(found, value) != 0))
		fail_msg("%s is \"%s\", should be \"%s\"", name, found ? found : "(absent)",
			value);
}

static inline void check_key(const struct reading *reading, const char *type, const char *value)
{
	for (size_t i = 0; i < reading->n_keys; i++)
		if (strcmp(reading->keys[i].name, type) == 0 &&
			(!value || strcmp(reading->keys[i].value, value) == 0))
			return;
	fail_msg("no key %s %s", type, value ? value : "");
}

static inline void check_name(const struct reading *reading, const char *source,
	const char *value)
{
	for (size_t i = 0; i < reading->n_names; i++)
		if (strcmp(reading->names[i].name, source) == 0 &&
			strcmp(reading->names[i].value, value) == 0)
			return;
	fail_msg("no name %s from %s", value, source);
}

/* Recognised, whole, and read. */
static inline const struct reading *check_read(const struct protocol *protocol,
	const uint8_t *bytes, size_t size)
{
	struct reading *reading = check_reading();

	seed_keep(protocol, bytes, size);
	assert_true(protocol->recognise(bytes, size));
	assert_ptr_equal(protocol_recognise(protocol->transport, bytes, size), protocol);
	if (protocol->complete)
		assert_true(protocol->complete(bytes, size) > 0);
	protocol->read(bytes, size, reading);
	for (size_t i = 0; i < reading->n_attributes; i++)
		assert_true(text_is_clean(reading->attributes[i].value,
			strlen(reading->attributes[i].value)));
	return reading;
}

/* Every beginning of the bytes, and the bytes with each byte damaged in turn, are borne by
 * every function. The copies have the exact size, so that a sanitizer sees any step past the
 * end. */
static inline void check_hostile(const struct protocol *protocol, const uint8_t *bytes,
	size_t size)
{
	static const uint8_t damage[] = {0x00, 0x01, 0x7f, 0x80, 0xff};

	seed_keep(protocol, bytes, size);
	for (size_t n = 0; n <= size; n++)
		for (size_t d = 0; d <= sizeof(damage); d++) {
			uint8_t *copy = malloc(n ? n : 1), out[PROTOCOL_REQUEST_MAX];

			/* d == 0: cut short; else the whole with its last byte damaged. */
			memcpy(copy, bytes, n);
			if (d > 0 && n > 0)
				copy[n - 1] = damage[d - 1];
			protocol->recognise(copy, n);
			if (protocol->complete)
				protocol->complete(copy, n);
			protocol->read(copy, n, check_reading());
			if (protocol->repeats)
				protocol->repeats(copy, n, 1);
			for (unsigned int said = 0; protocol->next && said < 6; said++)
				assert_true(protocol->next(said, 1, copy, n, out,
						    sizeof(out)) <= (long)sizeof(out));
			free(copy);
		}
	for (size_t i = 0; i < size; i++)
		for (size_t d = 0; d < sizeof(damage); d++) {
			uint8_t *copy = malloc(size);

			memcpy(copy, bytes, size);
			copy[i] = damage[d];
			protocol->recognise(copy, size);
			protocol->read(copy, size, check_reading());
			free(copy);
		}
}

/* What the protocol asks with this seed. */
static inline void check_request(const struct protocol *protocol, uint64_t seed,
	const uint8_t *bytes, size_t size)
{
	uint8_t out[PROTOCOL_REQUEST_MAX];

	assert_int_equal(protocol->request(out, sizeof(out), "", seed), size);
	assert_memory_equal(out, bytes, size);
}

/* The request is the same twice and the reply brings back what it carried. The reply is none to
 * two other seeds, three bytes of it are none, and the request itself is none; every beginning
 * of it is borne. */
static inline void check_repeats(const struct protocol *protocol, const uint8_t *reply,
	size_t size, uint64_t seed)
{
	uint8_t out[PROTOCOL_REQUEST_MAX], again[PROTOCOL_REQUEST_MAX];
	size_t n = protocol->request(out, sizeof(out), "198.18.0.1", seed);

	seed_keep(protocol, reply, size);
	assert_in_range(n, 1, PROTOCOL_DATAGRAM_MAX);
	assert_int_equal(protocol->request(again, sizeof(again), "198.18.0.1", seed), n);
	assert_memory_equal(out, again, n);
	assert_true(protocol->repeats(reply, size, seed));
	assert_false(protocol->repeats(reply, size, seed + 1));
	assert_false(protocol->repeats(reply, size, ~seed));
	assert_false(protocol->repeats(reply, 0, seed));
	assert_false(protocol->repeats(reply, 3, seed));
	assert_false(protocol->repeats(out, n, seed)); /* an echo is no answer */
	for (size_t i = 0; i < size; i++) { /* every beginning, of the exact size */
		uint8_t *copy = malloc(i ? i : 1);

		memcpy(copy, reply, i);
		protocol->repeats(copy, i, seed);
		free(copy);
	}
}

/* What `next` says after these bytes. */
static inline long check_next(const struct protocol *protocol, unsigned int said,
	const uint8_t *bytes, size_t size, uint8_t *out)
{
	seed_keep(protocol, bytes, size);
	return protocol->next(said, 1, bytes, size, out, PROTOCOL_REQUEST_MAX);
}

static inline void check_says(const struct protocol *protocol, unsigned int said,
	const uint8_t *bytes, size_t size, const uint8_t *expected, size_t expected_size)
{
	uint8_t out[PROTOCOL_REQUEST_MAX];

	assert_int_equal(check_next(protocol, said, bytes, size, out), (long)expected_size);
	assert_memory_equal(out, expected, expected_size);
}

#endif
