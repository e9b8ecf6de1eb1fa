/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packs on large dossiers: all that are shipped cope, of every unit; one whose expression looks
 * at each element from each other one is refused, whatever makes it do so.
 */
#include "tests/unit/unit.h"

#include "common/str.h"
#include "inventory/norm/embedded.h"
#include "inventory/norm/pack_trial.h"

static void all_that_are_shipped_cope(void **state)
{
	unsigned int seen = 0;

	(void)state;
	for (size_t i = 0; i < norm_embedded_n; i++) {
		const struct norm_embedded *file = &norm_embedded_files[i];
		_cleanup_(pack_freep) struct pack *pack = NULL;
		struct error err = {0};

		if (strcmp(file->name + strlen(file->name) - 4, ".xml") != 0)
			continue;
		if (pack_parse(file->name, file->bytes, file->size, &pack, &err) < 0 ||
			pack_trial(pack, &err) < 0)
			fail_msg("%s", err.text);
		seen |= 1u << pack->unit;
	}
	assert_int_equal(seen, (1u << UNIT_N) - 1);
}

/* One boolean fact of a pack of our own. */
static int try_path(const char *unit, const char *path, struct error *err)
{
	_cleanup_(pack_freep) struct pack *pack = NULL;
	struct str text = STR_INIT(1 << 20);
	int r;

	str_addf(&text,
		"<norm-pack xmlns='urn:cadastre:norm:1' id='t' version='1' unit='%s' "
		"language='en' authority='t' effective-from='2026-01-01'><title>t</title><facts>"
		"<fact name='f' type='boolean' label='f' exists=\"%s\" closed='self::node()'/></facts>"
		"<criteria><criterion id='A' factor='harm' bright-line='yes' test='$f' basis='b'/>"
		"</criteria><outcome value='cii' when='bright'/><examples><example name='e' "
		"outcome='review'/></examples></norm-pack>",
		unit, path);
	if (pack_parse("t.xml", text.data, text.len, &pack, err) < 0)
		fail_msg("%s", err->text);
	str_done(&text);
	r = pack_trial(pack, err);
	if (r < 0 && (!strstr(err->text, "t.xml") || !strstr(err->text, "fact \"f\" (line 1)")))
		fail_msg("%s", err->text);
	return r;
}

#define AMPERSANDS                                                                             \
	"&amp;&amp;&amp;&amp;&amp;&amp;&amp;&amp;&amp;&amp;&amp;&amp;&amp;&amp;&amp;&amp;&"    \
	"amp;&amp;&amp;&amp;"

static void what_looks_from_each_at_each_is_refused(void **state)
{
	static const char *const bad[][2] = {/* Only where all are tagged: an asset of a zone of
						its own finds no other one. */
		{"zone", "asset[contains(concat(' ', @tags, ' '), ' safety ') and "
			 "../asset[not(contains(concat(' ', @tags, ' '), ' safety '))]]"},
		{"zone", "crossing[@other = ../crossing[@conduit = 'none']/@other]"},
		{"zone", "asset[not(@tags) and ../asset[@tags]]"},
		{"subnet", "run[@ended &lt; ../run[@id &lt; 7]/@ended]"},
		{"subnet", "run[../services[@open = current]]"},
		{"organisation", "system[count(../network[@prefix = '']) &gt; 1]"},
		{"organisation",
			"role[@code = 'owner'][../event[@kind = 'dissolve' and @with = 'x']]"},
		{"system", "exit[@id = ../supplier/@id]"},
		{"system", "count(//*[count(//*) &gt; 0]) &gt; 0"}};
	static const char *const good[][2] = {
		{"zone",
			"self::zone[asset[not(contains(concat(' ', @tags, ' '), ' safety '))]]/"
			"asset[contains(concat(' ', @tags, ' '), ' safety ')]"},
		/* Of a constant that is long as XML no dossier is made. */
		{"system", "metric[@name = '" AMPERSANDS AMPERSANDS AMPERSANDS
			   "' or @unit = 'u']"},
		{"subnet", "run[@ended = '2026-01-01']"},
		{"organisation", "//system[@tier &gt; 2]"},
		{"system", "exit[@bandwidth-mbps * 2 &gt; 100] | unit[@mw + @kv &gt; 1]"}};
	struct error err = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		if (try_path(bad[i][0], bad[i][1], &err) != ERROR_INPUT)
			fail_msg("%s of a %s is taken", bad[i][1], bad[i][0]);
	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		if (try_path(good[i][0], good[i][1], &err) < 0)
			fail_msg("%s", err.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_that_are_shipped_cope),
		cmocka_unit_test(what_looks_from_each_at_each_is_refused),
	};

	return RUN(tests);
}
