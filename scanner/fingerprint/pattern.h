/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One pattern of Recog's dialect (Ruby's regular expressions) on PCRE2: `^` and `$` are always
 * line anchors, an inline `m` means that the dot matches newlines. Each is compiled twice, for
 * bytes and for UTF-8; the subject decides which is used. Matching is bounded in steps and
 * memory, and reaching a bound is an answer of its own.
 *
 * Reference: PCRE2 10.42; Recog's file format.
 */
#ifndef SCANNER_FINGERPRINT_PATTERN_H
#define SCANNER_FINGERPRINT_PATTERN_H

#include "common/cleanup.h"
#include "scanner/fingerprint/literal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PATTERN_TEXT_MAX 16384
#define PATTERN_GROUPS_MAX 64 /* with group 0 */
#define PATTERN_STEPS_MAX 10000
#define PATTERN_HEAP_KIB_MAX 1024

struct pattern;

/* Compiles. On failure NULL, and `why` (a buffer of `why_size`) says the reason. */
struct pattern *pattern_new(const char *text, bool ignore_case, bool dot_all, char *why,
	size_t why_size);
void pattern_free(struct pattern *pattern);
CLEANUP_DEFINE(struct pattern, pattern_free)

/* The words that it requires. */
void pattern_literals(const char *text, bool ignore_case, struct literals *ret_literals);

unsigned int pattern_groups(const struct pattern *pattern); /* without group 0 */

enum pattern_verdict { PATTERN_HIT, PATTERN_MISS, PATTERN_LIMIT };

/* What is matched against many patterns, prepared once. The bytes are borrowed. */
struct subject {
	const uint8_t *bytes;
	size_t size;
	bool utf8;     /* valid UTF-8 that is not all ASCII */
	void *context; /* limits and room for groups */
	void *room;
};

/* False without memory. */
bool subject_init(struct subject *subject, const uint8_t *bytes, size_t size);
/* The same object for other bytes. */
void subject_take(struct subject *subject, const uint8_t *bytes, size_t size);
void subject_done(struct subject *subject);

/* Searches. Groups of a hit stay readable until the next call with this subject. */
enum pattern_verdict pattern_search(
	const struct pattern *pattern, const struct subject *subject);
/* The bytes of a group; NULL if it took no part in the hit. */
const uint8_t *subject_group(const struct subject *subject, unsigned int group,
	size_t *ret_size);

#endif
