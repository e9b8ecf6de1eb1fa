/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The dossier: what the register holds about one system, as the one XML element that norm
 * packs select their facts from (facts.h). Canonical: the same register gives the same bytes.
 *
 *     <system realm id name organisation sector class kind function service-scope counterparts
 *             lifecycle>
 *       <tier s a final determined/>                   final: the higher of S and A
 *       <metric name value unit/>*
 *       <supports complete/>  <controls complete/>  <dependants complete hops/>
 *       <support business strength key name function sector rto-hours fallback-hours/>*
 *       <unit id name mw/>*
 *       <answer pack criterion met official/>*
 *     </system>
 *
 * Every element has grade ("attested"), as-of (YYYY-MM-DD) and document. A support says what
 * two statements say together, its own and that of the business; its evidence is the older of
 * the two. An attribute that nobody stated is not there. The dossier holds no dependency: those
 * are walked by graph.h.
 */
#ifndef INVENTORY_NORM_DOSSIER_H
#define INVENTORY_NORM_DOSSIER_H

#include "common/str.h"
#include "inventory/store/db.h"

#define DOSSIER_TEXT_MAX ((size_t)16 * 1024 * 1024)

/* Appends the dossier; nothing if the register has no such system. */
int dossier_build(struct db *db, int64_t realm, const char *system, struct str *out,
	struct error *reterr);

#endif
