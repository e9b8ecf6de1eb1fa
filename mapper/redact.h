/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Redaction: an estate that may be shown to others. Everything that draws or writes gets the
 * redacted estate alone, so that what is hidden is in no file. What stays of it:
 *
 *                          internal          partner             public
 *   addresses              /24, /64          none                none
 *   networks               prefix, name      pseudonym           pseudonym
 *   assets                 pseudonym         pseudonym           pseudonym
 *   role of an asset       yes               yes                 yes
 *   MAC, vendor, model, OS, product, version                none at any level
 *   ports, protocols       yes               yes                 how many
 *   systems, businesses    name              pseudonym           pseudonym
 *   organisations          name              pseudonym           pseudonym
 *   suppliers              pseudonym         pseudonym           pseudonym
 *   ways in of suppliers   whether           whether             -
 *   zones, conduits, exits name              pseudonym           pseudonym
 *   sector                 name              name                pseudonym
 *   division               code              of the province     -
 *   tier, CII, exposure    yes               yes                 -
 *   number on the list     yes               -                   -
 *   Purdue, SL-T, part of protection   yes   yes                 -
 *   change                 yes               yes                 -
 *   findings, age          yes               -                   -
 *   realm                  name              name                pseudonym
 *   counts, links, as-of   yes               yes                 yes
 *   numbers of assets and runs                              none at any level
 *
 * A name that stays is replaced all the same if it is something that is hidden elsewhere, or
 * has in it an address, a domain, or the name of a host that is no ordinary word. Assets stand
 * in the order of their pseudonyms: what order still tells is the network ("internal": its
 * /24); systems and what else is registered stand as the register has them. What the caller
 * writes on the sheet himself (title, marking) is his.
 */
#ifndef MAPPER_REDACT_H
#define MAPPER_REDACT_H

#include "common/error.h"
#include "common/model/estate.h"
#include "common/siphash.h"

const char *redaction_name(enum estate_redaction level);
/* ERROR_USAGE lists those there are. */
int redaction_parse(const char *name, enum estate_redaction *ret_level, struct error *reterr);
/* The bits of enum map_overlay that a level has facts for. */
unsigned int redaction_overlays(enum estate_redaction level);

/* A new estate in the arena; it shares no memory with the old one. The same estate, level and
 * key give the same one. REDACTION_NONE is not asked for. ERROR_SYSTEM without memory. */
int redact_estate(const struct estate *estate, enum estate_redaction level,
	const struct siphash_key *key, struct arena *arena, struct estate **ret_estate,
	struct error *reterr);

#endif
