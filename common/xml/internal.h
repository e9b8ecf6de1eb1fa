/* SPDX-License-Identifier: Apache-2.0 */
/* What the two ways of parsing share; see xml.h and stream.h. */
#ifndef COMMON_XML_INTERNAL_H
#define COMMON_XML_INTERNAL_H

#include "common/xml/xml.h"

#include <libxml/SAX2.h>
#include <libxml/parser.h>

/* libxml2 for the process: an external entity loader that refuses. */
void xml_setup_once(void);

#endif
