/* SPDX-License-Identifier: Apache-2.0 */
/* Reading filter expressions; see filter.h. Recursive descent, one function a rule. */
#include "inventory/questions/filter.h"

#include "common/clock.h"
#include "common/model/observation.h"
#include "common/str.h"
#include "common/text.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORD_MAX 512
#define PORT_MAX 65535
#define NUMBER_MAX (INT32_MAX - 1) /* one more is a number to the database too */
#define CLOCK_MAX_US INT64_C(253402300799000000) /* the end of the year 9999 */

static const struct {
	const char *name;
	enum filter_kind kind;
} fields[FIELD_N] = {
	[FIELD_ADDRESS] = {"address", FILTER_ADDRESS},
	[FIELD_CERTIFICATE] = {"certificate", FILTER_TEXT},
	[FIELD_CII] = {"cii", FILTER_FLAG},
	[FIELD_EXPOSED] = {"exposed", FILTER_FLAG},
	[FIELD_FIRST_SEEN] = {"first-seen", FILTER_TIME},
	[FIELD_IMPORTANCE] = {"importance", FILTER_TEXT},
	[FIELD_KEY] = {"key", FILTER_TEXT},
	[FIELD_LAST_SEEN] = {"last-seen", FILTER_TIME},
	[FIELD_MAC] = {"mac", FILTER_TEXT},
	[FIELD_NAME] = {"name", FILTER_TEXT},
	[FIELD_ORGANISATION] = {"organisation", FILTER_TEXT},
	[FIELD_OS] = {"os", FILTER_TEXT},
	[FIELD_PORT] = {"port", FILTER_PORT},
	[FIELD_PRODUCT] = {"product", FILTER_TEXT},
	[FIELD_PROTOCOL] = {"protocol", FILTER_TEXT},
	[FIELD_ROLE] = {"role", FILTER_TEXT},
	[FIELD_STATE] = {"state", FILTER_TEXT},
	[FIELD_SYSTEM] = {"system", FILTER_TEXT},
	[FIELD_TAG] = {"tag", FILTER_TEXT},
	[FIELD_TEXT] = {"text", FILTER_TEXT},
	[FIELD_TIER] = {"tier", FILTER_NUMBER},
	[FIELD_VENDOR] = {"vendor", FILTER_TEXT},
	[FIELD_VERSION] = {"version", FILTER_TEXT},
	[FIELD_ZONE] = {"zone", FILTER_TEXT},
};

/* Comparisons, the longer before those that they begin with. */
static const char *const comparisons[] = {"!=", "!~", "<=", ">=", "=", "~", "<", ">"};

const char *filter_field_name(enum filter_field field)
{
	return field < FIELD_N ? fields[field].name : NULL;
}

enum filter_kind filter_field_kind(enum filter_field field)
{
	return fields[field].kind;
}

struct parser {
	struct arena *arena;
	const char *text, *at;
	unsigned int depth, leaves;
	char word[WORD_MAX];
	bool quoted; /* the word was */
	struct error *reterr;
};

__attribute__((format(printf, 2, 3))) static int expected(
	struct parser *p, const char *fmt, ...)
{
	char what[WORD_MAX + 256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	return error_set(p->reterr, ERROR_USAGE, "filter, character %zu: %s",
		(size_t)(p->at - p->text) + 1, what);
}

static struct filter_node *node_new(
	struct parser *p, enum filter_node_kind kind, struct filter_node *left,
	struct filter_node *right)
{
	struct filter_node *node = arena_alloc(p->arena, sizeof(*node));

	if (!node) {
		error_set(p->reterr, ERROR_SYSTEM, "no memory for the filter");
		return NULL;
	}
	node->kind = kind;
	node->left = left;
	node->right = right;
	return node;
}

/* ---- words ----------------------------------------------------------------------------- */

static void skip_blanks(struct parser *p)
{
	while (isspace((unsigned char)*p->at))
		p->at++;
}

static bool is_bare(char c)
{
	return c && !isspace((unsigned char)c) && !strchr("()<>=!~,\"'", c);
}

/* A word as it stands, or between quotes, in which a backslash takes the next character as it
 * is. 1 if there is none. */
static int read_word(struct parser *p)
{
	char quote = 0;
	size_t n = 0;

	skip_blanks(p);
	p->quoted = *p->at == '"' || *p->at == '\'';
	if (p->quoted)
		quote = *p->at++;
	while (p->quoted ? *p->at && *p->at != quote : is_bare(*p->at)) {
		if (p->quoted && *p->at == '\\' && p->at[1])
			p->at++;
		if (n + 1 == sizeof(p->word))
			return expected(p, "a word of at most %zu bytes", sizeof(p->word) - 1);
		p->word[n++] = *p->at++;
	}
	p->word[n] = '\0';
	if (p->quoted) {
		if (*p->at != quote)
			return expected(p, "the quotation is not closed");
		p->at++;
		return 0;
	}
	return n ? 0 : 1;
}

/* Takes a keyword if it comes next, whole. */
static bool take_keyword(struct parser *p, const char *keyword)
{
	size_t n = strlen(keyword);

	skip_blanks(p);
	if (strncasecmp(p->at, keyword, n) != 0 || is_bare(p->at[n]))
		return false;
	p->at += n;
	return true;
}

static bool take_sign(struct parser *p, char sign)
{
	skip_blanks(p);
	if (*p->at != sign)
		return false;
	p->at++;
	return true;
}

static const char *take_comparison(struct parser *p)
{
	skip_blanks(p);
	for (size_t i = 0; i < ARRAY_SIZE(comparisons); i++) {
		size_t n = strlen(comparisons[i]);

		if (strncmp(p->at, comparisons[i], n) == 0) {
			p->at += n;
			return comparisons[i];
		}
	}
	return NULL;
}

/* ---- values ---------------------------------------------------------------------------- */

/* The pattern for LIKE: folded, with what LIKE reads specially escaped. */
static int set_text(struct parser *p, struct filter_node *leaf, bool anywhere)
{
	_cleanup_(str_done) struct str out = STR_INIT(2 * WORD_MAX + 2);

	if (!*p->word && anywhere)
		return expected(p, "a text to look for");
	if (!text_is_clean(p->word, strlen(p->word)))
		return expected(p, "a text in UTF-8 without control characters");
	if (anywhere)
		str_addc(&out, '%');
	for (const char *c = p->word; *c; c++) {
		if (strchr("%_\\", *c))
			str_addc(&out, '\\');
		str_addc(&out, (char)tolower((unsigned char)*c));
	}
	if (anywhere)
		str_addc(&out, '%');
	leaf->pattern = out.failed ? NULL : arena_strdup(p->arena, out.data);
	return leaf->pattern
		       ? 0
		       : error_set(p->reterr, ERROR_SYSTEM, "no memory for the filter");
}

static bool read_number(const char *text, int64_t max, int64_t *ret, const char **ret_end)
{
	char *end;

	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	*ret = strtoll(text, &end, 10);
	*ret_end = end;
	return errno == 0 && *ret <= max;
}

/* "443", "1-1023", "tcp/443". */
static int set_port(struct parser *p, struct filter_node *leaf)
{
	const char *text = p->word, *slash = strchr(text, '/');
	enum transport transport;
	char name[8];

	if (slash) {
		snprintf(name, sizeof(name), "%.*s", (int)(slash - text), text);
		if (!transport_parse(name, &transport))
			return expected(p, "tcp, udp or sctp before the \"/\" of a port");
		leaf->transport = (uint8_t)transport;
		text = slash + 1;
	}
	if (!read_number(text, PORT_MAX, &leaf->low, &text))
		return expected(p, "a port: 443, tcp/443 or udp/1-1023");
	leaf->high = leaf->low;
	if (*text == '-' && !read_number(text + 1, PORT_MAX, &leaf->high, &text))
		return expected(p, "the last port of the range");
	if (*text || leaf->high < leaf->low)
		return expected(p, "a port: 443, tcp/443 or udp/1-1023");
	return 0;
}

static int set_number(struct parser *p, struct filter_node *leaf)
{
	const char *end;

	if (!read_number(p->word, NUMBER_MAX, &leaf->low, &end) || *end)
		return expected(p, "a whole number");
	leaf->high = leaf->low;
	return 0;
}

static int set_address(struct parser *p, struct filter_node *leaf)
{
	struct error error = {0};

	return cidr_parse(p->word, &leaf->cidr, &error) < 0 ? expected(p, "%s", error.text) : 0;
}

static int set_time(struct parser *p, struct filter_node *leaf)
{
	if (clock_parse(p->word, &leaf->low, NULL) < 0 || leaf->low < 0)
		return expected(p, "a time such as 2026-03-01 or 2026-03-01T08:00:00Z");
	leaf->high = leaf->low;
	return 0;
}

/* The bounds that an order leaves. */
static void set_order(struct filter_node *leaf, const char *op, int64_t least, int64_t most)
{
	if (*op == '<') {
		leaf->high = op[1] ? leaf->high : leaf->low - 1;
		leaf->low = least;
	} else if (*op == '>') {
		leaf->low = op[1] ? leaf->low : leaf->high + 1;
		leaf->high = most;
	}
}

static bool is_allowed(enum filter_kind kind, const char *op)
{
	static const char *const allowed[] = {
		[FILTER_TEXT] = " = != ~ !~ ",
		[FILTER_PORT] = " = != < <= > >= ",
		[FILTER_NUMBER] = " = != < <= > >= ",
		[FILTER_ADDRESS] = " = != ",
		[FILTER_TIME] = " < <= > >= ",
		[FILTER_FLAG] = " ",
	};
	char wanted[8];

	snprintf(wanted, sizeof(wanted), " %s ", op);
	return strstr(allowed[kind], wanted);
}

/* A leaf from the word at hand; NOT around it for != and !~. */
static int make_leaf(struct parser *p, enum filter_field field, const char *op,
	struct filter_node **ret)
{
	struct filter_node *leaf = node_new(p, NODE_LEAF, NULL, NULL);
	enum filter_kind kind = fields[field].kind;
	bool negated = *op == '!';
	int r;

	if (!leaf)
		return ERROR_SYSTEM;
	if (++p->leaves > FILTER_LEAVES_MAX)
		return expected(p, "at most %d comparisons", FILTER_LEAVES_MAX);
	leaf->field = field;
	if (kind != FILTER_FLAG && !is_allowed(kind, op))
		return expected(
			p, "\"%s\" cannot be compared by \"%s\"", fields[field].name, op);
	switch (kind) {
	case FILTER_TEXT:
		r = set_text(p, leaf, op[negated] == '~');
		break;
	case FILTER_PORT:
		r = set_port(p, leaf);
		set_order(leaf, op, 0, PORT_MAX);
		break;
	case FILTER_NUMBER:
		r = set_number(p, leaf);
		set_order(leaf, op, 0, INT32_MAX);
		break;
	case FILTER_ADDRESS:
		r = set_address(p, leaf);
		break;
	case FILTER_TIME:
		r = set_time(p, leaf);
		set_order(leaf, op, 0, CLOCK_MAX_US);
		break;
	default:
		r = 0;
		break;
	}
	if (r < 0)
		return r;
	*ret = negated ? node_new(p, NODE_NOT, leaf, NULL) : leaf;
	return *ret ? 0 : ERROR_SYSTEM;
}

/* ---- rules ----------------------------------------------------------------------------- */

static int parse_or(struct parser *p, struct filter_node **ret);

static int join(struct parser *p, enum filter_node_kind kind, struct filter_node **left,
	struct filter_node *right)
{
	struct filter_node *node = *left ? node_new(p, kind, *left, right) : right;

	if (!node)
		return ERROR_SYSTEM;
	*left = node;
	return 0;
}

/* in (a, b, c) */
static int parse_list(
	struct parser *p, enum filter_field field, struct filter_node **ret)
{
	*ret = NULL;
	if (!take_sign(p, '('))
		return expected(p, "\"(\" after \"in\"");
	do {
		struct filter_node *leaf;
		int r = read_word(p);

		if (r > 0)
			return expected(p, "a value");
		if (r == 0)
			r = make_leaf(p, field, "=", &leaf);
		if (r == 0)
			r = join(p, NODE_OR, ret, leaf);
		if (r < 0)
			return r;
	} while (take_sign(p, ','));
	return take_sign(p, ')') ? 0 : expected(p, "\",\" or \")\" after a value");
}

static int parse_comparison(struct parser *p, struct filter_node **ret)
{
	enum filter_field field = 0;
	const char *op;
	int r = read_word(p);

	if (r < 0)
		return r;
	while (r == 0 && field < FIELD_N && strcasecmp(fields[field].name, p->word) != 0)
		field++;
	if (r > 0 || p->quoted || field == FIELD_N)
		return expected(p, "a field%s%.64s%s; docs/queries.md lists them",
			r > 0 ? "" : ", which \"", r > 0 ? "" : p->word,
			r > 0 ? "" : "\" is not");
	if (fields[field].kind == FILTER_FLAG)
		return make_leaf(p, field, "", ret);
	if (take_keyword(p, "in"))
		return parse_list(p, field, ret);
	op = take_comparison(p);
	if (!op)
		return expected(p, "a comparison after \"%s\"", fields[field].name);
	r = read_word(p);
	if (r > 0)
		return expected(p, "a value after \"%s\"", op);
	return r < 0 ? r : make_leaf(p, field, op, ret);
}

static int parse_not(struct parser *p, struct filter_node **ret)
{
	int r;

	if (++p->depth > FILTER_DEPTH_MAX)
		return expected(p, "at most %d levels", FILTER_DEPTH_MAX);
	if (take_keyword(p, "not")) {
		r = parse_not(p, ret);
		if (r == 0)
			*ret = node_new(p, NODE_NOT, *ret, NULL);
		r = r < 0 || *ret ? r : ERROR_SYSTEM;
	} else if (take_sign(p, '(')) {
		r = parse_or(p, ret);
		if (r == 0 && !take_sign(p, ')'))
			r = expected(p, "\")\"");
	} else {
		r = parse_comparison(p, ret);
	}
	p->depth--;
	return r;
}

static int parse_and(struct parser *p, struct filter_node **ret)
{
	*ret = NULL;
	do {
		struct filter_node *next;
		int r = parse_not(p, &next);

		if (r == 0)
			r = join(p, NODE_AND, ret, next);
		if (r < 0)
			return r;
	} while (take_keyword(p, "and"));
	return 0;
}

static int parse_or(struct parser *p, struct filter_node **ret)
{
	*ret = NULL;
	do {
		struct filter_node *next;
		int r = parse_and(p, &next);

		if (r == 0)
			r = join(p, NODE_OR, ret, next);
		if (r < 0)
			return r;
	} while (take_keyword(p, "or"));
	return 0;
}

/* ---- the door -------------------------------------------------------------------------- */

int filter_parse(struct arena *arena, const char *text, struct filter_node **ret_root,
	struct error *reterr)
{
	struct parser p = {.arena = arena, .text = text, .at = text, .reterr = reterr};
	int r;

	if (strlen(text) > FILTER_BYTES_MAX)
		return error_set(reterr, ERROR_USAGE, "the filter is longer than %d bytes",
			FILTER_BYTES_MAX);
	r = parse_or(&p, ret_root);
	if (r < 0)
		return r;
	skip_blanks(&p);
	return *p.at ? expected(&p, "\"and\", \"or\" or the end") : 0;
}

int filter_leaf(struct arena *arena, enum filter_field field, const char *op, const char *value,
	struct filter_node **ret_leaf, struct error *reterr)
{
	struct parser p = {.arena = arena, .text = value, .at = value, .reterr = reterr};

	if (strlen(value) >= sizeof(p.word))
		return error_set(reterr, ERROR_USAGE,
			"\"%s\" is compared with at most %zu bytes", fields[field].name,
			sizeof(p.word) - 1);
	snprintf(p.word, sizeof(p.word), "%s", value);
	return make_leaf(&p, field, op, ret_leaf);
}

struct filter_node *filter_and(
	struct arena *arena, struct filter_node *left, struct filter_node *right)
{
	struct parser p = {.arena = arena};

	if (!left || !right)
		return left ? left : right;
	return node_new(&p, NODE_AND, left, right);
}
