/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The guard in front of libxml2 for fingerprint files: a pass over the bytes refuses what the
 * parser should never see, then the parser runs with every door to the outside shut. It does
 * not judge the content; recog.c does. Reference: XML 1.0, fifth edition.
 */
#include "scanner/fingerprint/guard.h"

#include "common/text.h"

#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#define MESSAGE_MAX 256
#define DECLARATION_MAX 256

struct scan {
	const char *bytes;
	size_t size, pos;
	long line;
};

static bool at(const struct scan *scan, const char *text)
{
	size_t n = strlen(text);

	return scan->size - scan->pos >= n && memcmp(scan->bytes + scan->pos, text, n) == 0;
}

static void past(struct scan *scan, const char *end)
{
	for (; scan->pos < scan->size; scan->pos++) {
		if (at(scan, end)) {
			scan->pos += strlen(end);
			return;
		}
		if (scan->bytes[scan->pos] == '\n')
			scan->line++;
	}
}

/* Steps over one tag, with regard to quotes. False if it is too long. */
static bool past_tag(struct scan *scan)
{
	size_t start = scan->pos;
	char quote = 0;

	for (; scan->pos < scan->size; scan->pos++) {
		char c = scan->bytes[scan->pos];

		if (scan->pos - start >= GUARD_TAG_MAX)
			return false;
		if (c == '\n')
			scan->line++;
		if (quote) {
			if (c == quote)
				quote = 0;
		} else if (c == '"' || c == '\'') {
			quote = c;
		} else if (c == '>') {
			scan->pos++;
			return true;
		}
	}
	return true; /* cut short; the parser says where */
}

/* The XML declaration names UTF-8 or no encoding. */
static bool is_utf8_declared(const char *bytes, size_t size)
{
	char head[DECLARATION_MAX + 1];
	size_t n = size < DECLARATION_MAX ? size : DECLARATION_MAX;
	const char *end, *name;

	memcpy(head, bytes, n);
	head[n] = '\0';
	if (strncmp(head, "\xef\xbb\xbf", 3) == 0)
		memmove(head, head + 3, n - 2);
	if (strncmp(head, "<?xml", 5) != 0)
		return true;
	end = strstr(head, "?>");
	name = strstr(head, "encoding");
	if (!end)
		return false;
	if (!name || name > end)
		return true;
	name += strlen("encoding");
	name += strspn(name, " \t\r\n=");
	return strncasecmp(name, "\"utf-8\"", 7) == 0 || strncasecmp(name, "'utf-8'", 7) == 0;
}

static int inspect(const char *name, const char *bytes, size_t size, struct error *reterr)
{
	struct scan scan = {bytes, size, 0, 1};

	if (memchr(bytes, '\0', size) || !is_utf8_declared(bytes, size))
		return error_set(reterr, ERROR_INPUT,
			"%s:1: the fingerprint file is not encoded in UTF-8; save it as UTF-8", name);
	while (scan.pos < size) {
		long line = scan.line;

		if (bytes[scan.pos] != '<') {
			if (bytes[scan.pos++] == '\n')
				scan.line++;
			continue;
		}
		if (at(&scan, "<!--"))
			past(&scan, "-->");
		else if (at(&scan, "<![CDATA["))
			past(&scan, "]]>");
		else if (at(&scan, "<?"))
			past(&scan, "?>");
		else if (at(&scan, "<!"))
			return error_set(reterr, ERROR_INPUT,
				"%s:%ld: the fingerprint file has a document type declaration, which is "
				"never accepted; remove it", name, line);
		else if (!past_tag(&scan))
			return error_set(reterr, ERROR_INPUT,
				"%s:%ld: a tag of more than %u bytes; a fingerprint needs far less",
				name, line, GUARD_TAG_MAX);
	}
	return 0;
}

/* The first complaint of the parser. */
struct complaint {
	bool set;
	int line;
	char text[MESSAGE_MAX];
};

static void complain(struct complaint *complaint, int line, const char *message)
{
	struct str text = STR_INIT(MESSAGE_MAX - 1);
	size_t n = message ? strlen(message) : 0;

	if (complaint->set)
		return;
	while (n > 0 && strchr("\n. ", message[n - 1]))
		n--;
	text_clean(&text, message ? message : "", n, MESSAGE_MAX - 1);
	complaint->set = true;
	complaint->line = line;
	snprintf(complaint->text, sizeof(complaint->text), "%s", text.data);
	str_done(&text);
}

static void on_error(void *data, xmlError *problem)
{
	xmlParserCtxt *parser = data;

	complain(parser->_private, problem->line, problem->message);
}

static void on_doctype(void *data, const xmlChar *name, const xmlChar *id, const xmlChar *system)
{
	xmlParserCtxt *parser = data;

	(void)name;
	(void)id;
	(void)system;
	complain(parser->_private, xmlSAX2GetLineNumber(parser),
		"document type declarations are never accepted");
	xmlStopParser(parser);
}

static void on_entity(void *data, const xmlChar *name, int type, const xmlChar *id,
	const xmlChar *system, xmlChar *content)
{
	(void)type;
	(void)content;
	on_doctype(data, name, id, system);
}

int guard_parse(const char *name, const char *bytes, size_t size, xmlDoc **ret_doc,
	struct error *reterr)
{
	struct complaint complaint = {0};
	_cleanup_(guard_docp) xmlDoc *doc = NULL;
	xmlParserCtxt *parser;
	bool good;
	int r;

	if (size > GUARD_FILE_MAX)
		return error_set(reterr, ERROR_INPUT,
			"%s:1: the fingerprint file has more than %u bytes; split it", name,
			GUARD_FILE_MAX);
	r = inspect(name, bytes, size, reterr);
	if (r < 0)
		return r;
	xmlInitParser();
	parser = xmlNewParserCtxt();
	if (!parser)
		return error_set(reterr, ERROR_SYSTEM, "%s: no memory for the XML parser", name);
	parser->_private = &complaint;
	parser->sax->serror = on_error;
	parser->sax->internalSubset = on_doctype;
	parser->sax->externalSubset = on_doctype;
	parser->sax->entityDecl = on_entity;
	doc = xmlCtxtReadMemory(parser, bytes, (int)size, NULL, "UTF-8",
		XML_PARSE_NONET | XML_PARSE_BIG_LINES | XML_PARSE_NOCDATA);
	good = parser->wellFormed && !complaint.set && doc;
	xmlFreeParserCtxt(parser);
	if (!good)
		return error_set(reterr, ERROR_INPUT,
			"%s:%d: the fingerprint file is not well-formed XML: %s", name,
			complaint.set ? complaint.line : 1,
			complaint.set ? complaint.text : "it has no content");
	*ret_doc = STEAL(doc);
	return 0;
}
