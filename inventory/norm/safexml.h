/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loading XML that other organisations wrote: registers and norm packs. libxml2's defaults do
 * not protect against hostile documents, so every load goes through here and nowhere else.
 *
 * Measures, in order: a size limit before parsing; UTF-8 only; a byte filter that refuses
 * every document type declaration and any single tag larger than SAFEXML_TAG_MAX (attribute
 * handling in the parser is quadratic); a parser without network, entities, DTD, XInclude and
 * with libxml2's own limits in force; an external entity loader that refuses; validation by
 * an XSD 1.0 schema that is compiled into the program. It never fetches anything.
 *
 * Reference: XML 1.0 (5th edition), XML Schema 1.0 (2nd edition).
 */
#ifndef INVENTORY_NORM_SAFEXML_H
#define INVENTORY_NORM_SAFEXML_H

#include "common/error.h"

#include <libxml/tree.h>

#include <stddef.h>

#define SAFEXML_TAG_MAX (64 * 1024)
#define SAFEXML_REGISTER_MAX (64 * 1024 * 1024)
#define SAFEXML_PACK_MAX (1024 * 1024)

/* A kind of document: what it is called in messages, its schema and how large it may be. */
struct safexml_form {
	const char *what;      /* "register", "norm pack" */
	const char *schema;    /* name of the embedded schema, as under schema/xml */
	size_t max_bytes;
};

extern const struct safexml_form safexml_register;
extern const struct safexml_form safexml_pack;

static inline void safexml_freep(xmlDoc **doc)
{
	xmlFreeDoc(*doc);
}

/* Reads, filters, parses and validates. `name` is the path for messages. ERROR_INPUT names
 * file and line, the reason, and what to do. The document is the caller's (xmlFreeDoc). */
int safexml_parse(const struct safexml_form *form, const char *name, const void *bytes, size_t n,
	xmlDoc **ret_doc, struct error *reterr);

/* Parses a document of our own making, without a schema, under the same measures. */
int safexml_parse_own(const void *bytes, size_t n, xmlDoc **ret_doc, struct error *reterr);

/* Line of a node, 0 if unknown. Attributes have the line of their element. */
long safexml_line(const xmlNode *node);

/* Attribute value without namespace, borrowed from the tree; `missing` if it is not there.
 * Schema-validated documents have simple attribute values, without entity references. */
const char *safexml_attr(const xmlNode *node, const char *name, const char *missing);

/* First child element of that local name (NULL: any), and the next sibling element of it. */
xmlNode *safexml_child(const xmlNode *node, const char *name);
xmlNode *safexml_next(const xmlNode *node, const char *name);

#endif
