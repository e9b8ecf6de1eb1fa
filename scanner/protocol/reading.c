/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reading: where readers put what they find out, bounded and as clean text, and how it
 * becomes observations. It never does I/O but through the sink. Host names: RFC 1123, 2.1.
 */
#include "scanner/protocol/protocol.h"

#include "common/text.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LABEL_MAX 63

void reading_clear(struct reading *reading)
{
	reading->n_attributes = reading->n_keys = reading->n_names = reading->n_notes = 0;
	reading->used = 0;
	reading->asked = false;
	reading->seed = 0;
}

/* Copies bytes as clean text without white space at the ends. NULL if nothing is left of them
 * or no room is. */
static const char *keep(struct reading *reading, const void *bytes, size_t size, size_t max)
{
	_cleanup_(str_done) struct str clean = STR_INIT(ATTRIBUTE_VALUE_MAX);
	const char *text = bytes;
	char *place = reading->text + reading->used;

	while (size > 0 && (isspace((unsigned char)text[size - 1]) || !text[size - 1]))
		size--;
	while (size > 0 && isspace((unsigned char)*text)) {
		text++;
		size--;
	}
	if (size == 0)
		return NULL;
	text_clean(&clean, text, size, max);
	if (clean.failed || clean.len == 0 ||
		clean.len >= sizeof(reading->text) - reading->used)
		return NULL;
	memcpy(place, clean.data, clean.len + 1);
	reading->used += clean.len + 1;
	return place;
}

static struct attribute *find(struct reading *reading, const char *name)
{
	for (size_t i = 0; i < reading->n_attributes; i++)
		if (strcmp(reading->attributes[i].name, name) == 0)
			return &reading->attributes[i];
	return NULL;
}

const char *reading_get(const struct reading *reading, const char *name)
{
	for (size_t i = 0; i < reading->n_attributes; i++)
		if (strcmp(reading->attributes[i].name, name) == 0)
			return reading->attributes[i].value;
	return NULL;
}

void reading_add(struct reading *reading, const char *name, const void *value, size_t size)
{
	struct attribute *place = find(reading, name);
	const char *text;

	if (!place && reading->n_attributes >= OBSERVATION_ATTRIBUTES_MAX)
		return;
	text = keep(reading, value, size, ATTRIBUTE_VALUE_MAX);
	if (!text)
		return;
	if (!place)
		place = &reading->attributes[reading->n_attributes++];
	*place = (struct attribute){name, text};
}

void reading_add_text(struct reading *reading, const char *name, const char *value)
{
	if (value)
		reading_add(reading, name, value, strlen(value));
}

static bool list_has(const char *list, const char *value)
{
	size_t n = strlen(value);

	for (const char *p = list; (p = strstr(p, value)) != NULL; p += n)
		if ((p == list || p[-1] == ' ') && (p[n] == '\0' || p[n] == ','))
			return true;
	return false;
}

/* A list that was the last thing to be kept grows where it is: room is not spent on its earlier
 * states. */
void reading_append(struct reading *reading, const char *name, const char *value)
{
	struct attribute *place = find(reading, name);
	_cleanup_(str_done) struct str text = STR_INIT(ATTRIBUTE_VALUE_MAX);
	size_t used = reading->used;
	const char *kept;

	if (!place) {
		reading_add_text(reading, name, value);
		return;
	}
	if (!*value || list_has(place->value, value))
		return;
	str_addf(&text, "%s, %s", place->value, value);
	if (place->value + strlen(place->value) + 1 == reading->text + used)
		reading->used = (size_t)(place->value - reading->text);
	kept = text.failed ? NULL : keep(reading, text.data, text.len, ATTRIBUTE_VALUE_MAX);
	if (kept)
		place->value = kept;
	else
		reading->used = used;
}

void reading_add_number(struct reading *reading, const char *name, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	reading_add_text(reading, name, text);
}

void reading_note(struct reading *reading, const char *name, const void *value, size_t size)
{
	const char *text;

	if (reading->n_notes == READING_NOTES_MAX)
		return;
	text = keep(reading, value, size, READING_NOTE_MAX);
	if (!text)
		return;
	for (size_t i = 0; i < reading->n_notes; i++)
		if (strcmp(reading->notes[i].name, name) == 0 &&
			strcmp(reading->notes[i].value, text) == 0)
			return;
	reading->notes[reading->n_notes++] = (struct attribute){name, text};
}

void reading_note_text(struct reading *reading, const char *name, const char *value)
{
	reading_note(reading, name, value, strlen(value));
}

void reading_join(struct reading *reading)
{
	for (size_t i = 0; i < reading->n_notes; i++) {
		_cleanup_(str_done) struct str joined = STR_INIT(ATTRIBUTE_VALUE_MAX);
		const char *name = reading->notes[i].name;

		for (size_t j = i; j < reading->n_notes && !find(reading, name); j++)
			if (strcmp(reading->notes[j].name, name) == 0)
				str_addf(&joined, "%s%s", joined.len ? READING_NOTES_APART : "",
					reading->notes[j].value);
		if (joined.len)
			reading_add(reading, name, joined.data, joined.len);
	}
	reading->n_notes = 0;
}

/* The records whose parameters belong together. */
static const char *const groups[] = {"service.", "os.", "hw."};

static size_t group_of(const char *name)
{
	size_t i = 0;

	while (i < ARRAY_SIZE(groups) && strncmp(name, groups[i], strlen(groups[i])) != 0)
		i++;
	return i;
}

void reading_match(struct reading *reading, const char *kind, const void *input, size_t size)
{
	bool stated[ARRAY_SIZE(groups) + 1] = {false};
	struct fingerprint_match match;
	enum fingerprint_outcome outcome;

	if (!reading->fingerprints || size == 0)
		return;
	outcome = fingerprints_match(reading->fingerprints, kind, input, size, &match);
	if (outcome == FINGERPRINT_LIMIT)
		reading_add_text(reading, "fingerprint.limit", kind);
	if (outcome != FINGERPRINT_HIT)
		return;
	for (size_t i = 0; i < reading->n_attributes; i++)
		stated[group_of(reading->attributes[i].name)] = true;
	for (size_t i = 0; i < match.n_parameters; i++) {
		const struct attribute *parameter = &match.parameters[i];
		size_t group = group_of(parameter->name);

		/* The protocol is stated by who recognised it. */
		if (strcmp(parameter->name, "service.protocol") == 0)
			continue;
		if (group == ARRAY_SIZE(groups) ? !find(reading, parameter->name)
						: !stated[group])
			reading_add_text(reading, parameter->name, parameter->value);
	}
	if (!find(reading, "fingerprint"))
		reading_add_text(reading, "fingerprint", match.description);
}

void reading_key(struct reading *reading, const char *type, const void *value, size_t size)
{
	const char *text;

	if (reading->n_keys >= READING_KEYS_MAX)
		return;
	text = keep(reading, value, size, ATTRIBUTE_VALUE_MAX);
	if (text)
		reading->keys[reading->n_keys++] = (struct attribute){type, text};
}

/* RFC 1123: labels of letters, digits and inner hyphens; the last label is not a number (that
 * would be an address); one trailing dot may stand. */
static bool is_host_name(const char *name, size_t size)
{
	size_t label = 0;
	bool number = true;

	if (size == 0 || size > READING_HOST_NAME_MAX)
		return false;
	for (size_t i = 0; i < size; i++) {
		unsigned char c = (unsigned char)name[i];

		if (c == '.') {
			if (label == 0 || name[i - 1] == '-')
				return false;
			label = 0;
			number = true;
			continue;
		}
		if (!isascii(c) || (!isalnum(c) && c != '-') || (c == '-' && label == 0) ||
			++label > LABEL_MAX)
			return false;
		number = number && isdigit(c);
	}
	return label > 0 && name[size - 1] != '-' && !number;
}

bool reading_host_name(const void *name, size_t size, char out[READING_HOST_NAME_MAX + 1])
{
	const char *text = name;

	if (size > 0 && text[size - 1] == '.')
		size--;
	if (!is_host_name(text, size))
		return false;
	for (size_t i = 0; i < size; i++)
		out[i] = (char)tolower((unsigned char)text[i]);
	out[size] = '\0';
	return true;
}

void reading_name(struct reading *reading, const char *source, const void *name, size_t size)
{
	char lower[READING_HOST_NAME_MAX + 1];
	const char *text;

	if (reading->n_names >= READING_NAMES_MAX || !reading_host_name(name, size, lower))
		return;
	for (size_t i = 0; i < reading->n_names; i++)
		if (strcmp(reading->names[i].value, lower) == 0)
			return;
	text = keep(reading, lower, strlen(lower), READING_HOST_NAME_MAX);
	if (text)
		reading->names[reading->n_names++] = (struct attribute){source, text};
}

static int emit_pair(const struct observation *service, enum observation_kind kind,
	const struct attribute pair[2], const struct observation_sink *sink,
	struct error *reterr)
{
	struct observation obs = {.kind = kind, .method = service->method,
		.time_us = service->time_us, .addr = service->addr, .attributes = pair,
		.n_attributes = 2, .transport = service->transport, .port = service->port};

	return sink->take(sink->context, &obs, reterr);
}

int reading_emit(const struct reading *reading, const struct observation *service,
	const struct observation_sink *sink, struct error *reterr)
{
	struct observation obs = *service;
	int r;

	obs.kind = OBSERVATION_SERVICE;
	obs.attributes = reading->attributes;
	obs.n_attributes = reading->n_attributes;
	r = sink->take(sink->context, &obs, reterr);
	for (size_t i = 0; r >= 0 && i < reading->n_keys; i++) {
		const struct attribute pair[2] = {{"type", reading->keys[i].name},
			{"value", reading->keys[i].value}};

		r = emit_pair(service, OBSERVATION_KEY, pair, sink, reterr);
	}
	for (size_t i = 0; r >= 0 && i < reading->n_names; i++) {
		const struct attribute pair[2] = {{"name", reading->names[i].value},
			{"source", reading->names[i].name}};

		r = emit_pair(service, OBSERVATION_NAME, pair, sink, reterr);
	}
	return r < 0 ? r : 0;
}
