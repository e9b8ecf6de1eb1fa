/* SPDX-License-Identifier: Apache-2.0 */
/*
 * XML from strangers: registers, norm packs, fingerprint files. libxml2's defaults do not
 * protect against hostile documents, so every load goes through here and nowhere else.
 *
 * Measures, in order: a size limit before parsing; UTF-8 only; a byte filter that refuses every
 * document type declaration and any single tag larger than the kind allows (attribute handling
 * in the parser is quadratic); a parser without network, entities, DTD, XInclude and with
 * libxml2's own limits in force; an external entity loader that refuses. It never fetches
 * anything and does not judge the content.
 *
 * Reference: XML 1.0, fifth edition.
 */
#ifndef COMMON_XML_XML_H
#define COMMON_XML_XML_H

#include "common/error.h"

#include <libxml/tree.h>

#include <stdbool.h>
#include <stddef.h>

/* A kind of document: what messages call it, and its limits in bytes. */
struct xml_kind {
	const char *what; /* "register", "norm pack", "fingerprint file" */
	size_t max_bytes;
	size_t tag_max;
};

static inline void xml_docp(xmlDoc **doc)
{
	xmlFreeDoc(*doc);
}

/* `name` is the path for messages. ERROR_INPUT names file and line, the reason, and what to do.
 * The document is the caller's (xmlFreeDoc). */
int xml_parse(const struct xml_kind *kind, const char *name, const void *bytes, size_t n,
	xmlDoc **ret_doc, struct error *reterr);

#define XML_COMPLAINT_MAX 512

/* libxml2's first complaint about one document, as clean text; later ones are passed over. */
struct xml_complaint {
	bool set;
	long line;
	char text[XML_COMPLAINT_MAX];
};

void xml_complain(struct xml_complaint *complaint, long line, const char *message);

#endif
