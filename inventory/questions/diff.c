/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changes, paired and put into words; see diff.h. The database answers rows as they are, which is most
 * of what it takes; here they are led to their assets, sorted once, and told.
 */
#include "inventory/questions/diff.h"

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
	const struct thing *asset;
	const char *subject, *said;
	uint64_t order; /* of the run, then of the asset */
	bool opened;
	enum side side; /* of a service */
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
	struct db_result *services, *said, *merges;
	struct db_result **pages; /* the names of assets are theirs */
	size_t n_pages;
	struct thing *things; /* by id */
	size_t n_things;
	struct note *merged, *turned; /* by run and asset */
	size_t n_merged, n_turned;
	struct served *served;
	size_t n_served;
	struct part *parts;
	size_t n_parts;
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

static int read_rows(struct diff *diff);

static int add_page(struct diff *diff, const int64_t *ids, size_t n)
{
	_cleanup_(str_done) struct str array = STR_INIT(ID_LIST_TEXT_MAX(ASK_ASSETS));
	struct db_result *rows = NULL, **pages;
	struct thing *things;
	int r, read;

	id_list_format(ids, n, &array);
	pages = realloc(diff->pages, (diff->n_pages + 1) * sizeof(*pages));
	if (pages)
		diff->pages = pages;
	if (!pages || array.failed)
		return no_memory(diff);
	r = db_send(diff->db, &query_changes_assets, DB_VALUES(db_text(array.data)), diff->reterr);
	if (r < 0)
		return r;
	read = diff->parts ? 0 : read_rows(diff);
	r = db_receive(diff->db, &query_changes_assets, &rows, read < 0 ? NULL : diff->reterr);
	if (rows)
		diff->pages[diff->n_pages++] = rows;
	if (read < 0 || r < 0)
		return read < 0 ? read : r;
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
	return 0;
}

/* Learns of these assets, which are not known yet. Each once, by id. */
static int add_things(struct diff *diff, const int64_t *ids, size_t n)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i += ASK_ASSETS)
		r = add_page(diff, ids + i, n - i < ASK_ASSETS ? n - i : ASK_ASSETS);
	qsort(diff->things, diff->n_things, sizeof(*diff->things), compare_ids);
	return r;
}

/* What rows, events and merges name; then what those were merged into. */
static int learn_assets(struct diff *diff)
{
	const struct {
		const struct db_result *rows;
		int column;
	} from[] = {{diff->services, 2}, {diff->said, 2}, {diff->scope->events, 3},
		{diff->merges, 1}, {diff->merges, 2}};
	size_t n = 0, room = 1;
	int64_t *ids;
	int r;

	for (size_t k = 0; k < ARRAY_SIZE(from); k++)
		room += db_rows(from[k].rows);
	ids = malloc(room * sizeof(*ids));
	if (!ids)
		return no_memory(diff);
	for (size_t k = 0; k < ARRAY_SIZE(from); k++)
		for (size_t i = 0; i < db_rows(from[k].rows); i++) {
			int64_t id = db_get_int(from[k].rows, i, from[k].column);

			if (!n || ids[n - 1] != id)
				ids[n++] = id;
		}
	r = add_things(diff, ids, sort_ids(ids, n));
	n = 0;
	for (size_t i = 0; r == 0 && i < diff->n_things; i++)
		if (diff->things[i].merged_into && !thing_of(diff, diff->things[i].merged_into))
			ids[n++] = diff->things[i].merged_into;
	if (r == 0 && n)
		r = add_things(diff, ids, sort_ids(ids, n));
	free(ids);
	return r;
}

static int compare_names(const void *a, const void *b)
{
	const struct thing *x = *(struct thing *const *)a, *y = *(struct thing *const *)b;
	int order = strcmp(x->name, y->name);

	return order ? order : compare_ids(&x->id, &y->id);
}

static int place_assets(struct diff *diff)
{
	struct thing **order = malloc((diff->n_things + 1) * sizeof(struct thing *));

	if (!order)
		return no_memory(diff);
	for (size_t i = 0; i < diff->n_things; i++)
		order[i] = &diff->things[i];
	qsort(order, diff->n_things, sizeof(struct thing *), compare_names);
	for (size_t i = 0; i < diff->n_things; i++)
		order[i]->place = (uint32_t)i;
	free(order);
	return 0;
}

/* ---- whose a row is ------------------------------------------------------------------------ */

static const struct diff_run *run_of(const struct diff *diff, int64_t id)
{
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

/* Which merges were decided, and which assets went quiet or answered again: those tell it for all that is
 * read from them. */
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

/* What was found when its asset was first met is no change; unless it was merged by that run. */
static bool is_first(const struct thing *own, int64_t run)
{
	return run <= own->first_run && run != own->merge_run;
}

/* ---- rows ------------------------------------------------------------------------------------ */

/* Parts that tell something close up. */
static void add_part(struct diff *diff, struct part part, const struct thing *own)
{
	const struct diff_run *found = diff->scope->net ? NULL : run_of(diff, part.run);

	part.asset = speaks_for(diff, own, part.run);
	if (!part.asset)
		return;
	part.order = part.asset->place;
	if (diff->scope->net)
		part.run = 0;
	else
		part.order |= (uint64_t)(found ? found - diff->scope->runs : 0) << 32;
	diff->parts[diff->n_parts++] = part;
}

static const char *transport_word(const char *number)
{
	const char *name = transport_name((enum transport)strtoul(number, NULL, 10));

	return strcmp(name, "none") != 0 ? name : number;
}

static int read_service(struct diff *diff, size_t i, struct part *ret)
{
	const struct db_result *rows = diff->services;
	const char *product = db_get_text(rows, i, 7), *version = db_get_text(rows, i, 8);
	const char *protocol = db_get_text(rows, i, 6);

	*ret = (struct part){.run = db_get_int(rows, i, 0),
		.opened = db_get_bool(rows, i, 1),
		.id = db_get_int(rows, i, 2),
		.side = (enum side)db_get_int(rows, i, 9)};
	ret->subject = JOINED(diff, "service ", db_get_text(rows, i, 3), " ",
		transport_word(db_get_text(rows, i, 4)), "/", db_get_text(rows, i, 5));
	ret->said = JOINED(diff, *protocol ? protocol : "open", *product ? " " : "", product,
		*version ? " " : "", version);
	return ret->subject && ret->said ? 0 : no_memory(diff);
}

/* All that needs no names, while the server looks for those: the parts, in the order of the rows. */
static int read_rows(struct diff *diff)
{
	const struct db_result *said = diff->said;
	size_t n = db_rows(diff->services);
	int r = 0;

	diff->parts = calloc(n + db_rows(said) + 1, sizeof(*diff->parts));
	if (!diff->parts)
		return no_memory(diff);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = read_service(diff, i, &diff->parts[i]);
	for (size_t i = 0; i < db_rows(said); i++)
		diff->parts[n + i] = (struct part){.run = db_get_int(said, i, 0),
			.opened = db_get_bool(said, i, 1),
			.id = db_get_int(said, i, 2),
			.subject = db_get_text(said, i, 3),
			.said = db_get_text(said, i, 5)};
	return r;
}

static int add_services(struct diff *diff)
{
	const struct thing *own = NULL;

	diff->served = calloc(db_rows(diff->services) + 1, sizeof(*diff->served));
	if (!diff->served)
		return no_memory(diff);
	for (size_t i = 0; i < db_rows(diff->services); i++) {
		const struct part part = diff->parts[i];

		if (!own || own->id != part.id)
			own = thing_of(diff, part.id);
		if (!own || (part.opened && is_first(own, part.run)))
			continue;
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
		const struct part part = diff->parts[db_rows(diff->services) + i];
		const struct thing *own = thing_of(diff, part.id);

		if (!own || is_served(diff, part.run, own->id, db_get_text(rows, i, 4)) ||
			(part.opened && db_get_bool(rows, i, 6) && is_first(own, part.run)))
			continue;
		add_part(diff, part, own);
	}
}

/* ---- changes -------------------------------------------------------------------------------- */

static int compare_parts(const void *a, const void *b)
{
	const struct part *x = *(struct part *const *)a, *y = *(struct part *const *)b;
	int order;

	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	order = strcmp(x->subject, y->subject);
	if (order == 0)
		order = x->opened - y->opened;
	return order ? order : strcmp(x->said, y->said);
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

static void put_change(struct diff *diff, struct change change)
{
	if (diff->n_changes)
		diff->sorted = diff->sorted &&
			       compare_changes(&diff->changes[diff->n_changes - 1], &change) <= 0;
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

/* What rows of one side say, and the furthest from the Internet that they stand. NULL: there are none. */
static int sum_up(struct diff *diff, struct part *const *parts, size_t n, const char **ret_said,
	enum side *ret_side)
{
	const char *said = n ? parts[0]->said : NULL;
	enum side side = n ? parts[0]->side : SIDE_NONE;

	for (size_t i = 1; said && i < n; i++) {
		said = JOINED(diff, said, ", ", parts[i]->said);
		side = parts[i]->side > side ? parts[i]->side : side;
	}
	*ret_said = said;
	*ret_side = side;
	return n && !said ? no_memory(diff) : 0;
}

/* Rows of one thing, those that were closed first. */
static int pair(struct diff *diff, struct part *const *parts, size_t n)
{
	const char *before, *after, *was = NULL, *became = NULL;
	enum side side_before, side_after;
	size_t closed = 0;
	int r;

	while (closed < n && !parts[closed]->opened)
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
	if (!before && !after)
		return no_memory(diff);
	r = add_change(diff, *parts, parts[0]->subject, before, after);
	if (r == 0 && was)
		r = add_change(
			diff, *parts, JOINED(diff, "exposure of ", parts[0]->subject), was, became);
	return r;
}

/* Parts by their order; those of one order stay as they are. Digits in which all are equal take no time. */
static void sort_parts(struct part **parts, struct part **room, size_t n)
{
	for (unsigned int shift = 0; shift < 64; shift += 8) {
		size_t ends[256] = {0};
		struct part **from = parts;

		for (size_t i = 0; i < n; i++)
			ends[from[i]->order >> shift & 255]++;
		if (ends[from[0]->order >> shift & 255] == n)
			continue;
		for (size_t d = 1; d < 256; d++)
			ends[d] += ends[d - 1];
		for (size_t i = n; i--;)
			room[--ends[from[i]->order >> shift & 255]] = from[i];
		memcpy(parts, room, n * sizeof(struct part *));
	}
}

static int pair_all(struct diff *diff)
{
	size_t all = diff->n_parts;
	struct part **order = malloc((2 * all + 1) * sizeof(struct part *));
	int r = order ? 0 : no_memory(diff);

	for (size_t i = 0; r == 0 && i < all; i++)
		order[i] = &diff->parts[i];
	if (r == 0 && all)
		sort_parts(order, order + all, all);
	for (size_t i = 0, n; r == 0 && i < all; i += n) {
		struct part *const *first = &order[i];
		size_t same = 1;

		while (i + same < all && first[same]->order == first[0]->order)
			same++;
		qsort(order + i, same, sizeof(struct part *), compare_parts);
		for (size_t done = 0, k; r == 0 && done < same; done += k) {
			for (k = 1; done + k < same; k++)
				if (strcmp(first[done + k]->subject, first[done]->subject) != 0)
					break;
			r = pair(diff, first + done, k);
		}
		n = same;
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
				strcmp(change.before, change.after) != 0))
			put_change(diff, change);
	}
}

/* ---- all of it --------------------------------------------------------------------------------- */

static int ask(struct diff *diff)
{
	const struct diff_scope *scope = diff->scope;
	bool appeared = false;
	int r;

	for (size_t i = 0; i < db_rows(scope->events) && !appeared; i++)
		appeared = strcmp(db_get_text(scope->events, i, 0), "appeared") == 0;
	r = db_run(diff->db, &query_changes_services,
		DB_VALUES(db_int(scope->net), db_text(scope->names), db_int(appeared)),
		&diff->services, diff->reterr);
	if (r == 0)
		r = db_run(diff->db, &query_changes_said,
			DB_VALUES(db_int(scope->net), db_text(scope->names), db_int(appeared)),
			&diff->said, diff->reterr);
	if (r == 0)
		r = db_run(diff->db, &query_changes_merges, DB_VALUES(db_text(scope->names)),
			&diff->merges, diff->reterr);
	return r;
}

static int tell(struct diff *diff)
{
	size_t n;
	int r = ask(diff);

	diff->things = calloc(1, sizeof(*diff->things));
	if (r == 0)
		r = diff->things ? learn_assets(diff) : no_memory(diff);
	if (r == 0 && !diff->parts)
		r = read_rows(diff);
	if (r == 0)
		r = place_assets(diff);
	if (r == 0)
		r = take_notes(diff);
	if (r < 0)
		return r;
	n = db_rows(diff->services) + db_rows(diff->said);
	diff->changes = calloc(2 * n + db_rows(diff->scope->events) + 1, sizeof(*diff->changes));
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
	db_result_free(diff->services);
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
