/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs the examples that fingerprint files carry: each must be matched first by its own
 * fingerprint and give the parameters that it states. It compares bytes, before any cleaning.
 * And looks at each fingerprint for what is valid but never meant. Reference: the self-test of
 * Recog.
 */
#include "scanner/fingerprint/recog.h"

#include <stdarg.h>
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
	if (recog_search(judge->file, subject, true, &filtered) != PATTERN_HIT ||
		filtered != first) {
		snprintf(why, why_size,
			"the filter of words passes over it, which is a fault of this "
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

/* ---- fingerprints ------------------------------------------------------------------------ */

static const struct recog_param *parameter(
	const struct recog_fingerprint *fingerprint, const char *name)
{
	for (size_t i = 0; i < fingerprint->n_params; i++)
		if (strcmp(fingerprint->params[i].name, name) == 0)
			return &fingerprint->params[i];
	return NULL;
}

static bool is_used(const struct recog_fingerprint *fingerprint, unsigned int group)
{
	for (size_t i = 0; i < fingerprint->n_params; i++)
		if (fingerprint->params[i].position == group)
			return true;
	return false;
}

static bool devices_differ(const struct recog_fingerprint *fingerprint)
{
	const struct recog_param *os = parameter(fingerprint, "os.device");
	const struct recog_param *hw = parameter(fingerprint, "hw.device");

	return os && hw && os->value && hw->value && strcmp(os->value, hw->value) != 0;
}

static const struct recog_fingerprint *namesake(
	const struct recog_file *file, const struct recog_fingerprint *fingerprint)
{
	for (const struct recog_fingerprint *f = file->fingerprints; f < fingerprint; f++)
		if (strcmp(f->description, fingerprint->description) == 0)
			return f;
	return NULL;
}

static void __attribute__((format(printf, 3, 4))) remark(const struct judge *judge,
	const struct recog_fingerprint *fingerprint, const char *fmt, ...)
{
	char why[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(why, sizeof(why), fmt, args);
	va_end(args);
	judge->verdict->remarks++;
	if (judge->fault)
		judge->fault(judge->context, judge->file->path, fingerprint->line, why);
}

static void look_at(const struct judge *judge, const struct recog_fingerprint *fingerprint)
{
	const struct recog_fingerprint *other = namesake(judge->file, fingerprint);

	if (!fingerprint->n_examples)
		remark(judge, fingerprint, "remark: there is no example");
	if (fingerprint->n_examples > FINGERPRINT_EXAMPLES_MAX)
		remark(judge, fingerprint, "remark: there are more than %d examples",
			FINGERPRINT_EXAMPLES_MAX);
	if (other)
		remark(judge, fingerprint, "remark: line %d has the same description",
			other->line);
	for (unsigned int group = 1; group <= pattern_groups(fingerprint->pattern); group++)
		if (!is_used(fingerprint, group))
			remark(judge, fingerprint,
				"remark: group %u of the pattern is not used", group);
	if (fingerprint->repeats)
		remark(judge, fingerprint,
			"remark: a parameter stands twice, and its last one counts");
	if (fingerprint->overruled)
		remark(judge, fingerprint,
			"remark: a parameter has a group and a value, and the group counts");
	if (devices_differ(fingerprint))
		remark(judge, fingerprint, "remark: os.device is not hw.device");
}

static int judge_file(const char *path, struct judge *judge, struct error *reterr)
{
	_cleanup_(recog_freep) struct recog_file *file = NULL;
	int r = recog_load(path, &file, reterr);

	if (r < 0)
		return r;
	judge->file = file;
	judge->verdict->fingerprints += file->n;
	for (size_t i = 0; i < file->n; i++) {
		const struct recog_fingerprint *fingerprint = &file->fingerprints[i];

		for (size_t k = 0; k < fingerprint->n_examples; k++) {
			r = judge_example(
				judge, fingerprint, &fingerprint->examples[k], reterr);
			if (r < 0)
				return r;
		}
		look_at(judge, fingerprint);
	}
	return 0;
}

int fingerprints_verify(const char *path, struct fingerprint_verdict *ret_verdict,
	void (*fault)(void *context, const char *file, int line, const char *why),
	void *context, struct error *reterr)
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
