/* SPDX-License-Identifier: Apache-2.0 */
/* Asset files as JSON, one asset a line (RFC 8259), each fact with where it comes from. Numbers
 * of assets are strings: they exceed what other readers hold exactly. */
#include "inventory/exchange/export.h"
#include "inventory/exchange/json_out.h"

#include <inttypes.h>

static void facts(struct json_out *out, const struct export_asset *a)
{
	const struct db_result *rows = a->rows[PART_FACTS];

	json_open(out, "facts", '[');
	for (size_t i = a->span[PART_FACTS].from; i < a->span[PART_FACTS].to; i++) {
		int64_t until = db_get_int(rows, i, FACT_UNTIL);

		json_open(out, NULL, '{');
		json_given(out, "subject", db_get_text(rows, i, FACT_SUBJECT));
		json_text(out, "name", db_get_text(rows, i, FACT_NAME));
		json_text(out, "value", db_get_text(rows, i, FACT_VALUE));
		json_text(out, "grade", db_get_text(rows, i, FACT_GRADE));
		json_given(out, "source", db_get_text(rows, i, FACT_SOURCE));
		json_given(out, "method", db_get_text(rows, i, FACT_METHOD));
		json_int(out, "run", db_get_int(rows, i, FACT_RUN));
		json_time(out, "first_seen", db_get_int(rows, i, FACT_FIRST));
		json_time(
			out, "last_seen", until ? db_get_int(rows, i, FACT_LAST) : a->last_us);
		json_time(out, "until", until);
		json_given(out, "evidence", db_get_text(rows, i, FACT_EVIDENCE));
		json_given(out, "peer", db_get_text(rows, i, FACT_PEER_ADDRESS));
		json_close(out, '}');
	}
	json_close(out, ']');
}

static void services(struct json_out *out, const struct export_asset *a)
{
	const struct db_result *rows = a->rows[PART_SERVICES];

	json_open(out, "services", '[');
	for (size_t i = a->span[PART_SERVICES].from; i < a->span[PART_SERVICES].to; i++) {
		json_open(out, NULL, '{');
		json_text(out, "address", db_get_text(rows, i, SERVICE_ADDRESS));
		json_text(out, "transport",
			export_transport(db_get_int(rows, i, SERVICE_TRANSPORT)));
		json_int(out, "port", db_get_int(rows, i, SERVICE_PORT));
		json_given(out, "protocol", db_get_text(rows, i, SERVICE_PROTOCOL));
		json_given(out, "vendor", db_get_text(rows, i, SERVICE_VENDOR));
		json_given(out, "product", db_get_text(rows, i, SERVICE_PRODUCT));
		json_given(out, "version", db_get_text(rows, i, SERVICE_VERSION));
		json_given(out, "cpe", db_get_text(rows, i, SERVICE_CPE));
		json_bool(out, "exposed", db_get_bool(rows, i, SERVICE_EXPOSED));
		json_given(out, "exposure", db_get_text(rows, i, SERVICE_STATE));
		json_given(out, "maintenance", db_get_text(rows, i, SERVICE_MAINTENANCE));
		json_text(out, "method", db_get_text(rows, i, SERVICE_METHOD));
		json_int(out, "run", db_get_int(rows, i, SERVICE_RUN));
		json_time(out, "first_seen", db_get_int(rows, i, SERVICE_FIRST));
		json_time(out, "last_seen", db_get_int(rows, i, SERVICE_LAST));
		json_time(out, "until", db_get_int(rows, i, SERVICE_UNTIL));
		json_given(out, "evidence", db_get_text(rows, i, SERVICE_EVIDENCE));
		json_close(out, '}');
	}
	json_close(out, ']');
}

static void addresses(struct json_out *out, const struct export_asset *a)
{
	const struct db_result *rows = a->rows[PART_ADDRESSES];

	json_open(out, "addresses", '[');
	for (size_t i = a->span[PART_ADDRESSES].from; i < a->span[PART_ADDRESSES].to; i++) {
		int64_t until = db_get_int(rows, i, ADDRESS_UNTIL);

		json_open(out, NULL, '{');
		json_text(out, "address", db_get_text(rows, i, ADDRESS_TEXT));
		json_given(out, "mac", db_get_text(rows, i, ADDRESS_MAC));
		json_text(out, "grade", db_get_text(rows, i, ADDRESS_GRADE));
		json_given(out, "reason", db_get_text(rows, i, ADDRESS_REASON));
		json_text(out, "method", db_get_text(rows, i, ADDRESS_METHOD));
		json_int(out, "run", db_get_int(rows, i, ADDRESS_RUN));
		json_time(out, "first_seen", db_get_int(rows, i, ADDRESS_FIRST));
		json_time(out, "last_seen",
			until ? db_get_int(rows, i, ADDRESS_LAST) : a->last_us);
		json_time(out, "until", until);
		json_close(out, '}');
	}
	json_close(out, ']');
}

/* What people said of it, and the decisions about what it is. */
static void statements(struct json_out *out, const struct export_asset *a)
{
	static const struct {
		const char *key;
		int column;
	} texts[] = {{"attribute", STATED_NAME}, {"value", STATED_VALUE},
		{"grade", STATED_GRADE}, {"source", STATED_SOURCE}, {"method", STATED_METHOD},
		{"as_of", STATED_AS_OF}};
	const struct db_result *rows = a->rows[PART_STATED];

	json_open(out, "statements", '[');
	for (size_t i = a->span[PART_STATED].from; i < a->span[PART_STATED].to; i++) {
		json_open(out, NULL, '{');
		for (size_t k = 0; k < ARRAY_SIZE(texts); k++)
			json_text(out, texts[k].key, db_get_text(rows, i, texts[k].column));
		json_time(out, "since", db_get_int(rows, i, STATED_SINCE));
		json_time(out, "until", db_get_int(rows, i, STATED_UNTIL));
		json_close(out, '}');
	}
	json_close(out, ']');
}

static int one(
	struct export *e, const struct export_asset *a, void *context, struct error *reterr)
{
	static const struct {
		const char *key;
		int column;
	} texts[] = {{"name", ASSET_NAME}, {"role", ASSET_ROLE}, {"role_reason", ASSET_REASON},
		{"state", ASSET_STATE}, {"vendor", ASSET_VENDOR}, {"model", ASSET_MODEL},
		{"os", ASSET_OS}, {"system", ASSET_SYSTEM}, {"aliases", ASSET_ALIASES}};
	struct json_out *out = context;
	char id[24];

	(void)reterr;
	out->more = false;
	snprintf(id, sizeof(id), "%" PRId64, a->id);
	json_open(out, NULL, '{');
	json_text(out, "asset", id);
	json_text(out, "realm", e->realm);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		json_text(out, texts[i].key, asset_text(a, texts[i].column));
	json_time(out, "first_seen",
		db_get_int(a->rows[PART_ASSETS], a->span[PART_ASSETS].from, ASSET_FIRST));
	json_time(out, "last_seen", a->last_us);
	addresses(out, a);
	services(out, a);
	facts(out, a);
	statements(out, a);
	json_close(out, '}');
	json_line(out);
	e->result.assets++;
	e->result.services += a->span[PART_SERVICES].to - a->span[PART_SERVICES].from;
	e->result.facts += a->span[PART_FACTS].to - a->span[PART_FACTS].from;
	return e->stream.failed;
}

int export_json(struct export *e, struct error *reterr)
{
	struct json_out out = {.stream = &e->stream};

	return export_walk(e,
		PARTS(PART_ASSETS) | PARTS(PART_ADDRESSES) | PARTS(PART_SERVICES) |
			PARTS(PART_FACTS) | PARTS(PART_STATED),
		one, &out, reterr);
}
