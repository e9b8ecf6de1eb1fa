/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One asset in an asset file: the device with its identifiers and statements, then the software
 * recognised on it, then its services. An identifier of the standard is written only where the
 * standard's form allows the value; whatever was said stands among the statements anyway.
 */
#include "inventory/exchange/assetfile.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#define SUBJECT_MAX 96

/* ---- forms of the standard --------------------------------------------------------------- */

/* hostname-type, restricted to ASCII. */
static bool is_hostname(const char *name)
{
	bool dot = true; /* a label begins here */

	if (strlen(name) > 255)
		return false;
	for (const char *p = name; *p; p++) {
		if (*p == '.' && dot)
			return false;
		if (*p != '.' && *p != '-' && *p != '_' && !isalnum((unsigned char)*p))
			return false;
		dot = *p == '.';
	}
	return !dot;
}

/* ---- chapters of statements -------------------------------------------------------------- */

static enum chapter chapter_of_fact(const char *name)
{
	static const struct {
		const char *begins;
		enum chapter chapter;
	} rows[] = {{"tls.", CHAPTER_CRYPTO}, {"ssh.", CHAPTER_CRYPTO},
		{"x509.", CHAPTER_CRYPTO}, {"certificate.", CHAPTER_CRYPTO},
		{"http.", CHAPTER_APPLICATIONS}, {"html.", CHAPTER_APPLICATIONS},
		{"os.", CHAPTER_SOFTWARE}, {"service.", CHAPTER_SOFTWARE}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (strncmp(name, rows[i].begins, strlen(rows[i].begins)) == 0)
			return rows[i].chapter;
	return CHAPTER_DEVICES;
}

static enum chapter chapter_of_role(const char *role)
{
	static const char *const servers[] = {"server", "database", "host", "unknown",
		"historian", "hypervisor", "domain-controller", "storage"};

	if (strcmp(role, "terminal") == 0)
		return CHAPTER_TERMINALS;
	for (size_t i = 0; i < ARRAY_SIZE(servers); i++)
		if (strcmp(role, servers[i]) == 0)
			return CHAPTER_SERVERS;
	return CHAPTER_DEVICES;
}

/* ---- relations --------------------------------------------------------------------------- */

static void object_of(const struct export_asset *a, size_t row, char object[EXPORT_ID_MAX])
{
	const struct db_result *rows = a->rows[PART_RELATIONS];
	char product[4096];
	char *version;

	switch (db_get_int(rows, row, RELATION_PLACE)) {
	case 1:
		export_service_id(object, a->id, db_get_text(rows, row, RELATION_A),
			db_get_int(rows, row, RELATION_B), db_get_int(rows, row, RELATION_C));
		break;
	case 2:
		snprintf(product, sizeof(product), "%s", db_get_text(rows, row, RELATION_D));
		version = strchr(product, '\n');
		if (version)
			*version++ = '\0';
		export_software_id(object, a->id, db_get_text(rows, row, RELATION_A), product,
			version ? version : "");
		break;
	default:
		snprintf(object, EXPORT_ID_MAX, "asset-%" PRId64,
			db_get_int(rows, row, RELATION_PEER));
	}
}

/* Rows of one place and, for links, of one layer are one relationship. */
static size_t relate_rows(struct dossier *d, const struct export_asset *a, const char *subject,
	size_t from)
{
	const struct db_result *rows = a->rows[PART_RELATIONS];
	int64_t place = db_get_int(rows, from, RELATION_PLACE);
	const char *layer = db_get_text(rows, from, RELATION_A);
	char object[EXPORT_ID_MAX], type[EXPORT_ID_MAX];
	size_t row = from;

	export_id(type, "af:linked-", layer);
	dossier_relate(d, place == 1 ? "af:provides" : place == 2 ? "af:has-installed" : type,
		subject);
	for (; row < a->span[PART_RELATIONS].to &&
		db_get_int(rows, row, RELATION_PLACE) == place &&
		(place != 3 || strcmp(db_get_text(rows, row, RELATION_A), layer) == 0);
		row++) {
		object_of(a, row, object);
		dossier_ref(d, object);
	}
	dossier_related(d);
	return row;
}

static void relate_network(struct dossier *d, const struct export_asset *a, const char *subject,
	size_t row, const struct dossier_subnet **last)
{
	const struct dossier_subnet *subnet;
	struct addr addr;

	if (!db_get_addr(a->rows[PART_RELATIONS], row, RELATION_A, &addr))
		return;
	subnet = dossier_subnet_of(d, &addr);
	if (!subnet || subnet == *last)
		return;
	*last = subnet;
	dossier_relate(d, "af:in-network", subject);
	dossier_ref(d, subnet->id);
	dossier_related(d);
}

int dossier_asset_relations(struct export *e, const struct export_asset *a, void *dossier,
	struct error *reterr)
{
	const struct db_result *rows = a->rows[PART_RELATIONS];
	const struct dossier_subnet *last = NULL;
	char subject[32], object[EXPORT_ID_MAX];
	struct dossier *d = dossier;
	size_t row = a->span[PART_RELATIONS].from;

	(void)e;
	(void)reterr;
	snprintf(subject, sizeof(subject), "asset-%" PRId64, a->id);
	while (row < a->span[PART_RELATIONS].to) {
		int64_t place = db_get_int(rows, row, RELATION_PLACE);

		if (place <= 3) {
			row = relate_rows(d, a, subject, row);
			continue;
		}
		if (place == 4) {
			relate_network(d, a, subject, row, &last);
		} else if (dossier_has_system(d, db_get_text(rows, row, RELATION_A))) {
			export_id(object, "system-", db_get_text(rows, row, RELATION_A));
			dossier_relate(d, "af:belongs-to", subject);
			dossier_ref(d, object);
			dossier_related(d);
		}
		row++;
	}
	return 0;
}

/* ---- device ------------------------------------------------------------------------------ */

static void address_facts(struct dossier *d, const struct export_asset *a)
{
	const struct db_result *rows = a->rows[PART_ADDRESSES];

	for (size_t i = a->span[PART_ADDRESSES].from; i < a->span[PART_ADDRESSES].to; i++) {
		int64_t until = db_get_int(rows, i, ADDRESS_UNTIL);

		dossier_fact(d, &(struct dossier_fact){.element = "af:fact",
					.chapter = chapter_name(CHAPTER_IDENTIFICATION),
					.subject = db_get_text(rows, i, ADDRESS_TEXT),
					.name = "address",
					.value = db_get_text(rows, i, ADDRESS_MAC),
					.grade = db_get_text(rows, i, ADDRESS_GRADE),
					.source = db_get_text(rows, i, ADDRESS_REASON),
					.method = db_get_text(rows, i, ADDRESS_METHOD),
					.run = db_get_int(rows, i, ADDRESS_RUN),
					.first_us = db_get_int(rows, i, ADDRESS_FIRST),
					.last_us = until ? db_get_int(rows, i, ADDRESS_LAST)
							 : a->last_us,
					.until_us = until});
		xml_end(&d->xml);
	}
}

static const char *fact_chapter(struct dossier *d, const struct db_result *rows, size_t i)
{
	const char *said = db_get_text(rows, i, FACT_CHAPTER);
	enum chapter chapter = *said ? chapter_of(said)
				     : chapter_of_fact(db_get_text(rows, i, FACT_NAME));

	/* What is over counts among the changes. */
	if (!db_get_int(rows, i, FACT_UNTIL) &&
		(chapter == CHAPTER_CRYPTO || chapter == CHAPTER_CONNECTIONS))
		d->counts[chapter]++;
	return chapter_name(chapter);
}

static void one_fact(
	struct dossier *d, const struct export_asset *a, size_t i, bool with_subject)
{
	const struct db_result *rows = a->rows[PART_FACTS];
	int64_t until = db_get_int(rows, i, FACT_UNTIL);

	dossier_fact(
		d, &(struct dossier_fact){.element = "af:fact",
			   .chapter = fact_chapter(d, rows, i),
			   .subject = with_subject ? db_get_text(rows, i, FACT_SUBJECT) : "",
			   .name = db_get_text(rows, i, FACT_NAME),
			   .value = db_get_text(rows, i, FACT_VALUE),
			   .grade = db_get_text(rows, i, FACT_GRADE),
			   .source = db_get_text(rows, i, FACT_SOURCE),
			   .method = db_get_text(rows, i, FACT_METHOD),
			   .evidence = db_get_text(rows, i, FACT_EVIDENCE),
			   .peer = db_get_text(rows, i, FACT_PEER_ADDRESS),
			   .run = db_get_int(rows, i, FACT_RUN),
			   .first_us = db_get_int(rows, i, FACT_FIRST),
			   .last_us = until ? db_get_int(rows, i, FACT_LAST) : a->last_us,
			   .until_us = until});
	xml_end(&d->xml);
}

static void service_spot(const struct db_result *rows, size_t i, char out[SUBJECT_MAX])
{
	snprintf(out, SUBJECT_MAX, "%.60s %s/%" PRId64, db_get_text(rows, i, SERVICE_ADDRESS),
		export_transport(db_get_int(rows, i, SERVICE_TRANSPORT)),
		db_get_int(rows, i, SERVICE_PORT));
}

/* Whether a statement is about a service that is there, and so stands with it. */
static bool is_of_service(const struct export_asset *a, size_t fact)
{
	const struct db_result *rows = a->rows[PART_SERVICES];
	const char *subject = db_get_text(a->rows[PART_FACTS], fact, FACT_SUBJECT);
	char spot[SUBJECT_MAX];

	if (!strchr(subject, '/') ||
		db_get_int(a->rows[PART_FACTS], fact, FACT_PLACE) != FACT_IS_FACT ||
		db_get_int(a->rows[PART_FACTS], fact, FACT_UNTIL))
		return false;
	for (size_t i = a->span[PART_SERVICES].from; i < a->span[PART_SERVICES].to; i++) {
		if (db_get_int(rows, i, SERVICE_UNTIL))
			break;
		service_spot(rows, i, spot);
		if (strcmp(spot, subject) == 0)
			return true;
	}
	return false;
}

static void what_it_was(const struct db_result *rows, size_t i, struct str *out)
{
	static const int columns[] = {SERVICE_PROTOCOL, SERVICE_VENDOR, SERVICE_PRODUCT,
		SERVICE_VERSION};

	for (size_t k = 0; k < ARRAY_SIZE(columns); k++) {
		const char *text = db_get_text(rows, i, columns[k]);

		if (*text)
			str_addf(out, "%s%s", out->len ? " " : "", text);
	}
	if (!out->len)
		str_adds(out, "open");
}

static const char *grade_of(const struct db_result *rows, size_t i)
{
	return strcmp(db_get_text(rows, i, SERVICE_METHOD), "import") == 0 ? "claimed"
									   : "measured";
}

/* Services that are no more, or were something else: statements with an end. */
static void former_services(struct dossier *d, const struct export_asset *a)
{
	const struct db_result *rows = a->rows[PART_SERVICES];

	for (size_t i = a->span[PART_SERVICES].from; i < a->span[PART_SERVICES].to; i++) {
		_cleanup_(str_done) struct str text = STR_INIT(16384);
		char spot[SUBJECT_MAX];

		if (!db_get_int(rows, i, SERVICE_UNTIL))
			continue;
		service_spot(rows, i, spot);
		what_it_was(rows, i, &text);
		dossier_fact(d, &(struct dossier_fact){.element = "af:fact",
					.chapter = chapter_name(CHAPTER_CHANGES),
					.subject = spot,
					.name = "service",
					.value = text.data,
					.grade = grade_of(rows, i),
					.source = db_get_text(rows, i, SERVICE_PROTOCOL),
					.method = db_get_text(rows, i, SERVICE_METHOD),
					.evidence = db_get_text(rows, i, SERVICE_EVIDENCE),
					.run = db_get_int(rows, i, SERVICE_RUN),
					.first_us = db_get_int(rows, i, SERVICE_FIRST),
					.last_us = db_get_int(rows, i, SERVICE_LAST),
					.until_us = db_get_int(rows, i, SERVICE_UNTIL)});
		xml_end(&d->xml);
	}
}

static void evidence(struct dossier *d, const struct export_asset *a)
{
	const struct db_result *rows = a->rows[PART_EVIDENCE];

	for (size_t i = a->span[PART_EVIDENCE].from; i < a->span[PART_EVIDENCE].to; i++) {
		xml_start(&d->xml, "af:evidence");
		xml_attr(&d->xml, "sha256", db_get_text(rows, i, EVIDENCE_SHA256));
		xml_attr(&d->xml, "kind", db_get_text(rows, i, EVIDENCE_KIND));
		xml_attr(&d->xml, "bytes", db_get_text(rows, i, EVIDENCE_SIZE));
		xml_attr(&d->xml, "run", db_get_text(rows, i, EVIDENCE_RUN));
		xml_end(&d->xml);
		d->counts[CHAPTER_EVIDENCE]++;
	}
}

/* What people said of it, and the decisions about what it is. */
static void stated(struct dossier *d, const struct export_asset *a)
{
	const struct db_result *rows = a->rows[PART_STATED];

	for (size_t i = a->span[PART_STATED].from; i < a->span[PART_STATED].to; i++) {
		enum chapter chapter = chapter_of(db_get_text(rows, i, STATED_CHAPTER));
		int64_t until = db_get_int(rows, i, STATED_UNTIL);

		dossier_fact(d, &(struct dossier_fact){.element = "af:fact",
					.chapter = chapter_name(chapter),
					.name = db_get_text(rows, i, STATED_NAME),
					.value = db_get_text(rows, i, STATED_VALUE),
					.grade = db_get_text(rows, i, STATED_GRADE),
					.source = db_get_text(rows, i, STATED_SOURCE),
					.method = db_get_text(rows, i, STATED_METHOD),
					.as_of = db_get_text(rows, i, STATED_AS_OF),
					.first_us = db_get_int(rows, i, STATED_SINCE),
					.until_us = until});
		xml_end(&d->xml);
		d->counts[chapter] += until == 0;
	}
}

static void device_statements(struct dossier *d, const struct export_asset *a)
{
	struct xml_out *xml = &d->xml;

	xml_start(xml, "af:device");
	xml_attr_int(xml, "id", a->id);
	xml_attr(xml, "name", asset_text(a, ASSET_NAME));
	xml_attr(xml, "role", asset_text(a, ASSET_ROLE));
	xml_attr_given(xml, "role-reason", asset_text(a, ASSET_REASON));
	xml_attr(xml, "state", asset_text(a, ASSET_STATE));
	xml_attr(xml, "chapter", chapter_name(chapter_of_role(asset_text(a, ASSET_ROLE))));
	xml_attr_given(xml, "vendor", asset_text(a, ASSET_VENDOR));
	xml_attr_given(xml, "model", asset_text(a, ASSET_MODEL));
	xml_attr_given(xml, "os", asset_text(a, ASSET_OS));
	xml_attr_given(xml, "system", asset_text(a, ASSET_SYSTEM));
	xml_attr_given(xml, "aliases", asset_text(a, ASSET_ALIASES));
	xml_attr_time(xml, "first-seen",
		db_get_int(a->rows[PART_ASSETS], a->span[PART_ASSETS].from, ASSET_FIRST));
	xml_attr_time(xml, "last-seen", a->last_us);
	address_facts(d, a);
	for (size_t i = a->span[PART_FACTS].from; i < a->span[PART_FACTS].to; i++)
		if (!is_of_service(a, i))
			one_fact(d, a, i, true);
	stated(d, a);
	former_services(d, a);
	evidence(d, a);
	xml_end(xml);
	d->counts[CHAPTER_IDENTIFICATION]++;
	d->counts[chapter_of_role(asset_text(a, ASSET_ROLE))]++;
}

static void source_of(char out[64], const char *grade, const char *method, int64_t run)
{
	snprintf(out, 64, "%.16s, %.16s, run %" PRId64, grade, method, run);
}

/* Of an asset without addresses: the MACs by which it was met. False: there are none. */
static bool mac_connections(struct dossier *d, const struct export_asset *a)
{
	const struct db_result *rows = a->rows[PART_FACTS];
	struct span span = a->span[PART_FACTS];
	char source[64];
	bool any = false;

	for (size_t i = span.from; i < span.to; i++) {
		if (db_get_int(rows, i, FACT_PLACE) != FACT_IS_KEY ||
			db_get_int(rows, i, FACT_UNTIL) ||
			strcmp(db_get_text(rows, i, FACT_NAME), "station") != 0)
			continue;
		if (!any)
			xml_start(&d->xml, "ai:connections");
		any = true;
		source_of(source, db_get_text(rows, i, FACT_GRADE),
			db_get_text(rows, i, FACT_METHOD), db_get_int(rows, i, FACT_RUN));
		xml_start(&d->xml, "ai:connection");
		dossier_identifier(d, "ai:mac-address", db_get_text(rows, i, FACT_VALUE),
			source, a->last_us);
		xml_end(&d->xml);
	}
	return any;
}

static void connections(struct dossier *d, const struct export_asset *a)
{
	const struct db_result *rows = a->rows[PART_ADDRESSES];
	struct span span = a->span[PART_ADDRESSES];
	char source[64], mac[MAC_TEXT_MAX];
	struct mac parsed;
	struct addr addr;
	bool any = false;

	for (size_t i = span.from; i < span.to; i++) {
		if (db_get_int(rows, i, ADDRESS_UNTIL) ||
			!db_get_addr(rows, i, ADDRESS_TEXT, &addr))
			continue;
		if (!any)
			xml_start(&d->xml, "ai:connections");
		any = true;
		source_of(source, db_get_text(rows, i, ADDRESS_GRADE),
			db_get_text(rows, i, ADDRESS_METHOD), db_get_int(rows, i, ADDRESS_RUN));
		xml_start(&d->xml, "ai:connection");
		dossier_address(d, &addr, source, a->last_us);
		if (mac_parse(db_get_text(rows, i, ADDRESS_MAC), &parsed, NULL) == 0)
			dossier_identifier(d, "ai:mac-address", mac_format(&parsed, mac),
				source, a->last_us);
		xml_end(&d->xml);
	}
	if (any || mac_connections(d, a))
		xml_end(&d->xml);
}

/* The first name that has the form; of the standard's names there is one of each. */
static void name_of(
	struct dossier *d, const struct export_asset *a, const char *element, bool with_dot)
{
	const struct db_result *rows = a->rows[PART_FACTS];
	char source[64];

	for (size_t i = a->span[PART_FACTS].from; i < a->span[PART_FACTS].to; i++) {
		const char *name = db_get_text(rows, i, FACT_VALUE);

		if (db_get_int(rows, i, FACT_PLACE) != FACT_IS_NAME ||
			db_get_int(rows, i, FACT_UNTIL) || !is_hostname(name) ||
			(strchr(name, '.') != NULL) != with_dot)
			continue;
		source_of(source, db_get_text(rows, i, FACT_GRADE),
			db_get_text(rows, i, FACT_METHOD), db_get_int(rows, i, FACT_RUN));
		dossier_identifier(d, element, name, source, a->last_us);
		return;
	}
}

static void hardware_cpes(struct dossier *d, const struct export_asset *a)
{
	const struct db_result *rows = a->rows[PART_FACTS];
	char source[64];

	for (size_t i = a->span[PART_FACTS].from; i < a->span[PART_FACTS].to; i++) {
		if (strcmp(db_get_text(rows, i, FACT_NAME), "hw.cpe23") != 0 ||
			db_get_int(rows, i, FACT_UNTIL) ||
			!export_is_cpe(db_get_text(rows, i, FACT_VALUE)))
			continue;
		source_of(source, db_get_text(rows, i, FACT_GRADE),
			db_get_text(rows, i, FACT_METHOD), db_get_int(rows, i, FACT_RUN));
		dossier_identifier(
			d, "ai:cpe", db_get_text(rows, i, FACT_VALUE), source, a->last_us);
	}
}

static void begin_asset(struct dossier *d, const char *id, const char *element, int64_t us)
{
	xml_start(&d->xml, "ai:asset");
	xml_attr(&d->xml, "id", id);
	xml_start(&d->xml, element);
	xml_attr_time(&d->xml, "ai:timestamp", us);
}

static void end_asset(struct dossier *d)
{
	xml_end(&d->xml);
	xml_end(&d->xml);
}

static void device(struct dossier *d, const struct export_asset *a)
{
	char id[32];

	snprintf(id, sizeof(id), "asset-%" PRId64, a->id);
	begin_asset(d, id, "ai:computing-device", a->last_us);
	dossier_synthetic(d, "urn:cadastre:asset", id + strlen("asset-"));
	xml_start(&d->xml, "ai:extended-information");
	device_statements(d, a);
	xml_end(&d->xml);
	hardware_cpes(d, a);
	connections(d, a);
	name_of(d, a, "ai:fqdn", true);
	name_of(d, a, "ai:hostname", false);
	end_asset(d);
}

/* ---- software ---------------------------------------------------------------------------- */

static struct dossier_fact service_provenance(
	const struct db_result *rows, size_t i, const char *element)
{
	return (struct dossier_fact){.element = element,
		.grade = grade_of(rows, i),
		.source = db_get_text(rows, i, SERVICE_PROTOCOL),
		.method = db_get_text(rows, i, SERVICE_METHOD),
		.evidence = db_get_text(rows, i, SERVICE_EVIDENCE),
		.run = db_get_int(rows, i, SERVICE_RUN),
		.first_us = db_get_int(rows, i, SERVICE_FIRST),
		.last_us = db_get_int(rows, i, SERVICE_LAST)};
}

static void product_attributes(struct dossier *d, const struct db_result *rows, size_t i)
{
	xml_attr_given(&d->xml, "vendor", db_get_text(rows, i, SERVICE_VENDOR));
	xml_attr_given(&d->xml, "product", db_get_text(rows, i, SERVICE_PRODUCT));
	xml_attr_given(&d->xml, "version", db_get_text(rows, i, SERVICE_VERSION));
	xml_attr_given(&d->xml, "cpe", db_get_text(rows, i, SERVICE_CPE));
}

static void software_id(char out[EXPORT_ID_MAX], const struct export_asset *a, size_t i)
{
	const struct db_result *rows = a->rows[PART_SERVICES];

	export_software_id(out, a->id, db_get_text(rows, i, SERVICE_VENDOR),
		db_get_text(rows, i, SERVICE_PRODUCT), db_get_text(rows, i, SERVICE_VERSION));
}

/* Whether an earlier service showed the same product. */
static bool is_known(const struct export_asset *a, size_t row, const char *id)
{
	char other[EXPORT_ID_MAX];

	for (size_t i = a->span[PART_SERVICES].from; i < row; i++) {
		if (!*db_get_text(a->rows[PART_SERVICES], i, SERVICE_PRODUCT))
			continue;
		software_id(other, a, i);
		if (strcmp(other, id) == 0)
			return true;
	}
	return false;
}

static void software(struct dossier *d, const struct export_asset *a, size_t i)
{
	const struct db_result *rows = a->rows[PART_SERVICES];
	struct dossier_fact fact = service_provenance(rows, i, "af:software");
	const char *cpe = db_get_text(rows, i, SERVICE_CPE);
	char id[EXPORT_ID_MAX], source[64], device_id[32];

	if (!*db_get_text(rows, i, SERVICE_PRODUCT))
		return;
	software_id(id, a, i);
	if (is_known(a, i, id))
		return;
	begin_asset(d, id, "ai:software", fact.last_us);
	dossier_synthetic(d, "urn:cadastre:software", id + strlen("software-"));
	xml_start(&d->xml, "ai:extended-information");
	dossier_fact(d, &fact);
	snprintf(device_id, sizeof(device_id), "%" PRId64, a->id);
	xml_attr(&d->xml, "device", device_id);
	product_attributes(d, rows, i);
	xml_end(&d->xml);
	xml_end(&d->xml);
	source_of(source, fact.grade, fact.method, fact.run);
	if (export_is_cpe(cpe))
		dossier_identifier(d, "ai:cpe", cpe, source, fact.last_us);
	end_asset(d);
	d->counts[CHAPTER_SOFTWARE]++;
}

/* ---- services ---------------------------------------------------------------------------- */

static void exposure(struct dossier *d, const struct db_result *rows, size_t i)
{
	struct xml_out *xml = &d->xml;

	if (!db_get_bool(rows, i, SERVICE_EXPOSED))
		return;
	xml_start(xml, "af:exposure");
	xml_attr(xml, "kind", db_get_text(rows, i, SERVICE_KIND));
	xml_attr(xml, "state", db_get_text(rows, i, SERVICE_STATE));
	xml_attr_given(xml, "maintenance", db_get_text(rows, i, SERVICE_MAINTENANCE));
	xml_attr_given(xml, "registration", db_get_text(rows, i, SERVICE_REGISTRATION));
	if (db_get_int(rows, i, SERVICE_ENTRY)) {
		xml_attr_int(xml, "entry", db_get_int(rows, i, SERVICE_ENTRY));
		xml_attr_given(xml, "reason", db_get_text(rows, i, SERVICE_REASON));
		xml_attr_given(xml, "approver", db_get_text(rows, i, SERVICE_APPROVER));
		xml_attr_given(xml, "document", db_get_text(rows, i, SERVICE_DOCUMENT));
		xml_attr_time(xml, "expires", db_get_int(rows, i, SERVICE_EXPIRES));
	}
	xml_end(xml);
	d->counts[CHAPTER_EXPOSURE]++;
}

static bool is_application(const char *protocol)
{
	return strcmp(protocol, "http") == 0 || strcmp(protocol, "https") == 0;
}

static void service_statements(
	struct dossier *d, const struct export_asset *a, size_t i, const char *spot)
{
	const struct db_result *rows = a->rows[PART_SERVICES], *facts = a->rows[PART_FACTS];
	struct dossier_fact fact = service_provenance(rows, i, "af:service");
	char device_id[32];

	snprintf(device_id, sizeof(device_id), "%" PRId64, a->id);
	dossier_fact(d, &fact);
	xml_attr(&d->xml, "device", device_id);
	xml_attr(&d->xml, "address", db_get_text(rows, i, SERVICE_ADDRESS));
	xml_attr(
		&d->xml, "transport", export_transport(db_get_int(rows, i, SERVICE_TRANSPORT)));
	xml_attr(&d->xml, "port", db_get_text(rows, i, SERVICE_PORT));
	xml_attr_given(&d->xml, "protocol", db_get_text(rows, i, SERVICE_PROTOCOL));
	product_attributes(d, rows, i);
	if (db_get_bool(rows, i, SERVICE_INTERNAL))
		xml_attr(&d->xml, "internal", "true");
	if (db_get_bool(rows, i, SERVICE_EXPOSED))
		xml_attr(&d->xml, "exposed", "true");
	exposure(d, rows, i);
	for (size_t k = a->span[PART_FACTS].from; k < a->span[PART_FACTS].to; k++)
		if (strcmp(db_get_text(facts, k, FACT_SUBJECT), spot) == 0 &&
			is_of_service(a, k))
			one_fact(d, a, k, false);
	xml_end(&d->xml);
	d->counts[CHAPTER_APPLICATIONS] += is_application(fact.source);
}

static void service(struct dossier *d, const struct export_asset *a, size_t i)
{
	const struct db_result *rows = a->rows[PART_SERVICES];
	int64_t transport = db_get_int(rows, i, SERVICE_TRANSPORT),
		port = db_get_int(rows, i, SERVICE_PORT),
		last = db_get_int(rows, i, SERVICE_LAST);
	const char *protocol = db_get_text(rows, i, SERVICE_PROTOCOL);
	char id[EXPORT_ID_MAX], spot[SUBJECT_MAX], text[SUBJECT_MAX + 32], source[64];
	struct addr addr;

	export_service_id(id, a->id, db_get_text(rows, i, SERVICE_ADDRESS), transport, port);
	service_spot(rows, i, spot);
	snprintf(text, sizeof(text), "%" PRId64 " %s", a->id, spot);
	begin_asset(d, id, "ai:service", last);
	dossier_synthetic(d, "urn:cadastre:service", text);
	xml_start(&d->xml, "ai:extended-information");
	service_statements(d, a, i, spot);
	xml_end(&d->xml);
	source_of(source, grade_of(rows, i), db_get_text(rows, i, SERVICE_METHOD),
		db_get_int(rows, i, SERVICE_RUN));
	if (db_get_addr(rows, i, SERVICE_ADDRESS, &addr)) {
		xml_start(&d->xml, "ai:host");
		dossier_address(d, &addr, source, last);
		xml_end(&d->xml);
	}
	dossier_identifier(d, "ai:port", db_get_text(rows, i, SERVICE_PORT), source, last);
	dossier_identifier(d, "ai:protocol", *protocol ? protocol : export_transport(transport),
		source, last);
	end_asset(d);
	d->e->result.services++;
}

int dossier_asset(struct export *e, const struct export_asset *a, void *dossier,
	struct error *reterr)
{
	struct span services = a->span[PART_SERVICES];
	struct dossier *d = dossier;

	(void)reterr;
	device(d, a);
	/* What holds stands before what is over. */
	for (size_t i = services.from; i < services.to; i++)
		if (!db_get_int(a->rows[PART_SERVICES], i, SERVICE_UNTIL))
			software(d, a, i);
	for (size_t i = services.from; i < services.to; i++)
		if (!db_get_int(a->rows[PART_SERVICES], i, SERVICE_UNTIL))
			service(d, a, i);
	e->result.assets++;
	return 0;
}
