/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parent's end of the processes that judge: what goes in is framed, what comes back is
 * checked; see judge.h. Batches go to the processes in turn and are heard in the same order, so
 * that several work at once and the order of subjects stays.
 */
#include "inventory/norm/judge.h"

#include "common/arena.h"
#include "common/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BATCH_SUBJECTS 256
#define BATCH_BYTES ((size_t)512 * 1024)
#define BATCHES_EACH 2 /* that a process has before one of it is heard */
#define NODES_MAX 100000000
#define CHUNK_BYTES ((size_t)1024 * 1024) /* of nodes and edges */
#define HOPS_MAX 64
#define PERIOD_MAX 120000 /* months or days of a clock, or a margin */
#define BATCH_MEMORY_MAX ((size_t)64 * 1024 * 1024)

struct batch {
	size_t process;
	char unit[16];
	struct arena *arena;
	const char *ids[BATCH_SUBJECTS], *names[BATCH_SUBJECTS];
	bool marks[BATCH_SUBJECTS];
	uint32_t n, heard;
};

struct judge {
	struct judge_inside task;
	struct sandbox *all[JUDGE_PROCESSES_MAX];
	size_t n;
	struct judge_pack packs[JUDGE_PACKS_MAX];
	char names[JUDGE_PACKS_MAX][160]; /* for messages */
	size_t n_packs;
	struct str nodes, edges, items;
	size_t n_nodes; /* of the graph that is being sent */
	struct str body; /* of the batch that is being filled */
	struct batch batches[JUDGE_PROCESSES_MAX * BATCHES_EACH];
	size_t first,
		n_batches; /* of the ring; the last one is being filled if body is not empty */
	size_t turn;             /* whose the next batch is */
	bool filling;
	bool broken;
	struct judge_texts texts; /* of the answer at hand */
};

/* ---- beginning and end ------------------------------------------------------------------ */

static size_t processors(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : n > JUDGE_PROCESSES_MAX ? JUDGE_PROCESSES_MAX : (size_t)n;
}

int judge_new(struct inventory *inv, unsigned int processes, int64_t day, bool reasons,
	struct judge **ret_judge, struct error *reterr)
{
	_cleanup_(judge_freep) struct judge *judge = calloc(1, sizeof(*judge));
	size_t n = processes ? processes : processors();

	if (!judge)
		return error_set(reterr, ERROR_SYSTEM, "no memory to judge");
	judge->task = (struct judge_inside){.inv = inv, .day = day, .reasons = reasons};
	judge->nodes = judge->edges = judge->items = STR_INIT(SANDBOX_FRAME_MAX);
	judge->body = STR_INIT(SANDBOX_FRAME_MAX);
	judge->texts.all = STR_INIT(SANDBOX_FRAME_MAX);
	for (; judge->n < n && judge->n < JUDGE_PROCESSES_MAX; judge->n++) {
		int r = sandbox_start(judge_inside_prepare, judge_inside_work, &judge->task,
			&judge->all[judge->n], reterr);

		if (r < 0)
			return r;
	}
	*ret_judge = STEAL(judge);
	return 0;
}

void judge_free(struct judge *judge)
{
	if (!judge)
		return;
	for (size_t i = 0; i < judge->n; i++)
		sandbox_free(judge->all[i]);
	for (size_t i = 0; i < ARRAY_SIZE(judge->batches); i++)
		arena_free(judge->batches[i].arena);
	str_done(&judge->nodes);
	str_done(&judge->edges);
	str_done(&judge->items);
	str_done(&judge->body);
	str_done(&judge->texts.all);
	free(judge);
}

static int nonsense(struct error *reterr)
{
	return error_set(
		reterr, ERROR_INPUT, "the process that judges gave an answer that is none");
}

/* What a process said of why it gives up, in clean words. */
static int forward(struct cursor *c, struct error *reterr)
{
	int code = (int)(int32_t)cursor_be32(c);
	_cleanup_(str_done) struct str text = STR_INIT(ERROR_TEXT_MAX);

	sandbox_get_line(c, ERROR_TEXT_MAX, &text);
	if (!cursor_ok(c) || (code != ERROR_INPUT && code != ERROR_SYSTEM &&
		code != ERROR_INTERNAL))
		return nonsense(reterr);
	return error_set(reterr, code, "%s", text.data);
}

/* The next frame of a process, the first or a further one of an answer, which must be of that
 * kind or say why there is none. */
static int hear(struct judge *judge, size_t which, bool more, uint32_t wanted,
	struct cursor *ret_bytes, struct error *reterr)
{
	uint32_t kind = 0;
	int r = judge->broken ?
		error_set(reterr, ERROR_INTERNAL, "a process that judges failed before") :
		(more ? sandbox_wait_more : sandbox_wait)(
			judge->all, judge->n, which, &kind, ret_bytes, reterr);

	if (r == 0 && kind != wanted)
		r = kind == JUDGE_FAILED ? forward(ret_bytes, reterr) : nonsense(reterr);
	judge->broken |= r < 0;
	return r;
}

/* ---- packs ----------------------------------------------------------------------------- */

static void get_word(struct cursor *c, char *out, size_t size)
{
	_cleanup_(str_done) struct str text = STR_INIT(size - 1);

	sandbox_get_line(c, size - 1, &text);
	snprintf(out, size, "%s", text.data);
}

static bool is_code(const char *text)
{
	return text[strspn(text,
		       "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_")] ==
	       '\0';
}

/* As the database compares them: one to four numbers of up to five digits. */
static bool is_version(const char *text)
{
	for (int groups = 0; groups < 4; groups++) {
		size_t digits = strspn(text, "0123456789");

		if (digits < 1 || digits > 5)
			return false;
		if (text[digits] != '.')
			return text[digits] == '\0';
		text += digits + 1;
	}
	return false;
}

static bool is_unit(const char *text)
{
	int unit = 0;

	while (unit < UNIT_N && strcmp(pack_unit_name((enum pack_unit)unit), text) != 0)
		unit++;
	return unit < UNIT_N;
}

static double get_number(struct cursor *c)
{
	int64_t bits = sandbox_get_i64(c);
	double number;

	memcpy(&number, &bits, sizeof(number));
	return isfinite(number) ? number : NAN;
}

/* As much of a line as there is room for. */
static void get_basis(struct cursor *c, char out[JUDGE_BASIS_MAX])
{
	_cleanup_(str_done) struct str text = STR_INIT(JUDGE_LINE_MAX);
	_cleanup_(str_done) struct str cut = STR_INIT(JUDGE_BASIS_MAX);

	sandbox_get_line(c, JUDGE_LINE_MAX, &text);
	text_clean(&cut, text.data, text.len, JUDGE_BASIS_MAX - 1);
	snprintf(out, JUDGE_BASIS_MAX, "%s", cut.data);
}

static bool get_clock(struct cursor *c, struct judge_change *after, uint8_t i)
{
	struct pack_clock *clock = &after->clocks[i];
	uint8_t event = cursor_u8(c), action = cursor_u8(c);
	uint32_t months = cursor_be32(c), days = cursor_be32(c);

	get_basis(c, after->clock_basis[i]);
	*clock = (struct pack_clock){.event = (enum clock_event)event, .months = (int)months,
		.days = (int)days, .action = (enum clock_action)action,
		.basis = after->clock_basis[i]};
	return event < CLOCK_EVENT_N && action < CLOCK_ACTION_N && months <= PERIOD_MAX &&
		days <= PERIOD_MAX;
}

static bool get_change(struct cursor *c, struct judge_change *after)
{
	bool good;
	uint32_t margin = cursor_be32(c);

	after->change = (struct pack_change){.margin = (int)margin,
		.jaccard = get_number(c), .major = cursor_be32(c),
		.notable = cursor_be32(c), .basis = after->basis};
	get_basis(c, after->basis);
	good = margin <= PERIOD_MAX && after->change.jaccard >= 0 && after->change.jaccard <= 1;
	after->n_clocks = cursor_u8(c);
	good &= after->n_clocks <= PACK_CLOCKS_MAX;
	for (uint8_t i = 0; good && i < after->n_clocks; i++)
		good = get_clock(c, after, i);
	after->n_thresholds = good ? cursor_u8(c) : 0;
	good &= after->n_thresholds <= JUDGE_THRESHOLDS_MAX;
	for (uint8_t i = 0; good && i < after->n_thresholds; i++)
		after->thresholds[i] = get_number(c);
	if (good)
		get_word(c, after->bright, sizeof(after->bright));
	return good;
}

static bool get_boundary(struct cursor *c, struct judge_pack *pack)
{
	uint8_t seed = cursor_u8(c), follow = cursor_u8(c), stop = cursor_u8(c);
	uint32_t days = cursor_be32(c);

	get_basis(c, pack->boundary_basis);
	pack->boundary = (struct pack_boundary){.seed = seed, .control = follow & 1,
		.business = follow & 2, .stop_device = stop & 1, .stop_one_way = stop & 2,
		.window_days = (int)days, .basis = pack->boundary_basis};
	return seed < 8 && follow < 4 && stop < 4 && days <= PERIOD_MAX;
}

bool judge_read_pack(struct cursor *c, struct judge_pack *pack)
{
	bool good;

	get_word(c, pack->id, sizeof(pack->id));
	get_word(c, pack->version, sizeof(pack->version));
	get_word(c, pack->supersedes, sizeof(pack->supersedes));
	get_word(c, pack->unit, sizeof(pack->unit));
	pack->hops_in = cursor_be32(c);
	pack->hops_out = cursor_be32(c);
	pack->whole = cursor_u8(c) != 0;
	pack->sums = cursor_u8(c) != 0;
	pack->designates = cursor_u8(c) != 0;
	good = get_boundary(c, pack) && get_change(c, &pack->after);
	return good && cursor_ok(c) && pack->id[0] && is_code(pack->id) &&
		is_version(pack->version) && is_code(pack->supersedes) && is_unit(pack->unit) &&
		pack->hops_in <= HOPS_MAX && pack->hops_out <= HOPS_MAX;
}

static void digest_text(const void *bytes, size_t n, char out[DIGEST_HEX_SIZE])
{
	uint8_t digest[DIGEST_SIZE];

	digest_sha256(bytes, n, digest);
	digest_hex(digest, out);
}

static void send_pack(struct sandbox *to, uint32_t kind, const char *name, const void *bytes,
	size_t n)
{
	sandbox_out_begin(to, kind);
	sandbox_add_text(sandbox_out(to), name, strlen(name));
	sandbox_add_text(sandbox_out(to), bytes, n);
	sandbox_out_end(to);
}

int judge_add_pack(struct judge *judge, const char *name, const void *bytes, size_t n,
	struct error *reterr)
{
	struct judge_pack *pack = &judge->packs[judge->n_packs];
	struct cursor c;
	int r = 0;

	if (judge->n_packs == JUDGE_PACKS_MAX)
		return error_set(reterr, ERROR_INPUT,
			"more than %d norm packs are in force; name one with --pack",
			JUDGE_PACKS_MAX);
	snprintf(judge->names[judge->n_packs], sizeof(judge->names[0]), "%s", name);
	for (size_t i = 0; i < judge->n; i++)
		send_pack(judge->all[i], JUDGE_PACK, name, bytes, n);
	for (size_t i = 0; i < judge->n && r == 0; i++) {
		r = hear(judge, i, false, JUDGE_IS_PACK, &c, reterr);
		if (r == 0 && !judge_read_pack(&c, pack))
			r = nonsense(reterr);
	}
	if (r < 0 && !strstr(reterr->text, name))
		error_wrap(reterr, r, "norm pack %s", name);
	if (r < 0)
		return r;
	digest_text(bytes, n, pack->sha256);
	judge->n_packs++;
	return 0;
}

size_t judge_packs(const struct judge *judge)
{
	return judge->n_packs;
}

const struct judge_pack *judge_pack(const struct judge *judge, size_t i)
{
	return &judge->packs[i];
}

/* ---- checking a pack -------------------------------------------------------------------- */

void judge_checked_done(struct judge_checked *checked)
{
	str_done(&checked->title);
	str_done(&checked->authority);
}

static bool is_day(const char *text)
{
	return !text[0] || facts_day_parse(text) >= 0;
}

static int get_checked(struct cursor *c, struct judge_checked *checked, struct error *reterr)
{
	bool good = judge_read_pack(c, &checked->pack);

	sandbox_get_line(c, JUDGE_LINE_MAX, &checked->title);
	sandbox_get_line(c, JUDGE_LINE_MAX, &checked->authority);
	get_word(c, checked->effective_from, sizeof(checked->effective_from));
	get_word(c, checked->effective_until, sizeof(checked->effective_until));
	checked->examples = cursor_be64(c);
	checked->passed = cursor_be64(c);
	good &= cursor_ok(c) && checked->effective_from[0] && is_day(checked->effective_from) &&
		is_day(checked->effective_until) && checked->examples <= PACK_EXAMPLES_MAX &&
		checked->passed <= checked->examples;
	return good ? 0 : nonsense(reterr);
}

static int see_failure(struct cursor *c,
	int (*failure)(void *context, const char *example, const char *why), void *context,
	struct error *reterr)
{
	_cleanup_(str_done) struct str name = STR_INIT(JUDGE_LINE_MAX),
				       why = STR_INIT(JUDGE_LINE_MAX);

	sandbox_get_line(c, JUDGE_LINE_MAX, &name);
	sandbox_get_line(c, JUDGE_LINE_MAX, &why);
	if (!cursor_ok(c))
		return nonsense(reterr);
	return failure ? failure(context, name.data, why.data) : 0;
}

int judge_check(struct inventory *inv, const char *name, const void *bytes, size_t n,
	int (*failure)(void *context, const char *example, const char *why), void *context,
	struct judge_checked *ret_checked, struct error *reterr)
{
	struct judge_inside task = {.inv = inv};
	_cleanup_(sandbox_freep) struct sandbox *sandbox = NULL;
	uint32_t kind = JUDGE_IS_EXAMPLE;
	struct cursor c;
	int r = sandbox_start(
		judge_inside_prepare, judge_inside_work, &task, &sandbox, reterr);

	if (r < 0)
		return r;
	ret_checked->title = ret_checked->authority = STR_INIT(JUDGE_LINE_MAX);
	send_pack(sandbox, JUDGE_CHECK, name, bytes, n);
	for (uint32_t failures = 0; r == 0 && kind == JUDGE_IS_EXAMPLE; failures++) {
		r = (failures ? sandbox_wait_more : sandbox_wait)(
			&sandbox, 1, 0, &kind, &c, reterr);
		if (r == 0 && kind == JUDGE_FAILED)
			r = forward(&c, reterr);
		else if (r == 0 && kind == JUDGE_IS_EXAMPLE)
			r = failures < PACK_EXAMPLES_MAX ?
				see_failure(&c, failure, context, reterr) : nonsense(reterr);
	}
	if (r == 0)
		r = kind == JUDGE_IS_CHECKED ? get_checked(&c, ret_checked, reterr) :
			nonsense(reterr);
	if (r < 0)
		return strstr(reterr->text, name) ? r : error_wrap(reterr, r, "%s", name);
	digest_text(bytes, n, ret_checked->pack.sha256);
	return 0;
}

/* ---- the graph ------------------------------------------------------------------------- */

static void send_chunk(struct judge *judge, uint32_t kind, struct str *chunk)
{
	if (chunk->len) {
		sandbox_out_begin(judge->all[0], kind);
		str_add(sandbox_out(judge->all[0]), chunk->data, chunk->len);
		sandbox_out_end(judge->all[0]);
		sandbox_feed(judge->all, 1);
	}
	str_reset(chunk);
}

static void add_text(struct str *out, const char *text)
{
	sandbox_add_text(out, text, strlen(text));
}

void judge_graph_node(struct judge *judge, const struct graph_node *node)
{
	add_text(&judge->nodes, node->id);
	add_text(&judge->nodes, node->sector);
	add_text(&judge->nodes, node->organisation);
	add_text(&judge->nodes, node->as_of);
	add_text(&judge->nodes, node->document);
	str_addc(&judge->nodes, node->complete);
	str_addc(&judge->nodes, (char)node->hops);
	str_addc(&judge->nodes, (char)node->tier);
	str_addc(&judge->nodes, node->designated);
	judge->n_nodes++;
	if (judge->nodes.len >= CHUNK_BYTES)
		send_chunk(judge, JUDGE_NODES, &judge->nodes);
}

void judge_graph_edge(struct judge *judge, const struct graph_edge *edge)
{
	add_text(&judge->edges, edge->from);
	add_text(&judge->edges, edge->on);
	add_text(&judge->edges, edge->as_of);
	str_addc(&judge->edges, (char)edge->strength);
	str_addc(&judge->edges, edge->carried);
	if (judge->edges.len >= CHUNK_BYTES)
		send_chunk(judge, JUDGE_EDGES, &judge->edges);
}

void judge_graph_item(struct judge *judge, const struct graph_item *item)
{
	uint64_t bits;

	memcpy(&bits, &item->value, sizeof(bits));
	add_text(&judge->items, item->system);
	add_text(&judge->items, item->set);
	add_text(&judge->items, item->key ? item->key : "");
	add_text(&judge->items, item->as_of);
	str_addc(&judge->items, item->key != NULL);
	sandbox_add_u32(&judge->items, (uint32_t)(bits >> 32));
	sandbox_add_u32(&judge->items, (uint32_t)bits);
	if (judge->items.len >= CHUNK_BYTES)
		send_chunk(judge, JUDGE_ITEMS, &judge->items);
}

/* Answers in a frame, handed out one by one; *n_nodes grows by their number. */
static int hear_answers(struct cursor *c, size_t *n_nodes, judge_answered answered,
	void *context, struct error *reterr)
{
	int r = 0;

	if (cursor_left(c) == 0)
		return nonsense(reterr);
	while (cursor_left(c) && r == 0) {
		uint32_t n = cursor_be32(c);
		const uint8_t *bytes = n <= JUDGE_ANSWERS_MAX ? cursor_bytes(c, n) : NULL;

		if (!bytes || ++*n_nodes > NODES_MAX)
			return nonsense(reterr);
		r = answered(context, bytes, n, reterr);
	}
	return cursor_ok(c) ? r : nonsense(reterr);
}

int judge_graph_end(struct judge *judge, judge_answered answered, void *context,
	int64_t *ret_until_day, struct error *reterr)
{
	uint32_t kind = JUDGE_IS_ANSWERS;
	size_t n_nodes = 0;
	struct cursor c;
	int r = 0;

	send_chunk(judge, JUDGE_NODES, &judge->nodes);
	send_chunk(judge, JUDGE_EDGES, &judge->edges);
	send_chunk(judge, JUDGE_ITEMS, &judge->items);
	sandbox_out_begin(judge->all[0], JUDGE_GRAPH);
	sandbox_out_end(judge->all[0]);
	while (r == 0 && kind == JUDGE_IS_ANSWERS) {
		r = (n_nodes ? sandbox_wait_more : sandbox_wait)(
			judge->all, judge->n, 0, &kind, &c, reterr);
		if (r == 0 && kind == JUDGE_FAILED)
			r = forward(&c, reterr);
		else if (r == 0 && kind == JUDGE_IS_ANSWERS)
			r = hear_answers(&c, &n_nodes, answered, context, reterr);
	}
	if (r == 0) {
		*ret_until_day = sandbox_get_i64(&c);
		if (kind != JUDGE_IS_GRAPH || !cursor_ok(&c) || n_nodes != judge->n_nodes ||
			*ret_until_day < 0)
			r = nonsense(reterr);
	}
	judge->n_nodes = 0;
	judge->broken |= r < 0;
	return r < 0 ? error_wrap(reterr, r, "the dependencies of the register") : 0;
}

/* ---- subjects -------------------------------------------------------------------------- */

static struct batch *batch_at(struct judge *judge, size_t i)
{
	return &judge->batches[(judge->first + i) % ARRAY_SIZE(judge->batches)];
}

static size_t of_unit(const struct judge *judge, const char *unit)
{
	size_t n = 0;

	for (size_t i = 0; i < judge->n_packs; i++)
		n += strcmp(judge->packs[i].unit, unit) == 0;
	return n;
}

/* Which subject and pack a process did not survive. */
static int name_subject(const struct judge *judge, const struct batch *batch, int r,
	struct error *reterr)
{
	uint32_t subject = 0, pack = 0;

	sandbox_stood(judge->all[batch->process], &subject, &pack);
	if (subject >= batch->n)
		subject = batch->heard;
	if (subject < batch->n && pack < judge->n_packs)
		return error_wrap(reterr, r, "%s \"%s\", norm pack %s", batch->unit,
			batch->ids[subject], judge->names[pack]);
	return subject < batch->n ?
		error_wrap(reterr, r, "%s \"%s\"", batch->unit, batch->ids[subject]) : r;
}

static int nonsense_about(const struct batch *batch, struct error *reterr)
{
	return error_wrap(reterr, nonsense(reterr), "%s \"%s\"", batch->unit,
		batch->ids[batch->heard]);
}

/* What each pack of the unit says of one subject, in their order. */
static int get_subject(struct judge *judge, struct batch *batch, struct cursor *c,
	judge_said said, void *context, struct error *reterr)
{
	size_t n = cursor_be32(c), next = 0;
	int r = 0;

	if (n != of_unit(judge, batch->unit))
		return nonsense_about(batch, reterr);
	for (size_t i = 0; i < n && r == 0; i++) {
		struct judged judged = {0};

		if (!judge_read(c, judge->n_packs, &judge->texts, &judged) ||
			judged.pack < next ||
			strcmp(judge->packs[judged.pack].unit, batch->unit) != 0)
			return nonsense_about(batch, reterr);
		next = judged.pack + 1;
		r = said(context, batch->ids[batch->heard], batch->names[batch->heard],
			batch->marks[batch->heard], &judged, reterr);
	}
	return r < 0 ? r : cursor_left(c) ? nonsense_about(batch, reterr) : 0;
}

/* Hears the first batch to its end. */
static int hear_batch(struct judge *judge, judge_said said, void *context, struct error *reterr)
{
	struct batch *batch = batch_at(judge, 0);
	struct cursor c;
	int r = 0;

	for (; batch->heard < batch->n && r == 0; batch->heard++) {
		r = hear(judge, batch->process, batch->heard > 0, JUDGE_IS_SUBJECT, &c, reterr);
		if (r < 0)
			return name_subject(judge, batch, r, reterr);
		r = get_subject(judge, batch, &c, said, context, reterr);
		judge->broken |= r < 0;
	}
	judge->first = (judge->first + 1) % ARRAY_SIZE(judge->batches);
	judge->n_batches--;
	return r;
}

static int open_batch(struct judge *judge, const char *unit, struct error *reterr)
{
	struct batch *batch = batch_at(judge, judge->n_batches);

	if (!batch->arena)
		batch->arena = arena_new(BATCH_MEMORY_MAX);
	if (!batch->arena)
		return error_set(reterr, ERROR_SYSTEM, "no memory to judge");
	arena_reset(batch->arena);
	batch->n = batch->heard = 0;
	batch->process = judge->turn;
	snprintf(batch->unit, sizeof(batch->unit), "%s", unit);
	judge->turn = (judge->turn + 1) % judge->n;
	judge->n_batches++;
	judge->filling = true;
	return 0;
}

/* Sends the batch that is being filled. */
static void close_batch(struct judge *judge)
{
	struct batch *batch = batch_at(judge, judge->n_batches - 1);
	struct sandbox *to = judge->all[batch->process];

	sandbox_out_begin(to, JUDGE_SUBJECTS);
	add_text(sandbox_out(to), batch->unit);
	sandbox_add_u32(sandbox_out(to), batch->n);
	str_add(sandbox_out(to), judge->body.data, judge->body.len);
	sandbox_out_end(to);
	str_reset(&judge->body);
	judge->filling = false;
	sandbox_feed(judge->all, judge->n);
}

/* Into the batch that is being filled. */
static int add_subject(
	struct judge *judge, const struct judge_case *subject, struct error *reterr)
{
	struct batch *batch = batch_at(judge, judge->n_batches - 1);

	batch->ids[batch->n] = arena_strdup(batch->arena, subject->id);
	batch->names[batch->n] = arena_strdup(batch->arena, subject->name);
	batch->marks[batch->n] = subject->mark;
	add_text(&judge->body, subject->id);
	sandbox_add_text(&judge->body, (const char *)subject->answers, subject->n_answers);
	sandbox_add_text(&judge->body, subject->dossier, subject->n_dossier);
	if (!batch->ids[batch->n] || !batch->names[batch->n] || judge->body.failed)
		return error_set(reterr, ERROR_SYSTEM, "no memory to judge %s \"%s\"",
			subject->unit, subject->id);
	batch->n++;
	return 0;
}

int judge_subject(struct judge *judge, const struct judge_case *subject, judge_said said,
	void *context, struct error *reterr)
{
	int r = 0;

	if (judge->broken)
		return error_set(reterr, ERROR_INTERNAL, "a process that judges failed before");
	if (of_unit(judge, subject->unit) == 0)
		return 0;
	if (!judge->filling && judge->n_batches == BATCHES_EACH * judge->n)
		r = hear_batch(judge, said, context, reterr);
	if (r == 0 && !judge->filling)
		r = open_batch(judge, subject->unit, reterr);
	if (r == 0)
		r = add_subject(judge, subject, reterr);
	if (r == 0 && (batch_at(judge, judge->n_batches - 1)->n == BATCH_SUBJECTS ||
		judge->body.len >= BATCH_BYTES))
		close_batch(judge);
	return r;
}

int judge_finish(struct judge *judge, judge_said said, void *context, struct error *reterr)
{
	int r = 0;

	if (judge->filling)
		close_batch(judge);
	while (judge->n_batches && r == 0)
		r = hear_batch(judge, said, context, reterr);
	return r;
}

/* ---- again ------------------------------------------------------------------------------ */

int judge_again(struct judge *judge, size_t pack, const char *inputs, size_t n,
	int (*again)(void *context, const struct judged *judged, struct error *reterr),
	void *context, struct error *reterr)
{
	struct sandbox *to = judge->all[0];
	struct judged judged = {0};
	struct cursor c;
	int r;

	sandbox_out_begin(to, JUDGE_AGAIN);
	sandbox_add_u32(sandbox_out(to), (uint32_t)pack);
	sandbox_add_text(sandbox_out(to), inputs, n);
	sandbox_out_end(to);
	r = hear(judge, 0, false, JUDGE_IS_AGAIN, &c, reterr);
	if (r < 0)
		return error_wrap(reterr, r, "norm pack %s", judge->names[pack]);
	if (!judge_read(&c, judge->n_packs, &judge->texts, &judged) || judged.pack != pack ||
		cursor_left(&c)) {
		judge->broken = true;
		return nonsense(reterr);
	}
	return again(context, &judged, reterr);
}
