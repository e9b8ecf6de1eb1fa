/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The filter in front of many patterns: one pass over a subject says which of them may match
 * it, by the words that they require (scanner/fingerprint/literal.h). An automaton as a dense
 * table over the bytes that occur in words (Aho and Corasick, "Efficient string matching",
 * 1975).
 */
#ifndef SCANNER_FINGERPRINT_WORDS_H
#define SCANNER_FINGERPRINT_WORDS_H

#include "common/cleanup.h"
#include "scanner/fingerprint/literal.h"

struct words;

/* For patterns numbered from 0 to n - 1. NULL without memory. */
struct words *words_new(size_t n);
void words_free(struct words *words);
CLEANUP_DEFINE(struct words, words_free)

/* The words of a pattern; without them, or when the automaton has WORDS_STATES_MAX, it passes
 * always. False without memory. */
#define WORDS_STATES_MAX 60000
bool words_add(struct words *words, size_t pattern, const struct literals *literals);
/* After the last one, before the first question. False without memory. */
bool words_seal(struct words *words);

size_t words_count(const struct words *words); /* of 64-bit words of a set of patterns */
/* The patterns that may match, a bit each, the lowest first; `wide`: the subject is UTF-8 and
 * not all ASCII. */
void words_find(const struct words *words, const uint8_t *bytes, size_t size, bool wide,
	uint64_t *ret_set);

#endif
