/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recog-format XML into structs. A file is taken whole or not at all; whatever the format does
 * not know is an error with file and line, so that a misspelt word never goes unnoticed.
 * Reference: Recog's XML schema.
 */
#include "scanner/fingerprint/recog.h"

#include "common/file.h"
#include "common/model/digest.h"
#include "common/xml/xml.h"

#include <ctype.h>
#include <stdarg.h>
#include <string.h>

#define FILE_BYTES_MAX (8u * 1024 * 1024)
#define TAG_BYTES_MAX (32u * 1024)
#define EXAMPLES_MAX 1000
#define EXAMPLE_FILE_MAX 65536

struct reader {
	struct recog_file *file;
	struct error *reterr;
};

/* ERROR_INPUT, with file and line of the node in front. */
static int __attribute__((format(printf, 3, 4)))
refuse(const struct reader *reader, const xmlNode *node, const char *fmt, ...)
{
	char why[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(why, sizeof(why), fmt, args);
	va_end(args);
	return error_set(reader->reterr, ERROR_INPUT, "%s:%ld: %s", reader->file->path,
		xmlGetLineNo(node), why);
}

static int no_memory(const struct reader *reader)
{
	return error_set(reader->reterr, ERROR_INPUT,
		"%s:1: the fingerprints need more than %u bytes of memory; split the file",
		reader->file->path, RECOG_MEMORY_MAX);
}

/* ---- the tree ---------------------------------------------------------------------------- */

static bool is_element(const xmlNode *node, const char *name)
{
	return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

static size_t count(const xmlNode *parent, const char *name)
{
	size_t n = 0;

	for (const xmlNode *node = parent->children; node; node = node->next)
		n += is_element(node, name);
	return n;
}

static const char *attribute_value(const xmlAttr *attr)
{
	return attr->children && attr->children->content ?
		(const char *)attr->children->content : "";
}

static const char *get(const xmlNode *node, const char *name)
{
	for (const xmlAttr *attr = node->properties; attr; attr = attr->next)
		if (strcmp((const char *)attr->name, name) == 0)
			return attribute_value(attr);
	return NULL;
}

/* The element has no attribute but those in `names`, and no child but those in `children`. */
static int expect(const struct reader *reader, const xmlNode *node, const char *const *names,
	const char *const *children)
{
	for (const xmlAttr *attr = node->properties; attr; attr = attr->next) {
		size_t i = 0;

		while (names[i] && strcmp(names[i], (const char *)attr->name) != 0)
			i++;
		if (!names[i])
			return refuse(reader, node, "<%s> has no attribute \"%s\"", node->name,
				attr->name);
	}
	for (const xmlNode *child = node->children; child; child = child->next) {
		size_t i = 0;

		if (child->type == XML_COMMENT_NODE || xmlIsBlankNode(child))
			continue;
		if (child->type != XML_ELEMENT_NODE)
			return refuse(
				reader, child, "text is not expected in <%s>", node->name);
		while (children[i] && !is_element(child, children[i]))
			i++;
		if (!children[i])
			return refuse(reader, child, "<%s> is not expected in <%s>",
				child->name, node->name);
	}
	return 0;
}

/* A number from 0 to 1, or the default. */
static int fraction(const struct reader *reader, const xmlNode *node, const char *name,
	double missing, double *ret)
{
	const char *text = get(node, name);
	char *end = NULL;

	*ret = missing;
	if (!text)
		return 0;
	*ret = strtod(text, &end);
	if (end == text || *end || !(*ret >= 0 && *ret <= 1))
		return refuse(
			reader, node, "%s=\"%s\" is not a number from 0 to 1", name, text);
	return 0;
}

/* The text of an element; white space around it stays. */
static char *content(struct arena *arena, const xmlNode *node)
{
	xmlChar *text = xmlNodeGetContent(node);
	char *copy = text ? arena_strdup(arena, (const char *)text) : NULL;

	xmlFree(text);
	return copy;
}

/* Runs of white space become one space, none at the ends. */
static char *squeeze(char *text)
{
	char *out = text;

	if (!text)
		return NULL;
	for (const char *p = text; *p; p++) {
		if (!isspace((unsigned char)*p))
			*out++ = *p;
		else if (out > text && out[-1] != ' ')
			*out++ = ' ';
	}
	if (out > text && out[-1] == ' ')
		out--;
	*out = '\0';
	return text;
}

/* ---- the parts of a fingerprint ---------------------------------------------------------- */

static int read_flags(const struct reader *reader, const xmlNode *node, bool *ret_ignore_case,
	bool *ret_dot_all)
{
	/* The three that speak of lines all mean, in Recog's engines, that the dot matches
	 * LF. */
	static const struct {
		const char *name;
		bool ignore_case, dot_all;
	} flags[] = {
		{"REG_ICASE", true, false}, {"IGNORECASE", true, false},
		{"REG_DOT_NEWLINE", false, true}, {"REG_MULTILINE", false, true},
		{"REG_LINE_ANY_CRLF", false, true},
	};
	const char *text = get(node, "flags");

	while (text && *text) {
		size_t n = strcspn(text, ",|"), i = 0;

		while (i < ARRAY_SIZE(flags) && (strlen(flags[i].name) != n ||
			strncmp(flags[i].name, text, n) != 0))
			i++;
		if (i == ARRAY_SIZE(flags))
			return refuse(reader, node, "flags=\"%s\" has an unknown flag",
				get(node, "flags"));
		*ret_ignore_case |= flags[i].ignore_case;
		*ret_dot_all |= flags[i].dot_all;
		text += n + (text[n] != '\0');
	}
	return 0;
}

static bool is_name(const char *text)
{
	size_t n = text ? strlen(text) : 0;

	return n > 0 && n <= ATTRIBUTE_NAME_MAX &&
		strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789._-"
			"ABCDEFGHIJKLMNOPQRSTUVWXYZ") == n;
}

static int read_param(const struct reader *reader, const xmlNode *node,
	struct recog_fingerprint *fingerprint)
{
	static const char *const names[] = {"pos", "name", "value", NULL}, *const none[] = {
										   NULL};
	const char *name = get(node, "name"), *pos = get(node, "pos"),
		   *value = get(node, "value");
	struct recog_param *param = fingerprint->params;
	char *end = NULL;
	unsigned long position = pos ? strtoul(pos, &end, 10) : 0;
	int r = expect(reader, node, names, none);

	if (r < 0)
		return r;
	if (!is_name(name))
		return refuse(reader, node,
			"<param> needs a name of at most %d letters, digits, '.', "
			"'_' and '-'",
			ATTRIBUTE_NAME_MAX);
	if (!pos || !isdigit((unsigned char)pos[0]) || *end ||
		position > pattern_groups(fingerprint->pattern))
		return refuse(reader, node,
			"pos=\"%s\" of \"%s\" is not a group of the pattern, which "
			"has %u",
			pos ? pos : "", name, pattern_groups(fingerprint->pattern));
	if (position == 0 && !value)
		return refuse(
			reader, node, "<param name=\"%s\" pos=\"0\"> needs a value", name);
	/* The last of a name wins, in the place of the first. */
	while (param < fingerprint->params + fingerprint->n_params &&
		strcmp(param->name, name) != 0)
		param++;
	fingerprint->repeats |= param < fingerprint->params + fingerprint->n_params;
	fingerprint->overruled |= position > 0 && value;
	if (param == fingerprint->params + fingerprint->n_params)
		fingerprint->n_params++;
	*param = (struct recog_param){arena_strdup(reader->file->arena, name),
		position == 0 ? arena_strdup(reader->file->arena, value) : NULL,
		(unsigned int)position};
	return param->name && (position > 0 || param->value) ? 0 : no_memory(reader);
}

/* The content of an example that stands in a file: <folder>/<base name>/<filename>. */
static int read_example_file(const struct reader *reader, const xmlNode *node,
	const char *filename, struct str *out)
{
	_cleanup_(str_done) struct str path = STR_INIT(4096);
	const char *base = reader->file->path;
	size_t n = strlen(base);

	if (!*filename || *filename == '/' || strstr(filename, "..") || strchr(filename, '\\'))
		return refuse(reader, node,
			"_filename=\"%s\" leaves the folder of the examples", filename);
	if (n > 4 && strcmp(base + n - 4, ".xml") == 0)
		n -= 4;
	str_add(&path, base, n);
	str_addf(&path, "/%s", filename);
	if (path.failed)
		return refuse(reader, node, "_filename is too long");
	if (file_read(path.data, EXAMPLE_FILE_MAX, out, reader->reterr) < 0)
		return error_wrap(reader->reterr, ERROR_INPUT, "%s:%ld", reader->file->path,
			xmlGetLineNo(node));
	return 0;
}

static int read_example_bytes(const struct reader *reader, const xmlNode *node, struct str *out)
{
	const char *encoding = get(node, "_encoding"), *filename = get(node, "_filename");
	char *text = content(reader->file->arena, node), *to = text;

	if (filename)
		return read_example_file(reader, node, filename, out);
	if (!text)
		return no_memory(reader);
	if (!encoding) {
		str_adds(out, text);
		return 0;
	}
	if (strcmp(encoding, "base64") != 0)
		return refuse(
			reader, node, "_encoding=\"%s\" is not known; base64 is", encoding);
	for (const char *p = text; *p; p++)
		if (!isspace((unsigned char)*p))
			*to++ = *p;
	*to = '\0';
	if (!base64_decode(out, text))
		return refuse(reader, node, "the example is not base64");
	return 0;
}

static int read_example(const struct reader *reader, const xmlNode *node,
	struct recog_example *example)
{
	_cleanup_(str_done) struct str bytes = STR_INIT(FILE_BYTES_MAX);
	struct arena *arena = reader->file->arena;
	size_t n = 0;
	int r = read_example_bytes(reader, node, &bytes);

	if (r < 0)
		return r;
	for (const xmlAttr *attr = node->properties; attr; attr = attr->next)
		n++;
	*example = (struct recog_example){(int)xmlGetLineNo(node),
		arena_copy(arena, bytes.data, bytes.len + 1), bytes.len,
		arena_alloc(arena, (n + 1) * sizeof(*example->expected)), 0};
	if (bytes.failed || !example->bytes || !example->expected)
		return no_memory(reader);
	for (const xmlAttr *attr = node->properties; attr; attr = attr->next) {
		struct attribute *expected = &example->expected[example->n_expected];

		if (attr->name[0] == '_')
			continue;
		expected->name = arena_strdup(arena, (const char *)attr->name);
		expected->value = arena_strdup(arena, attribute_value(attr));
		if (!expected->name || !expected->value)
			return no_memory(reader);
		example->n_expected++;
	}
	return 0;
}

static int compile_pattern(const struct reader *reader, const xmlNode *node,
	struct recog_fingerprint *fingerprint)
{
	const char *pattern = get(node, "pattern");
	bool ignore_case = false, dot_all = false;
	struct literals literals;
	char why[256] = "";
	int r = read_flags(reader, node, &ignore_case, &dot_all);

	if (r < 0)
		return r;
	if (!pattern)
		return refuse(reader, node, "<fingerprint> needs a pattern");
	fingerprint->pattern = pattern_new(pattern, ignore_case, dot_all, why, sizeof(why));
	if (!fingerprint->pattern)
		return refuse(reader, node, "cannot compile the pattern: %s", why);
	pattern_literals(pattern, ignore_case, &literals);
	return words_add(reader->file->words,
		       (size_t)(fingerprint - reader->file->fingerprints), &literals)
		       ? 0
		       : no_memory(reader);
}

static int read_parts(const struct reader *reader, const xmlNode *node,
	struct recog_fingerprint *fingerprint)
{
	for (const xmlNode *child = node->children; child; child = child->next) {
		int r = 0;

		if (is_element(child, "param"))
			r = read_param(reader, child, fingerprint);
		else if (is_element(child, "example"))
			r = read_example(reader, child,
				&fingerprint->examples[fingerprint->n_examples++]);
		else if (is_element(child, "description"))
			fingerprint->description =
				squeeze(content(reader->file->arena, child));
		if (r < 0)
			return r;
	}
	return fingerprint->description ? 0 : no_memory(reader);
}

static int read_fingerprint(const struct reader *reader, const xmlNode *node,
	struct recog_fingerprint *fingerprint)
{
	static const char *const names[] = {"pattern", "flags", "certainty", NULL};
	static const char *const children[] = {"description", "example", "param", NULL};
	size_t params = count(node, "param"), examples = count(node, "example");
	struct arena *arena = reader->file->arena;
	int r = expect(reader, node, names, children);

	fingerprint->line = (int)xmlGetLineNo(node);
	if (r == 0)
		r = fraction(
			reader, node, "certainty", RECOG_CERTAINTY, &fingerprint->certainty);
	if (r == 0)
		r = compile_pattern(reader, node, fingerprint);
	if (r < 0)
		return r;
	if (count(node, "description") != 1)
		return refuse(reader, node, "<fingerprint> needs one <description>");
	if (params >= FINGERPRINT_PARAMETERS_MAX || examples > EXAMPLES_MAX)
		return refuse(reader, node, "more than %d parameters or %d examples",
			FINGERPRINT_PARAMETERS_MAX - 1, EXAMPLES_MAX);
	fingerprint->params = arena_alloc(arena, (params + 1) * sizeof(*fingerprint->params));
	fingerprint->examples =
		arena_alloc(arena, (examples + 1) * sizeof(*fingerprint->examples));
	if (!fingerprint->params || !fingerprint->examples)
		return no_memory(reader);
	return read_parts(reader, node, fingerprint);
}

/* ---- the file ---------------------------------------------------------------------------- */

static int read_root(const struct reader *reader, const xmlNode *root)
{
	static const char *const names[] = {
		"matches", "protocol", "database_type", "preference", NULL};
	static const char *const children[] = {"fingerprint", NULL};
	struct recog_file *file = reader->file;
	const char *kind = get(root, "matches"), *protocol = get(root, "protocol");
	size_t n = strlen(file->name);
	char *lower;
	int r;

	if (!is_element(root, "fingerprints"))
		return refuse(reader, root, "the root element is <%s>, not <fingerprints>",
			root->name);
	r = expect(reader, root, names, children);
	if (r == 0)
		r = fraction(reader, root, "preference", RECOG_PREFERENCE, &file->preference);
	if (r < 0)
		return r;
	if (count(root, "fingerprint") > RECOG_FINGERPRINTS_MAX)
		return refuse(
			reader, root, "more than %d fingerprints", RECOG_FINGERPRINTS_MAX);
	if (!kind)
		n -= n > 4 && strcmp(file->name + n - 4, ".xml") == 0 ? 4 : 0;
	file->kind = kind ? arena_strdup(file->arena, kind) :
		arena_strndup(file->arena, file->name, n);
	file->protocol = lower = arena_strdup(file->arena, protocol ? protocol : "");
	file->fingerprints = arena_alloc(file->arena,
		(count(root, "fingerprint") + 1) * sizeof(*file->fingerprints));
	file->words = words_new(count(root, "fingerprint"));
	if (!file->kind || !file->protocol || !file->fingerprints || !file->words)
		return no_memory(reader);
	for (; *lower; lower++)
		*lower = (char)tolower((unsigned char)*lower);
	return 0;
}

int recog_load(const char *path, struct recog_file **ret_file, struct error *reterr)
{
	static const struct xml_kind kind = {"fingerprint file", FILE_BYTES_MAX, TAG_BYTES_MAX};
	_cleanup_(recog_freep) struct recog_file *file = calloc(1, sizeof(*file));
	_cleanup_(str_done) struct str bytes = STR_INIT(FILE_BYTES_MAX);
	_cleanup_(xml_docp) xmlDoc *doc = NULL;
	const char *slash = strrchr(path, '/');
	struct reader reader = {file, reterr};
	int r;

	if (file)
		file->arena = arena_new(RECOG_MEMORY_MAX);
	if (!file || !file->arena)
		return error_set(reterr, ERROR_SYSTEM, "cannot load \"%s\": no memory", path);
	file->path = arena_strdup(file->arena, path);
	file->name = arena_strdup(file->arena, slash ? slash + 1 : path);
	if (!file->path || !file->name)
		return no_memory(&reader);
	r = file_read(path, FILE_BYTES_MAX, &bytes, reterr);
	if (r < 0)
		return r;
	r = xml_parse(&kind, path, bytes.data, bytes.len, &doc, reterr);
	if (r < 0)
		return r;
	r = read_root(&reader, xmlDocGetRootElement(doc));
	if (r < 0)
		return r;
	for (const xmlNode *node = xmlDocGetRootElement(doc)->children; node;
		node = node->next) {
		if (node->type != XML_ELEMENT_NODE)
			continue;
		r = read_fingerprint(&reader, node, &file->fingerprints[file->n++]);
		if (r < 0)
			return r;
	}
	if (!words_seal(file->words))
		return no_memory(&reader);
	*ret_file = STEAL(file);
	return 0;
}

void recog_free(struct recog_file *file)
{
	if (!file)
		return;
	for (size_t i = 0; i < file->n; i++)
		pattern_free(file->fingerprints[i].pattern);
	words_free(file->words);
	arena_free(file->arena);
	free(file);
}
