/* SPDX-License-Identifier: Apache-2.0 */
/* What people read of an asset; see brief.h. */
#include "cli/brief.h"

#include "cli/writer.h"
#include "common/addr.h"
#include "common/arena.h"
#include "common/clock.h"
#include "common/siphash.h"
#include "common/str.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define FACTS_TOGETHER_MAX 16384 /* of more none are looked for that say the same */
#define PLACES_NAMED_MAX 3
#define LINE_MAX 2048
#define DISPUTE_MAX 4 /* sides of one that are told */
#define REASONS_MAX 8
#define VERDICT "verdict" /* the chapter */
#define SERIAL "hw.serial_number"

/* A fact, and on which addresses it holds. */
struct entry {
	struct fact_row fact; /* its attribute without the address */
	const char **places;
	size_t n_places, max_places;
	uint64_t digest; /* of all but the address and the evidence */
};

struct brief {
	struct arena *arena;
	struct entry *entries;
	size_t n, max;
	struct asset_row asset;
	const char *reason; /* of its role */
	size_t n_addresses;
};

int brief_new(struct brief **ret, struct error *reterr)
{
	_cleanup_(brief_freep) struct brief *d = calloc(1, sizeof(*d));

	if (d)
		d->arena = arena_new(BRIEF_BYTES_MAX);
	if (!d || !d->arena)
		return error_set(reterr, ERROR_SYSTEM, "no memory for an asset file");
	*ret = STEAL(d);
	return 0;
}

void brief_free(struct brief *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < d->n; i++)
		free(d->entries[i].places);
	free(d->entries);
	arena_free(d->arena);
	free(d);
}

static int too_large(struct error *reterr)
{
	return error_set(reterr, ERROR_INPUT,
		"the asset file is too large to be shown as text; ask with --format json");
}

/* ---- what is known ----------------------------------------------------------------------- */

int brief_asset(struct brief *d, const struct asset_row *asset, struct error *reterr)
{
	const char **texts[] = {&d->asset.realm, &d->asset.name, &d->asset.role,
		&d->asset.state, &d->asset.vendor, &d->asset.product, &d->asset.os,
		&d->asset.system, &d->asset.addresses, &d->asset.designation};

	d->asset = *asset;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		*texts[i] = arena_strdup(d->arena, *texts[i] ? *texts[i] : "");
		if (!*texts[i])
			return too_large(reterr);
	}
	return 0;
}

/* The address that an attribute begins with, cut off into `place`; "" if it begins with
 * none. */
static const char *split(const char *attribute, char place[ADDR_TEXT_MAX])
{
	size_t n = strcspn(attribute, " ");
	struct addr addr;

	*place = '\0';
	if (n >= ADDR_TEXT_MAX || !attribute[n])
		return attribute;
	memcpy(place, attribute, n);
	place[n] = '\0';
	if (addr_parse(place, &addr, NULL) == 0)
		return attribute + n + 1;
	*place = '\0';
	return attribute;
}

static uint64_t digest_of(const struct fact_row *f, const char *attribute)
{
	static const struct siphash_key key;
	const char *texts[] = {f->chapter, attribute, f->value, f->grade, f->source, f->method};
	uint64_t parts[ARRAY_SIZE(texts) + 4] = {(uint64_t)f->run_id,
		(uint64_t)f->first_seen_us, (uint64_t)f->last_seen_us, (uint64_t)f->until_us};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		parts[4 + i] = siphash(&key, texts[i], strlen(texts[i]));
	return siphash(&key, parts, sizeof(parts));
}

static bool add_place(struct brief *d, struct entry *e, const char *place)
{
	if (e->n_places == e->max_places) {
		size_t max = e->max_places ? 2 * e->max_places : 2;
		const char **bigger = reallocarray(e->places, max, sizeof(*bigger));

		if (!bigger)
			return false;
		e->places = bigger;
		e->max_places = max;
	}
	e->places[e->n_places] = arena_strdup(d->arena, place);
	return e->places[e->n_places++] != NULL;
}

static struct entry *add_entry(struct brief *d, const struct fact_row *f, const char *attribute)
{
	struct entry *e;

	if (d->n == d->max) {
		size_t max = d->max ? 2 * d->max : 64;
		struct entry *bigger = reallocarray(d->entries, max, sizeof(*bigger));

		if (!bigger)
			return NULL;
		d->entries = bigger;
		d->max = max;
	}
	e = &d->entries[d->n];
	*e = (struct entry){.fact = *f};
	e->fact.chapter = arena_strdup(d->arena, f->chapter);
	e->fact.attribute = arena_strdup(d->arena, attribute);
	e->fact.value = arena_strdup(d->arena, f->value);
	e->fact.grade = arena_strdup(d->arena, f->grade);
	e->fact.source = arena_strdup(d->arena, f->source);
	e->fact.method = arena_strdup(d->arena, f->method);
	e->fact.evidence = arena_strdup(d->arena, f->evidence);
	if (!e->fact.evidence || !e->fact.method || !e->fact.source || !e->fact.grade ||
		!e->fact.value)
		return NULL;
	d->n++;
	return e;
}

static struct entry *find(struct brief *d, uint64_t digest)
{
	for (size_t i = d->n; i > 0 && d->n < FACTS_TOGETHER_MAX; i--)
		if (d->entries[i - 1].digest == digest)
			return &d->entries[i - 1];
	return NULL;
}

int brief_fact(struct brief *d, const struct fact_row *f, struct error *reterr)
{
	char place[ADDR_TEXT_MAX];
	const char *attribute = split(f->attribute, place);
	uint64_t digest = digest_of(f, attribute);
	struct entry *e = *place ? find(d, digest) : NULL;

	if (strcmp(f->chapter, "address") == 0)
		d->n_addresses++;
	if (!e) {
		e = add_entry(d, f, attribute);
		if (!e)
			return too_large(reterr);
		e->digest = digest;
	} else if (strcmp(e->fact.evidence, f->evidence) != 0) {
		e->fact.evidence = "several";
	}
	if (strcmp(f->chapter, "identity") == 0 && strcmp(attribute, "role") == 0)
		d->reason = e->fact.source;
	return !*place || add_place(d, e, place) ? 0 : too_large(reterr);
}

/* ---- in a few lines ---------------------------------------------------------------------- */

static int line(
	struct writer *writer, const char *name, const char *value, struct error *reterr)
{
	return *value ? writer_row(writer, (const char *[]){name, value}, reterr) : 0;
}

static bool is_of(const struct entry *e, const char *name)
{
	const char *attribute = e->fact.attribute;
	size_t n = strlen(attribute), m = strlen(name);

	return !e->fact.until_us && n >= m && strcmp(attribute + n - m, name) == 0 &&
	       (n == m || attribute[n - m - 1] == ' ');
}

/* "hw.serial_number: 1 (s7), 2 (snmp)", if those who tell it do not agree. */
static int tell_dispute(const struct brief *d, struct writer *writer, struct error *reterr)
{
	_cleanup_(str_done) struct str text = STR_INIT(LINE_MAX);
	const struct entry *sides[DISPUTE_MAX];
	size_t n = 0;

	for (size_t i = 0; i < d->n && n < DISPUTE_MAX; i++) {
		bool known = !is_of(&d->entries[i], SERIAL);

		for (size_t k = 0; k < n && !known; k++)
			known = strcasecmp(sides[k]->fact.value, d->entries[i].fact.value) == 0;
		if (!known)
			sides[n++] = &d->entries[i];
	}
	for (size_t k = 0; n > 1 && k < n; k++)
		str_addf(&text, "%s%s (%s)", k ? ", " : SERIAL ": ", sides[k]->fact.value,
			sides[k]->fact.source);
	return line(writer, "in dispute", text.data ? text.data : "", reterr);
}

/* What a file should say and this one does not. */
static int tell_unknown(const struct brief *d, struct writer *writer, struct error *reterr)
{
	const struct {
		const char *name, *value;
	} wanted[] = {
		{"what it is", strcmp(d->asset.role, "unknown") == 0 ? "" : d->asset.role},
		{"maker", d->asset.vendor}, {"product", d->asset.product},
		{"operating system", d->asset.os}, {"whose system it is of", d->asset.system}};
	_cleanup_(str_done) struct str text = STR_INIT(LINE_MAX);

	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++)
		if (!*wanted[i].value)
			str_addf(&text, "%s%s", text.len ? ", " : "", wanted[i].name);
	return line(writer, "not known", text.data, reterr);
}

static int tell_role(const struct brief *d, struct writer *writer, struct error *reterr)
{
	_cleanup_(str_done) struct str text = STR_INIT(LINE_MAX);

	str_adds(&text, d->asset.role);
	if (d->reason && *d->reason)
		str_addf(&text, ": %s", d->reason);
	return line(writer, "is", text.data, reterr);
}

/* The next row of the verdict from `i` on: of `aspect` and, if not "", of this part; NULL:
 * none. */
static const struct fact_row *verdict_row(
	const struct brief *d, size_t *i, const char *aspect, const char *part)
{
	size_t n = strlen(aspect);

	while (*i < d->n) {
		const struct fact_row *f = &d->entries[(*i)++].fact;

		if (strcmp(f->chapter, VERDICT) == 0 && strncmp(f->attribute, aspect, n) == 0 &&
			strcmp(f->attribute + n, part) == 0)
			return f;
	}
	return NULL;
}

static int tell_lines(const struct brief *d, const char *aspect, const char *part,
	const char *name, struct writer *writer, struct error *reterr)
{
	const struct fact_row *f;
	size_t at = 0, told = 0;
	char more[40];
	int r = 0;

	while (r == 0 && (f = verdict_row(d, &at, aspect, part)))
		if (told++ < REASONS_MAX)
			r = line(writer, name, f->value, reterr);
	snprintf(more, sizeof(more), "and %zu more", told - REASONS_MAX);
	return r < 0 || told <= REASONS_MAX ? r : line(writer, "", more, reterr);
}

/* What it is, how sure that is, who says so, and who says something else; the latter also where
 * there is no verdict because all that is said is of something else. */
static int tell_verdict(const struct brief *d, const char *aspect, const char *name,
	const char *otherwise, struct writer *writer, struct error *reterr)
{
	_cleanup_(str_done) struct str text = STR_INIT(LINE_MAX);
	size_t at = 0;
	const struct fact_row *f = verdict_row(d, &at, aspect, "");
	const struct fact_row *sure = verdict_row(d, &at, aspect, ".confidence");
	int r;

	if (f && sure) {
		str_addf(&text, "%s (%s, %s %s)", f->value, f->source, sure->value,
			sure->source);
	} else if (!*otherwise) {
		at = 0;
		otherwise = verdict_row(d, &at, aspect, ".contradiction") ? "no verdict" : "";
	}
	r = line(writer, name, text.len ? text.data : otherwise, reterr);
	if (r == 0)
		r = tell_lines(d, aspect, ".reason", "", writer, reterr);
	if (r == 0)
		r = tell_lines(d, aspect, ".besides", "besides", writer, reterr);
	return r < 0 ? r
		     : tell_lines(d, aspect, ".contradiction", "contradiction", writer, reterr);
}

static int tell_times(const struct brief *d, struct writer *writer, struct error *reterr)
{
	char first[CLOCK_TEXT_MAX], last[CLOCK_TEXT_MAX], text[2 * CLOCK_TEXT_MAX + 40];

	if (!d->asset.first_seen_us)
		return 0;
	clock_format(d->asset.first_seen_us / CLOCK_SECOND * CLOCK_SECOND, first);
	clock_format(d->asset.last_seen_us / CLOCK_SECOND * CLOCK_SECOND, last);
	snprintf(text, sizeof(text), "since %s, last on %s (%s)", first, last, d->asset.state);
	return line(writer, "met", text, reterr);
}

static int summary(const struct brief *d, struct error *reterr)
{
	static const struct column columns[] = {{"asset", false}, {"in short", false}};
	_cleanup_(writer_freep) struct writer *writer = NULL;
	char number[64], system[256];
	int r = writer_new(FORM_TEXT, "asset", columns, ARRAY_SIZE(columns), &writer, reterr);

	snprintf(number, sizeof(number), "%" PRIu64, d->asset.id);
	snprintf(system, sizeof(system), d->asset.tier ? "%.200s, tier %d" : "%.200s",
		d->asset.system, d->asset.tier);
	if (r == 0)
		r = line(writer, "number", number, reterr);
	if (r == 0)
		r = line(writer, "name", d->asset.name, reterr);
	if (r == 0)
		r = tell_role(d, writer, reterr);
	if (r == 0)
		r = tell_verdict(d, "vendor", "maker", d->asset.vendor, writer, reterr);
	if (r == 0)
		r = tell_verdict(d, "model", "product", d->asset.product, writer, reterr);
	if (r == 0)
		r = tell_verdict(d, "device", "kind of device", "", writer, reterr);
	if (r == 0)
		r = tell_verdict(d, "os", "operating system", d->asset.os, writer, reterr);
	if (r == 0)
		r = line(writer, "system", system, reterr);
	if (r == 0)
		r = line(writer, "CII", d->asset.designation, reterr);
	if (r == 0)
		r = line(writer, "addresses", d->asset.addresses, reterr);
	if (r == 0)
		r = tell_times(d, writer, reterr);
	if (r == 0)
		r = tell_dispute(d, writer, reterr);
	if (r == 0)
		r = tell_unknown(d, writer, reterr);
	return r < 0 ? r : writer_finish(writer, reterr);
}

/* ---- every fact -------------------------------------------------------------------------- */

static void put_attribute(const struct brief *d, const struct entry *e, struct str *out)
{
	size_t n = e->n_places;

	str_reset(out);
	if (n > PLACES_NAMED_MAX && n == d->n_addresses)
		str_addf(out, "all %zu addresses", n);
	else
		for (size_t i = 0; i < n && i < PLACES_NAMED_MAX; i++)
			str_addf(out, "%s%s", i ? ", " : "", e->places[i]);
	if (n > PLACES_NAMED_MAX && n != d->n_addresses)
		str_addf(out, " and %zu more", n - PLACES_NAMED_MAX);
	str_addf(out, "%s%s", n ? " " : "", e->fact.attribute);
}

int brief_print(struct brief *d, int (*fact)(void *context, const struct fact_row *fact),
	void *context, struct error *reterr)
{
	_cleanup_(str_done) struct str attribute = STR_INIT(LINE_MAX);
	int r = summary(d, reterr);

	if (r == 0 && putchar('\n') == EOF)
		r = error_errno(reterr, ERROR_SYSTEM, errno, "cannot write to standard output");
	for (size_t i = 0; i < d->n && r == 0; i++) {
		struct fact_row f = d->entries[i].fact;

		if (strcmp(f.chapter, VERDICT) == 0)
			continue; /* in the few lines */
		put_attribute(d, &d->entries[i], &attribute);
		f.attribute = attribute.data;
		r = fact(context, &f);
	}
	return r;
}
