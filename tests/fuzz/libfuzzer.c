/* SPDX-License-Identifier: Apache-2.0 */
/* The targets under libFuzzer: CADASTRE_FUZZ_TARGET names the one; tests/fuzz/run sets it. */
#include "tests/fuzz/fuzz.h"

static struct fuzz fuzz;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *name = getenv("CADASTRE_FUZZ_TARGET");

	(void)argc;
	(void)argv;
	if (!name || !fuzz_begin(name, &fuzz))
		exit(2);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	fuzz_take(&fuzz, bytes, size);
	return 0;
}
