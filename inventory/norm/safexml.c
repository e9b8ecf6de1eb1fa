/* SPDX-License-Identifier: Apache-2.0 */
/* Loading XML that other organisations wrote; see safexml.h. */
#include "inventory/norm/safexml.h"

#include "common/cleanup.h"
#include "common/text.h"
#include "inventory/norm/embedded.h"

#include <libxml/parser.h>
#include <libxml/xmlIO.h>
#include <libxml/xmlschemas.h>

#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#define MESSAGE_MAX 512

const struct safexml_form safexml_register = {"register", "register.xsd", SAFEXML_REGISTER_MAX};
const struct safexml_form safexml_pack = {"norm pack", "norm-pack.xsd", SAFEXML_PACK_MAX};

/* The first complaint of libxml2 about one document. */
struct complaint {
	bool set;
	long line;
	char text[MESSAGE_MAX];
};

static void complaint_take(struct complaint *complaint, long line, const char *message)
{
	struct str text = STR_INIT(MESSAGE_MAX - 1);
	size_t n = message ? strlen(message) : 0;

	if (complaint->set)
		return;
	while (n > 0 && (message[n - 1] == '\n' || message[n - 1] == '.' || message[n - 1] == ' '))
		n--;
	text_clean(&text, message ? message : "", n, MESSAGE_MAX - 1);
	complaint->set = true;
	complaint->line = line;
	snprintf(complaint->text, sizeof(complaint->text), "%s", text.data);
	str_done(&text);
}

/* ---- the byte filter ----------------------------------------------------------------- */

struct filter {
	const char *bytes;
	size_t size, pos;
	long line;
};

static bool filter_at(const struct filter *f, const char *text)
{
	size_t n = strlen(text);

	return f->size - f->pos >= n && memcmp(f->bytes + f->pos, text, n) == 0;
}

/* Steps behind the next `end`; false if it does not come. */
static bool filter_past(struct filter *f, const char *end)
{
	while (f->pos < f->size) {
		if (filter_at(f, end)) {
			f->pos += strlen(end);
			return true;
		}
		if (f->bytes[f->pos++] == '\n')
			f->line++;
	}
	return false;
}

/* Steps over one tag, quotes respected. False if it is too large. */
static bool filter_tag(struct filter *f)
{
	size_t start = f->pos;
	char quote = 0;

	for (; f->pos < f->size; f->pos++) {
		char c = f->bytes[f->pos];

		if (f->pos - start >= SAFEXML_TAG_MAX)
			return false;
		if (c == '\n')
			f->line++;
		if (quote && c == quote)
			quote = 0;
		else if (!quote && (c == '"' || c == '\''))
			quote = c;
		else if (!quote && c == '>') {
			f->pos++;
			return true;
		}
	}
	return true; /* cut short: the parser says so better */
}

/* The encoding named in an XML declaration is UTF-8 or not named. */
static bool filter_encoding(const char *bytes, size_t n)
{
	char head[256];
	const char *end, *name;

	if (n >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) {
		bytes += 3;
		n -= 3;
	}
	if (n < 5 || memcmp(bytes, "<?xml", 5) != 0)
		return true;
	if (n > sizeof(head) - 1)
		n = sizeof(head) - 1;
	memcpy(head, bytes, n);
	head[n] = '\0';
	end = strstr(head, "?>");
	name = strstr(head, "encoding");
	if (!end)
		return false; /* a declaration of more than 250 bytes is no honest one */
	if (!name || name > end)
		return true;
	name += strlen("encoding");
	name += strspn(name, " \t\r\n=");
	return strncasecmp(name, "\"utf-8\"", 7) == 0 || strncasecmp(name, "'utf-8'", 7) == 0;
}

static int filter_run(const char *what, const char *name, const char *bytes, size_t n,
	struct error *reterr)
{
	struct filter f = {bytes, n, 0, 1};

	if (memchr(bytes, '\0', n) || !filter_encoding(bytes, n))
		return error_set(reterr, ERROR_INPUT,
			"%s:1: the %s is not encoded in UTF-8; save it as UTF-8 and try again",
			name, what);
	while (f.pos < f.size) {
		long line = f.line;
		bool whole = true;

		if (bytes[f.pos] != '<') {
			if (bytes[f.pos++] == '\n')
				f.line++;
			continue;
		}
		if (filter_at(&f, "<!--"))
			whole = filter_past(&f, "-->");
		else if (filter_at(&f, "<![CDATA["))
			whole = filter_past(&f, "]]>");
		else if (filter_at(&f, "<?"))
			whole = filter_past(&f, "?>");
		else if (filter_at(&f, "<!"))
			return error_set(reterr, ERROR_INPUT,
				"%s:%ld: the %s has a document type declaration (<!DOCTYPE or a part "
				"of one), which is never accepted; remove it and write out the "
				"entities it defines", name, line, what);
		else if (!filter_tag(&f))
			return error_set(reterr, ERROR_INPUT,
				"%s:%ld: a tag of more than %d bytes; split its attributes into "
				"elements as the schema describes", name, line, SAFEXML_TAG_MAX);
		if (!whole)
			break; /* the parser reports the unfinished construct */
	}
	return 0;
}

/* ---- the parser ---------------------------------------------------------------------- */

static xmlParserInput *refuse_entity(const char *url, const char *id, xmlParserCtxt *context)
{
	(void)url;
	(void)id;
	xmlStopParser(context);
	return NULL;
}

static void setup(void)
{
	xmlInitParser();
	xmlSetExternalEntityLoader(refuse_entity);
}

static void setup_once(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, setup);
}

static void parser_complaint(void *data, xmlError *problem)
{
	xmlParserCtxt *parser = data;

	complaint_take(parser->_private, problem->line, problem->message);
}

static void parser_doctype(void *data, const xmlChar *name, const xmlChar *id,
	const xmlChar *system)
{
	xmlParserCtxt *parser = data;

	(void)name;
	(void)id;
	(void)system;
	complaint_take(parser->_private, xmlSAX2GetLineNumber(parser),
		"document type declarations are never accepted");
	xmlStopParser(parser);
}

static void parser_entity(void *data, const xmlChar *name, int type, const xmlChar *id,
	const xmlChar *system, xmlChar *content)
{
	(void)type;
	(void)content;
	parser_doctype(data, name, id, system);
}

static int parse(const char *what, const char *name, const void *bytes, size_t n,
	xmlDoc **ret_doc, struct error *reterr)
{
	_cleanup_(safexml_freep) xmlDoc *doc = NULL;
	struct complaint complaint = {0};
	xmlParserCtxt *parser;

	parser = xmlNewParserCtxt();
	if (!parser)
		return error_set(reterr, ERROR_SYSTEM, "%s: no memory for the XML parser", name);
	parser->_private = &complaint;
	parser->sax->serror = parser_complaint;
	parser->sax->internalSubset = parser_doctype;
	parser->sax->externalSubset = parser_doctype;
	parser->sax->entityDecl = parser_entity;
	doc = xmlCtxtReadMemory(parser, bytes, (int)n, NULL, "UTF-8",
		XML_PARSE_NONET | XML_PARSE_BIG_LINES | XML_PARSE_NOCDATA);
	if (parser->wellFormed && !complaint.set && doc) {
		xmlFreeParserCtxt(parser);
		*ret_doc = STEAL(doc);
		return 0;
	}
	xmlFreeParserCtxt(parser);
	return error_set(reterr, ERROR_INPUT,
		"%s:%ld: the %s is not well-formed XML: %s; correct the file at this line", name,
		complaint.line, what, complaint.set ? complaint.text : "no document");
}

int safexml_parse_own(const void *bytes, size_t n, xmlDoc **ret_doc, struct error *reterr)
{
	setup_once();
	return parse("dossier", "dossier", bytes, n, ret_doc, reterr);
}

/* ---- the schema ---------------------------------------------------------------------- */

static void schema_complaint(void *data, xmlError *problem)
{
	long line = problem->node ? safexml_line(problem->node) : problem->line;

	complaint_take(data, line, problem->message);
}

static int validate(const struct safexml_form *form, const char *name, xmlDoc *doc,
	struct error *reterr)
{
	const struct norm_embedded *file = norm_embedded_find(form->schema);
	struct complaint complaint = {0};
	xmlSchemaParserCtxt *parser;
	xmlSchemaValidCtxt *valid = NULL;
	xmlSchema *schema = NULL;
	int verdict = -1;

	parser = file ? xmlSchemaNewMemParserCtxt((const char *)file->bytes, (int)file->size) : NULL;
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
		return error_set(reterr, ERROR_INTERNAL, "%s: cannot use the schema %s: %s", name,
			form->schema, complaint.text);
	return error_set(reterr, ERROR_INPUT, "%s:%ld: the %s breaks its form: %s; see schema/xml/%s",
		name, complaint.line, form->what, complaint.text, form->schema);
}

int safexml_parse(const struct safexml_form *form, const char *name, const void *bytes, size_t n,
	xmlDoc **ret_doc, struct error *reterr)
{
	_cleanup_(safexml_freep) xmlDoc *doc = NULL;
	int r;

	setup_once();
	if (n > form->max_bytes)
		return error_set(reterr, ERROR_INPUT,
			"%s: the %s has %zu bytes, more than the %zu that are accepted; split it", name,
			form->what, n, form->max_bytes);
	r = filter_run(form->what, name, bytes, n, reterr);
	if (r < 0)
		return r;
	r = parse(form->what, name, bytes, n, &doc, reterr);
	if (r < 0)
		return r;
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
