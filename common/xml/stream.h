/* SPDX-License-Identifier: Apache-2.0 */
/*
 * XML from strangers, too large for a tree: the measures of xml.h for a stream that is read
 * once in flat memory. The byte filter sees every byte before the parser does, and refuses
 * markup larger than the kind allows, more attributes than it allows, declarations of any kind
 * but one document type without internal subset if the kind names it, NUL bytes and encodings
 * other than UTF-8. Elements are limited in depth, text between two tags in size. Nothing is
 * ever fetched or expanded.
 *
 * A stream that stops inside the root element is told apart from one that is not well-formed:
 * its reader may keep what was whole.
 *
 * Reference: XML 1.0, fifth edition.
 */
#ifndef COMMON_XML_STREAM_H
#define COMMON_XML_STREAM_H

#include "common/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define XML_STREAM_ATTRIBUTES_MAX 256

struct xml_stream_kind {
	const char *what;     /* "Nmap XML" */
	const char *doctype;  /* root name of the one document type that may be declared; NULL:
				 none */
	uint64_t max_bytes;   /* of the whole stream */
	size_t markup_max;    /* of one tag, comment or instruction */
	size_t text_max;      /* between two tags */
	unsigned int depth_max;
};

struct xml_stream_attribute {
	const char *name;  /* local name */
	const char *space; /* namespace, "" if none */
	const char *value;
};

/* One element; everything is borrowed for the duration of the call. */
struct xml_stream_element {
	const char *name;  /* local name */
	const char *space; /* namespace, "" if none */
	const struct xml_stream_attribute *attributes;
	size_t n_attributes;
	unsigned int depth; /* the root is 1 */
	long line;
};

/* What the reader is told. Negative stops the parsing, and xml_stream() returns it. `text` is
 * all character data before the first child, or of an element without children; "" if there is
 * none. */
struct xml_stream_handler {
	int (*start)(
		void *context, const struct xml_stream_element *element, struct error *reterr);
	int (*end)(void *context, const char *name, unsigned int depth, const char *text,
		long line, struct error *reterr);
	void *context;
};

enum { XML_STREAM_CUT = 1 };

/* Reads `fd` to its end. 0; XML_STREAM_CUT if it stops inside the root element; ERROR_INPUT
 * names file and line, the reason, and what to do. */
int xml_stream(const struct xml_stream_kind *kind, const char *name, int fd,
	const struct xml_stream_handler *handler, struct error *reterr);

/* The value of an attribute without namespace, or NULL. */
const char *xml_stream_attribute(const struct xml_stream_element *element, const char *name);

#endif
