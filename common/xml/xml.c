/* SPDX-License-Identifier: Apache-2.0 */
/* XML from strangers; see xml.h. */
#include "common/xml/xml.h"

#include "common/cleanup.h"
#include "common/text.h"
#include "common/xml/internal.h"

#include <libxml/xmlIO.h>

#include <pthread.h>
#include <string.h>
#include <strings.h>

void xml_complain(struct xml_complaint *complaint, long line, const char *message)
{
	struct str text = STR_INIT(XML_COMPLAINT_MAX - 1);
	size_t n = message ? strlen(message) : 0;

	if (complaint->set)
		return;
	while (n > 0 &&
		(message[n - 1] == '\n' || message[n - 1] == '.' || message[n - 1] == ' '))
		n--;
	text_clean(&text, message ? message : "", n, XML_COMPLAINT_MAX - 1);
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
static bool filter_tag(struct filter *f, size_t max)
{
	size_t start = f->pos;
	char quote = 0;

	for (; f->pos < f->size; f->pos++) {
		char c = f->bytes[f->pos];

		if (f->pos - start >= max)
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

static int filter_run(const struct xml_kind *kind, const char *name, const char *bytes,
	size_t n, struct error *reterr)
{
	struct filter f = {bytes, n, 0, 1};

	if (memchr(bytes, '\0', n) || !filter_encoding(bytes, n))
		return error_set(reterr, ERROR_INPUT,
			"%s:1: the %s is not encoded in UTF-8; save it as UTF-8 and try again",
			name, kind->what);
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
				"entities it defines",
				name, line, kind->what);
		else if (!filter_tag(&f, kind->tag_max))
			return error_set(reterr, ERROR_INPUT,
				"%s:%ld: a tag of more than %zu bytes; split its attributes "
				"into elements as the schema describes",
				name, line, kind->tag_max);
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

void xml_setup_once(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, setup);
}

static void parser_complaint(void *data, xmlError *problem)
{
	xmlParserCtxt *parser = data;

	xml_complain(parser->_private, problem->line, problem->message);
}

static void parser_doctype(void *data, const xmlChar *name, const xmlChar *id,
	const xmlChar *system)
{
	xmlParserCtxt *parser = data;

	(void)name;
	(void)id;
	(void)system;
	xml_complain(parser->_private, xmlSAX2GetLineNumber(parser),
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
	_cleanup_(xml_docp) xmlDoc *doc = NULL;
	struct xml_complaint complaint = {0};
	xmlParserCtxt *parser;

	parser = xmlNewParserCtxt();
	if (!parser)
		return error_set(
			reterr, ERROR_SYSTEM, "%s: no memory for the XML parser", name);
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
		"%s:%ld: the %s is not well-formed XML: %s; correct the file at this line",
		name, complaint.line, what, complaint.set ? complaint.text : "no document");
}

int xml_parse(const struct xml_kind *kind, const char *name, const void *bytes, size_t n,
	xmlDoc **ret_doc, struct error *reterr)
{
	int r;

	xml_setup_once();
	if (n > kind->max_bytes)
		return error_set(reterr, ERROR_INPUT,
			"%s: the %s has %zu bytes, more than the %zu that are accepted; split "
			"it",
			name, kind->what, n, kind->max_bytes);
	r = filter_run(kind, name, bytes, n, reterr);
	return r < 0 ? r : parse(kind->what, name, bytes, n, ret_doc, reterr);
}
