/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CycloneDX 1.6 (ECMA-424), JSON: systems as platforms, assets as devices that hold the
 * software and the cryptographic assets (certificates, SSH host keys) met on them, services
 * with their endpoints, and what depends on what: a service on its device and software, a
 * system on systems. Only what holds; history is not a bill of materials.
 */
#include "inventory/exchange/export.h"
#include "inventory/exchange/json_out.h"

#include <inttypes.h>
#include <string.h>

#define SPOT_MAX 96

static void property(struct json_out *out, const char *name, const char *value)
{
	if (!*value)
		return;
	json_open(out, NULL, '{');
	json_text(out, "name", name);
	json_text(out, "value", value);
	json_close(out, '}');
}

static void asset_ref(char out[EXPORT_ID_MAX], int64_t id)
{
	snprintf(out, EXPORT_ID_MAX, "asset-%" PRId64, id);
}

/* ---- cryptographic assets ---------------------------------------------------------------- */

static const char *fact_of(const struct export_asset *a, const char *subject, const char *name)
{
	const struct db_result *rows = a->rows[PART_FACTS];

	for (size_t i = a->span[PART_FACTS].from; i < a->span[PART_FACTS].to; i++)
		if (db_get_int(rows, i, FACT_PLACE) == FACT_IS_FACT &&
			!db_get_int(rows, i, FACT_UNTIL) &&
			strcmp(db_get_text(rows, i, FACT_NAME), name) == 0 &&
			strcmp(db_get_text(rows, i, FACT_SUBJECT), subject) == 0)
			return db_get_text(rows, i, FACT_VALUE);
	return "";
}

static void crypto_ref(char out[EXPORT_ID_MAX], const struct export_asset *a, const char *text)
{
	char prefix[40];

	snprintf(prefix, sizeof(prefix), "crypto-%" PRId64 "-", a->id);
	export_id(out, prefix, text);
}

static bool is_date(const char *text)
{
	return strlen(text) >= 20 && text[4] == '-' && text[10] == 'T';
}

static void certificate(struct json_out *out, const struct export_asset *a, size_t i)
{
	const struct db_result *rows = a->rows[PART_FACTS];
	const char *subject = db_get_text(rows, i, FACT_SUBJECT),
		   *sha256 = db_get_text(rows, i, FACT_VALUE),
		   *name = fact_of(a, subject, "tls.certificate.subject"),
		   *from = fact_of(a, subject, "tls.certificate.not_before"),
		   *until = fact_of(a, subject, "tls.certificate.not_after");
	char ref[EXPORT_ID_MAX], text[256];

	snprintf(text, sizeof(text), "%.90s-certificate-%" PRIu64, subject,
		(uint64_t)(i - a->span[PART_FACTS].from));
	crypto_ref(ref, a, text);
	json_open(out, NULL, '{');
	json_text(out, "type", "cryptographic-asset");
	json_text(out, "bom-ref", ref);
	json_text(out, "name", *name ? name : sha256);
	json_open(out, "cryptoProperties", '{');
	json_text(out, "assetType", "certificate");
	json_open(out, "certificateProperties", '{');
	json_given(out, "subjectName", name);
	json_given(out, "issuerName", fact_of(a, subject, "tls.certificate.issuer"));
	if (is_date(from))
		json_text(out, "notValidBefore", from);
	if (is_date(until))
		json_text(out, "notValidAfter", until);
	json_text(out, "certificateFormat", "X.509");
	json_close(out, '}');
	json_close(out, '}');
	json_open(out, "properties", '[');
	property(out, "cadastre:sha256", sha256);
	property(out, "cadastre:at", subject);
	property(out, "cadastre:grade", db_get_text(rows, i, FACT_GRADE));
	json_close(out, ']');
	json_close(out, '}');
}

static void public_key(struct json_out *out, const struct export_asset *a, size_t i)
{
	const struct db_result *rows = a->rows[PART_FACTS];
	const char *value = db_get_text(rows, i, FACT_VALUE);
	char ref[EXPORT_ID_MAX], text[64];

	snprintf(text, sizeof(text), "key-%" PRIu64, (uint64_t)(i - a->span[PART_FACTS].from));
	crypto_ref(ref, a, text);
	json_open(out, NULL, '{');
	json_text(out, "type", "cryptographic-asset");
	json_text(out, "bom-ref", ref);
	json_text(out, "name", value);
	json_open(out, "cryptoProperties", '{');
	json_text(out, "assetType", "related-crypto-material");
	json_open(out, "relatedCryptoMaterialProperties", '{');
	json_text(out, "type", "public-key");
	json_text(out, "id", value);
	json_close(out, '}');
	json_close(out, '}');
	json_open(out, "properties", '[');
	property(out, "cadastre:key", db_get_text(rows, i, FACT_NAME));
	json_close(out, ']');
	json_close(out, '}');
}

static void crypto(struct json_out *out, const struct export_asset *a)
{
	const struct db_result *rows = a->rows[PART_FACTS];

	for (size_t i = a->span[PART_FACTS].from; i < a->span[PART_FACTS].to; i++) {
		const char *name = db_get_text(rows, i, FACT_NAME);
		int64_t place = db_get_int(rows, i, FACT_PLACE);

		if (db_get_int(rows, i, FACT_UNTIL))
			continue;
		if (place == FACT_IS_FACT && strcmp(name, "tls.certificate.sha256") == 0)
			certificate(out, a, i);
		else if (place == FACT_IS_KEY && strncmp(name, "ssh", 3) == 0)
			public_key(out, a, i);
	}
}

/* ---- components -------------------------------------------------------------------------- */

static void software_ref(char out[EXPORT_ID_MAX], const struct export_asset *a, size_t i)
{
	const struct db_result *rows = a->rows[PART_SERVICES];

	export_software_id(out, a->id, db_get_text(rows, i, SERVICE_VENDOR),
		db_get_text(rows, i, SERVICE_PRODUCT), db_get_text(rows, i, SERVICE_VERSION));
}

static bool is_product(const struct db_result *rows, size_t i)
{
	return *db_get_text(rows, i, SERVICE_PRODUCT) && !db_get_int(rows, i, SERVICE_UNTIL);
}

static bool is_said(const struct export_asset *a, size_t row, const char *ref)
{
	char other[EXPORT_ID_MAX];

	for (size_t i = a->span[PART_SERVICES].from; i < row; i++) {
		if (!is_product(a->rows[PART_SERVICES], i))
			continue;
		software_ref(other, a, i);
		if (strcmp(other, ref) == 0)
			return true;
	}
	return false;
}

static void manufacturer(struct json_out *out, const char *name)
{
	if (!*name)
		return;
	json_open(out, "manufacturer", '{');
	json_text(out, "name", name);
	json_close(out, '}');
}

static void software(struct json_out *out, const struct export_asset *a)
{
	const struct db_result *rows = a->rows[PART_SERVICES];

	for (size_t i = a->span[PART_SERVICES].from; i < a->span[PART_SERVICES].to; i++) {
		const char *cpe = db_get_text(rows, i, SERVICE_CPE);
		char ref[EXPORT_ID_MAX];

		if (!is_product(rows, i))
			continue;
		software_ref(ref, a, i);
		if (is_said(a, i, ref))
			continue;
		json_open(out, NULL, '{');
		json_text(out, "type", "application");
		json_text(out, "bom-ref", ref);
		manufacturer(out, db_get_text(rows, i, SERVICE_VENDOR));
		json_text(out, "name", db_get_text(rows, i, SERVICE_PRODUCT));
		json_given(out, "version", db_get_text(rows, i, SERVICE_VERSION));
		if (export_is_cpe(cpe))
			json_text(out, "cpe", cpe);
		json_close(out, '}');
	}
	if (*asset_text(a, ASSET_OS)) {
		json_open(out, NULL, '{');
		json_text(out, "type", "operating-system");
		json_text(out, "name", asset_text(a, ASSET_OS));
		json_close(out, '}');
	}
}

static int device(struct export *e, const struct export_asset *a, void *context,
	struct error *reterr)
{
	static const struct {
		const char *name;
		int column;
	} texts[] = {{"cadastre:role", ASSET_ROLE}, {"cadastre:state", ASSET_STATE},
		{"cadastre:model", ASSET_MODEL}, {"cadastre:system", ASSET_SYSTEM}};
	const struct db_result *rows = a->rows[PART_ADDRESSES];
	struct json_out *out = context;
	char ref[EXPORT_ID_MAX];

	(void)reterr;
	asset_ref(ref, a->id);
	json_open(out, NULL, '{');
	json_text(out, "type", "device");
	json_text(out, "bom-ref", ref);
	manufacturer(out, asset_text(a, ASSET_VENDOR));
	json_text(out, "name", asset_text(a, ASSET_NAME));
	json_open(out, "properties", '[');
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		property(out, texts[i].name, asset_text(a, texts[i].column));
	for (size_t i = a->span[PART_ADDRESSES].from; i < a->span[PART_ADDRESSES].to; i++)
		if (!db_get_int(rows, i, ADDRESS_UNTIL))
			property(out, "cadastre:address", db_get_text(rows, i, ADDRESS_TEXT));
	property(out, "cadastre:mac", asset_text(a, ASSET_MACS));
	json_close(out, ']');
	json_open(out, "components", '[');
	software(out, a);
	crypto(out, a);
	json_close(out, ']');
	json_close(out, '}');
	json_line(out);
	e->result.assets++;
	return e->stream.failed;
}

static void systems(struct json_out *out, const struct db_result *rows)
{
	for (size_t i = 0; i < db_rows(rows); i++) {
		char ref[EXPORT_ID_MAX];

		export_id(ref, "system-", db_get_text(rows, i, SYSTEM_ID));
		json_open(out, NULL, '{');
		json_text(out, "type", "platform");
		json_text(out, "bom-ref", ref);
		json_text(out, "name", db_get_text(rows, i, SYSTEM_NAME));
		json_open(out, "properties", '[');
		property(out, "cadastre:system", db_get_text(rows, i, SYSTEM_ID));
		property(out, "cadastre:operator", db_get_text(rows, i, SYSTEM_ORGANISATION));
		json_close(out, ']');
		json_close(out, '}');
	}
}

/* ---- services ---------------------------------------------------------------------------- */

static int service_rows(struct export *e, const struct export_asset *a, void *context,
	struct error *reterr)
{
	const struct db_result *rows = a->rows[PART_SERVICES];
	struct json_out *out = context;

	(void)reterr;
	for (size_t i = a->span[PART_SERVICES].from; i < a->span[PART_SERVICES].to; i++) {
		const char *address = db_get_text(rows, i, SERVICE_ADDRESS),
			   *transport =
				   export_transport(db_get_int(rows, i, SERVICE_TRANSPORT)),
			   *protocol = db_get_text(rows, i, SERVICE_PROTOCOL);
		bool six = strchr(address, ':') != NULL;
		char ref[EXPORT_ID_MAX], endpoint[SPOT_MAX];

		if (db_get_int(rows, i, SERVICE_UNTIL))
			continue;
		export_service_id(ref, a->id, address, db_get_int(rows, i, SERVICE_TRANSPORT),
			db_get_int(rows, i, SERVICE_PORT));
		snprintf(endpoint, sizeof(endpoint), "%s://%s%.48s%s:%" PRId64, transport,
			six ? "[" : "", address, six ? "]" : "",
			db_get_int(rows, i, SERVICE_PORT));
		json_open(out, NULL, '{');
		json_text(out, "bom-ref", ref);
		json_text(out, "name", *protocol ? protocol : transport);
		json_open(out, "endpoints", '[');
		json_text(out, NULL, endpoint);
		json_close(out, ']');
		json_bool(out, "x-trust-boundary", db_get_bool(rows, i, SERVICE_EXPOSED));
		json_open(out, "properties", '[');
		property(out, "cadastre:exposure", db_get_text(rows, i, SERVICE_STATE));
		property(out, "cadastre:method", db_get_text(rows, i, SERVICE_METHOD));
		property(out, "cadastre:evidence", db_get_text(rows, i, SERVICE_EVIDENCE));
		json_close(out, ']');
		json_close(out, '}');
		json_line(out);
		e->result.services++;
	}
	return e->stream.failed;
}

/* ---- dependencies ------------------------------------------------------------------------ */

static int dependencies(struct export *e, const struct export_asset *a, void *context,
	struct error *reterr)
{
	const struct db_result *rows = a->rows[PART_SERVICES];
	struct json_out *out = context;
	char ref[EXPORT_ID_MAX];

	(void)reterr;
	for (size_t i = a->span[PART_SERVICES].from; i < a->span[PART_SERVICES].to; i++) {
		if (db_get_int(rows, i, SERVICE_UNTIL))
			continue;
		export_service_id(ref, a->id, db_get_text(rows, i, SERVICE_ADDRESS),
			db_get_int(rows, i, SERVICE_TRANSPORT),
			db_get_int(rows, i, SERVICE_PORT));
		json_open(out, NULL, '{');
		json_text(out, "ref", ref);
		json_open(out, "dependsOn", '[');
		asset_ref(ref, a->id);
		json_text(out, NULL, ref);
		if (is_product(rows, i)) {
			software_ref(ref, a, i);
			json_text(out, NULL, ref);
		}
		json_close(out, ']');
		json_close(out, '}');
		json_line(out);
	}
	return e->stream.failed;
}

static bool is_system(const struct db_result *systems_, const char *id)
{
	for (size_t i = 0; i < db_rows(systems_); i++)
		if (strcmp(db_get_text(systems_, i, SYSTEM_ID), id) == 0)
			return true;
	return false;
}

/* Rows are in the order of the depending system; each system is one entry. */
static void system_dependencies(
	struct json_out *out, const struct db_result *known, const struct db_result *on)
{
	char ref[EXPORT_ID_MAX];

	for (size_t i = 0; i < db_rows(on);) {
		const char *from = db_get_text(on, i, 0);
		bool written = is_system(known, from);

		if (written) {
			export_id(ref, "system-", from);
			json_open(out, NULL, '{');
			json_text(out, "ref", ref);
			json_open(out, "dependsOn", '[');
		}
		for (; i < db_rows(on) && strcmp(db_get_text(on, i, 0), from) == 0; i++) {
			if (!written || !is_system(known, db_get_text(on, i, 1)))
				continue;
			export_id(ref, "system-", db_get_text(on, i, 1));
			json_text(out, NULL, ref);
		}
		if (written) {
			json_close(out, ']');
			json_close(out, '}');
		}
	}
}

static void head(struct json_out *out, const struct export *e)
{
	json_open(out, NULL, '{');
	json_text(out, "bomFormat", "CycloneDX");
	json_text(out, "specVersion", "1.6");
	json_int(out, "version", 1);
	json_open(out, "metadata", '{');
	json_time(out, "timestamp", e->observed_us / 1000000 * 1000000);
	json_open(out, "component", '{');
	json_text(out, "type", "platform");
	json_text(out, "bom-ref", "realm");
	json_text(out, "name", e->realm);
	json_close(out, '}');
	json_open(out, "properties", '[');
	property(out, "cadastre:sender", e->sender);
	json_close(out, ']');
	json_close(out, '}');
}

int export_cyclonedx(struct export *e, struct error *reterr)
{
	const struct db_value realm = db_int(e->realm_id), as_of = export_as_of(e),
			      scope = db_text(e->scope);
	_cleanup_(db_result_freep) struct db_result *known = NULL, *on = NULL;
	struct json_out out = {.stream = &e->stream};
	int r = export_register(
		e, &query_exchange_systems, DB_VALUES(realm, as_of, scope), &known, reterr);

	if (r == 0)
		r = db_run(e->db, &query_exchange_dependencies, DB_VALUES(realm, as_of, scope),
			&on, reterr);
	if (r < 0)
		return r;
	head(&out, e);
	json_open(&out, "components", '[');
	systems(&out, known);
	r = export_walk(e,
		PARTS(PART_ASSETS) | PARTS(PART_ADDRESSES) | PARTS(PART_SERVICES) |
			PARTS(PART_FACTS),
		device, &out, reterr);
	json_close(&out, ']');
	if (r == 0) {
		json_open(&out, "services", '[');
		r = export_walk(e, PARTS(PART_SERVICES), service_rows, &out, reterr);
		json_close(&out, ']');
	}
	if (r == 0) {
		json_open(&out, "dependencies", '[');
		system_dependencies(&out, known, on);
		r = export_walk(e, PARTS(PART_SERVICES), dependencies, &out, reterr);
		json_close(&out, ']');
		json_close(&out, '}');
		json_line(&out);
	}
	return r;
}
