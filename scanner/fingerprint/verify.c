/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs the examples that fingerprint files carry: each must be matched first by its own
 * fingerprint and give the parameters that it states. It compares bytes, before any cleaning.
 * Reference: the self-test of Recog.
 */
#include "scanner/fingerprint/recog.h"

#include <stdio.h>
#include <string.h>

struct judge {
	const struct recog_file *file;
	struct fingerprint_verdict *verdict;
	void (*fault)(void *context, const char *file, int line, const char *why);
	void *context;
	struct recog_result result;
};

/* Why a value differs from what is expected; NULL if it does not. */
static const char *difference(struct judge *judge, const struct recog_fingerprint *fingerprint,
	const struct attribute *expected, char *why, size_t why_size)
{
	const struct recog_result *result = &judge->result;

	if (strcmp(expected->name, "matched") == 0 &&
		strcmp(expected->value, fingerprint->description) == 0)
		return NULL;
	for (size_t i = 0; i < result->n; i++) {
		const struct recog_value *value = &result->values[i];

		if (strcmp(value->name, expected->name) != 0)
			continue;
		if (value->size == strlen(expected->value) &&
			memcmp(value->bytes, expected->value, value->size) == 0)
			return NULL;
		snprintf(why, why_size, "%s is \"%.*s\", not \"%s\"", expected->name,
			(int)value->size, value->bytes, expected->value);
		return why;
	}
	snprintf(why, why_size, "%s is absent; \"%s\" is expected", expected->name,
		expected->value);
	return why;
}

static const char *try_example(struct judge *judge, const struct recog_fingerprint *fingerprint,
	const struct recog_example *example, const struct subject *subject, char *why,
	size_t why_size)
{
	const struct recog_fingerprint *all = judge->file->fingerprints;
	size_t first = 0, filtered = 0;
	enum pattern_verdict verdict = recog_search(judge->file, subject, false, &first);
	const char *reason = NULL;

	if (verdict == PATTERN_LIMIT) {
		snprintf(why, why_size, "the pattern of line %d takes more than %d steps",
			all[first].line, PATTERN_STEPS_MAX);
		return why;
	}
	if (verdict == PATTERN_MISS || first > (size_t)(fingerprint - all)) {
		snprintf(why, why_size, "the example does not match its fingerprint");
		return why;
	}
	if (&all[first] != fingerprint) {
		snprintf(why, why_size, "the fingerprint of line %d matches the example first",
			all[first].line);
		return why;
	}
	if (recog_search(judge->file, subject, true, &filtered) != PATTERN_HIT || filtered != first) {
		snprintf(why, why_size, "the filter of words passes over it, which is a fault of this "
					"program");
		return why;
	}
	recog_evaluate(judge->file, fingerprint, subject, &judge->result);
	if (judge->result.unfilled) {
		snprintf(why, why_size, "%s cannot be filled in", judge->result.unfilled);
		return why;
	}
	for (size_t i = 0; !reason && i < example->n_expected; i++)
		reason = difference(judge, fingerprint, &example->expected[i], why, why_size);
	return reason;
}

static int judge_example(struct judge *judge, const struct recog_fingerprint *fingerprint,
	const struct recog_example *example, struct error *reterr)
{
	struct subject subject;
	const char *reason;
	char why[512];

	if (!subject_init(&subject, example->bytes, example->size))
		return error_set(reterr, ERROR_SYSTEM, "cannot verify \"%s\": no memory",
			judge->file->path);
	reason = try_example(judge, fingerprint, example, &subject, why, sizeof(why));
	subject_done(&subject);
	judge->verdict->examples++;
	if (!reason) {
		judge->verdict->passed++;
		return 0;
	}
	judge->verdict->failed++;
	if (judge->fault)
		judge->fault(judge->context, judge->file->path, example->line, reason);
	return 0;
}

static int judge_file(const char *path, struct judge *judge, struct error *reterr)
{
	_cleanup_(recog_freep) struct recog_file *file = NULL;
	int r = recog_load(path, &file, reterr);

	if (r < 0)
		return r;
	judge->file = file;
	judge->verdict->fingerprints += file->n;
	for (size_t i = 0; i < file->n; i++)
		for (size_t k = 0; k < file->fingerprints[i].n_examples; k++) {
			r = judge_example(judge, &file->fingerprints[i],
				&file->fingerprints[i].examples[k], reterr);
			if (r < 0)
				return r;
		}
	return 0;
}

int fingerprints_verify(const char *path, struct fingerprint_verdict *ret_verdict,
	void (*fault)(void *context, const char *file, int line, const char *why), void *context,
	struct error *reterr)
{
	struct judge judge = {NULL, ret_verdict, fault, context, {.n = 0}};
	char **paths = NULL;
	size_t n = 0;
	int r;

	*ret_verdict = (struct fingerprint_verdict){0};
	r = recog_paths(path, &paths, &n, reterr);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = judge_file(paths[i], &judge, reterr);
	recog_paths_free(paths, n);
	return r;
}
