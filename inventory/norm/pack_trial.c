/* SPDX-License-Identifier: Apache-2.0 */
/* A norm pack on a large dossier; see pack_trial.h. */
#include "inventory/norm/pack_trial.h"

#include "common/str.h"
#include "inventory/norm/facts.h"
#include "inventory/norm/safexml.h"

/* How many of each statement the trial dossier holds. */
#define TRIAL_STATEMENTS 2000
#define TRIAL_MEMORY_MAX ((size_t)64 * 1024 * 1024)
#define TRIAL_DAY 20000

static void trial_dossier(const char *unit, struct str *out)
{
	static const char evidence[] = " grade='attested' as-of='2024-10-01' document='D'/>";

	str_addf(out, "<%s id='trial' name='Trial' sector='other' grade='attested' "
		"as-of='2024-10-01'><supports complete='yes'/><controls complete='yes'/>"
		"<dependants complete='yes' hops='2'/>", unit);
	for (int i = 0; i < TRIAL_STATEMENTS; i++) {
		str_addf(out, "<metric name='m%d' unit='u' value='%d'%s", i, i, evidence);
		str_addf(out,
			"<support business='b%d' strength='essential' key='yes' function='f' "
			"sector='other' rto-hours='1' fallback-hours='2'%s", i, evidence);
		str_addf(out, "<unit id='u%d' name='n' mw='1'%s", i, evidence);
		str_addf(out, "<answer pack='p' criterion='C%d' met='yes' official='o'%s", i,
			evidence);
	}
	str_addf(out, "</%s>", unit);
}

int pack_trial(const struct pack *pack, struct error *reterr)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(TRIAL_MEMORY_MAX);
	_cleanup_(str_done) struct str text = STR_INIT(TRIAL_MEMORY_MAX);
	_cleanup_(xml_docp) xmlDoc *dossier = NULL;
	struct fact_value values[PACK_FACTS_MAX];
	int r;

	if (!arena)
		return error_set(reterr, ERROR_SYSTEM, "no memory to try a norm pack");
	trial_dossier(pack_unit_name(pack->unit), &text);
	r = safexml_parse_own(text.data, text.len, &dossier, reterr);
	if (r == 0)
		r = facts_extract(pack, dossier, TRIAL_DAY, arena, values, reterr);
	return r < 0 ? error_wrap(reterr, r, "%s", pack->name) : 0;
}
