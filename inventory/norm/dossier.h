/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The dossier: what the register holds about one subject of a norm, as the one XML element that
 * norm packs select their facts from (facts.h). Canonical: the same register gives the same
 * bytes. Four units are judged, and the root element has the unit's name.
 *
 * Every element has grade, as-of (YYYY-MM-DD) and document ("" is left out): `attested` by a
 * statement of the register; `measured` by runs, as of the day of the newest that met what is
 * counted, document "run N"; `derived` from both, as of the older. What two statements say
 * together is as old as the older. An attribute that nobody stated is not there. Elements stand
 * in the order below (lists: controls, dependants, supports), those of one name by the bytes of
 * their values, runs by number. `?`: at most one, `*`: any number. What has a validity (roles,
 * contracts, remote maintenance) is there while it is valid.
 *
 * One that is judged, neither external nor retired:
 *
 *     <system realm id name organisation sector class kind function service-scope counterparts
 *             lifecycle business-type technology deployment network-nature in-service parent
 *             carried-by>                                     technology: codes, a blank
 * between <operator id name sector unit-type affiliation industry division/>?     its
 * organisation <tier s a final determined/>?                  final: the higher of S and A
 *       <damage aspect object degree/>*                aspect s|a, object
 * rights|order|security, degree none|general|serious| particularly-serious (GB/T 22240) <filing
 * form-no certificate-no body received issued valid-until status/>? <assessment kind on body
 * report-no result score/>*    kind tier|crypto|cii-annual|risk| review; result
 * conform|basically-conform| not-conform <metric name value unit/>* <controls complete/>?
 * <dependants complete hops/>? <supports complete/>? <support business strength key name
 * function sector rto-hours fallback-hours/>* <unit id name mw kv lines interconnection/>*
 * lines: how many end there, at kv <answer pack criterion met official/>* <data id name level
 * class personal-information volume-gb records cross-border/>* <carrier id name class tier
 * designation/>?     what carried-by names <carries id name class sector tier designation/>*
 * the systems it carries, not retired <designation list-no outcome pack decided/>?   its entry
 * in the list in force <exit id name carrier bandwidth-mbps/>*        Internet exits that name
 * it <supplier contract id service access-path valid-until/>*      access-path: how the
 * supplier gets in <remote-access id supplier valid-until/>*      registered maintenance over
 * the Internet <exposure looked addresses services administration remote-maintenance industrial
 *                 unjustified/>?                       from the Internet, by exposure_history;
 * looked: yes, a run of that vantage asked all its addresses for ports; part: some; no: only
 *                                                      heard of. As of the oldest newest look.
 * Not there if nobody looked and nothing is known: never zero <zone id name purdue-level sl-t
 * assets/>*      where its assets are <assets role kind count/>*                     not
 * merged, not retired; kind: industrial, network, security, server, terminal, other
 *     </system>
 *
 *     <organisation realm id name sector unit-type affiliation division industry parent
 * countries> <role code scope valid-from valid-until/>* <event kind on with/>* merge, split,
 * dissolve, rename <metric name value unit/>*                     staff, turnover, ... <answer
 * pack criterion met official/>* <business id name function sector key/>* <system id name class
 * kind sector tier designation/>*     own, not retired <network prefix/>* blocks of its
 * circuits, subnets of its zones, prefixes that it answers for <exit id name carrier
 * bandwidth-mbps/>*
 *     </organisation>
 *
 *     <zone realm id name organisation parent purdue-level sl-t protects importance function>
 *       <subnet prefix name vlan function/>*
 *       <inner id name purdue-level sl-t/>*            zones whose parent it is
 *       <system id name class sector kind tier designation assets/>*  of its assets
 *       <asset id name role kind system class tags exposed/>*  those whose longest subnet is
 * its; class: of the system; tags: codes, a blank between; exposed: services, if any <conduit
 * id name other other-level other-sl-t other-protects protocols boundary-device/>* <crossing
 * other flows conduit/>*               flows met between its assets and another zone's;
 * conduit: yes if one joins the two
 *     </zone>
 *
 *     <subnet realm id name zone vlan facility function importance>       its id is its prefix
 *       <run id started ended methods vantage ports covered/>*  methods: a blank between;
 * ports: yes, some were asked for; covered: whole|part; of those that are alike in these two,
 * the newest DOSSIER_RUNS_MAX <coverage first newest longest-gap/>?          of all runs that
 * covered it whole; days <assets role kind count/>*                     of which it is the
 * longest subnet <services open exposed/>?
 *     </subnet>
 *
 * The dossier holds no dependency: those are walked by graph.h. What a pack takes from it is in
 * the pack (inventory/norms).
 */
#ifndef INVENTORY_NORM_DOSSIER_H
#define INVENTORY_NORM_DOSSIER_H

#include "common/str.h"
#include "inventory/store/db.h"

#define DOSSIER_TEXT_MAX ((size_t)16 * 1024 * 1024)
#define DOSSIER_RUNS_MAX 400 /* of each kind: a day each for more than a year */
#define DOSSIER_VALUES_MAX 20

enum dossier_unit {
	DOSSIER_SYSTEM,
	DOSSIER_ORGANISATION,
	DOSSIER_ZONE,
	DOSSIER_SUBNET,
	DOSSIER_UNIT_N
};

/* "system", "organisation", "zone", "subnet"; and back, DOSSIER_UNIT_N if it is none. */
const char *dossier_unit_name(enum dossier_unit unit);
enum dossier_unit dossier_unit_find(const char *name);

/* An element of a dossier: the attributes it may have besides grade, as-of and document, NULL
 * behind the last. */
struct dossier_element {
	const char *name;
	const char *values[DOSSIER_VALUES_MAX];
};

/* The elements of a unit, its root first; the one behind the last has no name. */
const struct dossier_element *dossier_elements(enum dossier_unit unit);

/* One dossier; borrowed for the call. */
struct dossier {
	enum dossier_unit unit;
	int64_t realm;
	const char *realm_name, *id, *name;
	const char *text; /* XML without declaration, NUL behind it */
	size_t n;         /* bytes of it */
};

/* Calls `each` for every dossier of a unit, by realm number and then by the bytes of the id.
 * `realm` 0: of all; `ids` NULL: all, else those of the n that there are, in any order, each
 * once. Rows are fetched up to two thousand subjects at a time and nothing is on the way
 * meanwhile, so `each` may ask the database itself; call it in a transaction under the
 * register's lock for one state of all. What `each` returns but 0 ends it and is returned.
 * Errors: ERROR_INPUT for a dossier over DOSSIER_TEXT_MAX, naming the subject; ERROR_DATABASE,
 * ERROR_SYSTEM. */
int dossier_each(struct db *db, enum dossier_unit unit, int64_t realm, const char *const *ids,
	size_t n, int (*each)(void *context, const struct dossier *dossier), void *context,
	struct error *reterr);

/* Appends the dossier of one system, the same bytes; nothing if there is none to judge. */
int dossier_build(struct db *db, int64_t realm, const char *system, struct str *out,
	struct error *reterr);

#endif
