/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Draws a sample at a level of redaction, every type of map in every format, and prints what
 * the estate told before: redacted SAMPLE plain|marked LEVEL FOLDER. One line for each text:
 * record.field, TAB, the text with its control characters as they are in JSON.
 */
#include "common/text.h"
#include "mapper/mapper.h"
#include "mapper/redact.h"
#include "tests/unit/mapper/sample_estate.h"
#include "tests/unit/mapper/sample_register.h"
#include "tests/unit/mapper/text_fields.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void say(const char *record, const char *field, const char *text)
{
	struct str out = STR_INIT(1 << 20);

	text_encode_json(&out, text);
	printf("%s.%s\t%s\n", record, field, out.data ? out.data : "");
	str_done(&out);
}

static void tell(struct estate *e)
{
	char text[ADDR_TEXT_MAX], number[24];

	for (size_t f = 0; f < n_text_fields; f++)
		for (uint32_t i = 0; i < text_field_records(&text_fields[f], e); i++)
			say(text_fields[f].record, text_fields[f].field,
				estate_text(*text_field_of(&text_fields[f], e, i)));
	for (uint32_t i = 0; i < e->n_addresses; i++) {
		say("addresses", "addr", addr_format(&e->addresses[i].addr, text));
		say("addresses", "mac", mac_format(&e->addresses[i].mac, text));
	}
	for (uint32_t i = 0; i < e->n_assets; i++) {
		snprintf(number, sizeof(number), "%" PRIu64, e->assets[i].id);
		say("assets", "id", number);
	}
	snprintf(number, sizeof(number), "%" PRIu64, e->run_id);
	say("estate", "run_id", number);
	say("estate", "realm", e->realm);
}

/* Addresses by their place are refused, to the public exposure too; an atlas is a book. */
static bool is_drawn(enum map_type type, enum map_format format, enum estate_redaction level)
{
	return (type != MAP_ADDRESS_SPACE || level == REDACTION_NONE) &&
	       (type != MAP_EXPOSURE || level != REDACTION_PUBLIC) &&
	       (type != MAP_ATLAS || format == MAP_PDF || format == MAP_HTML);
}

static int draw(const struct estate *e, enum estate_redaction level, const char *folder)
{
	/* Those there are, and those there may be. */
	static const char *const suffixes[] = {
		"svg", "pdf", "png", "html", "graphml", "gexf", "dot", "json"};
	struct map_request request = {.scope = "198.18.0.0/15, 2001:db8::/32",
		.dpi = 40,
		.overlays = MAP_OVERLAYS_ALL,
		.redaction = level,
		.redaction_key = {3, 4}};
	struct error err = {0};

	for (int type = 0; type < MAP_TYPE_N; type++)
		for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
			enum map_format format;
			char path[512];
			int r;

			request.type = (enum map_type)type;
			snprintf(path, sizeof(path), "%s/%s.%s", folder,
				map_type_name(request.type), suffixes[i]);
			if (map_format_of(path, &format, NULL) < 0)
				continue;
			r = map_draw(e, &request, format, path, &err);
			if (r != (is_drawn(request.type, format, level) ? 0 : ERROR_USAGE)) {
				fprintf(stderr, "%s: %d: %s\n", path, r, err.text);
				return 1;
			}
		}
	return 0;
}

int main(int argc, char **argv)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(SAMPLE_ARENA_MAX);
	enum estate_redaction level;
	struct error err = {0};

	for (int i = 0; argc == 5 && i < SAMPLE_N; i++) {
		struct estate *e;

		if (strcmp(sample_name((enum sample)i), argv[1]) != 0)
			continue;
		if (redaction_parse(argv[3], &level, &err) < 0)
			break;
		e = sample_estate(arena, (enum sample)i);
		sample_register(e);
		/* Numbers that cannot be coordinates. */
		for (uint32_t k = 0; k < e->n_assets; k++)
			e->assets[k].id = 4611686018427300000u + k;
		e->run_id = 90817263545u;
		if (strcmp(argv[2], "marked") == 0)
			text_fields_mark(e);
		tell(e);
		return draw(e, level, argv[4]);
	}
	fprintf(stderr, "usage: redacted SAMPLE plain|marked LEVEL FOLDER\n");
	return 2;
}
