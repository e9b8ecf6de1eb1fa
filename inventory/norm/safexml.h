/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Registers and norm packs, which other organisations wrote: read by common/xml/xml.h, then
 * validated by an XSD 1.0 schema that is compiled into the program.
 *
 * Reference: XML Schema 1.0, second edition.
 */
#ifndef INVENTORY_NORM_SAFEXML_H
#define INVENTORY_NORM_SAFEXML_H

#include "common/xml/xml.h"

#define SAFEXML_TAG_MAX (64 * 1024)
#define SAFEXML_REGISTER_MAX (64 * 1024 * 1024)
#define SAFEXML_PACK_MAX (1024 * 1024)
#define SAFEXML_OWN_MAX (256 * 1024 * 1024)

/* A kind of document and its schema, by name as under schema/xml. */
struct safexml_form {
	struct xml_kind kind;
	const char *schema;
};

extern const struct safexml_form safexml_register;
extern const struct safexml_form safexml_pack;

/* Reads, filters, parses and validates. `name` is the path for messages. ERROR_INPUT names
 * file and line, the reason, and what to do. The document is the caller's (xmlFreeDoc). */
int safexml_parse(const struct safexml_form *form, const char *name, const void *bytes,
	size_t n, xmlDoc **ret_doc, struct error *reterr);

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
