/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One observation line of a bundle, taken apart: its members as text and numbers, nothing
 * judged yet. Shared by the two ways of reading a line (bundle_read.c): a lean reader for lines
 * in the plain form that writers use, and jansson for every other line.
 */
#ifndef COMMON_MODEL_BUNDLE_LINE_H
#define COMMON_MODEL_BUNDLE_LINE_H

#include "common/model/observation.h"

enum bundle_member {
	BUNDLE_KIND,
	BUNDLE_METHOD,
	BUNDLE_TIME,
	BUNDLE_RAW,
	BUNDLE_PROTOCOL,
	BUNDLE_ADDR,
	BUNDLE_PEER,
	BUNDLE_MAC,
	BUNDLE_TRANSPORT,
	BUNDLE_TEXTS,
	BUNDLE_PORT = BUNDLE_TEXTS,
	BUNDLE_TTL,
	BUNDLE_MEMBERS,
};

#define BUNDLE_QUOTES_MAX (2 * BUNDLE_MEMBERS + 2 * OBSERVATION_ATTRIBUTES_MAX + 1)

struct bundle_line {
	const char *text[BUNDLE_TEXTS]; /* NULL: absent */
	bool bad[BUNDLE_MEMBERS];	/* it is there and is not what it should be */
	unsigned int port, ttl;
	struct attribute *attributes; /* room for OBSERVATION_ATTRIBUTES_MAX */
	size_t n_attributes;
	const char *bad_attributes; /* why they are none */
	bool ascii;		    /* every text is of the characters space to tilde */
	char *quotes[BUNDLE_QUOTES_MAX]; /* of the lean reader: where its texts end */
	size_t n_quotes;
};

extern const char *const bundle_member_names[BUNDLE_MEMBERS];

/* Empties it; `attributes` has room for OBSERVATION_ATTRIBUTES_MAX. */
void bundle_line_init(struct bundle_line *line, struct attribute *attributes);

/*
 * Reads a line of n bytes in the plain form: one object of known members, each at most once;
 * text of printable ASCII without escapes; numbers of at most nine digits; attributes one
 * object of such texts, with names that differ. False for any other line, valid or not: whoever
 * reads it next decides, with an emptied `line`. The bytes stay as they are until
 * bundle_line_close() puts a NUL behind each text.
 */
bool bundle_line_read(char *text, size_t n, struct bundle_line *line);
void bundle_line_close(struct bundle_line *line);

#endif
