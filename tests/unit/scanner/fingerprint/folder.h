/* SPDX-License-Identifier: Apache-2.0 */
/* A directory of fingerprint files that goes away with its test. */
#ifndef TESTS_UNIT_SCANNER_FINGERPRINT_FOLDER_H
#define TESTS_UNIT_SCANNER_FINGERPRINT_FOLDER_H

#include "tests/unit/unit.h"

#include "common/file.h"

#include <ftw.h>
#include <stdio.h>
#include <unistd.h>

struct folder {
	char path[64];
};

static inline void folder_make(struct folder *folder)
{
	snprintf(folder->path, sizeof(folder->path), "/tmp/cadastre-test-XXXXXX");
	assert_non_null(mkdtemp(folder->path));
}

static inline const char *folder_file(const struct folder *folder, const char *name,
	const char *text, char *path, size_t size)
{
	struct error err = {0};

	snprintf(path, size, "%s/%s", folder->path, name);
	assert_int_equal(file_publish(path, text, strlen(text), &err), 0);
	return path;
}

static inline int folder_remove_one(const char *path, const struct stat *status, int kind,
	struct FTW *place)
{
	(void)status;
	(void)kind;
	(void)place;
	return remove(path);
}

static inline void folder_remove(const char *path)
{
	nftw(path, folder_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

#define FILE_HEAD "<?xml version='1.0' encoding='UTF-8'?>\n"
/* One fingerprint in a file of kind "test", protocol "Test". */
#define ONE(pattern, rest)                                                                     \
	FILE_HEAD "<fingerprints matches=\"test\" protocol=\"Test\">\n<fingerprint "           \
		  "pattern=\"" pattern "\">\n<description>one</description>\n" rest            \
		  "</fingerprint>\n</fingerprints>\n"

#endif
