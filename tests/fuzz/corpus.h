/* SPDX-License-Identifier: Apache-2.0 */
/* The files of a corpus one after the other, in the order of their names. */
#ifndef TESTS_FUZZ_CORPUS_H
#define TESTS_FUZZ_CORPUS_H

#include "common/file.h"

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CORPUS_INPUT_MAX (1 << 20)
#define CORPUS_PATH_MAX 4096

static inline int corpus_is_input(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* Memory of exactly the file's size. NULL: it cannot be read, and why was said. */
static inline uint8_t *corpus_input(const char *directory, const char *name, size_t *ret_size)
{
	struct str bytes = STR_INIT(CORPUS_INPUT_MAX);
	struct error err = {0};
	char path[CORPUS_PATH_MAX + 256];
	uint8_t *exact = NULL;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	if (file_read(path, CORPUS_INPUT_MAX, &bytes, &err) < 0)
		fprintf(stderr, "%s\n", err.text);
	else
		exact = malloc(bytes.len ? bytes.len : 1);
	if (exact && bytes.len)
		memcpy(exact, bytes.data, bytes.len);
	*ret_size = bytes.len;
	str_done(&bytes);
	return exact;
}

/* How many there were; -1: one could not be read. A directory that is not there has none. */
static inline int corpus_each(const char *directory,
	void (*take)(void *context, const uint8_t *bytes, size_t size), void *context)
{
	struct dirent **entries;
	int n = scandir(directory, &entries, corpus_is_input, alphasort), r = 0;

	for (int i = 0; i < n; i++) {
		size_t size;
		uint8_t *bytes = corpus_input(directory, entries[i]->d_name, &size);

		if (bytes)
			take(context, bytes, size);
		else
			r = -1;
		free(bytes);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	return r < 0 ? r : n < 0 ? 0 : n;
}

#endif
