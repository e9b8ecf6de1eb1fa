/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The byte filter of a stream: one pass, a few states, no memory but the beginning of the
 * markup at hand. It does not judge whether markup is well-formed; it keeps from the parser
 * what would cost it much or make it look elsewhere.
 */
#ifndef COMMON_XML_STREAM_FILTER_H
#define COMMON_XML_STREAM_FILTER_H

#include "common/xml/stream.h"

/* A document type or XML declaration that is longer is not honest. */
#define XML_FILTER_HEAD 512

enum xml_filter_state {
	XML_FILTER_TEXT,
	XML_FILTER_OPEN, /* after "<", before it is known what it is */
	XML_FILTER_TAG,
	XML_FILTER_COMMENT,
	XML_FILTER_CDATA,
	XML_FILTER_INSTRUCTION,
	XML_FILTER_DOCTYPE
};

struct xml_filter {
	const struct xml_stream_kind *kind;
	const char *name;
	enum xml_filter_state state;
	uint64_t offset;
	long line;
	size_t size; /* of the markup at hand, or of the text since the last one */
	unsigned int equals;
	char quote;
	char head[XML_FILTER_HEAD + 1]; /* how the markup at hand begins */
	char last[2]; /* the two bytes before */
};

struct xml_filter xml_filter_of(const struct xml_stream_kind *kind, const char *name);
/* ERROR_INPUT: these bytes are not to be parsed. */
int xml_filter_feed(
	struct xml_filter *filter, const char *bytes, size_t n, struct error *reterr);
/* Whether the bytes so far stop within markup. */
bool xml_filter_inside(const struct xml_filter *filter);

#endif
