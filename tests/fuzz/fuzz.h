/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzz targets: each takes any bytes, hands them to one reader as the program does, and holds
 * what comes out against what the reader promises. A target has no state between two inputs, so
 * that a file alone repeats a finding. There is one for every protocol of
 * scanner/protocol/protocols.list and one for every line of targets.list.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include "scanner/protocol/protocol.h"

#include <stdio.h>
#include <stdlib.h>

/* What must hold for every input; else the process ends, and so the finding is kept. */
#define HOLDS(condition)                                                                       \
	do {                                                                                   \
		if (!(condition)) {                                                            \
			fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__,      \
				#condition);                                                   \
			abort();                                                               \
		}                                                                              \
	} while (0)

/* One target. `take` answers whether a reader took the bytes for its own. */
struct fuzz {
	const char *name;
	bool (*take)(const uint8_t *bytes, size_t size);
	const struct protocol *protocol; /* instead of `take` */
};

/* Loads what the program loads before it hears anybody, and finds the target. False: there is
 * none of this name, or something could not be loaded; it says what. */
bool fuzz_begin(const char *name, struct fuzz *ret_fuzz);
bool fuzz_take(const struct fuzz *fuzz, const uint8_t *bytes, size_t size);

bool fuzz_protocol(const struct protocol *protocol, const uint8_t *bytes, size_t size);

/* A reading with our fingerprints, emptied; and what every reading keeps to. */
struct reading *fuzz_reading(void);
void fuzz_reading_holds(const struct reading *reading);

/* The bytes as a file that has no name: a descriptor at its beginning, the caller's. */
int fuzz_file(const uint8_t *bytes, size_t size);
/* Where such a descriptor can be opened once more. */
#define FUZZ_PATH_MAX 40
const char *fuzz_path(int fd, char path[FUZZ_PATH_MAX]);

#define FUZZ_TARGET(name) bool fuzz_##name(const uint8_t *bytes, size_t size);
#include "tests/fuzz/targets.list"
#undef FUZZ_TARGET

#endif
