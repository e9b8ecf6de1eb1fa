/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a register: a file of XML or CSV, or a directory of CSV files; see register.h. Files
 * are read here and parsed in a confined process (transfer.h). */
#include "inventory/register/transfer.h"

#include "common/clock.h"
#include "common/file.h"
#include "common/model/digest.h"
#include "common/text.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MEMORY_MAX ((size_t)1024 * 1024 * 1024)
#define PATH_SHOWN_MAX 512

void register_document_free(struct register_document *doc)
{
	if (!doc)
		return;
	for (int k = 0; k < REGISTER_KIND_N; k++) {
		str_done(&doc->json[k]);
		str_done(&doc->owners[k]);
	}
	free(doc->statements);
	free(doc->references);
	arena_free(doc->arena);
	free(doc);
}

static int no_memory(const char *path, struct error *reterr)
{
	return error_set(reterr, ERROR_SYSTEM, "%s: no memory for the register", path);
}

static const char *shown(struct register_document *doc, const char *path)
{
	_cleanup_(str_done) struct str name = STR_INIT(PATH_SHOWN_MAX);

	text_clean(&name, path, strlen(path), PATH_SHOWN_MAX);
	return arena_strdup(doc->arena, name.data);
}

/* XML has an element where CSV has a heading; UTF-16 begins with a mark or has NULs. */
static bool is_xml(const char *bytes, size_t n, const char *encoding)
{
	size_t i = 0;

	if (n >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
		i = 3;
	while (i < n && strchr(" \t\r\n", bytes[i]) && bytes[i])
		i++;
	return !encoding && (i == n || bytes[i] == '<');
}

static bool ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n >= m && strcmp(text + n - m, end) == 0;
}

/* Neither form is sure: what does not look like XML and is not called so is CSV if it can
 * be. */
int register_read_bytes(struct register_reader *reader, const char *path, const char *encoding,
	const struct str *bytes)
{
	if (is_xml(bytes->data, bytes->len, encoding) || ends_with(path, ".xml"))
		return register_read_xml(reader, bytes->data, bytes->len);
	return register_read_csv(reader, bytes->data, bytes->len, encoding);
}

/* What is being read: the files go to `child`. */
struct source {
	struct register_child child;
	struct register_document *doc;
	struct digest *digest;
	struct error *reterr;
};

static int read_file(struct source *source, const char *path)
{
	_cleanup_(str_done) struct str bytes = STR_INIT(SAFEXML_REGISTER_MAX + 1);
	const char *name = shown(source->doc, path);
	int r = file_read(path, SAFEXML_REGISTER_MAX, &bytes, source->reterr);

	if (r < 0)
		return r;
	if (!name)
		return no_memory(path, source->reterr);
	digest_update(source->digest, bytes.data, bytes.len);
	return register_child_send(&source->child, path, name, &bytes, source->reterr);
}

/* ---- directories ------------------------------------------------------------------------- */

static int is_csv_name(const struct dirent *entry)
{
	return entry->d_name[0] != '.' &&
		(ends_with(entry->d_name, ".csv") || ends_with(entry->d_name, ".CSV"));
}

static int in_order(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int read_each(struct source *source, const char *path, struct dirent **names, int n)
{
	int r = 0;

	if (n > REGISTER_FILES_MAX)
		return error_set(source->reterr, ERROR_INPUT,
			"%s: the directory has %d CSV files; a register may have %d",
			path, n, REGISTER_FILES_MAX);
	if (n == 0)
		return error_set(source->reterr, ERROR_INPUT,
			"%s: no file of this directory is "
			"called *.csv; a register in CSV has one for each table",
			path);
	for (int i = 0; i < n && r == 0; i++) {
		const char *file = arena_printf(source->doc->arena, "%s/%s", path,
			names[i]->d_name);

		r = file ? read_file(source, file) : no_memory(path, source->reterr);
	}
	return r;
}

static int read_directory(struct source *source, const char *path)
{
	struct dirent **names = NULL;
	int n = scandir(path, &names, is_csv_name, in_order), r;

	if (n < 0)
		return error_set(
			source->reterr, ERROR_INPUT, "%s: the directory cannot be read", path);
	r = read_each(source, path, names, n);
	for (int i = 0; i < n; i++)
		free(names[i]);
	free(names);
	return r;
}

/* ---- the whole --------------------------------------------------------------------------- */

int register_check_realm(const struct register_document *doc, struct error *reterr)
{
	if (!doc->realm || !doc->realm[0])
		return error_set(reterr, ERROR_INPUT, "%s: the register does not say of "
			"which realm it is; give it in the table \"register\", or with --realm",
			doc->file);
	if (strlen(doc->realm) > 100 || doc->realm[strspn(doc->realm,
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")])
		return error_set(reterr, ERROR_INPUT, "%s: \"%.80s\" is no name of a realm: "
			"letters, digits, dots, hyphens and underscores, up to 100", doc->file,
			doc->realm);
	return 0;
}

int register_finish(struct register_reader *reader)
{
	struct register_document *doc = reader->doc;
	int r = register_check_realm(doc, reader->reterr);

	if (r < 0)
		return r;
	if (!doc->document)
		doc->document = "";
	for (int k = 0; k < REGISTER_KIND_N; k++) {
		str_adds(&doc->json[k], doc->json[k].len ? "]" : "[]");
		str_adds(&doc->owners[k], doc->owners[k].len ? "]" : "[]");
		if (doc->json[k].failed || doc->owners[k].failed)
			return no_memory(doc->file, reader->reterr);
	}
	return register_check(doc, reader->reterr);
}

static int make(const char *path, struct register_document **ret_doc, struct error *reterr)
{
	_cleanup_(register_document_freep) struct register_document *doc = calloc(1,
		sizeof(*doc));

	if (!doc || !(doc->arena = arena_new(MEMORY_MAX)) || !(doc->file = shown(doc, path)))
		return no_memory(path, reterr);
	for (int k = 0; k < REGISTER_KIND_N; k++) {
		str_init(&doc->json[k], REGISTER_JSON_MAX);
		str_init(&doc->owners[k], REGISTER_JSON_MAX);
	}
	*ret_doc = STEAL(doc);
	return 0;
}

/* The files to the process and the document from it. What the process refuses comes before what
 * cannot be read: it is about a file that came before. */
static int read_through(struct source *source, struct register_reader *reader, const char *path,
	const char *encoding, struct error *reterr)
{
	struct error unread = {0};
	struct stat status;
	int r = register_child_start(&source->child, reader, encoding, reterr), sent;

	if (r < 0)
		return r;
	source->reterr = &unread;
	sent = stat(path, &status) == 0 && S_ISDIR(status.st_mode)
		       ? read_directory(source, path)
		       : read_file(source, path);
	r = register_child_end(&source->child, source->doc, sent >= 0, reterr);
	return r == 0 && sent < 0 ? error_set(reterr, sent, "%s", unread.text) : r;
}

int register_read(struct inventory *inv, const char *path, int64_t day, const char *encoding,
	const char *realm, struct register_document **ret_doc, struct error *reterr)
{
	_cleanup_(register_document_freep) struct register_document *doc = NULL;
	struct register_reader reader = {.inv = inv, .day = day, .reterr = reterr};
	struct source source = {.digest = digest_new()};
	char text[CLOCK_TEXT_MAX];
	uint8_t sum[DIGEST_SIZE];
	int r = source.digest ? make(path, &doc, reterr) : no_memory(path, reterr);

	if (r < 0) {
		digest_free(source.digest);
		return r;
	}
	reader.doc = source.doc = doc;
	reader.file = doc->file;
	doc->realm = realm;
	snprintf(reader.today, sizeof(reader.today), "%.10s",
		clock_format(day * 86400 * CLOCK_SECOND, text));
	r = read_through(&source, &reader, path, encoding, reterr);
	digest_value(source.digest, sum);
	digest_free(source.digest);
	digest_hex(sum, doc->sha256);
	if (r == 0)
		*ret_doc = STEAL(doc);
	return r;
}
