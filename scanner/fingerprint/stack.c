/* SPDX-License-Identifier: Apache-2.0 */
/* TCP stacks by their SYN and SYN-ACK; see stack.h. */
#include "scanner/fingerprint/stack.h"

#include "common/arena.h"
#include "common/cursor.h"
#include "common/file.h"
#include "common/str.h"
#include "common/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_MAX (1u << 20)
#define MEMORY_MAX (1u << 20)
#define SIGNATURES_MAX 4096
#define NAME_MAX_BYTES 64
#define FIELDS 8
#define SCALE_MAX 14 /* RFC 7323 2.3 */

enum { OPTION_END = 0, OPTION_NOP = 1, OPTION_MSS = 2, OPTION_SCALE = 3, OPTION_SACK_OK = 4,
	OPTION_SACK = 5, OPTION_TS = 8 };

enum window_form { WINDOW_ANY, WINDOW_EXACT, WINDOW_MODULO, WINDOW_MSS, WINDOW_MTU };

/* A signature of the list. */
struct signature {
	enum stack_kind kind;
	struct stack stack;
	const char *name;
	bool generic, any_version, any_mss, any_scale, exact_ttl;
	enum window_form form;
	uint16_t factor;
};

struct stacks {
	struct arena *arena;
	struct signature *rows;
	size_t n, max;
};

static const char *const sections[STACK_KIND_N] = {
	[STACK_REQUEST] = "[tcp:request]", [STACK_RESPONSE] = "[tcp:response]"};

static const struct {
	const char *word;
	uint16_t quirk;
} quirk_words[] = {{"df", STACK_DF}, {"id+", STACK_ID_SET}, {"id-", STACK_ID_ZERO},
	{"seq-", STACK_SEQ_ZERO}, {"pushf+", STACK_PUSHED}, {"exws", STACK_SCALE_HIGH},
	{"bad", STACK_OPTIONS_BAD}, {"ts1-", STACK_TS_ZERO}, {"opt+", STACK_AFTER_END},
	{"ecn", STACK_ECN}, {"ack+", STACK_ACK_SET}, {"ts2+", STACK_PEER_TS}};

static const struct {
	const char *word;
	uint8_t kind;
} option_words[] = {{"nop", OPTION_NOP}, {"mss", OPTION_MSS}, {"ws", OPTION_SCALE},
	{"sok", OPTION_SACK_OK}, {"sack", OPTION_SACK}, {"ts", OPTION_TS}};

/* ---- what was heard ---------------------------------------------------------------------- */

static uint8_t initial_ttl(uint8_t ttl)
{
	return ttl <= 32 ? 32 : ttl <= 64 ? 64 : ttl <= 128 ? 128 : 255;
}

/* Its own time, then that of the other side, which nobody can know before an answer (RFC
 * 7323 3.2). */
static void read_time(struct stack *s, struct cursor *data, bool request)
{
	if (cursor_be32(data) == 0)
		s->quirks |= STACK_TS_ZERO;
	if (request && cursor_be32(data) != 0)
		s->quirks |= STACK_PEER_TS;
}

static void read_option(struct stack *s, uint8_t kind, struct cursor *c, bool request)
{
	size_t size = cursor_u8(c);
	struct cursor data;

	if (!cursor_ok(c) || size < 2 || size - 2 > cursor_left(c)) {
		cursor_fail(c);
		return;
	}
	data = cursor_of(cursor_rest(c), size - 2);
	cursor_skip(c, size - 2);
	if (kind == OPTION_MSS)
		s->mss = cursor_be16(&data);
	else if (kind == OPTION_SCALE)
		s->scale = cursor_u8(&data);
	else if (kind == OPTION_TS)
		read_time(s, &data, request);
	if (!cursor_ok(&data))
		s->quirks |= STACK_OPTIONS_BAD;
}

static void read_options(struct stack *s, const struct frame *f, bool request)
{
	struct cursor c = cursor_of(f->tcp_options, f->tcp_options_size);

	while (cursor_ok(&c) && cursor_left(&c) > 0) {
		uint8_t kind = cursor_u8(&c);

		if (s->n_options == STACK_OPTIONS_MAX) {
			cursor_fail(&c);
			break;
		}
		s->options[s->n_options++] = kind;
		if (kind == OPTION_END)
			break;
		if (kind != OPTION_NOP)
			read_option(s, kind, &c, request);
	}
	if (!cursor_ok(&c))
		s->quirks |= STACK_OPTIONS_BAD;
	else
		s->padding = (uint8_t)cursor_left(&c);
	while (cursor_ok(&c) && cursor_left(&c) > 0)
		if (cursor_u8(&c) != 0)
			s->quirks |= STACK_AFTER_END;
	if (s->scale > SCALE_MAX)
		s->quirks |= STACK_SCALE_HIGH;
}

void stack_of(const struct frame *f, struct stack *ret)
{
	bool request = !(f->tcp_flags & FRAME_ACK);

	memset(ret, 0, sizeof(*ret));
	ret->version = f->src.family;
	ret->ttl = initial_ttl(f->ttl);
	ret->window = f->window;
	if (f->ip_df)
		ret->quirks |= STACK_DF | (f->ip_id ? STACK_ID_SET : 0);
	else if (f->src.family == 4 && !f->ip_id)
		ret->quirks |= STACK_ID_ZERO;
	if (!f->seq)
		ret->quirks |= STACK_SEQ_ZERO;
	if (f->tcp_flags & FRAME_PSH)
		ret->quirks |= STACK_PUSHED;
	if (f->tcp_ecn)
		ret->quirks |= STACK_ECN;
	if (request && f->ack)
		ret->quirks |= STACK_ACK_SET;
	read_options(ret, f, request);
}

static void add_option(struct str *out, const struct stack *s, size_t i)
{
	if (s->options[i] == OPTION_END) {
		str_addf(out, "eol+%u", s->padding);
		return;
	}
	for (size_t k = 0; k < ARRAY_SIZE(option_words); k++)
		if (option_words[k].kind == s->options[i]) {
			str_adds(out, option_words[k].word);
			return;
		}
	str_addf(out, "?%u", s->options[i]);
}

const char *stack_format(const struct stack *s, char out[STACK_TEXT_MAX])
{
	struct str text = STR_INIT(STACK_TEXT_MAX);
	const char *apart = "";

	str_addf(&text, "%u:%u:0:%u:%u,%u:", s->version, s->ttl, s->mss, s->window, s->scale);
	for (size_t i = 0; i < s->n_options; i++) {
		str_adds(&text, i ? "," : "");
		add_option(&text, s, i);
	}
	str_addc(&text, ':');
	for (size_t k = 0; k < ARRAY_SIZE(quirk_words); k++)
		if (s->quirks & quirk_words[k].quirk) {
			str_addf(&text, "%s%s", apart, quirk_words[k].word);
			apart = ",";
		}
	str_adds(&text, ":0");
	snprintf(out, STACK_TEXT_MAX, "%s", text.data ? text.data : "");
	str_done(&text);
	return out;
}

/* Where it stands among the options; -1: nowhere. */
static int place_of(const struct stack *s, uint8_t kind)
{
	const uint8_t *at = memchr(s->options, kind, s->n_options);

	return at ? (int)(at - s->options) : -1;
}

static const uint8_t usual_options[] = {OPTION_SCALE, OPTION_SACK_OK, OPTION_TS};

/* -1: what is malformed says nothing. */
static int usual_of(const struct stack *s)
{
	int n = 0;

	if (s->quirks & STACK_OPTIONS_BAD)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(usual_options); i++)
		n += place_of(s, usual_options[i]) >= 0;
	return n;
}

bool stack_ttl_differs(const struct stack *a, const struct stack *b)
{
	return usual_of(a) > 0 && usual_of(b) > 0 &&
	       ((a->ttl == 64 && b->ttl == 128) || (a->ttl == 128 && b->ttl == 64));
}

bool stack_differs(const struct stack *a, const struct stack *b)
{
	int last = -1;

	if ((a->quirks | b->quirks) & STACK_OPTIONS_BAD)
		return false;
	if (stack_ttl_differs(a, b))
		return true;
	for (int i = 0; i < a->n_options; i++) {
		uint8_t kind = a->options[i];
		bool usual = kind == OPTION_MSS || kind == OPTION_SCALE ||
			     kind == OPTION_SACK_OK || kind == OPTION_TS;
		int at = usual && place_of(a, kind) == i ? place_of(b, kind) : -1;

		if (at >= 0 && at < last)
			return true;
		if (at >= 0)
			last = at;
	}
	return false;
}

int stack_compare(const struct stack *a, const struct stack *b)
{
	int more = usual_of(b) - usual_of(a);

	return more ? more : memcmp(a, b, sizeof(*a));
}

/* ---- the list ---------------------------------------------------------------------------- */

static bool number(const char *text, unsigned int max, unsigned int *ret)
{
	unsigned long value;
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	value = strtoul(text, &end, 10);
	*ret = (unsigned int)value;
	return !*end && !errno && value <= max;
}

/* A number, or "*": anything. */
static bool number_or_any(const char *text, unsigned int max, unsigned int *ret, bool *ret_any)
{
	*ret_any = strcmp(text, "*") == 0;
	*ret = 0;
	return *ret_any || number(text, max, ret);
}

static bool read_window(char *text, struct signature *s)
{
	static const struct {
		const char *prefix;
		enum window_form form;
	} forms[] = {{"mss*", WINDOW_MSS}, {"mtu*", WINDOW_MTU}, {"%", WINDOW_MODULO}};
	char *scale = strchr(text, ',');
	unsigned int value = 0, shift = 0;
	size_t at = 0;

	if (!scale)
		return false;
	*scale++ = '\0';
	s->form = strcmp(text, "*") == 0 ? WINDOW_ANY : WINDOW_EXACT;
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
		if (strncmp(text, forms[i].prefix, strlen(forms[i].prefix)) == 0) {
			s->form = forms[i].form;
			at = strlen(forms[i].prefix);
		}
	if (s->form != WINDOW_ANY && !number(text + at, UINT16_MAX, &value))
		return false;
	s->factor = (uint16_t)value;
	if (s->form == WINDOW_MODULO && value == 0)
		return false;
	if (!number_or_any(scale, UINT8_MAX, &shift, &s->any_scale))
		return false;
	s->stack.scale = (uint8_t)shift;
	return true;
}

/* "eol+2", "?19" or one of the words. */
static bool read_option_word(const char *word, struct stack *s)
{
	unsigned int value = 0;

	if (s->n_options == STACK_OPTIONS_MAX)
		return false;
	for (size_t k = 0; k < ARRAY_SIZE(option_words); k++)
		if (strcmp(option_words[k].word, word) == 0) {
			s->options[s->n_options++] = option_words[k].kind;
			return true;
		}
	if (strncmp(word, "eol+", 4) == 0 && number(word + 4, 40, &value))
		s->padding = (uint8_t)value;
	else if (*word != '?' || !number(word + 1, UINT8_MAX, &value))
		return false;
	s->options[s->n_options++] = *word == '?' ? (uint8_t)value : OPTION_END;
	return true;
}

static bool read_quirk_word(const char *word, struct stack *s)
{
	for (size_t k = 0; k < ARRAY_SIZE(quirk_words); k++)
		if (strcmp(quirk_words[k].word, word) == 0) {
			s->quirks |= quirk_words[k].quirk;
			return true;
		}
	s->quirks |= STACK_UNSEEN;
	return true;
}

static bool read_words(
	char *text, bool (*word)(const char *word, struct stack *s), struct stack *s)
{
	for (char *next; *text; text = next) {
		next = text + strcspn(text, ",");
		if (*next)
			*next++ = '\0';
		if (!word(text, s))
			return false;
	}
	return true;
}

/* ver:ittl:olen:mss:wsize,scale:olayout:quirks:pclass */
static bool read_signature(char *text, struct signature *s)
{
	char *fields[FIELDS];
	unsigned int value = 0;
	size_t n = 0;

	for (char *p = text; p && n < FIELDS; n++) {
		fields[n] = p;
		p = strchr(p, ':');
		if (p)
			*p++ = '\0';
		else if (n + 1 != FIELDS)
			return false;
	}
	if (n != FIELDS || !number_or_any(fields[0], 6, &value, &s->any_version))
		return false;
	s->stack.version = (uint8_t)value;
	s->exact_ttl = !strchr(fields[1], '-'); /* "64-": of whoever chooses any */
	fields[1][strcspn(fields[1], "-+")] = '\0';
	if (!number(fields[1], UINT8_MAX, &value) || strcmp(fields[2], "0") != 0)
		return false;
	s->stack.ttl = (uint8_t)value;
	if (!number_or_any(fields[3], UINT16_MAX, &value, &s->any_mss))
		return false;
	s->stack.mss = (uint16_t)value;
	return read_window(fields[4], s) &&
	       read_words(fields[5], read_option_word, &s->stack) &&
	       read_words(fields[6], read_quirk_word, &s->stack) && strcmp(fields[7], "+") != 0;
}

static int add(struct stacks *stacks, const struct signature *s)
{
	if (stacks->n == SIGNATURES_MAX)
		return 0;
	if (stacks->n == stacks->max) {
		size_t max = stacks->max ? stacks->max * 2 : 128;
		struct signature *bigger = reallocarray(stacks->rows, max, sizeof(*bigger));

		if (!bigger)
			return -1;
		stacks->rows = bigger;
		stacks->max = max;
	}
	stacks->rows[stacks->n++] = *s;
	return 0;
}

/* "s:unix:Linux:3.x": whether it is of last resort ("g"), and the name, which is empty if it is
 * of a program that makes packets by itself ("!"). NULL: of no form. */
static const char *read_label(struct stacks *stacks, char *text, bool *ret_generic)
{
	struct str clean = STR_INIT(NAME_MAX_BYTES);
	const char *kept;
	char *name;

	*ret_generic = text[0] == 'g';
	if ((text[0] != 's' && text[0] != 'g') || text[1] != ':')
		return NULL;
	if (text[2] == '!')
		return "";
	name = strchr(text + 2, ':');
	if (!name || name[1] == ':' || !name[1])
		return NULL;
	name++;
	text_clean(&clean, name, strcspn(name, ":"), NAME_MAX_BYTES - 1);
	kept = clean.len ? arena_strdup(stacks->arena, clean.data) : NULL;
	str_done(&clean);
	return kept;
}

/* The value of "key = value"; NULL if it is another line. */
static char *value_of(char *line, const char *key)
{
	size_t n = strlen(key);

	if (strncmp(line, key, n) != 0)
		return NULL;
	line += n + strspn(line + n, " \t");
	return *line == '=' ? line + 1 + strspn(line + 1, " \t") : NULL;
}

static int read_line(struct stacks *stacks, enum stack_kind kind, char *line, const char **name,
	bool *generic)
{
	char *value = value_of(line, "label");
	struct signature s;

	if (value) {
		*name = read_label(stacks, value, generic);
		return 0;
	}
	value = value_of(line, "sig");
	memset(&s, 0, sizeof(s));
	if (!value || !*name || !read_signature(value, &s))
		return 0;
	s.kind = kind;
	s.name = *name;
	s.generic = *generic;
	return add(stacks, &s);
}

int stacks_parse(char *text, struct stacks **ret, struct error *reterr)
{
	_cleanup_(stacks_freep) struct stacks *stacks = calloc(1, sizeof(*stacks));
	const char *name = NULL;
	bool generic = false;
	enum stack_kind kind = STACK_KIND_N; /* of none that is read */

	if (stacks)
		stacks->arena = arena_new(MEMORY_MAX);
	if (!stacks || !stacks->arena)
		return error_set(
			reterr, ERROR_SYSTEM, "no memory for signatures of TCP stacks");
	for (char *line = text, *end; *line; line = end) {
		end = line + strcspn(line, "\n");
		if (*end)
			*end++ = '\0';
		line += strspn(line, " \t");
		line[strcspn(line, "\r;")] = '\0';
		for (size_t n = strlen(line); n && strchr(" \t", line[n - 1]); n--)
			line[n - 1] = '\0';
		if (*line == '[') {
			for (kind = 0;
				kind < STACK_KIND_N && strcmp(line, sections[kind]) != 0;)
				kind++;
			name = NULL;
		} else if (kind < STACK_KIND_N &&
			   read_line(stacks, kind, line, &name, &generic) < 0) {
			return error_set(
				reterr, ERROR_SYSTEM, "no memory for signatures of TCP stacks");
		}
	}
	*ret = STEAL(stacks);
	return 0;
}

int stacks_load(const char *path, struct stacks **ret, struct error *reterr)
{
	_cleanup_(str_done) struct str bytes = STR_INIT(FILE_MAX);
	int r = 0;

	if (access(path, R_OK) == 0 || errno != ENOENT)
		r = file_read(path, FILE_MAX, &bytes, reterr);
	if (r < 0)
		return error_wrap(reterr, r, "cannot load signatures of TCP stacks");
	return stacks_parse(bytes.data ? bytes.data : (char[]){""}, ret, reterr);
}

void stacks_free(struct stacks *stacks)
{
	if (!stacks)
		return;
	free(stacks->rows);
	arena_free(stacks->arena);
	free(stacks);
}

size_t stacks_count(const struct stacks *stacks, enum stack_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < stacks->n; i++)
		n += stacks->rows[i].kind == kind && *stacks->rows[i].name;
	return n;
}

/* ---- who it may be ----------------------------------------------------------------------- */

/* Some stacks count the time stamps, which every segment has then; and a router on the way may
 * have lowered the MSS, of which the window still is a multiple of what Ethernet has room
 * for. */
static bool is_multiple_of_mss(const struct stack *stack, unsigned int factor)
{
	const unsigned int ethernet = stack->version == 4 ? 1460 : 1440, stamps = 12;
	bool stamped = place_of(stack, OPTION_TS) >= 0;

	if (!stack->mss)
		return false;
	if (stack->window == stack->mss * factor || stack->window == ethernet * factor)
		return true;
	return stamped &&
	       ((stack->mss > stamps && stack->window == (stack->mss - stamps) * factor) ||
		       stack->window == (ethernet - stamps) * factor);
}

static bool window_fits(const struct signature *s, const struct stack *stack)
{
	unsigned int mtu = stack->mss + (stack->version == 4 ? 40u : 60u);

	switch (s->form) {
	case WINDOW_EXACT:
		return stack->window == s->factor;
	case WINDOW_MODULO:
		return stack->window % s->factor == 0;
	case WINDOW_MSS:
		return is_multiple_of_mss(stack, s->factor);
	case WINDOW_MTU:
		return stack->mss && stack->window == mtu * s->factor;
	case WINDOW_ANY:
		break;
	}
	return true;
}

/* Networks clear DF, and then the id goes with it; they set an id to zero too. Congestion
 * notification is a setting. */
static bool fits(const struct signature *s, const struct stack *stack, bool fuzzy)
{
	const uint16_t lost = STACK_DF | STACK_ID_SET, come = STACK_ID_ZERO, chosen = STACK_ECN;
	uint16_t missing = s->stack.quirks & (uint16_t)~stack->quirks;
	uint16_t extra = stack->quirks & (uint16_t)~s->stack.quirks;

	if (fuzzy) {
		missing &= (uint16_t)~lost;
		extra &= (uint16_t) ~(come | chosen);
	}
	/* An IPv6 header has neither DF nor id. */
	if (stack->version == 6)
		missing &= (uint16_t) ~(lost | come);
	return !missing && !extra && (s->any_version || s->stack.version == stack->version) &&
	       (s->exact_ttl ? stack->ttl == s->stack.ttl : stack->ttl <= s->stack.ttl) &&
	       (s->any_mss || s->stack.mss == stack->mss) &&
	       (s->any_scale || s->stack.scale == stack->scale) && window_fits(s, stack) &&
	       s->stack.n_options == stack->n_options && s->stack.padding == stack->padding &&
	       memcmp(s->stack.options, stack->options, stack->n_options) == 0;
}

const char *stacks_match(const struct stacks *stacks, enum stack_kind kind,
	const struct stack *stack, bool *ret_weak)
{
	const char *weak[2] = {NULL, NULL}; /* of last resort, and but for the network */

	*ret_weak = false;
	for (size_t i = 0; i < stacks->n; i++) {
		const struct signature *s = &stacks->rows[i];
		bool exact = s->kind == kind && fits(s, stack, false);

		if (s->kind != kind)
			continue;
		if (exact && !s->generic)
			return *s->name ? s->name : NULL;
		if (!*s->name)
			continue;
		if (exact && !weak[0])
			weak[0] = s->name;
		if (!exact && !weak[1] && fits(s, stack, true))
			weak[1] = s->name;
	}
	*ret_weak = weak[0] || weak[1];
	return weak[0] ? weak[0] : weak[1];
}
