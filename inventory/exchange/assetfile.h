/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the writers of the asset file share. An asset file is a document of NIST's Asset
 * Identification 1.1 (NISTIR 7693): its nouns (network, organization, system, computing device,
 * software, service) with its identifiers; what that vocabulary does not have stands in
 * extended-information under urn:cadastre:asset-file:1 (schema/xml/asset-file.xsd), and how
 * things stand to one another in core:relationships with terms of the same namespace.
 *
 * Every statement carries grade, source, method, run, first and last seen and the SHA-256 of
 * its evidence. Natural persons never occur.
 */
#ifndef INVENTORY_EXCHANGE_ASSETFILE_H
#define INVENTORY_EXCHANGE_ASSETFILE_H

#include "common/addr.h"
#include "inventory/exchange/export.h"
#include "inventory/exchange/xml_write.h"

/* Chapters of the dossier, in their order; names are in assetfile.c. */
enum chapter {
	CHAPTER_IDENTIFICATION,
	CHAPTER_ORGANISATION,
	CHAPTER_BUSINESS,
	CHAPTER_TIER,
	CHAPTER_BOUNDARY,
	CHAPTER_AREAS,
	CHAPTER_EXTERNAL,
	CHAPTER_DEVICES,
	CHAPTER_SERVERS,
	CHAPTER_TERMINALS,
	CHAPTER_SOFTWARE,
	CHAPTER_APPLICATIONS,
	CHAPTER_DATA,
	CHAPTER_CRYPTO,
	CHAPTER_CONNECTIONS,
	CHAPTER_EXPOSURE,
	CHAPTER_SUPPLIERS,
	CHAPTER_POSITIONS,
	CHAPTER_ASSESSMENTS,
	CHAPTER_DESIGNATION,
	CHAPTER_CHANGES,
	CHAPTER_EVIDENCE,
	CHAPTER_SIGNATURE,
	CHAPTER_N
};

/* A subnet of the register, for finding the one that holds an address. */
struct dossier_subnet {
	struct cidr cidr;
	char id[80];
};

/* Queries of statements that are things of their own: places, supply, duties. */
#define DOSSIER_RECORDS 3

struct dossier {
	struct export *e;
	struct xml_out xml;
	uint64_t counts[CHAPTER_N];
	/* Of the register, in the order of their ids: */
	struct db_result *systems, *organisations, *subnets, *facts, *offices;
	struct db_result *records[DOSSIER_RECORDS]; /* its other statements, by kind */
	struct dossier_subnet *held; /* subnets that are valid, in the order of prefixes */
	size_t n_held;
	bool related; /* core:relationships was opened */
};

const char *chapter_name(enum chapter chapter);
/* CHAPTER_DEVICES if it is none of the names. */
enum chapter chapter_of(const char *name);

/* One statement; texts "" and times 0 are left out. */
struct dossier_fact {
	const char *element; /* "af:fact" */
	const char *chapter, *subject, *name, *value, *grade, *source, *method, *evidence,
		*as_of, *peer;
	int64_t run, first_us, last_us, until_us;
};
void dossier_fact(struct dossier *d, const struct dossier_fact *fact);

/* "ai:ip-v4" or "ai:ip-v6", alone or in ai:ip-address. */
void dossier_ip(struct dossier *d, const struct addr *addr, const char *source, int64_t us);
void dossier_address(
	struct dossier *d, const struct addr *addr, const char *source, int64_t us);
/* An identifier of one text with ai:source and ai:timestamp. */
void dossier_identifier(struct dossier *d, const char *element, const char *value,
	const char *source, int64_t us);
void dossier_synthetic(struct dossier *d, const char *resource, const char *id);

/* A relationship to one or several things: refs come between. */
void dossier_relate(struct dossier *d, const char *type, const char *subject);
void dossier_ref(struct dossier *d, const char *object);
void dossier_related(struct dossier *d);

/* The register's part: load once, then relations, then things. */
void dossier_begin_thing(struct dossier *d, const char *id, const char *element, int64_t us,
	const char *resource, const char *own_id);
int dossier_register_load(struct dossier *d, struct error *reterr);
void dossier_register_free(struct dossier *d);
int dossier_register_relations(struct dossier *d, struct error *reterr);
int dossier_head(struct dossier *d, struct error *reterr);
void dossier_register(struct dossier *d);
bool dossier_has_system(const struct dossier *d, const char *id);
/* The longest subnet that holds it, or NULL. */
const struct dossier_subnet *dossier_subnet_of(
	const struct dossier *d, const struct addr *addr);

/* Whether the file has it; kind: "organisation" or "system". */
bool dossier_has(const struct dossier *d, const char *kind, const char *id);

/* Statements of the register that are things of their own: facilities, zones, circuits,
 * contracts, positions, ... Loaded, named among the relations, written. */
int dossier_records_load(struct dossier *d, struct error *reterr);
void dossier_records_relations(struct dossier *d);
void dossier_records(struct dossier *d);

/* The assets' part. */
int dossier_asset_relations(struct export *e, const struct export_asset *asset, void *dossier,
	struct error *reterr);
int dossier_asset(struct export *e, const struct export_asset *asset, void *dossier,
	struct error *reterr);

#endif
