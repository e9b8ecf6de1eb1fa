/* SPDX-License-Identifier: Apache-2.0 */
/* The dossier of one system from the register; see dossier.h. */
#include "inventory/norm/dossier.h"

#include "common/text.h"
#include "inventory/store/queries.h"

#include <string.h>

#define VALUES_MAX 11
#define FIRST_VALUE 3 /* column of identify_dossier: element, as_of, document, values */

/* Names of the values of each element, in the order of the query. */
static const struct {
	const char *element;
	const char *names[VALUES_MAX];
} elements[] = {
	{"system", {"realm", "id", "name", "organisation", "sector", "class", "kind",
		"function", "service-scope", "counterparts", "lifecycle"}},
	{"tier", {"s", "a", "final", "determined"}},
	{"metric", {"name", "value", "unit"}},
	{"supports", {"complete", "hops"}},
	{"controls", {"complete", "hops"}},
	{"dependants", {"complete", "hops"}},
	{"support", {"business", "strength", "key", "name", "function", "sector", "rto-hours",
		"fallback-hours"}},
	{"unit", {"id", "name", "mw"}},
	{"answer", {"pack", "criterion", "met", "official"}},
};

static const char *const *names_of(const char *element)
{
	for (size_t i = 0; i < ARRAY_SIZE(elements); i++)
		if (strcmp(elements[i].element, element) == 0)
			return elements[i].names;
	return NULL;
}

static void attribute(struct str *out, const char *name, const char *value)
{
	str_addf(out, " %s=\"", name);
	text_encode_xml(out, value);
	str_addc(out, '"');
}

static void add_element(const struct db_result *rows, size_t row, struct str *out)
{
	const char *element = db_get_text(rows, row, 0);
	const char *const *names = names_of(element);

	str_addf(out, "%s<%s", row ? "  " : "", element);
	for (int i = 0; names && i < VALUES_MAX && names[i]; i++)
		if (!db_is_null(rows, row, FIRST_VALUE + i))
			attribute(out, names[i], db_get_text(rows, row, FIRST_VALUE + i));
	attribute(out, "grade", "attested");
	attribute(out, "as-of", db_get_text(rows, row, 1));
	if (db_get_text(rows, row, 2)[0])
		attribute(out, "document", db_get_text(rows, row, 2));
	str_adds(out, row ? "/>\n" : ">\n");
}

int dossier_build(struct db *db, int64_t realm, const char *system, struct str *out,
	struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(db, &query_identify_dossier, DB_VALUES(db_int(realm), db_text(system)),
		&rows, reterr);

	if (r < 0 || db_rows(rows) == 0 || strcmp(db_get_text(rows, 0, 0), "system") != 0)
		return r;
	for (size_t i = 0; i < db_rows(rows); i++)
		add_element(rows, i, out);
	str_adds(out, "</system>\n");
	if (out->failed)
		return error_set(reterr, ERROR_INPUT,
			"the dossier of system \"%s\" is larger than %zu bytes; divide the "
			"system", system, DOSSIER_TEXT_MAX);
	return 0;
}
