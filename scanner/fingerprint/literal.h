/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Required words of a pattern: whatever the pattern matches, one of them stands in it. They are
 * for a filter in front of the pattern (scanner/fingerprint/words.h), so a pattern of which too
 * little is understood has none, and never a wrong one. ASCII letters are folded to lower case.
 * Pure.
 *
 * Reference: PCRE2's syntax (pcre2pattern(3)). The method is that of Cox, "Regular Expression
 * Matching with a Trigram Index", 2012: exact sets while they are small, else the best set that
 * is required.
 */
#ifndef SCANNER_FINGERPRINT_LITERAL_H
#define SCANNER_FINGERPRINT_LITERAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LITERALS_MAX 32
#define LITERAL_SIZE_MIN 3
#define LITERAL_SIZE_MAX 16

struct literal {
	uint8_t size, bytes[LITERAL_SIZE_MAX];
};

struct literals {
	size_t n; /* 0: there are none, and the pattern has to be tried on everything */
	struct literal rows[LITERALS_MAX];
	bool caseless; /* it, or a part of it; then characters beyond ASCII may stand for "k"
			  and "s" */
};

/* Of a pattern in PCRE2's dialect, multi-line, newline LF. */
void literals_of(const char *pattern, bool ignore_case, struct literals *ret_literals);

#endif
