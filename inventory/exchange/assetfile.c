/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The asset file as a document: relationships, head, what the register attests, the assets, and
 * last which chapters hold something and which the register has nothing for; see assetfile.h.
 * Relationships stand first in the standard's schema, so the assets are walked twice.
 */
#include "inventory/exchange/assetfile.h"

#include <string.h>

#define AI "http://scap.nist.gov/schema/asset-identification/1.1"
#define CORE "http://scap.nist.gov/schema/reporting-core/1.1"
#define XNL "urn:oasis:names:tc:ciq:xsdschema:xNL:2.0"
#define OURS "urn:cadastre:asset-file:1"

static const char *const chapter_names[CHAPTER_N] = {"identification", "organisation",
	"business", "tier", "boundary", "areas", "external-links", "devices", "servers",
	"terminals", "software", "applications", "data", "crypto", "connections", "exposure",
	"suppliers", "positions", "assessments", "designation", "changes", "evidence",
	"signature"};

const char *chapter_name(enum chapter chapter)
{
	return chapter_names[chapter];
}

enum chapter chapter_of(const char *name)
{
	for (int i = 0; i < CHAPTER_N; i++)
		if (strcmp(chapter_names[i], name) == 0)
			return (enum chapter)i;
	return CHAPTER_DEVICES;
}

/* ---- parts that occur everywhere --------------------------------------------------------- */

void dossier_fact(struct dossier *d, const struct dossier_fact *fact)
{
	struct xml_out *xml = &d->xml;

	xml_start(xml, fact->element);
	if (fact->chapter)
		xml_attr_given(xml, "chapter", fact->chapter);
	if (fact->subject)
		xml_attr_given(xml, "subject", fact->subject);
	if (fact->name)
		xml_attr(xml, "name", fact->name);
	xml_attr(xml, "grade", fact->grade);
	if (fact->source)
		xml_attr_given(xml, "source", fact->source);
	if (fact->method)
		xml_attr_given(xml, "method", fact->method);
	if (fact->as_of)
		xml_attr_given(xml, "as-of", fact->as_of);
	if (fact->run)
		xml_attr_int(xml, "run", fact->run);
	xml_attr_time(xml, "first-seen", fact->first_us);
	xml_attr_time(xml, "last-seen", fact->last_us);
	xml_attr_time(xml, "until", fact->until_us);
	if (fact->evidence)
		xml_attr_given(xml, "evidence", fact->evidence);
	if (fact->peer)
		xml_attr_given(xml, "peer", fact->peer);
	if (fact->value)
		xml_text(xml, fact->value);
	d->e->result.facts++;
	d->counts[CHAPTER_CHANGES] += fact->until_us != 0;
}

static void provenance(struct dossier *d, const char *source, int64_t us)
{
	if (source)
		xml_attr(&d->xml, "ai:source", source);
	xml_attr_time(&d->xml, "ai:timestamp", us);
}

void dossier_identifier(struct dossier *d, const char *element, const char *value,
	const char *source, int64_t us)
{
	xml_start(&d->xml, element);
	provenance(d, source, us);
	xml_text(&d->xml, value);
	xml_end(&d->xml);
}

/* The standard wants all eight groups of an IPv6 address. */
void dossier_ip(struct dossier *d, const struct addr *addr, const char *source, int64_t us)
{
	char text[ADDR_TEXT_MAX];
	size_t n = 0;

	if (addr->family == 4)
		addr_format(addr, text);
	else
		for (int i = 0; i < 16; i += 2)
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%02x%02x",
				i ? ":" : "", addr->bytes[i], addr->bytes[i + 1]);
	dossier_identifier(d, addr->family == 4 ? "ai:ip-v4" : "ai:ip-v6", text, source, us);
}

void dossier_address(struct dossier *d, const struct addr *addr, const char *source, int64_t us)
{
	xml_start(&d->xml, "ai:ip-address");
	dossier_ip(d, addr, source, us);
	xml_end(&d->xml);
}

void dossier_synthetic(struct dossier *d, const char *resource, const char *id)
{
	xml_start(&d->xml, "ai:synthetic-id");
	xml_attr(&d->xml, "resource", resource);
	xml_attr(&d->xml, "id", id);
	xml_end(&d->xml);
}

/* ---- relationships ----------------------------------------------------------------------- */

void dossier_relate(struct dossier *d, const char *type, const char *subject)
{
	if (!d->related)
		xml_start(&d->xml, "core:relationships");
	d->related = true;
	xml_start(&d->xml, "core:relationship");
	xml_attr(&d->xml, "type", type);
	xml_attr(&d->xml, "scope", "exclusive");
	xml_attr(&d->xml, "subject", subject);
}

void dossier_ref(struct dossier *d, const char *object)
{
	xml_start(&d->xml, "core:ref");
	xml_text(&d->xml, object);
	xml_end(&d->xml);
}

void dossier_related(struct dossier *d)
{
	xml_end(&d->xml);
}

static int relationships(struct dossier *d, struct error *reterr)
{
	int r = dossier_register_relations(d, reterr);

	if (r == 0)
		r = export_walk(
			d->e, PARTS(PART_RELATIONS), dossier_asset_relations, d, reterr);
	if (r == 0 && d->related)
		xml_end(&d->xml);
	return r;
}

/* ---- chapters ---------------------------------------------------------------------------- */

/* Which chapters hold something; for the others the register has nothing, and that is said. */
static void chapters(struct dossier *d)
{
	struct xml_out *xml = &d->xml;

	xml_start(xml, "ai:asset");
	xml_attr(xml, "id", "chapters");
	xml_start(xml, "ai:data");
	xml_attr_time(xml, "ai:timestamp", d->e->observed_us);
	dossier_synthetic(d, "urn:cadastre:chapters", d->e->realm);
	xml_start(xml, "ai:extended-information");
	xml_start(xml, "af:chapters");
	for (int i = 0; i < CHAPTER_N; i++) {
		xml_start(xml, "af:chapter");
		xml_attr(xml, "name", chapter_names[i]);
		if (i == CHAPTER_SIGNATURE) {
			xml_attr(xml, "state", "detached");
		} else if (d->counts[i]) {
			xml_attr(xml, "state", "recorded");
			xml_attr_int(xml, "entries", (int64_t)d->counts[i]);
		} else {
			xml_attr(xml, "state", "not-recorded");
		}
		xml_end(xml);
	}
	for (int i = 0; i < 4; i++)
		xml_end(xml);
}

int export_asset_file(struct export *e, struct error *reterr)
{
	struct dossier d = {.e = e, .xml = {.stream = &e->stream}};
	int r = dossier_register_load(&d, reterr);

	if (r == 0) {
		xml_declare(&d.xml);
		str_adds(&e->stream.buffer,
			"<?xml-stylesheet type=\"text/xsl\" href=\"asset-file.xsl\"?>\n");
		xml_start(&d.xml, "ai:assets");
		xml_attr(&d.xml, "xmlns:ai", AI);
		xml_attr(&d.xml, "xmlns:core", CORE);
		xml_attr(&d.xml, "xmlns:xnl", XNL);
		xml_attr(&d.xml, "xmlns:af", OURS);
		r = relationships(&d, reterr);
	}
	if (r == 0)
		r = dossier_head(&d, reterr);
	if (r == 0) {
		dossier_register(&d);
		r = export_walk(e,
			PARTS(PART_ASSETS) | PARTS(PART_ADDRESSES) | PARTS(PART_SERVICES) |
				PARTS(PART_FACTS) | PARTS(PART_EVIDENCE) | PARTS(PART_STATED),
			dossier_asset, &d, reterr);
	}
	if (r == 0) {
		chapters(&d);
		xml_end(&d.xml);
	}
	dossier_register_free(&d);
	return r;
}
