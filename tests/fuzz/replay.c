/* SPDX-License-Identifier: Apache-2.0 */
/*
 * replay TARGET DIRECTORY: hands every file of a directory to a target, in the order of names.
 * A failed test if there is none, or if no reader takes any of them for its own: such a corpus
 * reaches nothing.
 */
#include "tests/fuzz/corpus.h"
#include "tests/fuzz/fuzz.h"

struct replay {
	struct fuzz fuzz;
	int taken;
};

static void take(void *context, const uint8_t *bytes, size_t size)
{
	struct replay *replay = context;

	replay->taken += fuzz_take(&replay->fuzz, bytes, size);
}

int main(int argc, char **argv)
{
	struct replay replay = {.taken = 0};
	int n;

	if (argc != 3 || !fuzz_begin(argv[1], &replay.fuzz)) {
		fprintf(stderr, "usage: replay TARGET DIRECTORY\n");
		return 2;
	}
	n = corpus_each(argv[2], take, &replay);
	if (n == 0)
		fprintf(stderr, "%s has no corpus at %s; see docs/fuzzing.md\n", argv[1],
			argv[2]);
	if (n <= 0)
		return 1;
	printf("%s: %d inputs, %d taken\n", argv[1], n, replay.taken);
	return replay.taken == 0;
}
