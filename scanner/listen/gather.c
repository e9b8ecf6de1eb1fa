/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a service tells in pieces, over many answers: the names of its points, the devices
 * behind it. Each piece is kept once, in the order in which it was first heard, and at the end
 * an attribute has them all, or several numbered ones where one has no room.
 */
#include "scanner/listen/listener.h"

#include <stdio.h>
#include <string.h>

enum { PIECES_MAX = 16384, PARTS_MAX = 8, PART_MOST = ATTRIBUTE_VALUE_MAX - 8 };

struct piece_key {
	struct addr addr;
	const char *name;
	uint64_t digest; /* of the value */
};

struct piece {
	uint64_t number; /* in the order of hearing */
	int64_t time_us;
	char value[READING_NOTE_MAX + 1];
};

/* A piece as it stands in the table. */
struct place {
	const struct piece_key *key;
	const struct piece *piece;
};

int gather_init(struct listener *l, struct error *reterr)
{
	return part_table(l, PIECES_MAX, sizeof(struct piece_key), sizeof(struct piece), NULL,
		&l->pieces, reterr);
}

void gather_take(struct listener *l, const struct addr *addr, struct reading *reading)
{
	for (size_t i = 0; i < reading->n_notes; i++) {
		const struct attribute *note = &reading->notes[i];
		struct piece_key key;
		struct piece *piece;

		memset(&key, 0, sizeof(key));
		key.addr = *addr;
		key.name = note->name;
		key.digest = siphash(&l->hash_key, note->value, strlen(note->value));
		if (table_find(l->pieces, &key))
			continue;
		piece = table_add(l->pieces, &key);
		piece->number = ++l->n_pieces;
		piece->time_us = l->now_us;
		snprintf(piece->value, sizeof(piece->value), "%s", note->value);
	}
	reading->n_notes = 0;
}

static int compare(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int order = addr_compare(&x->key->addr, &y->key->addr);

	if (order == 0)
		order = strcmp(x->key->name, y->key->name);
	return order ? order : x->piece->number < y->piece->number ? -1 : 1;
}

/* As many of the pieces as have room. Returns how many. */
static size_t join(struct str *out, const struct place *places, size_t n)
{
	size_t i = 0;

	str_reset(out);
	while (i < n && out->len + strlen(places[i].piece->value) + 2 <= PART_MOST) {
		str_addf(out, "%s%s", i ? READING_NOTES_APART : "", places[i].piece->value);
		i++;
	}
	return i;
}

/* The pieces of one attribute of one host. */
static void say(struct listener *l, const struct place *places, size_t n)
{
	struct observation obs = statement_of(l, OBSERVATION_FACT, &places->key->addr);
	char names[PARTS_MAX][ATTRIBUTE_NAME_MAX + 1];

	obs.time_us = places->piece->time_us;
	reading_clear(&l->reading);
	for (size_t part = 0, done = 0; part < PARTS_MAX && done < n; part++) {
		done += join(&l->scratch, places + done, n - done);
		snprintf(names[part], sizeof(names[part]), part ? "%s.%zu" : "%s",
			places->key->name, part + 1);
		reading_add(&l->reading, names[part], l->scratch.data, l->scratch.len);
	}
	statement_say_reading(l, obs);
}

void gather_finish(struct listener *l)
{
	_cleanup_(cleanup_freep) struct place *places =
		calloc(table_size(l->pieces) + 1, sizeof(*places));
	table_cursor cursor = 0;
	const void *key;
	void *value;
	size_t n = 0;

	while (places && table_walk(l->pieces, &cursor, &key, &value))
		places[n++] = (struct place){key, value};
	if (n)
		qsort(places, n, sizeof(*places), compare);
	for (size_t first = 0, i = 1; i <= n; i++) {
		if (i < n && addr_equal(&places[i].key->addr, &places[first].key->addr) &&
			strcmp(places[i].key->name, places[first].key->name) == 0)
			continue;
		say(l, places + first, i - first);
		first = i;
	}
}
