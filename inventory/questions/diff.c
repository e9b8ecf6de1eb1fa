/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changes, paired and put into words; see diff.h. The database answers rows as they are, which
 * is most of what it takes; here they are led to their assets, sorted once, and told. All is
 * asked at once, of two sessions, so that what came is read and sorted while the server looks
 * for the rest.
 */
#include "inventory/questions/diff.h"

#include "common/addr.h"
#include "common/arena.h"
#include "common/model/observation.h"
#include "inventory/store/queries.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX ((size_t)4 << 30)
#define ASK_ASSETS 50000 /* asked for at once */

enum side { SIDE_NONE, SIDE_EXPOSED, SIDE_EXPOSED_ONLY, SIDE_INTERNAL };

static const char *const side_names[] = {[SIDE_EXPOSED] = "exposed: seen from the Internet",
	[SIDE_EXPOSED_ONLY] = "exposed: seen from the Internet only",
	[SIDE_INTERNAL] = "internal"};

struct thing {
	int64_t id, first_run, merge_run, merged_into;
	const char *name;
	uint32_t place; /* in the order of names */
};

/* A row that a run opened or closed. */
struct part {
	int64_t id, run; /* as the row says; run 0: of the net difference */
	const struct thing *asset; /* that has it; then that for which it speaks */
	const char *subject,
		*said;	/* what a closed service is called is put into words if it has to be */
	uint32_t place; /* of a service: its transport and port */
	bool opened;
	enum side side;   /* of a service */
	struct addr addr; /* of a service; else none */
};

struct ordered {
	uint64_t order; /* of the run, then of the asset */
	struct part *part;
};

struct change {
	int64_t run, time_us;
	const struct thing *asset;
	const char *subject, *before, *after; /* NULL: was or is not there */
};

/* Of an asset in a run. */
struct note {
	int64_t run, id, other;
};

/* A service that a run touched, by the asset that has it. */
struct served {
	int64_t run, id;
	const char *spot;
};

struct diff {
	struct db *db;
	const struct diff_scope *scope;
	struct arena *arena;
	struct db_result *opened, *closed, *said, *merges;
	struct db_result **pages; /* the names of assets are theirs */
	size_t n_pages;
	struct thing *things; /* by id */
	size_t n_things;
	bool placed; /* each thing has its place */
	bool owned;  /* each part has its thing, if that is known at all */
	struct note *merged, *turned; /* by run and asset */
	size_t n_merged, n_turned;
	struct served *served;
	size_t n_served;
	struct part *parts; /* of services, then what else was said */
	size_t n_services, n_parts;
	struct change *changes;
	size_t n_changes;
	bool sorted; /* changes, by themselves */
	struct error *reterr;
};

static int no_memory(struct diff *diff)
{
	return error_set(diff->reterr, ERROR_SYSTEM,
		"no memory for the changes; name one run, or fewer assets");
}

static char *joined(struct diff *diff, const char *const *texts, size_t n)
{
	size_t sizes[8], size = 0;
	char *out, *end;

	for (size_t i = 0; i < n; i++)
		size += sizes[i] = strlen(texts[i]);
	out = end = arena_alloc(diff->arena, size + 1);
	for (size_t i = 0; out && i < n; i++)
		end = mempcpy(end, texts[i], sizes[i]);
	return out;
}

#define JOINED(diff, ...)                                                                      \
	joined(diff, (const char *const[]){__VA_ARGS__},                                       \
		sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

/* ---- assets ------------------------------------------------------------------------------ */

static int compare_ids(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* Sorts and leaves each once. */
static size_t sort_ids(int64_t *ids, size_t n)
{
	size_t kept = 0;

	qsort(ids, n, sizeof(*ids), compare_ids);
	for (size_t i = 0; i < n; i++)
		if (ids[i] && (!kept || ids[kept - 1] != ids[i]))
			ids[kept++] = ids[i];
	return kept;
}

/* The id comes first in a thing. */
static struct thing *thing_of(const struct diff *diff, int64_t id)
{
	return bsearch(&id, diff->things, diff->n_things, sizeof(*diff->things), compare_ids);
}

/* The same for one row after the other, which mostly are in the order of their assets. */
static struct thing *next_thing(const struct diff *diff, int64_t id, struct thing *last)
{
	const struct thing *end = diff->things + diff->n_things;

	for (int i = 0; last && i < 3 && last + i < end; i++)
		if (last[i].id == id)
			return last + i;
	return thing_of(diff, id);
}

/* Takes `rows`, which are of assets not known yet. */
static int take_page(struct diff *diff, struct db_result *rows)
{
	struct db_result **pages = realloc(diff->pages, (diff->n_pages + 1) * sizeof(*pages));
	struct thing *things;

	if (pages)
		diff->pages = pages;
	if (!pages) {
		db_result_free(rows);
		return no_memory(diff);
	}
	diff->pages[diff->n_pages++] = rows;
	things = realloc(diff->things, (diff->n_things + db_rows(rows) + 1) * sizeof(*things));
	if (!things)
		return no_memory(diff);
	diff->things = things;
	for (size_t i = 0; i < db_rows(rows); i++)
		diff->things[diff->n_things++] = (struct thing){
			.id = db_get_int(rows, i, 0),
			.name = db_get_text(rows, i, 1),
			.first_run = db_get_int(rows, i, 2),
			.merge_run = db_get_int(rows, i, 3),
			.merged_into = db_get_int(rows, i, 4),
		};
	diff->placed = diff->owned = false;
	return 0;
}

static void sort_things(struct diff *diff)
{
	size_t i = 1;

	while (i < diff->n_things && diff->things[i - 1].id < diff->things[i].id)
		i++;
	if (i < diff->n_things)
		qsort(diff->things, diff->n_things, sizeof(*diff->things), compare_ids);
}

/* Learns of these assets, which are not known yet. Each once, by id. */
static int add_things(struct diff *diff, const int64_t *ids, size_t n)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i += ASK_ASSETS) {
		_cleanup_(str_done) struct str array = STR_INIT(ID_LIST_TEXT_MAX(ASK_ASSETS));
		struct db_result *rows = NULL;

		id_list_format(ids + i, n - i < ASK_ASSETS ? n - i : ASK_ASSETS, &array);
		if (array.failed)
			return no_memory(diff);
		r = db_run(diff->db, &query_changes_assets, DB_VALUES(db_text(array.data)),
			&rows, diff->reterr);
		if (r == 0)
			r = take_page(diff, rows);
	}
	sort_things(diff);
	return r;
}

/* Whose parts are, as far as that is known. */
static void find_owners(const struct diff *diff, size_t from, size_t to)
{
	struct thing *last = NULL;

	for (size_t i = from; i < to; i++) {
		struct thing *own = next_thing(diff, diff->parts[i].id, last);

		diff->parts[i].asset = own;
		last = own ? own : last;
	}
}

/* What parts, events and merges name and is not known yet; then what those were merged into. */
static int learn_assets(struct diff *diff)
{
	const struct {
		const struct db_result *rows;
		int column;
	} from[] = {{diff->scope->events, 3}, {diff->merges, 1}, {diff->merges, 2}};
	size_t n = 0, parts = diff->n_services + db_rows(diff->said);
	size_t room = 1 + parts + db_rows(diff->scope->events) + 2 * db_rows(diff->merges);
	int64_t *ids;
	int r = 0;

	ids = malloc((room + diff->n_things) * sizeof(*ids));
	if (!ids)
		return no_memory(diff);
	for (size_t i = 0; i < parts; i++)
		if (!diff->parts[i].asset && (!n || ids[n - 1] != diff->parts[i].id))
			ids[n++] = diff->parts[i].id;
	for (size_t k = 0; k < ARRAY_SIZE(from); k++)
		for (size_t i = 0; i < db_rows(from[k].rows); i++) {
			int64_t id = db_get_int(from[k].rows, i, from[k].column);

			if (!thing_of(diff, id))
				ids[n++] = id;
		}
	for (int round = 0; r == 0 && round < 2; round++) {
		n = sort_ids(ids, n);
		r = n ? add_things(diff, ids, n) : 0;
		n = 0;
		for (size_t i = 0; r == 0 && round == 0 && i < diff->n_things; i++) {
			int64_t id = diff->things[i].merged_into;

			if (id && !thing_of(diff, id))
				ids[n++] = id;
		}
	}
	free(ids);
	return r;
}

/* A name by the first bytes in which it differs from others, most of which compare without
 * it. */
struct named {
	uint64_t key;
	const char *rest; /* of the name, from there on */
	struct thing *thing;
};

static int compare_names(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int order;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	order = strcmp(x->rest, y->rest);
	return order ? order : compare_ids(&x->thing->id, &y->thing->id);
}

/* How many bytes all names begin with. */
static size_t common_prefix(const struct diff *diff)
{
	const char *first = diff->n_things ? diff->things[0].name : "";
	size_t n = strlen(first);

	for (size_t i = 1; i < diff->n_things; i++) {
		size_t same = 0;

		while (same < n && diff->things[i].name[same] == first[same])
			same++;
		n = same;
	}
	return n;
}

static int place_assets(struct diff *diff)
{
	struct named *order = malloc((diff->n_things + 1) * sizeof(*order));
	size_t prefix = common_prefix(diff);

	if (!order)
		return no_memory(diff);
	for (size_t i = 0; i < diff->n_things; i++) {
		const char *rest = diff->things[i].name + prefix;
		uint64_t key = 0;

		for (size_t n = 0, left = strnlen(rest, sizeof(key)); n < sizeof(key); n++)
			key = key << 8 | (n < left ? (unsigned char)rest[n] : 0);
		order[i] = (struct named){key, rest, &diff->things[i]};
	}
	qsort(order, diff->n_things, sizeof(*order), compare_names);
	for (size_t i = 0; i < diff->n_things; i++)
		order[i].thing->place = (uint32_t)i;
	free(order);
	diff->placed = true;
	return 0;
}

/* ---- whose a row is ---------------------------------------------------------------------- */

static const struct diff_run *run_of(const struct diff *diff, int64_t id)
{
	if (diff->scope->n_runs == 1)
		return diff->scope->runs->id == id ? diff->scope->runs : NULL;
	return bsearch(&id, diff->scope->runs, diff->scope->n_runs, sizeof(struct diff_run),
		compare_ids);
}

static int compare_notes(const void *a, const void *b)
{
	const struct note *x = a, *y = b;
	int order = compare_ids(&x->run, &y->run);

	return order ? order : compare_ids(&x->id, &y->id);
}

static const struct note *note_of(const struct note *notes, size_t n, int64_t run, int64_t id)
{
	const struct note note = {.run = run, .id = id};

	return n ? bsearch(&note, notes, n, sizeof(note), compare_notes) : NULL;
}

/* Which merges were decided, and which assets went quiet or answered again: those tell it for
 * all that is read from them. */
static int take_notes(struct diff *diff)
{
	const struct db_result *merges = diff->merges, *events = diff->scope->events;

	diff->merged = calloc(db_rows(merges) + 1, sizeof(*diff->merged));
	diff->turned = calloc(db_rows(events) + 1, sizeof(*diff->turned));
	if (!diff->merged || !diff->turned)
		return no_memory(diff);
	for (size_t i = 0; i < db_rows(merges); i++)
		diff->merged[diff->n_merged++] = (struct note){db_get_int(merges, i, 0),
			db_get_int(merges, i, 1), db_get_int(merges, i, 2)};
	for (size_t i = 0; i < db_rows(events); i++)
		if (strcmp(db_get_text(events, i, 0), "turned") == 0)
			diff->turned[diff->n_turned++] = (struct note){
				db_get_int(events, i, 1), db_get_int(events, i, 3), 0};
	qsort(diff->merged, diff->n_merged, sizeof(*diff->merged), compare_notes);
	qsort(diff->turned, diff->n_turned, sizeof(*diff->turned), compare_notes);
	return 0;
}

static bool is_meant(const struct diff *diff, const struct thing *asset)
{
	const struct id_list *meant = diff->scope->meant;

	return !meant || bsearch(&asset->id, meant->ids, meant->n, sizeof(*meant->ids),
				 compare_ids);
}

/* The asset for which a row of `own` speaks; NULL: the row tells nothing. */
static const struct thing *speaks_for(
	const struct diff *diff, const struct thing *own, int64_t run)
{
	bool net = diff->scope->net;
	const struct thing *asset = own;
	const struct note *merge;

	if (net || run == own->merge_run) {
		if (own->merged_into)
			asset = thing_of(diff, own->merged_into);
	} else {
		merge = note_of(diff->merged, diff->n_merged, run, own->id);
		if (merge)
			asset = thing_of(diff, merge->other);
	}
	if (!asset || asset->merged_into || !is_meant(diff, asset) ||
		note_of(diff->turned, diff->n_turned, net ? 0 : run, own->id))
		return NULL;
	if (net ? run_of(diff, asset->first_run) != NULL : run <= asset->first_run)
		return NULL;
	return asset;
}

/* What was found when its asset was first met is no change; unless it was merged by that
 * run. */
static bool is_first(const struct thing *own, int64_t run)
{
	return run <= own->first_run && run != own->merge_run;
}

/* ---- rows -------------------------------------------------------------------------------- */

/* Parts that tell something close up. */
static void add_part(struct diff *diff, struct part part, const struct thing *own)
{
	part.asset = speaks_for(diff, own, part.run);
	if (part.asset)
		diff->parts[diff->n_parts++] = part;
}

static char *put_number(char *end, uint32_t number)
{
	char digits[10];
	size_t n = 0;

	do
		digits[n++] = (char)('0' + number % 10);
	while ((number /= 10));
	while (n)
		*end++ = digits[--n];
	return end;
}

/* What a part is of, in words; NULL: no memory. */
static const char *subject_of(struct diff *diff, struct part *part)
{
	char text[sizeof("service ") + ADDR_TEXT_MAX + sizeof(" /65535") + 32], *end;
	uint32_t number = part->place >> 16;
	const char *transport = transport_name((enum transport)number);

	if (part->subject)
		return part->subject;
	end = stpcpy(text, "service ");
	addr_format(&part->addr, end);
	end = stpcpy(end + strlen(end), " ");
	end = strcmp(transport, "none") == 0 ? put_number(end, number)
					     : stpncpy(end, transport, 31);
	*end++ = '/';
	end = put_number(end, part->place & 65535);
	*end++ = '\0';
	return part->subject = arena_copy(diff->arena, text, (size_t)(end - text));
}

static int read_service(
	struct diff *diff, const struct db_result *rows, size_t i, struct part *ret)
{
	const char *protocol = db_get_text(rows, i, 4), *product = db_get_text(rows, i, 5);
	const char *version = db_get_text(rows, i, 6);
	enum side side = (enum side)db_get_int(rows, i, 7);

	*ret = (struct part){.run = db_is_null(rows, i, 0) ? diff->scope->runs->id
							   : db_get_int(rows, i, 0),
		.id = db_get_int(rows, i, 1),
		.place = (uint32_t)db_get_int(rows, i, 3),
		.opened = rows == diff->opened,
		.side = side ? side : SIDE_INTERNAL};
	db_get_addr(rows, i, 2, &ret->addr);
	ret->said = JOINED(diff, *protocol ? protocol : "open", *product ? " " : "", product,
		*version ? " " : "", version);
	return ret->said && (!ret->opened || subject_of(diff, ret)) ? 0 : no_memory(diff);
}

static int make_room(struct diff *diff, size_t more)
{
	struct part *parts =
		realloc(diff->parts, (diff->n_services + more + 1) * sizeof(*diff->parts));

	if (!parts)
		return no_memory(diff);
	diff->parts = parts;
	return 0;
}

/* All that needs no names. */
static int read_services(struct diff *diff, const struct db_result *rows)
{
	int r = make_room(diff, db_rows(rows));

	for (size_t i = 0; r == 0 && i < db_rows(rows); i++)
		r = read_service(diff, rows, i, &diff->parts[diff->n_services++]);
	return r;
}

static int read_said(struct diff *diff)
{
	const struct db_result *said = diff->said;
	int r = make_room(diff, db_rows(said));

	for (size_t i = 0; r == 0 && i < db_rows(said); i++)
		diff->parts[diff->n_services + i] = (struct part){.run = db_get_int(said, i, 0),
			.opened = db_get_bool(said, i, 1),
			.id = db_get_int(said, i, 2),
			.subject = db_get_text(said, i, 3),
			.said = db_get_text(said, i, 5)};
	return r;
}

/* Which services were touched matters only to what else was said. */
static int add_services(struct diff *diff)
{
	bool noted = db_rows(diff->said) > 0;

	diff->served = calloc(noted ? diff->n_services + 1 : 1, sizeof(*diff->served));
	if (!diff->served)
		return no_memory(diff);
	for (size_t i = 0; i < diff->n_services; i++) {
		struct part part = diff->parts[i];
		const struct thing *own = part.asset;

		if (!own || (part.opened && is_first(own, part.run)))
			continue;
		if (noted && !subject_of(diff, &part))
			return no_memory(diff);
		if (noted)
			diff->served[diff->n_served++] = (struct served){
				part.run, own->id, part.subject + strlen("service ")};
		add_part(diff, part, own);
	}
	return 0;
}

static int compare_served(const void *a, const void *b)
{
	const struct served *x = a, *y = b;
	int order = compare_ids(&x->id, &y->id);

	if (order == 0)
		order = strcmp(x->spot, y->spot);
	return order || !x->run || !y->run ? order : compare_ids(&x->run, &y->run);
}

/* Facts of a service that the run touched are told by the service. */
static bool is_served(const struct diff *diff, int64_t run, int64_t id, const char *spot)
{
	const struct served served = {diff->scope->net ? 0 : run, id, spot};

	return *spot && diff->n_served &&
	       bsearch(&served, diff->served, diff->n_served, sizeof(served), compare_served);
}

static void add_said(struct diff *diff)
{
	const struct db_result *rows = diff->said;

	if (db_rows(rows))
		qsort(diff->served, diff->n_served, sizeof(*diff->served), compare_served);
	for (size_t i = 0; i < db_rows(rows); i++) {
		const struct part part = diff->parts[diff->n_services + i];
		const struct thing *own = part.asset;

		if (!own || is_served(diff, part.run, own->id, db_get_text(rows, i, 4)) ||
			(part.opened && db_get_bool(rows, i, 6) && is_first(own, part.run)))
			continue;
		add_part(diff, part, own);
	}
}

/* ---- changes ----------------------------------------------------------------------------- */

/* Of one asset in one run; all have their subjects. */
static int compare_parts(const void *a, const void *b)
{
	const struct part *x = ((const struct ordered *)a)->part;
	const struct part *y = ((const struct ordered *)b)->part;
	int order = strcmp(x->subject, y->subject);

	if (order == 0)
		order = x->opened - y->opened;
	return order ? order : strcmp(x->said, y->said);
}

static bool is_same(const struct part *x, const struct part *y)
{
	return x->addr.family && y->addr.family
		       ? x->place == y->place && addr_equal(&x->addr, &y->addr)
		       : !x->addr.family && !y->addr.family &&
				 strcmp(x->subject, y->subject) == 0;
}

/* Puts parts of one asset in one run in their order. Mostly they are one service before and
 * after. */
static int sort_subjects(struct diff *diff, struct ordered *parts, size_t n)
{
	if (n == 1 || (n == 2 && is_same(parts[0].part, parts[1].part) &&
			      parts[0].part->opened != parts[1].part->opened)) {
		if (n == 2 && parts[0].part->opened) {
			struct ordered first = parts[1];

			parts[1] = parts[0];
			parts[0] = first;
		}
		return 0;
	}
	for (size_t i = 0; i < n; i++)
		if (!subject_of(diff, parts[i].part))
			return no_memory(diff);
	qsort(parts, n, sizeof(*parts), compare_parts);
	return 0;
}

/* What is not there comes last. */
static int compare_texts(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) : !a - !b;
}

static int compare_changes(const void *a, const void *b)
{
	const struct change *x = a, *y = b;
	int order;

	if (x->run != y->run)
		return x->run < y->run ? -1 : 1;
	if (x->asset != y->asset)
		return x->asset->place < y->asset->place ? -1 : 1;
	order = strcmp(x->subject, y->subject);
	if (order == 0)
		order = compare_texts(x->before, y->before);
	return order ? order : compare_texts(x->after, y->after);
}

/* Parts are paired run by run and asset by asset. */
static void put_change(struct diff *diff, struct change change)
{
	const struct change *last = &diff->changes[diff->n_changes];

	if (diff->n_changes && diff->sorted && last[-1].asset == change.asset)
		diff->sorted = compare_changes(last - 1, &change) <= 0;
	diff->changes[diff->n_changes++] = change;
}

static int add_change(struct diff *diff, const struct part *part, const char *subject,
	const char *before, const char *after)
{
	const struct diff_run *run = part->run ? run_of(diff, part->run) : NULL;

	if (before && after && strcmp(before, after) == 0)
		return 0;
	if (!subject)
		return no_memory(diff);
	put_change(diff, (struct change){part->run, run ? run->ended_us : diff->scope->net_us,
				 part->asset, subject, before, after});
	return 0;
}

/* What rows of one side say, and the furthest from the Internet that they stand. NULL: there
 * are none. */
static int sum_up(struct diff *diff, const struct ordered *parts, size_t n,
	const char **ret_said, enum side *ret_side)
{
	const char *said = n ? parts[0].part->said : NULL;
	enum side side = n ? parts[0].part->side : SIDE_NONE;

	for (size_t i = 1; said && i < n; i++) {
		said = JOINED(diff, said, ", ", parts[i].part->said);
		side = parts[i].part->side > side ? parts[i].part->side : side;
	}
	*ret_said = said;
	*ret_side = side;
	return n && !said ? no_memory(diff) : 0;
}

/* Rows of one thing, those that were closed first. */
static int pair(struct diff *diff, const struct ordered *parts, size_t n)
{
	const char *before, *after, *was = NULL, *became = NULL, *subject;
	struct part *last = parts[n - 1].part;
	enum side side_before, side_after;
	size_t closed = 0;
	int r;

	while (closed < n && !parts[closed].part->opened)
		closed++;
	r = sum_up(diff, parts, closed, &before, &side_before);
	if (r == 0)
		r = sum_up(diff, parts + closed, n - closed, &after, &side_after);
	if (r < 0)
		return r;
	if (side_before && side_after && side_before != side_after) {
		was = side_names[side_before];
		became = side_names[side_after];
	}
	if (!after && side_before && side_before != SIDE_INTERNAL)
		before = JOINED(diff, before, ", ", side_names[side_before]);
	if (!before && side_after && side_after != SIDE_INTERNAL)
		after = JOINED(diff, after, ", ", side_names[side_after]);
	subject = subject_of(diff, last);
	if ((!before && !after) || !subject)
		return no_memory(diff);
	r = add_change(diff, last, subject, before, after);
	if (r == 0 && was)
		r = add_change(diff, last, JOINED(diff, "exposure of ", subject), was, became);
	return r;
}

/* Parts by their order; those of one order stay as they are. Digits in which all are equal take
 * no time. */
static void sort_parts(struct ordered *parts, struct ordered *room, size_t n)
{
	for (unsigned int shift = 0; shift < 64; shift += 8) {
		size_t ends[256] = {0};

		for (size_t i = 0; i < n; i++)
			ends[parts[i].order >> shift & 255]++;
		if (ends[parts[0].order >> shift & 255] == n)
			continue;
		for (size_t d = 1; d < 256; d++)
			ends[d] += ends[d - 1];
		for (size_t i = n; i--;)
			room[--ends[parts[i].order >> shift & 255]] = parts[i];
		memcpy(parts, room, n * sizeof(*parts));
	}
}

static struct ordered in_order(const struct diff *diff, struct part *part)
{
	const struct diff_run *found = diff->scope->net ? NULL : run_of(diff, part->run);
	uint64_t order = part->asset->place;

	if (diff->scope->net)
		part->run = 0;
	else
		order |= (uint64_t)(found ? found - diff->scope->runs : 0) << 32;
	return (struct ordered){order, part};
}

static int pair_all(struct diff *diff)
{
	size_t all = diff->n_parts;
	struct ordered *order = malloc((2 * all + 1) * sizeof(*order));
	int r = order ? 0 : no_memory(diff);

	for (size_t i = 0; r == 0 && i < all; i++)
		order[i] = in_order(diff, &diff->parts[i]);
	if (r == 0 && all)
		sort_parts(order, order + all, all);
	for (size_t i = 0, n; r == 0 && i < all; i += n) {
		struct ordered *first = &order[i];

		for (n = 1; i + n < all && first[n].order == first[0].order; n++)
			;
		r = sort_subjects(diff, first, n);
		for (size_t done = 0, k; r == 0 && done < n; done += k) {
			for (k = 1; done + k < n; k++)
				if (!is_same(first[done + k].part, first[done].part))
					break;
			r = pair(diff, first + done, k);
		}
	}
	free(order);
	return r;
}

static void add_events(struct diff *diff)
{
	const struct db_result *rows = diff->scope->events;

	for (size_t i = 0; i < db_rows(rows); i++) {
		struct change change = {
			.run = db_get_int(rows, i, 1),
			.time_us = db_get_int(rows, i, 2),
			.asset = thing_of(diff, db_get_int(rows, i, 3)),
			.subject = db_get_text(rows, i, 4),
			.before = db_is_null(rows, i, 5) ? NULL : db_get_text(rows, i, 5),
			.after = db_is_null(rows, i, 6) ? NULL : db_get_text(rows, i, 6),
		};

		if (change.asset && is_meant(diff, change.asset) &&
			(!change.before || !change.after ||
				strcmp(change.before, change.after) != 0)) {
			diff->changes[diff->n_changes++] = change;
			diff->sorted = false;
		}
	}
}

/* ---- all of it --------------------------------------------------------------------------- */

static bool any_appeared(const struct diff *diff)
{
	const struct db_result *events = diff->scope->events;

	for (size_t i = 0; i < db_rows(events); i++)
		if (strcmp(db_get_text(events, i, 0), "appeared") == 0)
			return true;
	return false;
}

/* What is not known by them is learnt afterwards. */
static int take_names(struct diff *diff, struct db_result *named)
{
	int r = named ? take_page(diff, named) : 0;

	if (r < 0)
		return r;
	sort_things(diff);
	find_owners(diff, 0, diff->n_services + db_rows(diff->said));
	diff->owned = true;
	return place_assets(diff);
}

static int receive(struct diff *diff, struct db_beside **named)
{
	int r = db_receive(diff->db, &query_changes_opened, &diff->opened, diff->reterr);

	if (r == 0)
		r = read_services(diff, diff->opened);
	if (r == 0)
		r = db_receive(diff->db, &query_changes_closed, &diff->closed, diff->reterr);
	if (r == 0)
		r = read_services(diff, diff->closed);
	if (r == 0)
		r = db_receive(diff->db, &query_changes_said, &diff->said, diff->reterr);
	if (r == 0)
		r = read_said(diff);
	if (r == 0)
		r = db_receive(diff->db, &query_changes_merges, &diff->merges, diff->reterr);
	return r < 0 ? r : take_names(diff, db_beside_end(STEAL(*named)));
}

/* Half of it is to find names: a second session does that meanwhile. If assets appeared, most
 * of what was opened tells nothing, and names of it are not asked for. */
static int ask(struct diff *diff)
{
	_cleanup_(db_receive_endp) struct db *db = diff->db;
	const struct diff_scope *scope = diff->scope;
	bool appeared = any_appeared(diff);
	const struct db_value only = scope->n_runs == 1 ? db_int(scope->runs->id) : db_null();
	const struct db_value names = db_text(scope->names), net = db_int(scope->net);
	const struct db_value closed[] = {net, names, only};
	const struct db_value values[] = {net, names, db_int(appeared), only};
	const struct db_question questions[] = {
		{&query_changes_opened, values, 4},
		{&query_changes_closed, closed, 3},
		{&query_changes_said, values, 3},
		{&query_changes_merges, &names, 1},
	};
	_cleanup_(db_beside_endp) struct db_beside *named =
		appeared ? NULL
			 : db_beside_ask(db, &(const struct db_question){
						     &query_changes_named, &names, 1});
	int r = db_send(db, questions, ARRAY_SIZE(questions), diff->reterr);

	return r < 0 ? r : receive(diff, &named);
}

static int tell(struct diff *diff)
{
	size_t n;
	int r;

	diff->things = calloc(1, sizeof(*diff->things));
	r = diff->things ? ask(diff) : no_memory(diff);
	if (r == 0)
		r = learn_assets(diff);
	n = diff->n_services + (r == 0 ? db_rows(diff->said) : 0);
	if (r == 0 && !diff->owned)
		find_owners(diff, 0, n);
	if (r == 0 && !diff->placed)
		r = place_assets(diff);
	if (r == 0)
		r = take_notes(diff);
	if (r < 0)
		return r;
	diff->changes =
		calloc(2 * n + db_rows(diff->scope->events) + 1, sizeof(*diff->changes));
	if (!diff->changes)
		return no_memory(diff);
	diff->sorted = true;
	r = add_services(diff);
	if (r == 0) {
		add_said(diff);
		r = pair_all(diff);
	}
	if (r == 0)
		add_events(diff);
	if (!diff->sorted)
		qsort(diff->changes, diff->n_changes, sizeof(*diff->changes), compare_changes);
	return r;
}

static void diff_done(struct diff *diff)
{
	for (size_t i = 0; i < diff->n_pages; i++)
		db_result_free(diff->pages[i]);
	db_result_free(diff->opened);
	db_result_free(diff->closed);
	db_result_free(diff->said);
	db_result_free(diff->merges);
	arena_free(diff->arena);
	free(diff->pages);
	free(diff->things);
	free(diff->merged);
	free(diff->turned);
	free(diff->served);
	free(diff->parts);
	free(diff->changes);
}

int diff_show(struct db *db, const struct diff_scope *scope,
	int (*row)(void *context, const struct change_row *change), void *context,
	struct error *reterr)
{
	struct diff diff = {
		.db = db, .scope = scope, .arena = arena_new(TEXT_MAX), .reterr = reterr};
	int r = diff.arena ? tell(&diff) : no_memory(&diff);

	for (size_t i = 0; r == 0 && i < diff.n_changes; i++) {
		const struct change *c = &diff.changes[i];
		const struct change_row change = {
			.time_us = c->time_us,
			.run_id = c->run,
			.kind = !c->before ? "appeared" : !c->after ? "gone" : "changed",
			.asset_id = (uint64_t)c->asset->id,
			.asset = c->asset->name,
			.subject = c->subject,
			.before = c->before ? c->before : "",
			.after = c->after ? c->after : "",
		};

		r = row(context, &change);
	}
	diff_done(&diff);
	return r;
}
