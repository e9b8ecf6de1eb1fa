/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text measurement; see measure.h. Widths are taken once at a reference size and scaled: the
 * font is not hinted, so width is proportional to size. The cache is direct-mapped: a text
 * that falls on a used place takes it, and so it never grows past MEASURE_CACHE_N texts of
 * MEASURE_CACHE_TEXT_MAX bytes.
 */
#include "mapper/render/measure.h"

#include "common/siphash.h"
#include "common/text.h"
#include "mapper/render/font.h"
#include "mapper/render/paint.h"

#include <stdlib.h>
#include <string.h>

#define TAIL_MAX 10   /* bytes of the end of a name that is kept, */
#define HEAD_LEAST 2  /* and least of its beginning */
#define KERN_MM 0.05  /* by which two texts are wider together */
#define MEASURE_CACHE_N 16384
#define MEASURE_CACHE_TEXT_MAX 256
#define MEASURE_REFERENCE_PT 64.0
#define MEASURE_FIT_MAX 4096 /* most bytes of a fitted text */
#define ELLIPSIS "\xe2\x80\xa6"

struct entry {
	char *text; /* NULL: free place */
	bool bold;
	double mm_per_pt;
};

static struct entry *cache;
static double line_mm_per_pt, ascent_mm_per_pt;

static double width_of(const char *text, bool bold)
{
	double plain = font_plain_width(text, bold);
	PangoLayout *layout;
	int w, h;

	if (plain >= 0)
		return plain * FONT_MM_PER_PT;
	layout = font_layout(text, MEASURE_REFERENCE_PT, bold);
	pango_layout_get_size(layout, &w, &h);
	g_object_unref(layout);
	return (double)w / PANGO_SCALE / MEASURE_REFERENCE_PT * FONT_MM_PER_PT;
}

static double mm_per_pt(const char *text, bool bold)
{
	static const struct siphash_key key;
	double plain = font_plain_width(text, bold);
	size_t n = strlen(text);
	struct entry *entry;
	char *copy;

	if (plain >= 0)
		return plain * FONT_MM_PER_PT;
	if (!cache)
		cache = calloc(MEASURE_CACHE_N, sizeof(*cache));
	if (!cache || n > MEASURE_CACHE_TEXT_MAX)
		return width_of(text, bold);

	entry = &cache[(siphash(&key, text, n) + bold) % MEASURE_CACHE_N];
	if (entry->text && entry->bold == bold && strcmp(entry->text, text) == 0)
		return entry->mm_per_pt;

	copy = strdup(text);
	if (!copy)
		return width_of(text, bold);
	free(entry->text);
	*entry = (struct entry){copy, bold, width_of(text, bold)};
	return entry->mm_per_pt;
}

double measure_text_mm(const char *text, double size_pt, bool bold)
{
	return *text ? mm_per_pt(text, bold) * size_pt : 0;
}

bool measure_can_show(const char *text)
{
	PangoLayout *layout = font_layout(text, MEASURE_REFERENCE_PT, false);
	int unknown = pango_layout_get_unknown_glyphs_count(layout);

	g_object_unref(layout);
	return unknown == 0;
}

static void measure_line(void)
{
	PangoLayout *layout;
	int w, h;

	if (line_mm_per_pt > 0)
		return;
	layout = font_layout("Ag", MEASURE_REFERENCE_PT, false);
	pango_layout_get_size(layout, &w, &h);
	line_mm_per_pt = (double)h / PANGO_SCALE / MEASURE_REFERENCE_PT * FONT_MM_PER_PT;
	ascent_mm_per_pt = (double)pango_layout_get_baseline(layout) / PANGO_SCALE /
			   MEASURE_REFERENCE_PT * FONT_MM_PER_PT;
	g_object_unref(layout);
}

double measure_line_mm(double size_pt)
{
	measure_line();
	return line_mm_per_pt * size_pt;
}

double measure_ascent_mm(double size_pt)
{
	measure_line();
	return ascent_mm_per_pt * size_pt;
}

/* The places where a clean text may end: before each character that is no mark on the one
 * before it. Fills `ends` (byte offsets) and returns how many. */
static size_t find_ends(const char *text, size_t n_bytes, size_t *ends)
{
	size_t n = 0;

	for (const char *p = text; p < text + n_bytes; p = g_utf8_next_char(p))
		if (!g_unichar_ismark(g_utf8_get_char(p)))
			ends[n++] = (size_t)(p - text);
	return n;
}

/* The first `n` bytes without spaces at their end, and the ellipsis. */
static void cut(char *out, const char *text, size_t n)
{
	while (n && text[n - 1] == ' ')
		n--;
	memcpy(out, text, n);
	memcpy(out + n, ELLIPSIS, sizeof(ELLIPSIS));
}

/* The longest beginning that fits, by halving: widths grow with the number of characters. The
 * candidates are not cached; only the answer is likely to be asked again. */
static const char *longest(
	struct arena *arena, const struct str *text, double size_pt, bool bold, double width_mm)
{
	char candidate[MEASURE_FIT_MAX + sizeof(ELLIPSIS)];
	_cleanup_(cleanup_freep) size_t *ends = malloc((text->len + 1) * sizeof(*ends));
	size_t n, low = 0, high;

	if (!ends)
		return NULL;
	n = find_ends(text->data, text->len, ends);
	high = n ? n - 1 : 0;
	while (low < high) {
		size_t middle = low + (high - low + 1) / 2;

		cut(candidate, text->data, ends[middle]);
		if (width_of(candidate, bold) * size_pt <= width_mm)
			low = middle;
		else
			high = middle - 1;
	}
	cut(candidate, text->data, n ? ends[low] : 0);
	return arena_strdup(arena, candidate);
}

const char *measure_fit(
	struct arena *arena, const char *text, double size_pt, bool bold, double width_mm)
{
	struct str clean = STR_INIT(MEASURE_FIT_MAX);
	const char *fitted = NULL;

	if (measure_text_mm(ELLIPSIS, size_pt, bold) > width_mm)
		return arena_strdup(
			arena, measure_text_mm(text, size_pt, bold) <= width_mm ? text : "");

	if (text_clean(&clean, text, strlen(text), MEASURE_FIT_MAX) &&
		measure_text_mm(clean.data, size_pt, bold) <= width_mm)
		fitted = arena_strdup(arena, clean.data);
	else if (!clean.failed)
		fitted = longest(arena, &clean, size_pt, bold, width_mm);
	str_done(&clean);
	return fitted;
}

/* Where the last part of a name begins that ends at `end`: behind a mark of punctuation, a few
 * letters and digits of which one is a digit. `end` if its end tells nothing. */
static size_t last_part(const char *text, size_t end)
{
	size_t at = end;
	bool digit = false;

	while (at > 0 && g_ascii_isalnum(text[at - 1])) {
		digit |= g_ascii_isdigit(text[at - 1]);
		at--;
	}
	return digit && at > 0 && end - at <= TAIL_MAX && strchr(" -_/", text[at - 1]) ? at
										       : end;
}

const char *measure_fit_name(
	struct arena *arena, const char *text, double size_pt, bool bold, double width_mm)
{
	const char *fitted = measure_fit(arena, text, size_pt, bold, width_mm), *head;
	size_t end = strlen(text), at, n = fitted ? strlen(fitted) : 0;
	const char *both;
	char tail[TAIL_MAX + 1];

	if (n < sizeof(ELLIPSIS) || strcmp(fitted + n + 1 - sizeof(ELLIPSIS), ELLIPSIS) != 0 ||
		strcmp(fitted, text) == 0 || strpbrk(text, ",:"))
		return fitted; /* all of it, nothing, or a list */
	if (!strchr(text, ' '))
		end = strcspn(text, ".");
	at = last_part(text, end);
	if (at == end || n + 1 - sizeof(ELLIPSIS) >= end)
		return fitted;
	memcpy(tail, text + at, end - at);
	tail[end - at] = '\0';
	head = measure_fit(arena, text, size_pt, bold,
		width_mm - measure_text_mm(tail, size_pt, bold) - KERN_MM);
	n = head ? strlen(head) : 0;
	if (n < sizeof(ELLIPSIS) + HEAD_LEAST - 1)
		return fitted;
	both = arena_printf(arena, "%s%s", head, tail);
	return both && measure_text_mm(both, size_pt, bold) <= width_mm ? both : fitted;
}

void measure_done(void)
{
	for (size_t i = 0; cache && i < MEASURE_CACHE_N; i++)
		free(cache[i].text);
	free(cache);
	cache = NULL;
	line_mm_per_pt = ascent_mm_per_pt = 0;
	paint_done();
	font_done();
}
