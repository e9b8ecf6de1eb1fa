/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DNS names, questions and records; see dns.h. A compressed name costs at most DNS_HOPS_MAX
 * pointers and DNS_NAME_MAX bytes, whatever it points to.
 */
#include "scanner/wire/dns.h"

#include <string.h>
#include <strings.h>

enum {
	LABEL_POINTER = 0xc0,
	LABEL_MAX = 63,
	CLASS_MASK = 0x7fff,
	NIBBLES = 32, /* of an IPv6 address under ip6.arpa */
};

static void add_label(struct dns_name *name, const uint8_t *bytes, size_t n)
{
	if (name->n_labels++)
		name->text[name->size++] = '.';
	for (size_t i = 0; i < n; i++) {
		if (bytes[i] == '.' || bytes[i] == '\\')
			name->text[name->size++] = '\\';
		name->text[name->size++] = (char)bytes[i];
	}
	name->text[name->size] = 0;
}

/* Reads the name at the cursor and leaves the cursor behind it. Pointers are looked up in
 * `message`. */
static void read_name(const struct cursor *message, struct cursor *c, struct dns_name *name)
{
	struct cursor elsewhere, *at = c;
	size_t used = 1;

	*name = (struct dns_name){.size = 0};
	for (int hops = 0;;) {
		uint8_t length = cursor_u8(at);
		const uint8_t *label;

		if (length == 0)
			break; /* the root, or the end of what is there */
		if ((length & LABEL_POINTER) == LABEL_POINTER) {
			size_t target = (size_t)(length & ~LABEL_POINTER) << 8 | cursor_u8(at);

			if (!cursor_ok(at) || ++hops > DNS_HOPS_MAX) {
				cursor_fail(at);
				break;
			}
			elsewhere = *message;
			cursor_seek(&elsewhere, target);
			at = &elsewhere;
			continue;
		}
		label = length <= LABEL_MAX ? cursor_bytes(at, length) : NULL;
		used += (size_t)length + 1;
		if (!label || used > DNS_NAME_MAX) {
			cursor_fail(at);
			break;
		}
		add_label(name, label, length);
	}
	if (!cursor_ok(at))
		cursor_fail(c);
}

bool dns_open(const uint8_t *bytes, size_t size, struct dns_message *ret_message)
{
	struct dns_message *m = ret_message;
	uint16_t flags;

	*m = (struct dns_message){.body = cursor_of(bytes, size)};
	m->id = cursor_be16(&m->body);
	flags = cursor_be16(&m->body);
	m->response = flags >> 15;
	m->opcode = flags >> 11 & 15;
	m->truncated = flags >> 9 & 1;
	m->recursion = flags & 0x0180;
	m->rcode = flags & 15;
	m->questions = cursor_be16(&m->body);
	m->answers = cursor_be16(&m->body);
	m->authorities = cursor_be16(&m->body);
	m->additionals = cursor_be16(&m->body);
	m->questions_left = m->questions;
	m->records_left = (uint32_t)m->answers + m->authorities + m->additionals;
	return cursor_ok(&m->body);
}

bool dns_name_ends(const struct dns_name *name, const char *suffix)
{
	size_t n = strlen(suffix);

	return name->size >= n && strcasecmp(name->text + name->size - n, suffix) == 0;
}

static enum dns_step malformed(struct dns_message *m)
{
	cursor_fail(&m->body);
	return DNS_MALFORMED;
}

enum dns_step dns_next_question(struct dns_message *message, struct dns_question *ret_question)
{
	struct dns_message *m = message;

	if (!cursor_ok(&m->body))
		return DNS_MALFORMED;
	if (!m->questions_left)
		return DNS_END;
	m->questions_left--;
	read_name(&m->body, &m->body, &ret_question->name);
	ret_question->type = cursor_be16(&m->body);
	ret_question->class = cursor_be16(&m->body) & CLASS_MASK;
	return cursor_ok(&m->body) ? DNS_OK : malformed(m);
}

/* What a reader of record data may need: the data, and the message for names in it. */
struct data {
	struct cursor c;
	const struct cursor *message;
};

static void read_a(struct data *d, struct dns_record *record)
{
	const uint8_t *bytes = cursor_bytes(&d->c, 4);

	if (bytes)
		record->addr = addr_from_bytes(4, bytes);
}

static void read_aaaa(struct data *d, struct dns_record *record)
{
	const uint8_t *bytes = cursor_bytes(&d->c, 16);

	if (bytes)
		record->addr = addr_from_bytes(6, bytes);
}

static void read_target(struct data *d, struct dns_record *record)
{
	read_name(d->message, &d->c, &record->target);
}

static void read_srv(struct data *d, struct dns_record *record)
{
	cursor_skip(&d->c, 4);
	record->port = cursor_be16(&d->c);
	read_target(d, record);
}

static void read_text(struct data *d, struct dns_record *record)
{
	(void)d;
	(void)record; /* the data is enough */
}

/* clang-format off */
static const struct row {
	uint16_t code;
	const char *name;
	size_t min, max; /* of the data */
	void (*read)(struct data *d, struct dns_record *record);
} rows[] = {
	{DNS_A,     "A",     4,  4,            read_a},
	{DNS_NS,    "NS",    1,  DNS_NAME_MAX, read_target},
	{DNS_CNAME, "CNAME", 1,  DNS_NAME_MAX, read_target},
	{DNS_PTR,   "PTR",   1,  DNS_NAME_MAX, read_target},
	{DNS_TXT,   "TXT",   0,  UINT16_MAX,   read_text},
	{DNS_AAAA,  "AAAA",  16, 16,           read_aaaa},
	{DNS_NB,    "NB",    6,  UINT16_MAX,   read_text},
	{DNS_SRV,   "SRV",   7,  UINT16_MAX,   read_srv},
};
/* clang-format on */

static void read_data(struct dns_message *m, struct cursor data, struct dns_record *record)
{
	struct data d = {data, &m->body};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].code != record->type)
			continue;
		if (data.size < rows[i].min || data.size > rows[i].max)
			return;
		rows[i].read(&d, record);
		record->known = cursor_ok(&d.c);
		return;
	}
}

enum dns_step dns_next_record(struct dns_message *message, struct dns_record *ret_record)
{
	struct dns_message *m = message;
	struct dns_question question;
	struct cursor data;

	while (m->questions_left) {
		enum dns_step step = dns_next_question(m, &question);

		if (step != DNS_OK)
			return step;
	}
	if (!cursor_ok(&m->body))
		return DNS_MALFORMED;
	if (!m->records_left)
		return DNS_END;
	m->records_left--;

	ret_record->addr = (struct addr){0};
	ret_record->target.size = 0;
	ret_record->target.n_labels = 0;
	ret_record->target.text[0] = 0;
	ret_record->port = 0;
	ret_record->known = false;
	read_name(&m->body, &m->body, &ret_record->name);
	ret_record->type = cursor_be16(&m->body);
	ret_record->class = cursor_be16(&m->body) & CLASS_MASK;
	ret_record->ttl = cursor_be32(&m->body);
	data = cursor_sub(&m->body, cursor_be16(&m->body));
	if (!cursor_ok(&m->body))
		return malformed(m);
	ret_record->data = (struct view){data.base, data.size};
	read_data(m, data, ret_record);
	return DNS_OK;
}

static bool is_digit(char c, int base, uint8_t *ret_value)
{
	static const char digits[] = "0123456789abcdef";
	const char *found =
		c ? memchr(digits, c >= 'A' && c <= 'F' ? c | 32 : c, (size_t)base) : NULL;

	if (found)
		*ret_value = (uint8_t)(found - digits);
	return found != NULL;
}

/* Four numbers, the last byte of the address first. */
static bool reverse_v4(const char *text, struct addr *ret_addr)
{
	uint32_t value = 0;

	for (int i = 0; i < 4; i++) {
		unsigned int number = 0, n = 0;
		uint8_t digit;

		for (; n < 3 && is_digit(*text, 10, &digit); n++, text++)
			number = number * 10 + digit;
		if (n == 0 || number > 255 || *text++ != '.')
			return false;
		value |= (uint32_t)number << 8 * i;
	}
	*ret_addr = addr_v4(value);
	return strcasecmp(text, "in-addr.arpa") == 0;
}

/* Thirty-two hexadecimal digits, the last of the address first. */
static bool reverse_v6(const char *text, struct addr *ret_addr)
{
	uint8_t bytes[16] = {0}, digit;

	for (int i = 0; i < NIBBLES; i++, text += 2) {
		if (!is_digit(text[0], 16, &digit) || text[1] != '.')
			return false;
		bytes[15 - i / 2] |= (uint8_t)(i % 2 ? digit << 4 : digit);
	}
	*ret_addr = addr_from_bytes(6, bytes);
	return strcasecmp(text, "ip6.arpa") == 0;
}

bool dns_reverse_addr(const struct dns_name *name, struct addr *ret_addr)
{
	struct addr addr;

	if (strlen(name->text) != name->size)
		return false;
	if (!reverse_v4(name->text, &addr) && !reverse_v6(name->text, &addr))
		return false;
	*ret_addr = addr;
	return true;
}
