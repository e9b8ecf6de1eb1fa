/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The difference of two estates as one estate: that of now, with what is gone since in its old
 * place. Pure: reads the two, writes a third.
 */
#ifndef COMMON_MODEL_DIFFERENCE_H
#define COMMON_MODEL_DIFFERENCE_H

#include "common/error.h"
#include "common/model/estate.h"

/*
 * Joins `now` with `other`, of another day. Assets, services, links and systems have a
 * `change`:
 *  - CHANGE_NEW: in `now` alone;
 *  - CHANGE_GONE: in `other` alone; an asset keeps its system and stands in the subnet that it
 *    stood in, or in the one that has taken its place. It is exposed to nobody and counts no
 *    findings;
 *  - CHANGE_CHANGED: of an asset its name, role, vendor, model, system, addresses, system
 * software
 *    (`os`) or an open port; of a service product, version or protocol, or that it is seen from
 * the Internet; of a link its evidence; of a system name, organisation, sector, tier or
 * designation. A system's own change is not one of each of its assets. How a changed asset was
 * stands in befores. The register's other records are those of now. Of equal ids the first is
 * joined with the first. Arrays are of the arena; texts and realm are borrowed from the two.
 * ERROR_SYSTEM without memory.
 */
int estate_difference(const struct estate *now, const struct estate *other, struct arena *arena,
	struct estate *ret_joined, struct error *reterr);

#endif
