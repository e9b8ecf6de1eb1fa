/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The peer of tests/bench/identify.py: a norm as XPath over one document of a whole register,
 * written as one would first write it down, compiled once for each system and evaluated from
 * the root. The facts and the criteria are those of inventory/norms/x.energy.power.xml.
 *
 *     bench_naive DOCUMENT PACKS SYSTEM...
 */
#include <libxml/parser.h>
#include <libxml/xpath.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define TEXT_MAX 4096

#define SYSTEM "//system[@id='@ID']"

/* Where @ID stands comes the system. Of who depends on it only the first hop is counted. */
static const char *const criteria[] = {
	SYSTEM "[@sector='energy' or starts-with(@sector,'energy.')]",
	SYSTEM
	"/support[@key='yes' and @strength='essential' and @function='distribution-dispatch']",
	SYSTEM "/metric[@name='customers-served' and @unit='person']/@value >= 100000",
	"sum(" SYSTEM "/unit/@mw) >= 1500 and " SYSTEM "/controls[@complete='yes']",
	SYSTEM
	"/support[@key='yes' and @strength='essential'][@fallback-hours - @rto-hours > 0]",
	"count(//dependency[@on='@ID' and @strength='essential']) >= 3",
	SYSTEM "/tier/@final >= 3",
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double processor(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

static void put_id(const char *text, const char *id, char out[TEXT_MAX])
{
	size_t n = 0;

	while (*text && n + strlen(id) + 1 < TEXT_MAX) {
		if (strncmp(text, "@ID", 3) == 0) {
			memcpy(out + n, id, strlen(id));
			n += strlen(id);
			text += 3;
		} else {
			out[n++] = *text++;
		}
	}
	out[n] = '\0';
}

/* How many criteria hold; -1 if one cannot be evaluated. */
static int judge(xmlXPathContext *context, const char *id)
{
	char text[TEXT_MAX];
	int met = 0;

	for (size_t i = 0; i < sizeof(criteria) / sizeof(criteria[0]); i++) {
		xmlXPathObject *object;

		put_id(criteria[i], id, text);
		object = xmlXPathEval((const xmlChar *)text, context);
		if (!object)
			return -1;
		met += xmlXPathCastToBoolean(object);
		xmlXPathFreeObject(object);
	}
	return met;
}

int main(int argc, char **argv)
{
	int packs = argc > 3 ? atoi(argv[2]) : 0, met = 0;
	xmlDoc *doc =
		packs > 0 ? xmlReadFile(argv[1], NULL, XML_PARSE_NONET | XML_PARSE_HUGE) : NULL;
	xmlXPathContext *context = doc ? xmlXPathNewContext(doc) : NULL;
	struct rusage usage;
	double began, cpu;

	if (!context) {
		fprintf(stderr, "usage: bench_naive DOCUMENT PACKS SYSTEM...\n");
		return 2;
	}
	began = now();
	cpu = processor();
	for (int i = 3; i < argc; i++) {
		for (int p = 0; p < packs; p++) {
			int n = judge(context, argv[i]);

			if (n < 0) {
				fprintf(stderr, "a criterion cannot be evaluated\n");
				return 1;
			}
			met += n;
		}
	}
	getrusage(RUSAGE_SELF, &usage);
	printf("{\"seconds\": %.6f, \"cpu\": %.6f, \"systems\": %d, \"met\": %d, \"peak\": "
	       "%.1f}\n",
		(now() - began) / (argc - 3), (processor() - cpu) / (argc - 3), argc - 3, met,
		(double)usage.ru_maxrss / 1024);
	xmlXPathFreeContext(context);
	xmlFreeDoc(doc);
	return 0;
}
