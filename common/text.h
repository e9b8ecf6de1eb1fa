/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Foreign text: cleaned once on its way in, encoded by one encoder per output on its way out.
 *
 * Clean text is well-formed UTF-8 (RFC 3629) without NUL, C0 and C1 controls (tab and newline
 * become spaces), bidirectional controls, zero-width characters, surrogates and
 * noncharacters. Every offending byte or character is shown as \xHH or \u{HHHH}, so nothing
 * is dropped silently.
 */
#ifndef COMMON_TEXT_H
#define COMMON_TEXT_H

#include "common/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Appends at most max_bytes of clean text; never cuts a character. Returns true if
 * everything fitted. */
bool text_clean(struct str *out, const void *bytes, size_t n, size_t max_bytes);

/* Appends a character as UTF-8, clean or not; a number that is no character, or is 0, adds
 * nothing. */
void text_add_character(struct str *out, uint32_t c);

/* True if the bytes are clean text already. */
bool text_is_clean(const void *bytes, size_t n);

/* The encoders take any NUL-terminated string, clean or not, and are safe for both. */
void text_encode_terminal(struct str *out, const char *text); /* controls as \xHH */
void text_encode_xml(struct str *out, const char *text); /* element content and attributes */
void text_encode_json(struct str *out, const char *text); /* without the quotes */
void text_encode_csv(struct str *out, const char *text);  /* RFC 4180 field, always quoted; a
							     leading = + - @ TAB CR gets a ' */
/* Such a text, with apostrophes before it or not: another one is put in front of it, so that
 * taking one off gives the text back (csv_unguard()). */
bool text_is_formula(const char *text);
/* Safe inside <script>: JSON with < > & and U+2028/9 as \u escapes. */
void text_encode_script(struct str *out, const char *text);

#endif
