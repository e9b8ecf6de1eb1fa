/* SPDX-License-Identifier: Apache-2.0 */
/*
 * golden own DIRECTORY: every example of every file, as "file, fingerprint, example, map".
 * golden match DIRECTORY: reads "file, base64" lines, writes "fingerprint, map" of the first
 * match
 * (-1: none, -2: a limit was reached). golden.py compares both with what Recog's own engine
 * says. A map is name=hexadecimal words, sorted by nobody: the reader's business.
 */
#include "common/model/digest.h"
#include "scanner/fingerprint/recog.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LINE_SIZE (1 << 20)
#define FILES_MAX 200

static struct recog_file *files[FILES_MAX];
static size_t n_files;

static void print_value(const char *name, const char *bytes, size_t size)
{
	printf("\t%s=", name);
	for (size_t i = 0; i < size; i++)
		printf("%02x", (uint8_t)bytes[i]);
}

static void print_map(const struct recog_file *file,
	const struct recog_fingerprint *fingerprint, const struct subject *subject)
{
	static struct recog_result result;

	recog_evaluate(file, fingerprint, subject, &result);
	for (size_t i = 0; i < result.n; i++)
		print_value(
			result.values[i].name, result.values[i].bytes, result.values[i].size);
	print_value("matched", fingerprint->description, strlen(fingerprint->description));
	print_value("fingerprint_db", file->kind, strlen(file->kind));
	putchar('\n');
}

static long first_match(const struct recog_file *file, const struct subject *subject)
{
	size_t index = 0;
	enum pattern_verdict verdict = recog_search(file, subject, true, &index);

	return verdict == PATTERN_HIT ? (long)index : verdict == PATTERN_MISS ? -1 : -2;
}

static int own(void)
{
	for (size_t f = 0; f < n_files; f++)
		for (size_t i = 0; i < files[f]->n; i++)
			for (size_t k = 0; k < files[f]->fingerprints[i].n_examples; k++) {
				const struct recog_fingerprint *one =
					&files[f]->fingerprints[i];
				struct subject subject;

				if (!subject_init(&subject, one->examples[k].bytes,
					one->examples[k].size))
					return 1;
				printf("%s\t%zu\t%zu\t%ld", files[f]->name, i, k,
					first_match(files[f], &subject));
				pattern_search(one->pattern, &subject);
				print_map(files[f], one, &subject);
				subject_done(&subject);
			}
	return 0;
}

static int match(void)
{
	static char line[LINE_SIZE];

	while (fgets(line, sizeof(line), stdin)) {
		char *tab = strchr(line, '\t');
		struct str bytes = STR_INIT(LINE_SIZE);
		struct subject subject;
		size_t f = 0;
		long found;

		if (!tab)
			return 1;
		*tab++ = '\0';
		tab[strcspn(tab, "\n")] = '\0';
		while (f < n_files && strcmp(files[f]->name, line) != 0)
			f++;
		if (f == n_files || !base64_decode(&bytes, tab) ||
			!subject_init(&subject, (const uint8_t *)bytes.data, bytes.len))
			return 1;
		found = first_match(files[f], &subject);
		printf("%ld", found);
		if (found >= 0)
			print_map(files[f], &files[f]->fingerprints[found], &subject);
		else
			putchar('\n');
		subject_done(&subject);
		str_done(&bytes);
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct error err = {0};
	char **paths = NULL;
	size_t n = 0;
	int r = argc == 3 ? recog_paths(argv[2], &paths, &n, &err) : -1;

	for (size_t i = 0; r == 0 && i < n && n_files < FILES_MAX; i++) {
		r = recog_load(paths[i], &files[n_files], &err);
		n_files += r == 0;
	}
	recog_paths_free(paths, n);
	if (r < 0)
		fprintf(stderr, "%s\n", argc == 3 ? err.text : "golden own|match DIRECTORY");
	else
		r = strcmp(argv[1], "own") == 0 ? own() : match();
	for (size_t i = 0; i < n_files; i++)
		recog_free(files[i]);
	return r != 0;
}
