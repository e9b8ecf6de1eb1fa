/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recog DIRECTORY: every example of Recog's own database is matched first by its own
 * fingerprint and gives the parameters that it states. Where the database is not there the
 * test is skipped (exit 77).
 */
#include "common/error.h"
#include "scanner/fingerprint/fingerprint.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#define SKIPPED 77
#define FINGERPRINTS_EXPECTED 4657 /* of the snapshot of 2026-06-29 */
#define EXAMPLES_EXPECTED 6000

static void print(void *context, const char *file, int line, const char *why)
{
	(void)context;
	printf("%s:%d: %s\n", file, line, why);
}

int main(int argc, char **argv)
{
	struct fingerprint_verdict verdict;
	struct error err = {0};

	if (argc != 2 || access(argv[1], R_OK) < 0) {
		printf("skipped: Recog's database is not at %s (meson configure "
		       "-Dshared_data=DIR)\n",
			argc == 2 ? argv[1] : "its place");
		return SKIPPED;
	}
	if (fingerprints_verify(argv[1], &verdict, print, NULL, &err) < 0) {
		printf("%s\n", err.text);
		return 1;
	}
	printf("%" PRIu64 " fingerprints, %" PRIu64 " examples, %" PRIu64 " passed, %" PRIu64
	       " failed\n",
		verdict.fingerprints, verdict.examples, verdict.passed, verdict.failed);
	return verdict.failed > 0 || verdict.passed != verdict.examples ||
		verdict.fingerprints < FINGERPRINTS_EXPECTED ||
		verdict.examples < EXAMPLES_EXPECTED;
}
