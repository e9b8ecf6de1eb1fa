/* SPDX-License-Identifier: Apache-2.0 */
/* One row of a register file: each value checked and brought into its one form, by the rows of
 * tables.c; then a statement with its references. See register.h. */
#include "inventory/register/register.h"

#include "common/addr.h"
#include "common/text.h"
#include "inventory/norm/facts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLANKS " \t\r\n"
#define SHOWN_MAX 80 /* bytes of a value in a message */

static const struct register_column as_of_column = {"as_of", "as-of", "", REGISTER_PAST_DAY};
static const struct register_column document_column = {
	"document", "document", "", REGISTER_LINE};

/* ---- refusals ---------------------------------------------------------------------------- */

static int no_memory(struct register_reader *r)
{
	return error_set(r->reterr, ERROR_SYSTEM, "%s: no memory for the register", r->file);
}

struct place {
	struct register_reader *reader;
	const struct register_row *row;
	const struct register_column *column;
	size_t cell;
	const char *value;
};

static int refuse(const struct place *at, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static int refuse(const struct place *at, const char *fmt, ...)
{
	char why[ERROR_TEXT_MAX];
	va_list args;

	va_start(args, fmt);
	vsnprintf(why, sizeof(why), fmt, args);
	va_end(args);
	if (at->row->is_csv && at->cell)
		return error_set(at->reader->reterr, ERROR_INPUT,
			"%s:%ld: cell %zu, %s: \"%.*s\" %s", at->reader->file, at->row->line,
			at->cell, at->column->name, SHOWN_MAX, at->value, why);
	return error_set(at->reader->reterr, ERROR_INPUT, "%s:%ld: %s=\"%.*s\" %s",
		at->reader->file, at->row->line,
		at->row->is_csv ? at->column->name : at->column->attribute, SHOWN_MAX,
		at->value, why);
}

const char *register_clean(struct register_reader *reader, const char *text)
{
	_cleanup_(str_done) struct str clean = STR_INIT(REGISTER_TEXT_MAX);
	size_t n;

	text += strspn(text, BLANKS);
	n = strlen(text);
	while (n > 0 && strchr(BLANKS, text[n - 1]))
		n--;
	if (!text_clean(&clean, text, n, REGISTER_TEXT_MAX) || clean.failed)
		return NULL;
	return arena_strdup(reader->doc->arena, clean.data);
}

/* ---- forms ------------------------------------------------------------------------------- */

static size_t characters(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

static int check_length(const struct place *at, size_t max)
{
	size_t n = characters(at->value);

	return n <= max ? 0 : refuse(at, "has %zu characters; it may have %zu", n, max);
}

static bool has_form(const char *text, const char *first, const char *more)
{
	return *text && strchr(first, *text) && text[strspn(text, more)] == '\0';
}

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

static int check_id(const struct place *at)
{
	if (strlen(at->value) <= 100 &&
		has_form(at->value, LOWER UPPER DIGITS, LOWER UPPER DIGITS "._-"))
		return 0;
	return refuse(
		at, "is no id: letters, digits, dots, hyphens and underscores, up to 100");
}

static int check_code(const struct place *at)
{
	const char *v = at->value;

	if (strlen(v) <= 60 && has_form(v, LOWER DIGITS, LOWER DIGITS "-") &&
		!strstr(v, "--") && v[strlen(v) - 1] != '-')
		return 0;
	return refuse(at, "is no code: lower-case words with hyphens between, up to 60");
}

static int check_codes(const struct place *at)
{
	_cleanup_(str_done) struct str list = STR_INIT(ERROR_TEXT_MAX / 2);

	for (const char *const *code = at->column->codes; *code; code++) {
		if (strcmp(*code, at->value) == 0)
			return 0;
		str_addf(&list, "%s%s", list.len ? ", " : "", *code);
	}
	return refuse(at, "is not one of %s", list.data);
}

static int check_sector(const struct place *at)
{
	static const char *const sectors[] = {"telecom", "energy", "transport", "water",
		"finance", "public-service", "health", "e-government", "defence", "other"};
	size_t n = strcspn(at->value, ".");

	for (size_t i = 0; i < ARRAY_SIZE(sectors); i++)
		if (strlen(sectors[i]) == n && strncmp(sectors[i], at->value, n) == 0 &&
			strlen(at->value) <= 60 && !strstr(at->value, "..") &&
			at->value[strlen(at->value) - 1] != '.' &&
			!at->value[n + strspn(at->value + n, LOWER DIGITS ".-")])
			return 0;
	return refuse(at, "is no sector: telecom, energy, transport, water, finance, "
			  "public-service, health, e-government, defence or other, and parts after a dot");
}

/* 2026/3/1, as spreadsheets write it, is 2026-03-01. */
static int take_day(const struct place *at, const char **value)
{
	struct register_reader *r = at->reader;
	char text[40];
	int64_t day;
	int y, m, d, used = 0;

	if (sscanf(at->value, "%4d%*[-/]%2d%*[-/]%2d%n", &y, &m, &d, &used) == 3 &&
		!at->value[used] && strchr(DIGITS, at->value[0]) && y >= 0 && m > 0 && d > 0) {
		snprintf(text, sizeof(text), "%04d-%02d-%02d", y, m, d);
		*value = arena_strdup(r->doc->arena, text);
		if (!*value)
			return no_memory(r);
	}
	day = facts_day_parse(*value);
	if (day < 0)
		return refuse(at,
			"is not a day that a register can state; write YYYY-MM-DD from "
			"1970 on");
	if (at->column->type == REGISTER_PAST_DAY && day > r->day)
		return refuse(at, "lies in the future (today is %s); a register states what is "
			"true", r->today);
	return 0;
}

static int take_yes_no(const struct place *at, const char **value)
{
	static const char *const words[][2] = {{"yes", "yes"}, {"no", "no"},
		{"\xe6\x98\xaf", "yes"}, {"\xe5\x90\xa6", "no"}};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcmp(words[i][0], at->value) == 0) {
			*value = words[i][1];
			return 0;
		}
	return refuse(at, "is neither yes nor no");
}

static int check_number(const struct place *at)
{
	const char *v = at->value + (at->value[0] == '-' || at->value[0] == '+');
	size_t whole = strspn(v, DIGITS),
	       part = v[whole] == '.' ? strspn(v + whole + 1, DIGITS) : 0;
	bool form = whole + part > 0 && whole + part <= 15 &&
		!v[whole + (v[whole] == '.') + part];

	if (!form)
		return refuse(at, "is no number of up to 15 digits");
	if (at->column->type == REGISTER_AMOUNT && at->value[0] == '-')
		return refuse(at, "is negative");
	return 0;
}

static int take_whole(const struct place *at, const char **value)
{
	char *end, text[16];
	long n = strtol(at->value, &end, 10);

	if (*end || !strchr(DIGITS, at->value[0]) || n < at->column->low ||
		n > at->column->high)
		return refuse(at, "is no whole number from %d to %d", at->column->low,
			at->column->high);
	snprintf(text, sizeof(text), "%ld", n);
	*value = arena_strdup(at->reader->doc->arena, text);
	return *value ? 0 : no_memory(at->reader);
}

static int check_digits(const struct place *at)
{
	if (strspn(at->value, DIGITS) == (size_t)at->column->high &&
		!at->value[at->column->high])
		return 0;
	return refuse(at, "has not the form of such a number, %d digits", at->column->high);
}

/* Whose address it is to be is told by the reader of the message; the line is put before it. */
static int bad_address(const struct place *at, int r)
{
	return error_wrap(at->reader->reterr, r, "%s:%ld", at->reader->file, at->row->line);
}

static int take_prefix(const struct place *at, const char **value)
{
	char text[CIDR_TEXT_MAX];
	struct cidr cidr;
	int r = cidr_parse(at->value, &cidr, at->reader->reterr);

	if (r < 0)
		return bad_address(at, ERROR_INPUT);
	*value = arena_strdup(at->reader->doc->arena, cidr_format(&cidr, text));
	return *value ? 0 : no_memory(at->reader);
}

static int take_address(const struct place *at, const char **value)
{
	char text[CIDR_TEXT_MAX];
	struct addr addr;
	int r = addr_parse(at->value, &addr, at->reader->reterr);

	if (r < 0)
		return bad_address(at, ERROR_INPUT);
	*value = arena_strdup(at->reader->doc->arena, addr_format(&addr, text));
	return *value ? 0 : no_memory(at->reader);
}

static int take_mac(const struct place *at, const char **value)
{
	char text[MAC_TEXT_MAX];
	struct mac mac;
	int r = mac_parse(at->value, &mac, at->reader->reterr);

	if (r < 0)
		return bad_address(at, ERROR_INPUT);
	*value = arena_strdup(at->reader->doc->arena, mac_format(&mac, text));
	return *value ? 0 : no_memory(at->reader);
}

static int check_asset(const struct place *at)
{
	const char *v = at->value;

	if (strspn(v, DIGITS) == strlen(v) && v[0] != '0' && strlen(v) <= 18)
		return 0;
	return refuse(at, "is no number of an asset; `cadastre asset list` shows them");
}

static int take_vlan(const struct place *at, const char **value)
{
	struct register_column vlan = *at->column;
	struct place whole = *at;

	vlan.low = 1;
	vlan.high = 4094;
	whole.column = &vlan;
	return take_whole(&whole, value);
}

/* The column before says what the value is. */
static int take_selected(const struct place *at, const char *selector, const char **value)
{
	if (strcmp(selector, "prefix") == 0 || strcmp(selector, "subnet") == 0)
		return take_prefix(at, value);
	if (strcmp(selector, "address") == 0)
		return take_address(at, value);
	if (strcmp(selector, "mac") == 0)
		return take_mac(at, value);
	if (strcmp(selector, "vlan") == 0)
		return take_vlan(at, value);
	if (strcmp(selector, "asset") == 0)
		return check_asset(at);
	if (strcmp(selector, "tag") == 0)
		return check_code(at);
	if (strcmp(selector, "system") == 0)
		return check_id(at);
	return check_length(at, REGISTER_LINE_MAX);
}

/* GB 11643 and what is like it has no place in a register: only the office that gave the
 * reference out can resolve it. */
static int check_opaque(const struct place *at)
{
	size_t letters = strspn(at->value, LOWER UPPER);
	size_t digits = at->value[letters] == '-' ? strspn(at->value + letters + 1, DIGITS) : 0;

	if (letters >= 1 && letters <= 8 && digits >= 1 && digits <= 6 &&
		!at->value[letters + 1 + digits])
		return 0;
	return refuse(at, "is no opaque reference: up to eight letters, a hyphen, up to six "
		"digits (HR-0417); no names, identity numbers or dates of birth");
}

/* ---- lists ------------------------------------------------------------------------------- */

static int check_token(const struct place *at, const char **value)
{
	switch (at->column->type) {
	case REGISTER_IDS:
		return check_id(at);
	case REGISTER_PREFIXES:
		return take_prefix(at, value);
	default:
		return at->column->codes ? check_codes(at) : check_code(at);
	}
}

static int compare_tokens(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Tokens in order, each once, divided by one blank. Commas and semicolons divide too. */
static int take_list(const struct place *at, const char **value)
{
	struct arena *arena = at->reader->doc->arena;
	_cleanup_(str_done) struct str joined = STR_INIT(REGISTER_TEXT_MAX);
	const char *tokens[REGISTER_TOKENS_MAX];
	size_t n = 0;

	for (const char *p = at->value; *(p += strspn(p, " ,;")); p += strcspn(p, " ,;")) {
		struct place token = *at;
		int r;

		if (n >= REGISTER_TOKENS_MAX)
			return refuse(at, "has more than %d members", REGISTER_TOKENS_MAX);
		token.value = tokens[n] = arena_strndup(arena, p, strcspn(p, " ,;"));
		if (!tokens[n])
			return no_memory(at->reader);
		r = check_token(&token, &tokens[n]);
		if (r < 0)
			return r;
		n++;
	}
	qsort(tokens, n, sizeof(*tokens), compare_tokens);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || strcmp(tokens[i], tokens[i - 1]) != 0)
			str_addf(&joined, "%s%s", joined.len ? " " : "", tokens[i]);
	*value = arena_strdup(arena, joined.data);
	return *value ? 0 : no_memory(at->reader);
}

static bool is_list(enum register_type type)
{
	return type == REGISTER_IDS || type == REGISTER_CODES || type == REGISTER_PREFIXES;
}

/* ---- one value --------------------------------------------------------------------------- */

static int take_form(const struct place *at, const char *before, const char **value)
{
	switch (at->column->type) {
	case REGISTER_LINE:
		return check_length(at, REGISTER_LINE_MAX);
	case REGISTER_PROSE:
		return check_length(at, REGISTER_PROSE_MAX);
	case REGISTER_ID:
		return check_id(at);
	case REGISTER_CODE:
		return check_code(at);
	case REGISTER_ENUM:
		return check_codes(at);
	case REGISTER_SECTOR:
		return check_sector(at);
	case REGISTER_DAY:
	case REGISTER_PAST_DAY:
		return take_day(at, value);
	case REGISTER_YES_NO:
		return take_yes_no(at, value);
	case REGISTER_NUMBER:
	case REGISTER_AMOUNT:
		return check_number(at);
	case REGISTER_WHOLE:
		return take_whole(at, value);
	case REGISTER_DIGITS:
		return check_digits(at);
	case REGISTER_PREFIX:
		return take_prefix(at, value);
	case REGISTER_OPAQUE:
		return check_opaque(at);
	case REGISTER_SELECTED:
		return take_selected(at, before, value);
	case REGISTER_IDS:
	case REGISTER_CODES:
	case REGISTER_PREFIXES:
		return take_list(at, value);
	case REGISTER_DERIVED:
		return 0;
	}
	return 0;
}

static int take_value(struct register_reader *r, const struct register_row *row,
	const struct register_column *column, size_t cell, const char *before,
	const char **value)
{
	struct place at = {r, row, column, cell, *value};

	*value = register_clean(r, at.value);
	if (!*value)
		return refuse(&at, "is too long");
	at.value = *value;
	if (!(column->flags & REGISTER_CREDIT) && register_has_identity_number(*value))
		return error_set(r->reterr, ERROR_INPUT,
			"%s:%ld: %s: an identity number of a person stands here; a register "
			"keeps none, take it out",
			r->file, row->line, row->is_csv ? column->name : column->attribute);
	return take_form(&at, before, value);
}

/* What a row says in a column, whether it must, and what stands for nothing. */
static int take_column(struct register_reader *r, struct register_row *row, size_t i,
	bool external)
{
	const struct register_column *column = &register_tables[row->kind].columns[i];
	const char **value = &row->values[i];
	bool left_out = external && column->flags & REGISTER_OWN_ONLY;

	if (*value && !(*value)[strspn(*value, BLANKS)])
		*value = NULL;
	if (*value && left_out) {
		struct place at = {r, row, column, row->cells[i], *value};

		return refuse(&at, "is said of a system of somebody else; leave it out");
	}
	if (!*value && column->flags & REGISTER_REQUIRED && !left_out)
		return error_set(r->reterr, ERROR_INPUT,
			"%s:%ld: the %s has no %s; it must have one",
			r->file, row->line, register_tables[row->kind].thing,
			row->is_csv ? column->name : column->attribute);
	if (*value)
		return take_value(r, row, column, row->cells[i], i ? row->values[i - 1] : "",
			value);
	*value = column->missing ? column->missing : column->flags & REGISTER_NULL ? NULL : "";
	return 0;
}

/* ---- statements -------------------------------------------------------------------------- */

static int grow(void **array, size_t *room, size_t n, size_t size)
{
	size_t more = *room ? *room * 2 : 256;
	void *bigger;

	if (n < *room)
		return 0;
	bigger = reallocarray(*array, more, size);
	if (!bigger)
		return -1;
	*array = bigger;
	*room = more;
	return 0;
}

static int add_statement(struct register_reader *r, const struct register_row *row,
	const char *key, const char *label)
{
	struct register_document *doc = r->doc;

	if (doc->n_statements >= REGISTER_STATEMENTS_MAX)
		return error_set(r->reterr, ERROR_INPUT,
			"%s:%ld: the register has more than %d statements; split it", r->file,
			row->line, REGISTER_STATEMENTS_MAX);
	if (!key || !label || grow((void **)&doc->statements, &doc->statements_room,
		doc->n_statements, sizeof(*doc->statements)) < 0)
		return no_memory(r);
	doc->statements[doc->n_statements++] =
		(struct register_statement){row->kind, key, label, r->file, row->line};
	doc->n_of[row->kind]++;
	return 0;
}

static int add_reference(struct register_reader *r, const struct register_row *row,
	enum register_kind target, const char *id, const char *from)
{
	struct register_document *doc = r->doc;

	if (!from || !id || grow((void **)&doc->references, &doc->references_room,
		doc->n_references, sizeof(*doc->references)) < 0)
		return no_memory(r);
	doc->references[doc->n_references++] =
		(struct register_reference){target, id, from, r->file, row->line};
	return 0;
}

/* What people need to know of a key: not the kind of an assets rule, nor that something holds
 * since ever. */
static bool is_shown(const struct register_row *row, size_t i)
{
	return row->values[i][0] && strcmp(row->values[i], "-infinity") != 0 &&
		!(row->kind == REGISTER_RULE &&
			register_tables[row->kind].columns[i].flags & REGISTER_ELEMENT);
}

/* The columns that name the statement, for the machine and for people. */
static int name_statement(struct register_reader *r, const struct register_row *row,
	const char **ret_label)
{
	const struct register_table *table = &register_tables[row->kind];
	_cleanup_(str_done) struct str key = STR_INIT(4 * REGISTER_TEXT_MAX);
	_cleanup_(str_done) struct str label = STR_INIT(4 * REGISTER_TEXT_MAX);
	const char *owner = NULL, *joint = table->joint ? table->joint : " ";

	for (size_t i = 0; table->columns[i].name; i++) {
		const struct register_column *c = &table->columns[i];

		if (!(c->flags & REGISTER_KEY))
			continue;
		str_addf(&key, "%s%s", key.len ? "\x1f" : "", row->values[i]);
		if (c->flags & REGISTER_OWNER)
			owner = row->values[i];
		else if (is_shown(row, i))
			str_addf(&label, "%s%s", label.len ? joint : "", row->values[i]);
	}
	if (owner)
		str_addf(&label, "%sof %s", label.len ? " " : "", owner);
	*ret_label = arena_strdup(r->doc->arena, label.data);
	return add_statement(r, row, arena_strdup(r->doc->arena, key.data), *ret_label);
}

/* ---- references -------------------------------------------------------------------------- */

static int refer(struct register_reader *r, const struct register_row *row, size_t i,
	const char *from)
{
	const struct register_column *c = &register_tables[row->kind].columns[i];
	const char *value = row->values[i];
	int q = 0;

	if (!is_list(c->type))
		return add_reference(r, row, c->target, value, from);
	while (*value && q == 0) {
		size_t n = strcspn(value, " ");

		q = add_reference(
			r, row, c->target, arena_strndup(r->doc->arena, value, n), from);
		value += n + strspn(value + n, " ");
	}
	return q;
}

static int check_itself(struct register_reader *r, const struct register_row *row, size_t i)
{
	const struct register_table *table = &register_tables[row->kind];
	const struct register_column *c = &table->columns[i];

	if (!(c->flags & REGISTER_TREE) || !row->values[i] ||
		strcmp(row->values[i], row->values[0]) != 0)
		return 0;
	return error_set(r->reterr, ERROR_INPUT, "%s:%ld: the %s \"%s\" is its own %s; name "
		"another one or none", r->file, row->line,
		register_tables[c->target].thing, row->values[0], c->attribute);
}

static int add_references(struct register_reader *r, const struct register_row *row,
	const char *label)
{
	const struct register_table *table = &register_tables[row->kind];
	bool is_part = table->owner != row->kind;
	const char *from = arena_printf(r->doc->arena, "%s \"%s\"",
		is_part ? register_tables[table->owner].thing : table->thing,
		is_part ? row->values[0] : label);
	int q = 0;

	for (size_t i = 0; table->columns[i].name && q == 0; i++) {
		q = check_itself(r, row, i);
		if (q == 0 && table->columns[i].flags & REGISTER_REFERENCE && row->values[i] &&
			row->values[i][0])
			q = refer(r, row, i, from);
	}
	if (q == 0 && row->kind == REGISTER_DEPENDENCY &&
		strcmp(row->values[0], row->values[1]) == 0)
		q = error_set(r->reterr, ERROR_INPUT,
			"%s:%ld: the system \"%s\" is said to depend "
			"on itself; remove this dependency",
			r->file, row->line, row->values[0]);
	if (q == 0 && row->kind == REGISTER_RESPONSIBILITY &&
		strcmp(row->values[0], "system") == 0)
		q = add_reference(r, row, REGISTER_SYSTEM, row->values[1], from);
	return q;
}

/* ---- JSON -------------------------------------------------------------------------------- */

static void add_text(struct str *json, const char *text, size_t n)
{
	_cleanup_(str_done) struct str copy = STR_INIT(REGISTER_TEXT_MAX);

	str_add(&copy, text, n);
	str_addc(json, '"');
	text_encode_json(json, copy.data);
	str_addc(json, '"');
}

static void add_member(struct str *json, const struct register_column *c, const char *value)
{
	str_addf(json, "%s\"%s\":", json->data[json->len - 1] == '{' ? "" : ",", c->name);
	if (!value) {
		str_adds(json, "null");
	} else if (is_list(c->type)) {
		str_addc(json, '[');
		for (const char *p = value; *p; p += strspn(p, " ")) {
			size_t n = strcspn(p, " ");

			if (p != value)
				str_addc(json, ',');
			add_text(json, p, n);
			p += n;
		}
		str_addc(json, ']');
	} else {
		add_text(json, value, strlen(value));
	}
}

static int add_json(struct register_reader *r, const struct register_row *row)
{
	struct str *json = &r->doc->json[row->kind], *owners = &r->doc->owners[row->kind];
	const struct register_column *columns = register_tables[row->kind].columns;

	str_adds(json, json->len ? ",{" : "[{");
	for (size_t i = 0; columns[i].name; i++)
		add_member(json, &columns[i], row->values[i]);
	add_member(json, &as_of_column, row->as_of);
	add_member(json, &document_column, row->document);
	str_addc(json, '}');
	if (row->kind == REGISTER_ORGANISATION || row->kind == REGISTER_SYSTEM) {
		str_adds(owners, owners->len ? "," : "[");
		add_text(owners, row->values[0], strlen(row->values[0]));
	}
	if (json->failed || owners->failed)
		return error_set(r->reterr, ERROR_INPUT,
			"%s:%ld: the register is too large to be taken at once; split it",
			r->file, row->line);
	return 0;
}

/* ---- the whole row ----------------------------------------------------------------------- */

static int take_evidence(struct register_reader *r, struct register_row *row)
{
	int q = 0;

	if (!row->as_of || !row->as_of[strspn(row->as_of, BLANKS)])
		row->as_of = r->today;
	if (!row->document)
		row->document = "";
	q = take_value(r, row, &as_of_column, row->as_of_cell, "", &row->as_of);
	if (q == 0)
		q = take_value(
			r, row, &document_column, row->document_cell, "", &row->document);
	return q;
}

/* What is attested of an asset, in the form of its attribute. */
static int take_attested(struct register_reader *r, struct register_row *row)
{
	static const char *const importance[] = {"key", "important", "general", NULL};
	struct register_column column = register_tables[row->kind].columns[4];
	const char *attribute = row->values[2], **value = &row->values[4];
	struct place at = {r, row, &column, row->cells[4], *value};
	int q = 0;

	column.codes = importance;
	if (strcmp(attribute, "importance") == 0)
		q = check_codes(&at);
	else if (strcmp(attribute, "prefix") == 0 || strcmp(attribute, "mac") == 0 ||
		strcmp(attribute, "vlan") == 0 || strcmp(attribute, "tag") == 0)
		q = take_selected(&at, attribute, value);
	else if (strcmp(attribute, "facility") == 0)
		q = add_reference(r, row, REGISTER_FACILITY, *value,
			arena_printf(r->doc->arena, "asset \"%s\"", row->values[1]));
	/* Of tags an asset has several. */
	row->values[3] = strcmp(attribute, "tag") == 0 ? *value : "";
	return q;
}

/* Validity that ends before it begins, and what follows from other columns. */
static int derive(struct register_reader *r, struct register_row *row)
{
	const struct register_column *columns = register_tables[row->kind].columns;
	const char *from = NULL, *until = NULL;

	for (size_t i = 0; columns[i].name; i++) {
		if (strcmp(columns[i].name, "valid_from") == 0)
			from = row->values[i];
		if (strcmp(columns[i].name, "valid_until") == 0)
			until = row->values[i];
	}
	if (from && until && strcmp(from, "-infinity") != 0 && strcmp(until, from) < 0)
		return error_set(r->reterr, ERROR_INPUT,
			"%s:%ld: the %s is valid until %s, before it begins on %s",
			r->file, row->line, register_tables[row->kind].thing, until, from);
	return row->kind == REGISTER_STATEMENT ? take_attested(r, row) : 0;
}

int register_take_row(struct register_reader *reader, struct register_row *row)
{
	const struct register_column *columns = register_tables[row->kind].columns;
	bool external = row->kind == REGISTER_SYSTEM && row->values[4] &&
			(strcmp(row->values[4], "yes") == 0 ||
				strcmp(row->values[4], "\xe6\x98\xaf") == 0);
	const char *label;
	int q = 0;

	for (size_t i = 0; columns[i].name && q == 0; i++)
		q = take_column(reader, row, i, external);
	if (q == 0)
		q = take_evidence(reader, row);
	if (q == 0)
		q = derive(reader, row);
	if (q == 0)
		q = name_statement(reader, row, &label);
	if (q == 0)
		q = add_references(reader, row, label);
	return q < 0 ? q : add_json(reader, row);
}
