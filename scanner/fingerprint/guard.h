/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loading fingerprint files as XML from strangers: bounded in size and tag length, UTF-8 only,
 * no document type declaration and so no entity but the five of XML itself, nothing fetched.
 * libxml2's defaults protect from none of this.
 *
 * Reference: XML 1.0, fifth edition.
 */
#ifndef SCANNER_FINGERPRINT_GUARD_H
#define SCANNER_FINGERPRINT_GUARD_H

#include "common/cleanup.h"
#include "common/error.h"

#include <libxml/tree.h>

#define GUARD_FILE_MAX (8u * 1024 * 1024)
#define GUARD_TAG_MAX (32u * 1024)

static inline void guard_docp(xmlDoc **doc)
{
	xmlFreeDoc(*doc);
}

/* Parses the bytes; `name` is what messages call them ("path:line: ..."). ERROR_INPUT. */
int guard_parse(const char *name, const char *bytes, size_t size, xmlDoc **ret_doc,
	struct error *reterr);

#endif
