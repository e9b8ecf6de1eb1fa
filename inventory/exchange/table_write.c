/* SPDX-License-Identifier: Apache-2.0 */
/* Assets and services as tables for spreadsheets: CSV (RFC 4180), every cell quoted, cells that
 * a spreadsheet would take for a formula guarded. What is over is not in them. */
#include "inventory/exchange/export.h"

#include "common/clock.h"
#include "common/text.h"

#include <inttypes.h>

#define CELL_MAX (1024 * 1024) /* bytes of a cell that lists several things */

static void cell(struct str *out, bool *first, const char *text)
{
	if (!*first)
		str_addc(out, ',');
	*first = false;
	text_encode_csv(out, text);
}

static void cell_time(struct str *out, bool *first, int64_t us)
{
	char text[CLOCK_TEXT_MAX];

	cell(out, first, us ? clock_format(us, text) : "");
}

static void heading(struct export *e, const char *names)
{
	str_adds(&e->stream.buffer, names);
	str_adds(&e->stream.buffer, "\r\n");
}

static int end_row(struct export *e)
{
	str_adds(&e->stream.buffer, "\r\n");
	return file_stream_spill(&e->stream);
}

/* The open rows of a part that a test accepts, each once in a cell. */
static void listed(struct str *out, const struct export_asset *a, enum export_part part,
	int column, int until, bool (*is)(const struct db_result *rows, size_t i))
{
	for (size_t i = a->span[part].from; i < a->span[part].to; i++) {
		if (db_get_int(a->rows[part], i, until) || (is && !is(a->rows[part], i)))
			continue;
		str_addf(out, "%s%s", out->len ? " " : "",
			db_get_text(a->rows[part], i, column));
	}
}

static bool is_name(const struct db_result *rows, size_t i)
{
	return db_get_int(rows, i, FACT_PLACE) == FACT_IS_NAME;
}

static void ports(struct str *out, const struct export_asset *a, bool exposed)
{
	const struct db_result *rows = a->rows[PART_SERVICES];

	for (size_t i = a->span[PART_SERVICES].from; i < a->span[PART_SERVICES].to; i++)
		if (!db_get_int(rows, i, SERVICE_UNTIL) &&
			(!exposed || db_get_bool(rows, i, SERVICE_EXPOSED)))
			str_addf(out, "%s%s/%s", out->len ? " " : "",
				export_transport(db_get_int(rows, i, SERVICE_TRANSPORT)),
				db_get_text(rows, i, SERVICE_PORT));
}

static int asset_row(struct export *e, const struct export_asset *a, void *context,
	struct error *reterr)
{
	static const int columns[] = {ASSET_NAME, ASSET_ROLE, ASSET_STATE, ASSET_VENDOR,
		ASSET_MODEL, ASSET_OS, ASSET_SYSTEM, ASSET_ALIASES};
	_cleanup_(str_done) struct str text = STR_INIT(CELL_MAX);
	struct str *out = &e->stream.buffer;
	bool first = true;
	char id[24];

	(void)context;
	(void)reterr;
	snprintf(id, sizeof(id), "%" PRId64, a->id);
	cell(out, &first, e->realm);
	cell(out, &first, id);
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		cell(out, &first, asset_text(a, columns[i]));
	listed(&text, a, PART_ADDRESSES, ADDRESS_TEXT, ADDRESS_UNTIL, NULL);
	str_adds(&text,
		asset_text(a, ASSET_MACS)); /* there are none where there are addresses */
	cell(out, &first, text.data);
	str_reset(&text);
	listed(&text, a, PART_FACTS, FACT_VALUE, FACT_UNTIL, is_name);
	cell(out, &first, text.data);
	for (int exposed = 0; exposed < 2; exposed++) {
		str_reset(&text);
		ports(&text, a, exposed != 0);
		cell(out, &first, text.data);
	}
	cell_time(out, &first,
		db_get_int(a->rows[PART_ASSETS], a->span[PART_ASSETS].from, ASSET_FIRST));
	cell_time(out, &first, a->last_us);
	e->result.assets++;
	return end_row(e);
}

int export_csv_assets(struct export *e, struct error *reterr)
{
	heading(e, "realm,asset,name,role,state,vendor,model,os,system,aliases,addresses,names,"
		   "services,exposed,first_seen,last_seen");
	return export_walk(e,
		PARTS(PART_ASSETS) | PARTS(PART_ADDRESSES) | PARTS(PART_SERVICES) |
			PARTS(PART_FACTS),
		asset_row, NULL, reterr);
}

static int service_rows(struct export *e, const struct export_asset *a, void *context,
	struct error *reterr)
{
	static const int columns[] = {SERVICE_PORT, SERVICE_PROTOCOL, SERVICE_VENDOR,
		SERVICE_PRODUCT, SERVICE_VERSION, SERVICE_CPE, SERVICE_KIND, SERVICE_STATE,
		SERVICE_REASON, SERVICE_APPROVER, SERVICE_DOCUMENT, SERVICE_METHOD, SERVICE_RUN,
		SERVICE_EVIDENCE};
	const struct db_result *rows = a->rows[PART_SERVICES];
	struct str *out = &e->stream.buffer;
	char id[24];

	(void)context;
	(void)reterr;
	snprintf(id, sizeof(id), "%" PRId64, a->id);
	e->result.assets++;
	for (size_t i = a->span[PART_SERVICES].from; i < a->span[PART_SERVICES].to; i++) {
		bool first = true;

		if (db_get_int(rows, i, SERVICE_UNTIL))
			continue;
		cell(out, &first, e->realm);
		cell(out, &first, id);
		cell(out, &first, asset_text(a, ASSET_NAME));
		cell(out, &first, asset_text(a, ASSET_SYSTEM));
		cell(out, &first, db_get_text(rows, i, SERVICE_ADDRESS));
		cell(out, &first, export_transport(db_get_int(rows, i, SERVICE_TRANSPORT)));
		for (size_t k = 0; k < ARRAY_SIZE(columns); k++)
			cell(out, &first, db_get_text(rows, i, columns[k]));
		cell_time(out, &first, db_get_int(rows, i, SERVICE_FIRST));
		cell_time(out, &first, db_get_int(rows, i, SERVICE_LAST));
		e->result.services++;
		end_row(e);
	}
	return e->stream.failed;
}

int export_csv_services(struct export *e, struct error *reterr)
{
	heading(e, "realm,asset,name,system,address,transport,port,protocol,vendor,product,"
		   "version,cpe,exposed_as,exposure,reason,approver,document,method,run,"
		   "evidence,first_seen,last_seen");
	return export_walk(
		e, PARTS(PART_ASSETS) | PARTS(PART_SERVICES), service_rows, NULL, reterr);
}
