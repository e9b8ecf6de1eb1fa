/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a hit to its parameters, by Recog's rules: captures, fixed values with `{name}` filled
 * in, the file's protocol where the fingerprint states none; names that begin with "_tmp." are
 * only for filling in. Pure.
 */
#include "scanner/fingerprint/recog.h"

#include <string.h>

static struct recog_value *find(struct recog_result *result, const char *name, size_t size)
{
	for (size_t i = 0; i < result->n; i++)
		if (strlen(result->values[i].name) == size &&
			memcmp(result->values[i].name, name, size) == 0)
			return &result->values[i];
	return NULL;
}

static bool ends(const char *text, size_t size, const char *end)
{
	size_t n = strlen(end);

	return size >= n && memcmp(text + size - n, end, n) == 0;
}

static bool put(struct recog_result *result, const void *bytes, size_t size)
{
	if (size > sizeof(result->scratch) - result->used)
		return false;
	memcpy(result->scratch + result->used, bytes, size);
	result->used += size;
	return true;
}

/* What stands for `{name}` in the value called `key`: that value, or "-" where a CPE lacks a
 * version. NULL if nothing may. */
static const struct recog_value *reference(struct recog_result *result, const char *key,
	const char *name, size_t size)
{
	static const struct recog_value dash = {"", "-", 1};
	const struct recog_value *value = find(result, name, size);

	if (value && value->bytes)
		return value;
	return ends(key, strlen(key), ".cpe23") && ends(name, size, ".version") ? &dash : NULL;
}

/* Size of the name in "{name}" at `text`; 0 if there is none. */
static size_t placeholder(const char *text, const char *end)
{
	size_t n = 0;

	if (text >= end || *text != '{')
		return 0;
	while (text + 1 + n < end && !strchr(" \t\r\n\f\v{}", text[1 + n]))
		n++;
	return text + 1 + n < end && text[1 + n] == '}' ? n : 0;
}

static bool fill(struct recog_result *result, struct recog_value *value)
{
	const char *text = value->bytes, *end = text + value->size;
	size_t start = result->used;

	while (text < end) {
		size_t n = placeholder(text, end);
		const struct recog_value *other;

		if (n == 0) {
			if (!put(result, text++, 1))
				return false;
			continue;
		}
		other = reference(result, value->name, text + 1, n);
		if (!other || !put(result, other->bytes, other->size))
			return false;
		text += n + 2;
	}
	value->bytes = result->scratch + start;
	value->size = result->used - start;
	return true;
}

/* Drops the values that are absent and those that were only for filling in. */
static void settle(struct recog_result *result)
{
	size_t n = 0;

	for (size_t i = 0; i < result->n; i++)
		if (result->values[i].bytes && strncmp(result->values[i].name, "_tmp.", 5) != 0)
			result->values[n++] = result->values[i];
	result->n = n;
}

void recog_evaluate(const struct recog_file *file, const struct recog_fingerprint *fingerprint,
	const struct subject *subject, struct recog_result *ret_result)
{
	const struct recog_value *protocol;

	ret_result->n = ret_result->used = 0;
	ret_result->unfilled = NULL;
	for (size_t i = 0; i < fingerprint->n_params; i++) {
		const struct recog_param *param = &fingerprint->params[i];
		struct recog_value *value = &ret_result->values[ret_result->n++];

		*value = (struct recog_value){param->name, param->value, 0};
		if (param->position > 0)
			value->bytes = (const char *)subject_group(subject, param->position,
				&value->size);
		else
			value->size = strlen(param->value);
	}
	protocol = find(ret_result, "service.protocol", strlen("service.protocol"));
	if (!protocol || !protocol->bytes)
		ret_result->values[ret_result->n++] = (struct recog_value){"service.protocol",
			file->protocol, strlen(file->protocol)};
	for (size_t i = 0; i < fingerprint->n_params; i++) {
		struct recog_value *value = &ret_result->values[i];

		if (fingerprint->params[i].position > 0 ||
			!memchr(value->bytes, '{', value->size))
			continue;
		if (!fill(ret_result, value)) {
			ret_result->unfilled = value->name;
			value->bytes = NULL;
		}
	}
	settle(ret_result);
}
