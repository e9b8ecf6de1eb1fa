/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fingerprint engine: loads a directory, keeps files by kind, and finds the first
 * fingerprint that matches. Read-only after loading. Reference: Recog's behaviour.
 */
#include "scanner/fingerprint/fingerprint.h"

#include "common/text.h"
#include "scanner/fingerprint/recog.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#define FILES_MAX 1000

struct fingerprints {
	struct recog_file **files; /* in name order */
	size_t n_files;
	const char **kinds; /* sorted, each once */
	size_t n_kinds;
	size_t count;
	struct subject *subject; /* for one match at a time */
};

/* ---- paths ------------------------------------------------------------------------------- */

static int is_xml(const struct dirent *entry)
{
	size_t n = strlen(entry->d_name);

	return n > 4 && entry->d_name[0] != '.' && strcmp(entry->d_name + n - 4, ".xml") == 0;
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

void recog_paths_free(char **paths, size_t n)
{
	for (size_t i = 0; paths && i < n; i++)
		free(paths[i]);
	free(paths);
}

static char *join(const char *directory, const char *name)
{
	char *path = NULL;

	return asprintf(&path, "%s/%s", directory, name) < 0 ? NULL : path;
}

int recog_paths(const char *path, char ***ret_paths, size_t *ret_n, struct error *reterr)
{
	struct dirent **entries = NULL;
	struct stat status;
	char **paths = NULL;
	int n = 1, r = 0;

	if (stat(path, &status) < 0)
		return error_errno(reterr, ERROR_INPUT, errno,
			"cannot read fingerprints from \"%s\"", path);
	if (S_ISDIR(status.st_mode))
		n = scandir(path, &entries, is_xml, by_bytes);
	if (n <= 0 || n > FILES_MAX)
		r = error_set(reterr, ERROR_INPUT, "cannot read fingerprints from \"%s\": %s",
			path,
			n == 0	? "no *.xml file is there"
			: n < 0 ? strerror(errno)
				: "too many files");
	else if (!(paths = calloc((size_t)n, sizeof(*paths))))
		r = error_set(reterr, ERROR_SYSTEM, "cannot list \"%s\": no memory", path);
	for (int i = 0; r == 0 && i < n; i++) {
		paths[i] = entries ? join(path, entries[i]->d_name) : strdup(path);
		if (!paths[i])
			r = error_set(
				reterr, ERROR_SYSTEM, "cannot list \"%s\": no memory", path);
	}
	for (int i = 0; entries && i < n; i++)
		free(entries[i]);
	free(entries);
	if (r < 0) {
		recog_paths_free(paths, n > 0 ? (size_t)n : 0);
		return r;
	}
	*ret_paths = paths;
	*ret_n = (size_t)n;
	return 0;
}

/* ---- loading ----------------------------------------------------------------------------- */

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void list_kinds(struct fingerprints *fingerprints)
{
	size_t n = 0;

	for (size_t i = 0; i < fingerprints->n_files; i++)
		fingerprints->kinds[i] = fingerprints->files[i]->kind;
	qsort(fingerprints->kinds, fingerprints->n_files, sizeof(*fingerprints->kinds),
		by_text);
	for (size_t i = 0; i < fingerprints->n_files; i++)
		if (n == 0 || strcmp(fingerprints->kinds[n - 1], fingerprints->kinds[i]) != 0)
			fingerprints->kinds[n++] = fingerprints->kinds[i];
	fingerprints->n_kinds = n;
}

int fingerprints_load(const char *directory, struct fingerprints **ret_fingerprints,
	struct error *reterr)
{
	_cleanup_(fingerprints_freep) struct fingerprints *fingerprints =
		calloc(1, sizeof(*fingerprints));
	char **paths = NULL;
	size_t n = 0;
	int r = recog_paths(directory, &paths, &n, reterr);

	if (r < 0)
		return r;
	if (fingerprints) {
		fingerprints->files = calloc(n, sizeof(*fingerprints->files));
		fingerprints->kinds = calloc(n, sizeof(*fingerprints->kinds));
		fingerprints->subject = calloc(1, sizeof(*fingerprints->subject));
	}
	if (!fingerprints || !fingerprints->files || !fingerprints->kinds ||
		!fingerprints->subject || !subject_init(fingerprints->subject, NULL, 0))
		r = error_set(reterr, ERROR_SYSTEM, "cannot load \"%s\": no memory", directory);
	for (size_t i = 0; r == 0 && i < n; i++) {
		r = recog_load(paths[i], &fingerprints->files[i], reterr);
		if (r < 0)
			break;
		fingerprints->n_files++;
		fingerprints->count += fingerprints->files[i]->n;
	}
	recog_paths_free(paths, n);
	if (r < 0)
		return r;
	list_kinds(fingerprints);
	*ret_fingerprints = STEAL(fingerprints);
	return 0;
}

void fingerprints_free(struct fingerprints *fingerprints)
{
	if (!fingerprints)
		return;
	for (size_t i = 0; i < fingerprints->n_files; i++)
		recog_free(fingerprints->files[i]);
	if (fingerprints->subject)
		subject_done(fingerprints->subject);
	free(fingerprints->subject);
	free(fingerprints->files);
	free(fingerprints->kinds);
	free(fingerprints);
}

size_t fingerprints_count(const struct fingerprints *fingerprints)
{
	return fingerprints->count;
}

const char *fingerprints_kind(const struct fingerprints *fingerprints, size_t index)
{
	return index < fingerprints->n_kinds ? fingerprints->kinds[index] : NULL;
}

/* ---- matching ---------------------------------------------------------------------------- */

static bool is_clean(const char *bytes, size_t size)
{
	bool clean = size <= ATTRIBUTE_VALUE_MAX;

	for (size_t i = 0; i < size; i++)
		clean &= bytes[i] >= ' ' && bytes[i] <= '~' && bytes[i] != '\\';
	return clean;
}

/* Copies a value as clean text behind what is there. NULL if no room is left. */
static const char *keep(struct fingerprint_match *match, size_t *used, const char *bytes,
	size_t size)
{
	struct str clean = STR_INIT(ATTRIBUTE_VALUE_MAX);
	char *place = match->text + *used;

	if (size < sizeof(match->text) - *used && is_clean(bytes, size)) {
		memcpy(place, bytes, size);
		place[size] = 0;
		*used += size + 1;
		return place;
	}
	text_clean(&clean, bytes, size, ATTRIBUTE_VALUE_MAX);
	if (clean.failed || clean.len >= sizeof(match->text) - *used) {
		str_done(&clean);
		return NULL;
	}
	memcpy(place, clean.data, clean.len + 1);
	*used += clean.len + 1;
	str_done(&clean);
	return place;
}

static void take(const struct recog_file *file, const struct recog_fingerprint *fingerprint,
	const struct subject *subject, struct fingerprint_match *ret_match)
{
	struct recog_result result;
	size_t used = 0;

	recog_evaluate(file, fingerprint, subject, &result);
	for (size_t i = 0; i < result.n; i++) {
		const struct recog_value *value = &result.values[i];
		const char *text =
			value->size ? keep(ret_match, &used, value->bytes, value->size) : NULL;

		if (text)
			ret_match->parameters[ret_match->n_parameters++] =
				(struct attribute){value->name, text};
	}
}

static enum fingerprint_outcome match_file(const struct recog_file *file,
	const struct subject *subject, struct fingerprint_match *ret_match)
{
	const struct recog_fingerprint *fingerprint;
	size_t index = 0;
	enum pattern_verdict verdict = recog_search(file, subject, true, &index);

	if (verdict == PATTERN_MISS)
		return FINGERPRINT_MISS;
	fingerprint = &file->fingerprints[index];
	ret_match->description = fingerprint->description;
	ret_match->file = file->name;
	ret_match->line = fingerprint->line;
	ret_match->certainty = fingerprint->certainty;
	if (verdict == PATTERN_LIMIT)
		return FINGERPRINT_LIMIT;
	take(file, fingerprint, subject, ret_match);
	return FINGERPRINT_HIT;
}

/* Whole objects and lists of variables are longer than a banner. */
static size_t input_max(const char *kind)
{
	static const char *const longer[] = {"ldap.search_result", "ntp.readvar"};

	for (size_t i = 0; i < ARRAY_SIZE(longer); i++)
		if (strcmp(kind, longer[i]) == 0)
			return FINGERPRINT_INPUT_MAX;
	return FINGERPRINT_TEXT_MAX;
}

enum fingerprint_outcome fingerprints_match(const struct fingerprints *fingerprints,
	const char *kind, const uint8_t *input, size_t size,
	struct fingerprint_match *ret_match)
{
	enum fingerprint_outcome outcome = FINGERPRINT_MISS;
	struct subject *subject = fingerprints->subject;

	ret_match->description = ret_match->file = NULL;
	ret_match->line = 0;
	ret_match->certainty = 0;
	ret_match->n_parameters = 0;
	if (size > input_max(kind))
		size = input_max(kind);
	subject_take(subject, input, size);
	for (size_t i = 0; outcome == FINGERPRINT_MISS && i < fingerprints->n_files; i++)
		if (strcmp(fingerprints->files[i]->kind, kind) == 0)
			outcome = match_file(fingerprints->files[i], subject, ret_match);
	return outcome;
}
