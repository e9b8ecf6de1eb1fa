/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Statements of the register that are things of their own in an asset file: facilities, zones,
 * conduits, circuits, data resources, contracts, remote maintenance, core positions,
 * businesses, scenarios, responsibilities, and frozen states. Each is one statement of one
 * paper with several items, so its provenance stands once; whom it is about is said among the
 * relationships too.
 */
#include "inventory/exchange/assetfile.h"

#include <string.h>

/* What an item is about: an organisation or a system. */
static void object_of(const struct db_result *rows, size_t i, char object[EXPORT_ID_MAX])
{
	char prefix[40];

	snprintf(prefix, sizeof(prefix), "%.32s-", db_get_text(rows, i, RECORD_REF));
	export_id(object, prefix, db_get_text(rows, i, RECORD_OTHER));
}

static void subject_of(const struct db_result *rows, size_t i, char subject[EXPORT_ID_MAX])
{
	char prefix[40];

	snprintf(prefix, sizeof(prefix), "%.32s-", db_get_text(rows, i, RECORD_KIND));
	export_id(subject, prefix, db_get_text(rows, i, RECORD_ID));
}

/* The rows after `i` that belong to the same statement. */
static size_t end_of(const struct db_result *rows, size_t i)
{
	size_t end = i + 1;

	while (end < db_rows(rows) &&
		strcmp(db_get_text(rows, end, RECORD_ID), db_get_text(rows, i, RECORD_ID)) ==
			0 &&
		strcmp(db_get_text(rows, end, RECORD_KIND),
			db_get_text(rows, i, RECORD_KIND)) == 0)
		end++;
	return end;
}

int dossier_records_load(struct dossier *d, struct error *reterr)
{
	struct export *e = d->e;
	const struct db_value realm = db_int(e->realm_id), scope = db_text(e->scope),
			      members = db_text(export_members(e));
	int r = db_run(e->db, &query_exchange_places,
		DB_VALUES(realm, scope, e->asset ? db_int(e->asset) : db_null(), members),
		&d->records[0], reterr);

	if (r == 0)
		r = export_keep(e, &query_exchange_supply, DB_VALUES(realm, scope),
			&d->records[1], reterr);
	if (r == 0)
		r = export_keep(e, &query_exchange_duties,
			DB_VALUES(realm, scope, export_as_of(e), members), &d->records[2],
			reterr);
	return r;
}

/* One relationship to all that the statement is about and the file holds. */
static void relate(struct dossier *d, const struct db_result *rows, size_t from, size_t end)
{
	char subject[EXPORT_ID_MAX], object[EXPORT_ID_MAX];
	bool open = false;

	subject_of(rows, from, subject);
	for (size_t i = from; i < end; i++) {
		if (!*db_get_text(rows, i, RECORD_REF) ||
			!dossier_has(d, db_get_text(rows, i, RECORD_REF),
				db_get_text(rows, i, RECORD_OTHER)))
			continue;
		if (!open)
			dossier_relate(d, "af:concerns", subject);
		open = true;
		object_of(rows, i, object);
		dossier_ref(d, object);
	}
	if (open)
		dossier_related(d);
}

void dossier_records_relations(struct dossier *d)
{
	for (size_t k = 0; k < DOSSIER_RECORDS; k++)
		for (size_t i = 0; i < db_rows(d->records[k]);) {
			size_t end = end_of(d->records[k], i);

			relate(d, d->records[k], i, end);
			i = end;
		}
}

static void record(struct dossier *d, const struct db_result *rows, size_t from, size_t end)
{
	const char *kind = db_get_text(rows, from, RECORD_KIND),
		   *title = db_get_text(rows, from, RECORD_TITLE),
		   *document = db_get_text(rows, from, RECORD_DOCUMENT);
	int64_t since = db_get_int(rows, from, RECORD_SINCE);
	bool circuit = strcmp(kind, "circuit") == 0;
	char id[EXPORT_ID_MAX], resource[64];

	subject_of(rows, from, id);
	snprintf(resource, sizeof(resource), "urn:cadastre:%.32s", kind);
	dossier_begin_thing(d, id, circuit ? "ai:circuit" : "ai:data", since, resource,
		db_get_text(rows, from, RECORD_ID));
	dossier_fact(d, &(struct dossier_fact){.element = "af:record",
				.chapter = db_get_text(rows, from, RECORD_CHAPTER),
				.name = title,
				.grade = db_get_text(rows, from, RECORD_GRADE),
				.method = db_get_text(rows, from, RECORD_METHOD),
				.source = document,
				.as_of = db_get_text(rows, from, RECORD_AS_OF),
				.first_us = since});
	xml_attr(&d->xml, "kind", kind);
	xml_attr(&d->xml, "id", db_get_text(rows, from, RECORD_ID));
	for (size_t i = from; i < end; i++) {
		xml_start(&d->xml, "af:item");
		xml_attr(&d->xml, "name", db_get_text(rows, i, RECORD_ITEM));
		xml_text(&d->xml, db_get_text(rows, i, RECORD_VALUE));
		xml_end(&d->xml);
	}
	xml_end(&d->xml);
	xml_end(&d->xml);
	if (circuit)
		dossier_identifier(d, "ai:circuit-name", title, document, since);
	xml_end(&d->xml);
	xml_end(&d->xml);
	d->counts[chapter_of(db_get_text(rows, from, RECORD_CHAPTER))]++;
}

void dossier_records(struct dossier *d)
{
	for (size_t k = 0; k < DOSSIER_RECORDS; k++)
		for (size_t i = 0; i < db_rows(d->records[k]);) {
			size_t end = end_of(d->records[k], i);

			record(d, d->records[k], i, end);
			i = end;
		}
}
