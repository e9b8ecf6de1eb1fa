/* SPDX-License-Identifier: Apache-2.0 */
/* Registers and norm packs against their schemas; see safexml.h. */
#include "inventory/norm/safexml.h"

#include "common/cleanup.h"
#include "inventory/norm/embedded.h"

#include <libxml/xmlschemas.h>

#include <string.h>

const struct safexml_form safexml_register = {
	{"register", SAFEXML_REGISTER_MAX, SAFEXML_TAG_MAX}, "register.xsd"};
const struct safexml_form safexml_pack = {
	{"norm pack", SAFEXML_PACK_MAX, SAFEXML_TAG_MAX}, "norm-pack.xsd"};

int safexml_parse_own(const void *bytes, size_t n, xmlDoc **ret_doc, struct error *reterr)
{
	static const struct xml_kind dossier = {"dossier", SAFEXML_OWN_MAX, SAFEXML_TAG_MAX};

	return xml_parse(&dossier, "dossier", bytes, n, ret_doc, reterr);
}

/* ---- the schema ---------------------------------------------------------------------- */

static void schema_complaint(void *data, xmlError *problem)
{
	long line = problem->node ? safexml_line(problem->node) : problem->line;

	xml_complain(data, line, problem->message);
}

static int validate(const struct safexml_form *form, const char *name, xmlDoc *doc,
	struct error *reterr)
{
	const struct norm_embedded *file = norm_embedded_find(form->schema);
	struct xml_complaint complaint = {0};
	xmlSchemaParserCtxt *parser;
	xmlSchemaValidCtxt *valid = NULL;
	xmlSchema *schema = NULL;
	int verdict = -1;

	parser = file ? xmlSchemaNewMemParserCtxt((const char *)file->bytes, (int)file->size)
		      : NULL;
	if (parser) {
		xmlSchemaSetParserStructuredErrors(parser, schema_complaint, &complaint);
		schema = xmlSchemaParse(parser);
		xmlSchemaFreeParserCtxt(parser);
	}
	if (schema)
		valid = xmlSchemaNewValidCtxt(schema);
	if (valid) {
		xmlSchemaSetValidStructuredErrors(valid, schema_complaint, &complaint);
		verdict = xmlSchemaValidateDoc(valid, doc);
		xmlSchemaFreeValidCtxt(valid);
	}
	xmlSchemaFree(schema);
	if (verdict == 0)
		return 0;
	if (verdict < 0)
		return error_set(reterr, ERROR_INTERNAL, "%s: cannot use the schema %s: %s",
			name, form->schema, complaint.text);
	return error_set(reterr, ERROR_INPUT,
		"%s:%ld: the %s breaks its form: %s; see schema/xml/%s", name, complaint.line,
		form->kind.what, complaint.text, form->schema);
}

int safexml_parse(const struct safexml_form *form, const char *name, const void *bytes,
	size_t n, xmlDoc **ret_doc, struct error *reterr)
{
	_cleanup_(xml_docp) xmlDoc *doc = NULL;
	int r = xml_parse(&form->kind, name, bytes, n, &doc, reterr);

	if (r == 0)
		r = validate(form, name, doc, reterr);
	if (r < 0)
		return r;
	*ret_doc = STEAL(doc);
	return 0;
}

/* ---- the tree ------------------------------------------------------------------------ */

long safexml_line(const xmlNode *node)
{
	if (node && node->type == XML_ATTRIBUTE_NODE)
		node = node->parent;
	return node ? xmlGetLineNo(node) : 0;
}

const char *safexml_attr(const xmlNode *node, const char *name, const char *missing)
{
	for (const xmlAttr *attr = node->properties; attr; attr = attr->next)
		if (!attr->ns && strcmp((const char *)attr->name, name) == 0)
			return attr->children && attr->children->content ?
				(const char *)attr->children->content : "";
	return missing;
}

static xmlNode *element_from(xmlNode *node, const char *name)
{
	for (; node; node = node->next)
		if (node->type == XML_ELEMENT_NODE &&
			(!name || strcmp((const char *)node->name, name) == 0))
			return node;
	return NULL;
}

xmlNode *safexml_child(const xmlNode *node, const char *name)
{
	return element_from(node->children, name);
}

xmlNode *safexml_next(const xmlNode *node, const char *name)
{
	return element_from(node->next, name);
}
