/* SPDX-License-Identifier: Apache-2.0 */
/* The register's part of an asset file: head and runs, organisations, systems, subnets. */
#include "inventory/exchange/assetfile.h"

#include <inttypes.h>
#include <string.h>

#define RUNS_CHUNK 1000

/* ---- loading ----------------------------------------------------------------------------- */

static int compare_held(const void *a, const void *b)
{
	const struct dossier_subnet *x = a, *y = b;

	return cidr_compare(&x->cidr, &y->cidr);
}

static int hold_subnets(struct dossier *d, struct error *reterr)
{
	size_t n = db_rows(d->subnets);

	d->held = calloc(n + 1, sizeof(*d->held));
	if (!d->held)
		return error_set(
			reterr, ERROR_SYSTEM, "no memory for the subnets of the register");
	for (size_t i = 0; i < n; i++) {
		struct dossier_subnet *held = &d->held[d->n_held];
		char id[EXPORT_ID_MAX];

		if (!db_get_cidr(d->subnets, i, SUBNET_PREFIX, &held->cidr))
			continue;
		export_id(id, "network-", db_get_text(d->subnets, i, SUBNET_PREFIX));
		snprintf(held->id, sizeof(held->id), "%.79s", id);
		d->n_held++;
	}
	qsort(d->held, d->n_held, sizeof(*d->held), compare_held);
	return 0;
}

int dossier_register_load(struct dossier *d, struct error *reterr)
{
	struct export *e = d->e;
	const struct db_value realm = db_int(e->realm_id), as_of = export_as_of(e),
			      scope = db_text(e->scope);
	int r = export_keep(e, &query_exchange_systems, DB_VALUES(realm, as_of, scope),
		&d->systems, reterr);

	if (r == 0)
		r = export_bound(e, d->systems, reterr);
	if (r == 0)
		r = export_keep(e, &query_exchange_organisations,
			DB_VALUES(realm, as_of, scope, db_text(export_members(e))),
			&d->organisations, reterr);
	if (r == 0)
		r = export_bound(e, d->organisations, reterr);
	if (r == 0)
		r = export_register(e, &query_exchange_subnets,
			DB_VALUES(realm, as_of,
				db_text(e->system ? export_members(e) : NULL),
				e->asset ? db_int(e->asset) : db_null()),
			&d->subnets, reterr);
	if (r == 0)
		r = export_keep(e, &query_exchange_system_facts, DB_VALUES(realm, as_of, scope),
			&d->facts, reterr);
	if (r == 0)
		r = export_keep(e, &query_exchange_organisation_facts, DB_VALUES(realm),
			&d->offices, reterr);
	if (r == 0)
		r = dossier_records_load(d, reterr);
	return r < 0 ? r : hold_subnets(d, reterr);
}

void dossier_register_free(struct dossier *d)
{
	export_kept_free(d->e, d->systems);
	export_kept_free(d->e, d->organisations);
	db_result_free(d->subnets);
	export_kept_free(d->e, d->facts);
	export_kept_free(d->e, d->offices);
	for (size_t i = 0; i < DOSSIER_RECORDS; i++)
		export_kept_free(d->e, d->records[i]);
	free(d->held);
}

static bool has_id(const struct db_result *rows, const char *id)
{
	size_t from = 0, to = db_rows(rows);

	while (from < to) {
		size_t middle = (from + to) / 2;
		int order = strcmp(db_get_text(rows, middle, 0), id);

		if (order == 0)
			return true;
		if (order < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return false;
}

bool dossier_has(const struct dossier *d, const char *kind, const char *id)
{
	if (strcmp(kind, "organisation") == 0)
		return has_id(d->organisations, id);
	return strcmp(kind, "system") == 0 && has_id(d->systems, id);
}

bool dossier_has_system(const struct dossier *d, const char *id)
{
	return has_id(d->systems, id);
}

const struct dossier_subnet *dossier_subnet_of(const struct dossier *d, const struct addr *addr)
{
	struct dossier_subnet key = {0};

	for (int length = addr->family == 4 ? 32 : 128; d->n_held && length >= 0; length--) {
		const struct dossier_subnet *found;

		key.cidr = cidr_of(addr, (uint8_t)length);
		found = bsearch(&key, d->held, d->n_held, sizeof(*d->held), compare_held);
		if (found)
			return found;
	}
	return NULL;
}

/* ---- relations --------------------------------------------------------------------------- */

static void systems_on(struct dossier *d, const struct db_result *on)
{
	char subject[EXPORT_ID_MAX], object[EXPORT_ID_MAX];

	for (size_t i = 0; i < db_rows(on); i++) {
		if (!dossier_has_system(d, db_get_text(on, i, 0)) ||
			!dossier_has_system(d, db_get_text(on, i, 1)))
			continue;
		export_id(subject, "system-", db_get_text(on, i, 0));
		export_id(object, "system-", db_get_text(on, i, 1));
		dossier_relate(d, "af:depends-on", subject);
		dossier_ref(d, object);
		dossier_related(d);
	}
}

int dossier_register_relations(struct dossier *d, struct error *reterr)
{
	char subject[EXPORT_ID_MAX], object[EXPORT_ID_MAX];
	struct db_result *on = NULL;
	int r = export_keep(d->e, &query_exchange_dependencies,
		DB_VALUES(db_int(d->e->realm_id), export_as_of(d->e), db_text(d->e->scope)),
		&on, reterr);

	if (r < 0)
		return r;
	for (size_t i = 0; i < db_rows(d->organisations); i++) {
		const char *parent = db_get_text(d->organisations, i, ORG_PARENT);

		if (!*parent || !has_id(d->organisations, parent))
			continue;
		export_id(subject, "organisation-", db_get_text(d->organisations, i, ORG_ID));
		export_id(object, "organisation-", parent);
		dossier_relate(d, "af:part-of", subject);
		dossier_ref(d, object);
		dossier_related(d);
	}
	for (size_t i = 0; i < db_rows(d->systems); i++) {
		const char *operator = db_get_text(d->systems, i, SYSTEM_ORGANISATION);

		if (!has_id(d->organisations, operator))
			continue;
		export_id(subject, "system-", db_get_text(d->systems, i, SYSTEM_ID));
		export_id(object, "organisation-", operator);
		dossier_relate(d, "af:operated-by", subject);
		dossier_ref(d, object);
		dossier_related(d);
	}
	systems_on(d, on);
	export_kept_free(d->e, on);
	dossier_records_relations(d);
	return 0;
}

/* ---- head -------------------------------------------------------------------------------- */

static int runs(struct dossier *d, struct error *reterr)
{
	struct export *e = d->e;
	int64_t after = 0;

	for (;;) {
		_cleanup_(db_result_freep) struct db_result *rows = NULL;
		int r = db_run(e->db, &query_exchange_runs,
			DB_VALUES(db_int(e->realm_id), export_as_of(e), db_int(after),
				db_int(RUNS_CHUNK)),
			&rows, reterr);

		if (r < 0 || db_rows(rows) == 0)
			return r;
		for (size_t i = 0; i < db_rows(rows); i++) {
			after = db_get_int(rows, i, 0);
			xml_start(&d->xml, "af:run");
			xml_attr_int(&d->xml, "id", after);
			xml_attr(&d->xml, "vantage", db_get_text(rows, i, 1));
			xml_attr(&d->xml, "tool", db_get_text(rows, i, 2));
			xml_attr(&d->xml, "outcome", db_get_text(rows, i, 3));
			xml_attr_time(&d->xml, "started", db_get_int(rows, i, 4));
			xml_attr_time(&d->xml, "ended", db_get_int(rows, i, 5));
			xml_attr_int(&d->xml, "taken", db_get_int(rows, i, 6));
			xml_attr_int(&d->xml, "refused", db_get_int(rows, i, 7));
			xml_end(&d->xml);
		}
	}
}

/* The realm stands first and carries what the whole file is about. */
int dossier_head(struct dossier *d, struct error *reterr)
{
	struct export *e = d->e;
	struct xml_out *xml = &d->xml;
	char number[24];
	int r;

	xml_start(xml, "ai:asset");
	xml_attr(xml, "id", "realm");
	xml_start(xml, "ai:network");
	xml_attr_time(xml, "ai:timestamp", e->observed_us);
	dossier_synthetic(d, "urn:cadastre:realm", e->realm);
	xml_start(xml, "ai:extended-information");
	xml_start(xml, "af:document");
	xml_attr(xml, "version", "1");
	xml_attr(xml, "realm", e->realm);
	xml_attr(xml, "sender", e->sender);
	xml_attr(xml, "of", e->asset ? "asset" : e->system ? "system" : "realm");
	snprintf(number, sizeof(number), "%" PRId64, e->asset);
	xml_attr(xml, "subject", e->asset ? number : e->system ? e->system : e->realm);
	xml_attr_time(xml, "as-of", e->as_of_us);
	xml_attr_time(xml, "observed", e->observed_us);
	xml_attr_int(xml, "newest-run", e->newest_run);
	r = runs(d, reterr);
	xml_end(xml);
	xml_end(xml);
	dossier_identifier(d, "ai:network-name", e->realm, e->sender, e->observed_us);
	xml_end(xml);
	xml_end(xml);
	return r;
}

/* ---- organisations, systems, subnets ----------------------------------------------------- */

void dossier_begin_thing(struct dossier *d, const char *id, const char *element, int64_t us,
	const char *resource, const char *own_id)
{
	xml_start(&d->xml, "ai:asset");
	xml_attr(&d->xml, "id", id);
	xml_start(&d->xml, element);
	xml_attr_time(&d->xml, "ai:timestamp", us);
	dossier_synthetic(d, resource, own_id);
	xml_start(&d->xml, "ai:extended-information");
}

static void attested(struct dossier *d, enum chapter chapter, const char *name,
	const char *value, const char *document, const char *as_of, int64_t since_us)
{
	if (!*value)
		return;
	dossier_fact(d, &(struct dossier_fact){.element = "af:fact",
				.chapter = chapter_name(chapter), .name = name, .value = value,
				.grade = "attested", .source = document, .method = "register",
				.as_of = as_of, .first_us = since_us});
	xml_end(&d->xml);
	d->counts[chapter]++;
}

/* Its roles, offices and events; rows of d->offices from *at on. */
static void offices(struct dossier *d, const char *organisation, size_t *at)
{
	const struct db_result *o = d->offices;

	while (*at < db_rows(o) && strcmp(db_get_text(o, *at, OFFICE_ID), organisation) < 0)
		(*at)++;
	for (; *at < db_rows(o) && strcmp(db_get_text(o, *at, OFFICE_ID), organisation) == 0;
		(*at)++)
		attested(d, CHAPTER_ORGANISATION, db_get_text(o, *at, OFFICE_NAME),
			db_get_text(o, *at, OFFICE_VALUE), db_get_text(o, *at, OFFICE_DOCUMENT),
			db_get_text(o, *at, OFFICE_AS_OF), db_get_int(o, *at, OFFICE_SINCE));
}

static void organisation(struct dossier *d, size_t i, size_t *at)
{
	static const struct {
		const char *name;
		int column;
	} rows[] = {{"sector", ORG_SECTOR}, {"credit-code", ORG_CREDIT},
		{"unit-type", ORG_TYPE}, {"affiliation", ORG_AFFILIATION},
		{"division", ORG_DIVISION}, {"parent", ORG_PARENT}, {"address", ORG_ADDRESS},
		{"postcode", ORG_POSTCODE}, {"industry", ORG_INDUSTRY}};
	const struct db_result *o = d->organisations;
	const char *own = db_get_text(o, i, ORG_ID),
		   *document = db_get_text(o, i, ORG_DOCUMENT);
	int64_t since = db_get_int(o, i, ORG_SINCE);
	char id[EXPORT_ID_MAX];

	export_id(id, "organisation-", own);
	dossier_begin_thing(d, id, "ai:organization", since, "urn:cadastre:organisation", own);
	xml_start(&d->xml, "af:organisation");
	xml_attr(&d->xml, "id", own);
	xml_attr(&d->xml, "name", db_get_text(o, i, ORG_NAME));
	for (size_t k = 0; k < ARRAY_SIZE(rows); k++)
		attested(d, CHAPTER_ORGANISATION, rows[k].name,
			db_get_text(o, i, rows[k].column), document,
			db_get_text(o, i, ORG_AS_OF), since);
	offices(d, own, at);
	xml_end(&d->xml);
	xml_end(&d->xml);
	xml_start(&d->xml, "xnl:OrganisationNameDetails");
	xml_start(&d->xml, "xnl:OrganisationName");
	xml_text(&d->xml, db_get_text(o, i, ORG_NAME));
	for (int k = 0; k < 4; k++)
		xml_end(&d->xml);
	d->counts[CHAPTER_ORGANISATION]++;
}

/* What is attested about a system, in the order of chapters; rows of d->facts from *at on. */
static void system_facts(struct dossier *d, const char *system, size_t *at)
{
	const struct db_result *f = d->facts;

	while (*at < db_rows(f) && strcmp(db_get_text(f, *at, 0), system) < 0)
		(*at)++;
	for (; *at < db_rows(f) && strcmp(db_get_text(f, *at, 0), system) == 0; (*at)++) {
		dossier_fact(d, &(struct dossier_fact){.element = "af:fact",
					.chapter = db_get_text(f, *at, 1),
					.name = db_get_text(f, *at, 2),
					.value = db_get_text(f, *at, 3),
					.grade = db_get_text(f, *at, 8),
					.method = db_get_text(f, *at, 4),
					.source = db_get_text(f, *at, 5),
					.as_of = db_get_text(f, *at, 6),
					.first_us = db_get_int(f, *at, 7)});
		xml_end(&d->xml);
		d->counts[chapter_of(db_get_text(f, *at, 1))]++;
	}
}

static void system_of(struct dossier *d, size_t i, size_t *at)
{
	const struct db_result *s = d->systems;
	const char *own = db_get_text(s, i, SYSTEM_ID);
	bool related = db_get_bool(s, i, SYSTEM_RELATED);
	char id[EXPORT_ID_MAX];

	export_id(id, "system-", own);
	dossier_begin_thing(d, id, "ai:system", d->e->observed_us, "urn:cadastre:system", own);
	xml_start(&d->xml, "af:system");
	xml_attr(&d->xml, "id", own);
	xml_attr(&d->xml, "name", db_get_text(s, i, SYSTEM_NAME));
	xml_attr_given(&d->xml, "organisation", db_get_text(s, i, SYSTEM_ORGANISATION));
	xml_attr_given(&d->xml, "sector", db_get_text(s, i, SYSTEM_SECTOR));
	if (related)
		xml_attr(&d->xml, "related", "true");
	system_facts(d, own, at);
	xml_end(&d->xml);
	xml_end(&d->xml);
	dossier_identifier(d, "ai:system-name", db_get_text(s, i, SYSTEM_NAME),
		db_get_text(s, i, SYSTEM_DOCUMENT), d->e->observed_us);
	xml_end(&d->xml);
	xml_end(&d->xml);
}

static struct addr last_of(const struct cidr *cidr)
{
	struct addr last = cidr->base;

	for (int bit = cidr->length; bit < (last.family == 4 ? 32 : 128); bit++)
		last.bytes[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
	return last;
}

static void subnet(struct dossier *d, size_t i)
{
	static const struct {
		const char *name;
		int column;
	} rows[] = {{"vlan", SUBNET_VLAN}, {"facility", SUBNET_FACILITY},
		{"function", SUBNET_FUNCTION}, {"importance", SUBNET_IMPORTANCE}};
	const struct db_result *n = d->subnets;
	const char *prefix = db_get_text(n, i, SUBNET_PREFIX),
		   *document = db_get_text(n, i, SUBNET_DOCUMENT),
		   *as_of = db_get_text(n, i, SUBNET_AS_OF);
	int64_t since = db_get_int(n, i, SUBNET_SINCE);
	char id[EXPORT_ID_MAX];
	struct addr last;
	struct cidr cidr;

	if (!db_get_cidr(n, i, SUBNET_PREFIX, &cidr))
		return;
	export_id(id, "network-", prefix);
	dossier_begin_thing(d, id, "ai:network", since, "urn:cadastre:network", prefix);
	xml_start(&d->xml, "af:network");
	xml_attr(&d->xml, "prefix", prefix);
	attested(d, CHAPTER_AREAS, "area", db_get_text(n, i, SUBNET_NAME), document, as_of,
		since);
	attested(d, CHAPTER_BOUNDARY, "zone", db_get_text(n, i, SUBNET_ZONE), document, as_of,
		since);
	for (size_t k = 0; k < ARRAY_SIZE(rows); k++)
		attested(d, CHAPTER_AREAS, rows[k].name, db_get_text(n, i, rows[k].column),
			document, as_of, since);
	xml_end(&d->xml);
	xml_end(&d->xml);
	dossier_identifier(
		d, "ai:network-name", db_get_text(n, i, SUBNET_NAME), document, since);
	if (cidr.base.family == 4) {
		dossier_identifier(d, "ai:cidr", prefix, document, since);
	} else {
		last = last_of(&cidr);
		xml_start(&d->xml, "ai:ip-net-range");
		xml_start(&d->xml, "ai:ip-net-range-start");
		dossier_ip(d, &cidr.base, document, since);
		xml_end(&d->xml);
		xml_start(&d->xml, "ai:ip-net-range-end");
		dossier_ip(d, &last, document, since);
		xml_end(&d->xml);
		xml_end(&d->xml);
	}
	xml_end(&d->xml);
	xml_end(&d->xml);
}

void dossier_register(struct dossier *d)
{
	size_t at = 0, office = 0;

	for (size_t i = 0; i < db_rows(d->organisations); i++)
		organisation(d, i, &office);
	for (size_t i = 0; i < db_rows(d->systems); i++)
		system_of(d, i, &at);
	for (size_t i = 0; i < db_rows(d->subnets); i++)
		subnet(d, i);
	dossier_records(d);
}
