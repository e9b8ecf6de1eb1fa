/* SPDX-License-Identifier: Apache-2.0 */
/* The first fingerprint of a file that matches, behind the filter of the file's words. Pure. */
#include "scanner/fingerprint/recog.h"

#include <string.h>

enum pattern_verdict recog_search(const struct recog_file *file, const struct subject *subject,
	bool filtered, size_t *ret_index)
{
	uint64_t set[RECOG_FINGERPRINTS_MAX / 64 + 1];
	size_t n = words_count(file->words);

	if (filtered)
		words_find(file->words, subject->bytes, subject->size, subject->utf8, set);
	else
		memset(set, 0xff, n * sizeof(*set));
	for (size_t k = 0; k < n; k++)
		for (uint64_t left = set[k]; left; left &= left - 1) {
			size_t i = 64 * k + (size_t)__builtin_ctzll(left);
			enum pattern_verdict verdict;

			if (i >= file->n)
				break;
			verdict = pattern_search(file->fingerprints[i].pattern, subject);
			*ret_index = i;
			if (verdict != PATTERN_MISS)
				return verdict;
		}
	return PATTERN_MISS;
}
