/* SPDX-License-Identifier: Apache-2.0 */
/* Records of a journal as bytes: a kind, then what the kind has. */
#ifndef SCANNER_CAMPAIGN_RECORD_H
#define SCANNER_CAMPAIGN_RECORD_H

#include "common/cursor.h"
#include "common/packer.h"
#include "scanner/campaign/journal.h"

#define RECORD_SIZE_MAX 512 /* without what a greeting told */

void record_put(struct packer *p, const struct record *record);
/* False if that is no record. */
bool record_get(struct cursor *c, struct record *ret_record);

/* What records are made of. An address may be none, a text NULL; a text that is got is
 * borrowed, and NULL too if it is none. */
void record_put_addr(struct packer *p, const struct addr *addr);
struct addr record_get_any_addr(struct cursor *c);
void record_put_mac(struct packer *p, const struct mac *mac);
void record_get_mac(struct cursor *c, struct mac *ret);
void record_put_text(struct packer *p, const char *text);
const char *record_get_text(struct cursor *c);

/* Observations, one behind the other. What is got borrows from the bytes, and from
 * `attributes`, which has room for OBSERVATION_ATTRIBUTES_MAX. */
void record_put_observation(struct packer *p, const struct observation *obs);
bool record_get_observation(
	struct cursor *c, struct attribute *attributes, struct observation *ret_obs);

#endif
