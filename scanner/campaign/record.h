/* SPDX-License-Identifier: Apache-2.0 */
/* Records of a journal as bytes: a kind, then what the kind has. */
#ifndef SCANNER_CAMPAIGN_RECORD_H
#define SCANNER_CAMPAIGN_RECORD_H

#include "common/cursor.h"
#include "common/packer.h"
#include "scanner/campaign/journal.h"

#define RECORD_SIZE_MAX 512

void record_put(struct packer *p, const struct record *record); /* has room for RECORD_SIZE_MAX */
/* False if that is no record. */
bool record_get(struct cursor *c, struct record *ret_record);

#endif
