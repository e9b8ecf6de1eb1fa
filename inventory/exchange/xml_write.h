/* SPDX-License-Identifier: Apache-2.0 */
/*
 * XML going out: elements are closed in the order in which they were opened, every text goes
 * through the one encoder of common/text.h, so that what comes out is well-formed whatever the
 * text was. Flat: nothing is kept but the names of the open elements.
 *
 * Reference: XML 1.0, fifth edition.
 */
#ifndef INVENTORY_EXCHANGE_XML_WRITE_H
#define INVENTORY_EXCHANGE_XML_WRITE_H

#include "common/file_stream.h"

#define XML_WRITE_DEPTH 16

struct xml_out {
	struct file_stream *stream;
	const char *open[XML_WRITE_DEPTH]; /* names of static storage */
	unsigned int depth;
	bool in_tag; /* the start tag is not closed yet */
	bool has_text;
};

void xml_declare(struct xml_out *out);
/* `name` must outlive the element. */
void xml_start(struct xml_out *out, const char *name);
/* An attribute of the element just started. */
void xml_attr(struct xml_out *out, const char *name, const char *value);
void xml_attr_given(struct xml_out *out, const char *name, const char *value); /* unless "" */
void xml_attr_int(struct xml_out *out, const char *name, int64_t value);
void xml_attr_time(struct xml_out *out, const char *name, int64_t wall_us); /* unless 0 */
void xml_text(struct xml_out *out, const char *text);
void xml_end(struct xml_out *out);
/* The text as element content or attribute value. */
void xml_encode(struct str *out, const char *text);

#endif
